"""The shipped example is sound: it loads, its rules compile, and their own tests pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.rules import RuleSet, rule_problems
from core.articles import ArticleData
from core.config import LoadedConfig, load_config

EXAMPLE = Path(__file__).parents[3] / "examples" / "central-asia" / "watch.yaml"
BANNED_HOSTS = ("ria.ru", "iz.ru", "rg.ru", "lenta.ru", "rt.com", "sputnik", "tvzvezda.ru")


@pytest.fixture(scope="module")
def loaded() -> LoadedConfig:
    return load_config(EXAMPLE, environ={})


@pytest.fixture(scope="module")
def ruleset(loaded: LoadedConfig) -> RuleSet:
    return RuleSet.compile(loaded.config)


def test_it_loads_without_a_warning(loaded: LoadedConfig) -> None:
    assert loaded.warning_text() == ""
    assert rule_problems(loaded.config) == ()


def test_it_watches_many_outlets_in_the_languages_of_the_beat(loaded: LoadedConfig) -> None:
    sources = loaded.config.sources
    assert len(sources) >= 60
    assert {"ru", "en", "uk", "kk", "ky", "uz", "tg"} <= {source.language for source in sources}
    assert all(source.tags for source in sources)
    addresses = [str(source.feed or source.url) for source in sources]
    assert len(set(addresses)) == len(addresses)


def test_outlets_under_broadcasting_bans_are_commented_out(loaded: LoadedConfig) -> None:
    for source in loaded.config.sources:
        address = str(source.feed or source.url)
        host = address.split("/")[2].removeprefix("www.")
        assert not any(host == banned or banned in host.split(".") for banned in BANNED_HOSTS)
    written = "".join(path.read_text() for path in (EXAMPLE.parent / "sources").iterdir())
    for name in ("ria", "izvestia", "rossiyskaya-gazeta", "lenta"):
        assert f"# - {{name: {name}," in written


def test_every_rule_is_tested_by_hits_and_near_misses(loaded: LoadedConfig) -> None:
    assert len(loaded.config.rules) >= 6
    assert len(loaded.config.entities) >= 25
    for rule in loaded.config.rules:
        verdicts = {test.match for test in rule.tests}
        assert len(rule.tests) >= 3, rule.id
        assert verdicts == {True, False}, rule.id


def test_the_rules_own_tests_pass(ruleset: RuleSet) -> None:
    assert [str(failure) for failure in ruleset.run_tests()] == []


def test_people_and_places_are_highlighted(ruleset: RuleSet) -> None:
    article = ArticleData(
        url="https://example.org/a",
        title="Новых граждан не выпускают из России",
        text="Глава СК Александр Бастрыкин говорит о мобилизации мигрантов. Песков спорит, "
        "в Бишкеке ждут уроженцев Кыргызстана и Таджикистана.",
    )
    first = ruleset.match(article)[0]
    assert first.rule_id == "naturalized-migrants-mobilization"
    labels = {span.label for span in first.spans}
    assert {"bastrykin", "peskov", "bishkek", "kyrgyzstan", "tajikistan", "russia"} <= labels
