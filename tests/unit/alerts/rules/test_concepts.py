"""Concepts: words in many languages, vetoes, and concepts built on concepts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from alerts.rules import RuleCheck, RuleSet, rule_problems
from core.articles import ArticleData
from core.config.watch import WatchConfig

Rules = Callable[..., RuleSet]
Config = Callable[..., WatchConfig]

SUMMONS = {
    "ru": ["повестка"],
    "unless": ['"повестка дня"', "(климатический OR саммит) NEAR/2 повестка"],
}


def hits(ruleset: RuleSet, text: str) -> list[str]:
    matches = ruleset.match(ArticleData(url="", title="", text=text))
    return [text[span.start : span.end] for match in matches for span in match.spans]


def one_concept(rules: Rules, concept: dict[str, Any]) -> RuleSet:
    return rules(concepts={"c": concept}, rules=[{"id": "r", "when": "$c"}])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("вручили повестки", ["повестки"]),
        ("повестка дня", []),
        ("климатическая повестка", []),
        ("повестка этого саммита", []),
        ("Климатическая повестка, а повестки из военкомата", ["повестки"]),
    ],
)
def test_a_veto_strikes_the_hits_it_covers_and_no_others(
    rules: Rules, text: str, expected: list[str]
) -> None:
    assert hits(one_concept(rules, SUMMONS), text) == expected


def test_vetoes_are_kept_apart_by_language(rules: Rules) -> None:
    concept = {"en": ["draft"], "kk": ["шақыру"], "unless": {"kk": ['"қонаққа шақыру"']}}
    ruleset = one_concept(rules, concept)
    assert hits(ruleset, "drafts") == ["drafts"]
    assert hits(ruleset, "қонаққа шақыруды") == []


def test_items_can_be_phrases_and_queries_and_other_concepts(rules: Rules) -> None:
    ruleset = rules(
        concepts={
            "leaving": {"ru": ["выезд", "выехать"]},
            "ban": {"ru": ["$leaving NEAR/4 (запрет OR запретить)", "снять с рейса"]},
        },
        rules=[{"id": "r", "when": "$ban"}],
    )
    assert hits(ruleset, "им запретили любой выезд") == ["запретили", "выезд"]
    assert hits(ruleset, "его сняли с рейса") == ["сняли с рейса"]
    assert hits(ruleset, "выезд открыт") == []


def test_vetoes_of_an_inner_concept_hold_in_the_outer_one(rules: Rules) -> None:
    ruleset = rules(
        concepts={"papers": SUMMONS, "draft": {"ru": ["$papers", "призыв"]}},
        rules=[{"id": "r", "when": "$draft NEAR/5 мигрант"}],
    )
    assert hits(ruleset, "мигранты и повестка дня") == []
    assert hits(ruleset, "мигранты и повестка") == ["мигранты", "повестка"]


def test_a_concept_built_on_itself_is_refused(config: Config) -> None:
    circular = config(
        concepts={"a": {"ru": ["$b"]}, "b": {"ru": ["$c"]}, "c": {"ru": ["x"], "unless": ["$a"]}},
        rules=[{"id": "r", "when": "$a"}],
    )
    (problem,) = rule_problems(circular)
    assert problem.path == ("concepts", "a")
    assert problem.message == "this concept is built on itself: $a → $b → $c → $a"


@pytest.mark.parametrize(
    ("item", "offset", "message"),
    [
        ("x AND y", 0, "AND cannot stand inside a concept"),
        ("x NEAR/2 NOT y", 9, "NOT cannot stand inside NEAR"),
        ("length>5 OR x", 0, "a comparison cannot stand inside a concept"),
        ("$nobody", 0, "undefined concept '$nobody'"),
    ],
)
def test_what_has_no_place_in_a_text_cannot_be_a_spelling(
    config: Config, item: str, offset: int, message: str
) -> None:
    (problem,) = rule_problems(config(concepts={"c": {"ru": ["слово", item]}}))
    assert message in problem.message
    assert (problem.path, problem.offset) == (("concepts", "c", "ru", 1), offset)


def test_a_language_without_inflection_is_told_once(config: Config) -> None:
    german = config(
        concepts={"a": {"de": ["Wehrpflicht"]}, "b": {"de": ["Asyl"]}},
        rules=[{"id": "r", "when": "$a OR $b"}],
    )
    (notice,) = rule_problems(german)
    assert (notice.severity, notice.path) == ("warning", ("concepts", "a", "de"))
    assert "match only as they are written" in notice.message
    assert hits(RuleSet.compile(german), "die Wehrpflicht") == ["Wehrpflicht"]


def warnings(config: WatchConfig) -> list[tuple[tuple[str | int, ...], str]]:
    return [(problem.path, problem.message) for problem in RuleCheck(reviewing=True)(config)]


def test_review_finds_unused_concepts_and_vetoes_that_cannot_strike(config: Config) -> None:
    found = warnings(
        config(
            concepts={
                "used": {"ru": ["повестка"], "unless": ["саммит", "саммит NEAR/3 повестка"]},
                "unused": {"ru": ["слово"]},
            },
            rules=[{"id": "r", "when": "$used"}],
        )
    )
    assert [path for path, _ in found] == [
        ("concepts", "unused"),
        ("concepts", "used", "unless", 0),
    ]
    assert "can never strike out a hit of $used" in found[1][1]


@pytest.mark.parametrize(
    ("query", "clash"),
    [
        ("a AND b AND NOT a", "a must be found and must not be found"),
        ("$c AND NOT (x OR $c)", "$c must be found and must not be found"),
        ("a AND length<10 AND length>=10", "length<10 and length>=10 exclude each other"),
        ("a AND published<1d AND published>2d", "published<1d and published>2d exclude"),
        ("a AND lang:ru AND lang:(uk OR en)", "lang:ru and lang:(uk OR en) exclude each other"),
    ],
)
def test_review_finds_rules_that_no_article_can_fire(
    config: Config, query: str, clash: str
) -> None:
    given = config(
        concepts={"c": {"en": ["c"]}},
        rules=[{"id": "r", "when": f"{query} OR $c"}, {"id": "s", "when": query}],
    )
    found = [message for path, message in warnings(given) if path == ("rules", "s")]
    assert any(clash in message for message in found)


def test_review_keeps_silent_about_rules_that_can_fire(config: Config) -> None:
    given = config(
        rules=[
            {"id": "r", "when": "a AND length<=10 AND length>=10 AND NOT title:a"},
            {"id": "s", "when": "a AND b", "level": "high"},
            {"id": "t", "when": "a AND c"},
        ]
    )
    assert warnings(given) == []


def test_review_finds_rules_that_another_makes_superfluous(config: Config) -> None:
    given = config(
        rules=[
            {"id": "wide", "when": "a AND b"},
            {"id": "narrow", "when": "c AND b AND a"},
            {"id": "same", "when": "b AND a"},
            {"id": "louder", "when": "a AND b AND c", "level": "high"},
            {"id": "elsewhere", "when": "a AND b", "sources": {"names": ["x"]}},
        ]
    )
    assert warnings(given) == [
        (("rules", "narrow"), "whatever fires this rule fires rule 'wide' too"),
        (("rules", "same"), "rule 'wide' asks for the same"),
    ]


def test_review_finds_sources_and_languages_that_do_not_exist(config: Config) -> None:
    given = config(
        sources=[{"name": "kloop", "feed": "https://kloop.kg/feed/"}],
        rules=[{"id": "r", "when": "a AND (source:klop OR source:kl* OR lang:de)"}],
    )
    found = RuleCheck(reviewing=True)(given)
    assert [problem.message for problem in found] == [
        "`source:klop` can never hold: there is no such source",
        "`lang:de` can never hold: there is no such lang",
    ]
    assert found[0].hint == "did you mean 'kloop'?"


def test_a_word_that_is_struck_out_is_no_partner_for_near(rules: Rules) -> None:
    concept = {"ru": ["нападение NEAR/9 мигрант"], "unless": ["матч NEAR/3 нападение"]}
    ruleset = one_concept(rules, concept)
    assert hits(ruleset, "мигранты сыграли матч, нападение было в ударе") == []
    assert hits(ruleset, "нападение на мигрантов") == ["нападение", "мигрантов"]
