"""The shipped example: its rules pass their own tests, and whole stories come out right."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from alerts.rules import RuleCheck, RuleSet, rule_problems
from core.articles import ArticleData
from core.config import load_config
from core.config.watch import WatchConfig

ROOT = Path(__file__).parents[4]
EXAMPLE = ROOT / "examples" / "central-asia" / "watch.yaml"
STORIES = ROOT / "tests" / "data" / "stories"
CONCEPTS = (
    "mobilization", "draft_papers", "enlistment_office", "conscription", "desertion", "migrant",
    "new_citizen", "citizenship_revoked", "leave_ban", "raid", "detention", "deportation",
    "registry_of_controlled_persons", "military_contract_pressure", "forced_labour",
    "xenophobic_violence",
)  # fmt: skip
LANGUAGES = {"ru", "uk", "en", "kk", "ky", "uz", "tg"}


@cache
def example() -> WatchConfig:
    return load_config(EXAMPLE, checks=[rule_problems]).config


@cache
def rules() -> RuleSet:
    return RuleSet.compile(example())


def fired(title: str, text: str) -> set[str]:
    article = ArticleData(url="", title=title, text=text)
    return {match.rule_id for match in rules().match(article)}


def test_the_rules_own_tests_pass() -> None:
    assert [str(failure) for failure in rules().run_tests()] == []


def test_review_has_nothing_to_say_about_the_example() -> None:
    assert [str(problem) for problem in RuleCheck(reviewing=True)(example())] == []


def test_every_concept_speaks_every_language() -> None:
    assert {name: example().concepts[name].terms.keys() >= LANGUAGES for name in CONCEPTS} == (
        dict.fromkeys(CONCEPTS, True)
    )


def test_every_rule_has_tests_of_both_kinds() -> None:
    for rule in example().rules:
        verdicts = [test.match for test in rule.tests]
        assert len(verdicts) >= 6, rule.id
        assert {True, False} == set(verdicts), rule.id
    assert len(example().rules) >= 12
    assert len(example().entities) >= 60


@pytest.mark.parametrize("language", ["ru", "en", "ky", "tg", "uz", "uz-cyrl", "kk"])
def test_the_story_of_the_naturalized_migrants_fires_in_every_language(language: str) -> None:
    story = (STORIES / f"naturalized_migrants.{language}.txt").read_text(encoding="utf-8")
    title, _, text = story.partition("\n")
    assert {"naturalized-migrants-mobilization", "travel-ban"} <= fired(title, text)


@pytest.mark.parametrize(
    "line", (STORIES / "nothing.jsonl").read_text(encoding="utf-8").splitlines()
)
def test_stories_that_only_sound_alike_fire_nothing(line: str) -> None:
    story = json.loads(line)
    assert fired(story["title"], story["text"]) == set(), story["about"]
