"""Why a rule fired or not, the rules' own tests, and when two rule sets are the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from alerts.rules import ExplainedNode, RuleExplanation, RuleSet
from core.articles import ArticleData

Rules = Callable[..., RuleSet]
MakeArticle = Callable[..., ArticleData]

BASE: dict[str, Any] = {
    "concepts": {"migrant": {"ru": ["мигрант*"]}},
    "entities": {"kg": {"ru": ["Кыргызстан*"]}},
    "rules": [{"id": "r", "when": "$migrant AND (рейд* OR облав*)", "none": ["футбол*"]}],
}


@pytest.fixture
def explain(rules: Rules, article: MakeArticle) -> Callable[[str], RuleExplanation]:
    ruleset = rules(**BASE)

    def explain_text(text: str) -> RuleExplanation:
        (explanation,) = ruleset.explain(article(text))
        return explanation

    return explain_text


def lines(node: ExplainedNode, depth: int = 0) -> list[str]:
    here = f"{'  ' * depth}{'+' if node.holds else '-'} {node.expression} {len(node.hits)}"
    return [here, *(line for child in node.children for line in lines(child, depth + 1))]


def test_the_tree_shows_each_part_with_its_truth_and_hits(
    explain: Callable[[str], RuleExplanation],
) -> None:
    explanation = explain("Мигранты и мигрант: облава")
    assert explanation.fired
    assert lines(explanation.root) == [
        "+ all: $migrant AND (рейд* OR облав*), none: футбол* 0",
        "  + $migrant AND (рейд* OR облав*) 0",
        "    + $migrant 2",
        "    + (рейд* OR облав*) 0",
        "      - рейд* 0",
        "      + облав* 1",
        "  + none: футбол* 0",
        "    - футбол* 0",
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("мигранты, облава", "found: $migrant, облав*"),
        ("рейд", "not found: $migrant"),
        ("мигранты", "none found of: (рейд* OR облав*)"),
        ("мигранты, рейд, футболист", "found, but must not be: футбол*"),
        (
            "футбол",
            (
                "not found: $migrant; none found of: (рейд* OR облав*); "
                "found, but must not be: футбол*"
            ),
        ),
    ],
)
def test_the_reason_is_one_sentence(
    explain: Callable[[str], RuleExplanation], text: str, reason: str
) -> None:
    assert explain(text).reason == reason


def test_narrowing_is_named_as_the_reason(rules: Rules, article: MakeArticle) -> None:
    ruleset = rules(rules=[{"id": "r", "when": "a", "sources": {"names": ["kloop"]}}])
    (explanation,) = ruleset.explain(article("a", source="vlast"))
    assert not explanation.fired
    assert explanation.root.holds
    assert explanation.reason == "the rule is narrowed to other sources than 'vlast'"


def test_own_tests_that_fail_are_returned_with_reasons(rules: Rules) -> None:
    tests = [
        {"text": "мигрант", "match": True},
        {"text": "мигрант и футбол", "match": True},
        {"text": "кот", "match": False},
        {"text": "кот", "title": "мигрант", "match": False},
    ]
    ruleset = rules(
        rules=[
            {"id": "quiet", "when": "x"},
            {
                "id": "r",
                "when": "мигрант* AND NOT футбол",
                "tests": tests,
                "sources": {"names": ["kloop"]},
            },
        ]
    )
    failures = ruleset.run_tests()
    assert [(f.path, f.expected, f.text) for f in failures] == [
        (("rules", "r", "tests", 1), True, "мигрант и футбол"),
        (("rules", "r", "tests", 3), False, "мигрант / кот"),
    ]
    assert failures[0].reason == "found, but must not be: футбол"
    assert "should not fire" in str(failures[1])


@pytest.mark.parametrize(
    "change",
    [
        {"rules": [{"id": "r", "when": "$migrant"}]},
        {"concepts": {"migrant": {"ru": ["мигрант"]}}},
        {"entities": {"kg": {"ru": ["Киргизи*"]}}},
        {"rules": [{**BASE["rules"][0], "sources": {"tags": ["kg"]}}]},
        {"rules": [{**BASE["rules"][0], "level": "high"}]},
    ],
)
def test_fingerprint_changes_with_what_influences_matching(
    rules: Rules, change: dict[str, Any]
) -> None:
    assert rules(**{**BASE, **change}).fingerprint != rules(**BASE).fingerprint


def test_fingerprint_ignores_tests_receivers_and_the_order_of_keys(rules: Rules) -> None:
    same = {
        "rules": [{**BASE["rules"][0], "tests": [{"text": "x", "match": False}]}],
        "entities": BASE["entities"],
        "concepts": BASE["concepts"],
        "receivers": [{"name": "terminal", "console": {}}],
        "sources": [{"name": "kloop", "feed": "https://kloop.kg/feed/", "tags": ["kg"]}],
    }
    fingerprint = rules(**same).fingerprint
    assert fingerprint == rules(**BASE).fingerprint
    assert len(fingerprint) == 64


def test_fingerprint_follows_the_tags_that_a_rule_asks_for(rules: Rules) -> None:
    def tagged(*tags: str) -> str:
        source = {"name": "s", "feed": "https://kloop.kg/feed/", "tags": list(tags)}
        rule = {"id": "r", "when": "a", "sources": {"tags": ["kg", "kz"]}}
        return rules(rules=[rule], sources=[source]).fingerprint

    assert tagged("kg") == tagged("kg", "independent") != tagged("kz")


@pytest.mark.parametrize(
    ("query", "title", "text", "note"),
    [
        ("a NEAR/2 b", "", "a x x x x b", "the nearest two are 5 words apart"),
        ("a ONEAR/2 b", "", "b a", "found in the other order"),
        ("a NEAR/2 b", "a", "b", "one is in the title, the other in the text"),
        ("ATLEAST/2(a, b, c)", "", "b", "1 of 2 hold"),
        ("title:a AND b", "", "a b", "found only outside of the title"),
        ("$c AND b", "", "повестка дня b", 'struck out by unless "повестка дня": повестка'),
    ],
)
def test_a_silent_rule_says_what_was_missing_by_how_much(
    rules: Rules, article: MakeArticle, query: str, title: str, text: str, note: str
) -> None:
    concept = {"ru": ["повестка"], "unless": ['"повестка дня"']}
    ruleset = rules(concepts={"c": concept}, rules=[{"id": "r", "when": query}])
    (explanation,) = ruleset.explain(article(text, title))
    assert not explanation.fired
    assert note in explanation.reason
    assert note in [part.note for part in (explanation.root, *explanation.root.children)]
