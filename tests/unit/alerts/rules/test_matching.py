"""What a match carries: which rules, which spans, which words of the original text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from alerts.rules import RuleSet, match_to_json
from alerts.rules.matcher import MAX_SPANS_PER_LABEL
from core.alerting.matches import Field, Level, Match, SpanKind
from core.articles import ArticleData

Rules = Callable[..., RuleSet]
MakeArticle = Callable[..., ArticleData]


def marked(match: Match, article: ArticleData) -> list[tuple[str, str]]:
    """Return label and original words of each span."""
    fields = {Field.TITLE: article.title, Field.TEXT: article.text}
    return [(span.label, fields[span.field][span.start : span.end]) for span in match.spans]


def test_rules_come_in_the_order_of_the_configuration(rules: Rules, article: MakeArticle) -> None:
    ruleset = rules(
        rules=[
            {"id": "second", "when": "b", "level": "high", "title": "B!"},
            {"id": "never", "when": "c"},
            {"id": "first", "when": "a"},
        ]
    )
    matches = ruleset.match(article("a b"))
    assert [(m.rule_id, m.rule_title, m.level) for m in matches] == [
        ("second", "B!", Level.HIGH),
        ("first", "first", Level.NORMAL),
    ]
    assert ruleset.rule_ids == ("second", "never", "first")


def test_all_parts_of_a_structured_rule_must_hold(rules: Rules, article: MakeArticle) -> None:
    ruleset = rules(
        rules=[
            {
                "id": "r",
                "when": "a",
                "all": ["b OR bb", '"c c"'],
                "any": ["d", "e AND f"],
                "none": ["g", "h AND i"],
            }
        ]
    )

    def fired(text: str) -> bool:
        return bool(ruleset.match(article(text)))

    assert fired("a bb c c d")
    assert fired("a b c c e f h")
    assert not fired("b c c d")
    assert not fired("a b c d")
    assert not fired("a b c c e")
    assert not fired("a b c c d g")
    assert not fired("a b c c d h i")


def test_a_concept_is_any_of_its_terms_in_any_language(rules: Rules, article: MakeArticle) -> None:
    ruleset = rules(
        concepts={
            "summons": {"ru": ["повестк*", "военный билет"], "uz": ["chaqiruv qogʻoz*"]},
        },
        rules=[{"id": "r", "when": "$summons"}],
    )
    for text, words in [
        ("Вручили повестку.", "повестку"),
        ("Отобрали ВОЕННЫЙ БИЛЕТ", "ВОЕННЫЙ БИЛЕТ"),
        ("chaqiruv qog'ozi keldi", "chaqiruv qog'ozi"),
    ]:
        given = article(text)
        (match,) = ruleset.match(given)
        assert marked(match, given) == [("$summons", words)]
    assert ruleset.match(article("военный и билет")) == ()


def test_only_what_made_the_rule_true_is_marked(rules: Rules, article: MakeArticle) -> None:
    ruleset = rules(rules=[{"id": "r", "when": "(a AND b) OR c OR (d AND NOT e)"}])
    given = article("a c d e")
    (match,) = ruleset.match(given)
    assert marked(match, given) == [("c", "c")]


def test_double_negation_still_shows_its_evidence(rules: Rules, article: MakeArticle) -> None:
    ruleset = rules(rules=[{"id": "r", "when": "NOT (NOT a OR b)"}])
    given = article("x a")
    (match,) = ruleset.match(given)
    assert marked(match, given) == [("a", "a")]


def test_every_entity_in_the_article_is_marked_even_if_the_rule_names_none(
    rules: Rules, article: MakeArticle
) -> None:
    ruleset = rules(
        entities={
            "bastrykin": {"kind": "person", "ru": ["Александр Бастрыкин", "Бастрыкин*"]},
            "bishkek": {"kind": "place", "en": ["Bishkek"]},
        },
        rules=[{"id": "r", "when": "мигрант*"}, {"id": "e", "when": "@bastrykin"}],
    )
    given = article("Александр Бастрыкин о мигрантах. Бастрыкина в Bishkek's центре", "Бастрыкин")
    by_word, by_entity = ruleset.match(given)
    assert marked(by_word, given) == [
        ("bastrykin", "Бастрыкин"),
        ("bastrykin", "Александр Бастрыкин"),
        ("мигрант*", "мигрантах"),
        ("bastrykin", "Бастрыкина"),
        ("bishkek", "Bishkek"),
    ]
    assert {span.kind for span in by_entity.spans} == {SpanKind.ENTITY}
    assert by_entity.snippet.highlights != ()


def test_a_capital_in_an_entity_name_is_required_in_the_text(
    rules: Rules, article: MakeArticle
) -> None:
    ruleset = rules(
        entities={"peskov": {"ru": ["Песков*"]}, "org": {"ru": ["движение Путь домой"]}},
        rules=[{"id": "p", "when": "@peskov"}, {"id": "o", "when": "@org"}],
    )

    def fired(text: str) -> list[str]:
        return [match.rule_id for match in ruleset.match(article(text))]

    assert fired("Пескову") == ["p"]
    assert fired("ПЕСКОВ ОТВЕТИЛ") == ["p"]
    assert fired("много песков") == []
    assert fired("Движение «Путь домой»") == ["o"]
    assert fired("движение путь домой") == []


def test_spans_point_into_the_original_whatever_folding_removed(
    rules: Rules, article: MakeArticle
) -> None:
    ruleset = rules(rules=[{"id": "r", "when": '"приемка военкомата" OR oʻzbek*'}])
    stressed = "при\u0308е\u0301м\u00adка".replace("и\u0308", "и")
    given = article(f"\ufeffВ {stressed} воен\u200bкомата — O‘zbekistonda!")
    (match,) = ruleset.match(given)
    assert [words for _, words in marked(match, given)] == [
        f"{stressed} воен\u200bкомата",
        "O‘zbekistonda",
    ]


def test_the_longest_spelling_of_a_label_wins(rules: Rules, article: MakeArticle) -> None:
    ruleset = rules(
        concepts={"c": {"ru": ["гражданств*", "российское гражданство", "новое российское"]}},
        rules=[{"id": "r", "when": "$c"}],
    )
    given = article("российское гражданство и гражданства")
    (match,) = ruleset.match(given)
    assert [words for _, words in marked(match, given)] == ["российское гражданство", "гражданства"]


@pytest.mark.parametrize(
    ("narrowing", "source", "expected"),
    [
        ({"names": ["kloop"]}, "kloop", True),
        ({"names": ["klo*"]}, "kloop", True),
        ({"names": ["klo"]}, "kloop", False),
        ({"tags": ["kg"]}, "kloop", True),
        ({"tags": ["kz", "kg"]}, "kloop", True),
        ({"tags": ["kz"]}, "kloop", False),
        ({"names": ["kloop"], "tags": ["kz"]}, "kloop", False),
        ({"names": ["old-name"]}, "old-name", True),
        ({"tags": ["kg"]}, "", False),
        ({}, "", True),
    ],
)
def test_narrowing_to_sources(
    rules: Rules,
    article: MakeArticle,
    narrowing: dict[str, Any],
    source: str,
    expected: bool,
) -> None:
    ruleset = rules(
        sources=[
            {"name": "kloop", "feed": "https://kloop.kg/feed/", "tags": ["kg", "independent"]},
            {"name": "tengri", "feed": "https://tengrinews.kz/news.rss", "tags": ["kz"]},
        ],
        rules=[{"id": "r", "when": "a", "sources": narrowing}],
    )
    assert bool(ruleset.match(article("a", source=source))) is expected


def test_repetition_does_not_blow_up_a_match(rules: Rules, article: MakeArticle) -> None:
    (match,) = rules(rules=[{"id": "r", "when": "мигрант"}]).match(article("мигрант " * 50_000))
    assert len(match.spans) == MAX_SPANS_PER_LABEL


def test_json_shape_of_a_match(rules: Rules, article: MakeArticle) -> None:
    ruleset = rules(
        entities={"kg": {"kind": "place", "en": ["Kyrgyzstan"]}},
        rules=[{"id": "r", "title": "T", "level": "low", "when": "migrant*"}],
    )
    given = article("Migrants in Kyrgyzstan", "Migrants")
    (match,) = ruleset.match(given)
    spans = [
        {"field": "title", "start": 0, "end": 8, "label": "migrant*", "kind": "term"},
        {"field": "text", "start": 0, "end": 8, "label": "migrant*", "kind": "term"},
        {"field": "text", "start": 12, "end": 22, "label": "kg", "kind": "entity"},
    ]
    words = ["Migrants", "Migrants", "Kyrgyzstan"]
    assert match_to_json(match, given) == {
        "rule": "r",
        "level": "low",
        "title": "T",
        "spans": [{**span, "text": word} for span, word in zip(spans, words, strict=True)],
        "snippet": "Migrants in Kyrgyzstan",
    }


def test_many_rules_share_one_pass_over_the_article(rules: Rules, article: MakeArticle) -> None:
    ruleset = rules(
        rules=[
            {"id": f"r{number}", "when": f"слово{number} AND (кот* OR NOT пёс)"}
            for number in range(500)
        ]
    )
    text = "слово7 и слово499 " + "просто текст " * 300
    assert [match.rule_id for match in ruleset.match(article(text))] == ["r7", "r499"]
