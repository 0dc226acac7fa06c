"""NEAR, ONEAR, ATLEAST, fields, comparisons and regular expressions: what they find."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alerts.rules import RuleSet
from core.articles import ArticleData

Fires = Callable[..., bool]
Rules = Callable[..., RuleSet]


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("a NEAR/1 b", "a b", True),
        ("a NEAR/1 b", "b a", True),
        ("a NEAR/1 b", "a x b", False),
        ("a NEAR/2 b", "a x b", True),
        ("a NEAR/2 b", "a, — b", True),
        ("a NEAR/5 a", "a x y", False),
        ("a NEAR/5 a", "a x a", True),
        ("(a OR c) NEAR/2 b", "c b", True),
        ('"x a" NEAR/1 b', "x a b", True),
        ('"x a" NEAR/1 "a b"', "x a b", False),
        ("a NEAR/2 b NEAR/2 c", "a b c", True),
        ("a NEAR/2 b NEAR/2 c", "c a b", True),
        ("a NEAR/2 b NEAR/2 c", "a b x x c", False),
        ("a ONEAR/2 b", "a b", True),
        ("a ONEAR/2 b", "b a", False),
        ("a ONEAR/3 b ONEAR/3 c", "a b c", True),
        ("a ONEAR/3 b ONEAR/3 c", "a c b", False),
        ("a ONEAR/1 b ONEAR/1 c", "a b x a b c", True),
        ("NOT a NEAR/2 b AND c", "a x x b c", True),
        ("NOT a NEAR/2 b AND c", "a b c", False),
        ("(a ONEAR/1 b) NEAR/3 c", "c x a b", True),
        ("ATLEAST/2(a, b, c)", "a c", True),
        ("ATLEAST/2(a, b, c)", "c c", False),
        ("ATLEAST/2(a AND b, c, d OR e)", "a b e", True),
        ("ATLEAST/2(a AND b, c, d OR e)", "a c x", False),
        ("ATLEAST/1(a, b) AND c", "b c", True),
    ],
)
def test_meaning_of_positions_and_counts(
    fires: Fires, query: str, text: str, expected: bool
) -> None:
    assert fires(query, text) is expected


def test_nothing_is_near_across_title_and_text(fires: Fires) -> None:
    assert not fires("a NEAR/200 b", "b", title="a")
    assert fires("a NEAR/200 b", "x", title="a b")


LONG = " ".join(["w"] * 120)


@pytest.mark.parametrize(
    ("query", "title", "text", "expected"),
    [
        ("title:a", "a", "b", True),
        ("title:a", "b", "a", False),
        ("text:a", "a", "b", False),
        ("title:(a OR b)", "b", "", True),
        ("title:(a AND b)", "b", "a", False),
        ("title:(a NEAR/2 b)", "b x a", "", True),
        ("x AND NOT title:(a OR b)", "c", "x a b", True),
        ('title:"a b"', "a b", "", True),
        ("lead:a", "", f"{LONG[:40]} a\nrest", True),
        ("lead:a", "a", f"{LONG[:40]}\na", False),
        ("lead:a", "", f"Byline\n{LONG[:40]} a\nrest", True),
        ("lead:a", "", f"{LONG} a", False),
    ],
)
def test_fields_say_where_words_must_stand(
    fires: Fires, query: str, title: str, text: str, expected: bool
) -> None:
    assert fires(query, text, title) is expected


ARTICLE = ArticleData(
    url="https://kloop.kg/blog/2023/01/20/migranty-v-rossii/",
    canonical_url="https://kloop.example/other-words/",
    title="",
    text="a b c",
    source="azattyk",
    authors=("Айгуль Токтогулова", "AP"),
    language="ky",
    tags=("Migration",),
    published_at=datetime(2023, 1, 20, 8, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("url:kloop", True),
        ("url:migrant*", True),
        ("url:migrant", False),
        ('url:"blog/2023"', True),
        ('url:"2023 blog"', False),
        ("url:other", True),
        ("url:(sport OR blog)", True),
        ("source:azattyk", True),
        ("source:azat*", True),
        ("source:kloop", False),
        ("lang:ky", True),
        ("lang:(ru OR ky)", True),
        ("lang:ru", False),
        ("author:токтогулова", True),
        ('author:"айгуль токтогулова"', True),
        ("author:айгул*", True),
        ("author:айгул", False),
        ("tag:migration", True),
        ("tag:independent", True),
        ("tag:state", False),
        ("a AND length>=3", True),
        ("a AND length>3", False),
        ("a AND length<4 AND length<=3", True),
        ("a AND published<1d", True),
        ("a AND published<2h", False),
        ("a AND published>=4h", True),
    ],
)
def test_facts_about_the_article_are_compared(rules: Rules, query: str, expected: bool) -> None:
    ruleset = rules(
        rules=[{"id": "r", "when": query}],
        sources=[{"name": "azattyk", "feed": "https://a.example/f", "tags": ["independent"]}],
    )
    now = datetime(2023, 1, 20, 12, tzinfo=UTC)
    assert bool(ruleset.match(ARTICLE, now)) is expected


def test_age_of_an_undated_article_is_neither_more_nor_less(rules: Rules) -> None:
    ruleset = rules(rules=[{"id": "r", "when": "a AND (published<1d OR published>=1d)"}])
    now = datetime(2023, 1, 20, 12, tzinfo=UTC)
    assert ruleset.match(ARTICLE, now)
    assert not ruleset.match(replace(ARTICLE, published_at=None), now)
    assert not ruleset.match(ARTICLE), "without a time there is no age"
    assert ruleset.match(ARTICLE, now + timedelta(days=30))


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"вч\s?\d{5}", "в/ч и вч 12345.", ["вч 12345"]),
        (r"\bмигрант\b", "эмигрант, мигрант, мигранты", ["мигрант"]),
        (r"\bмигрант\b", "мигрант мигрант", ["мигрант", "мигрант"]),
        (r"\w+ция", "Мобилизация (операция)", ["Мобилизация", "операция"]),
        (r"[\w-]+мигрант", "трудовой рабочий-мигрант", ["рабочий-мигрант"]),
        (r"МВД|ФСБ", "мвд ФСБ", ["ФСБ"]),
        (r"a\/b", "x a/b", ["a/b"]),
        (r"№\d+", "указ №647", ["№647"]),
        (r"(?:ab)+", "xababx", ["abab"]),
    ],
)
def test_regular_expressions_know_letters_of_every_script(
    rules: Rules, pattern: str, text: str, found: list[str]
) -> None:
    ruleset = rules(rules=[{"id": "r", "when": f"regex:/{pattern}/"}])
    (match,) = ruleset.match(ArticleData(url="", title="", text=text))
    assert [text[span.start : span.end] for span in match.spans] == found


def test_regular_expressions_ignore_case_when_told_and_stand_in_near_and_fields(
    fires: Fires,
) -> None:
    assert fires("regex:/мвд/i", "МВД")
    assert fires(r"regex:/\d{4}/ NEAR/3 мигрант", "в 2023 году мигранты")
    assert not fires(r"regex:/\d{4}/ NEAR/1 мигрант", "в 2023 году мигранты")
    assert fires("title:regex:/№/", "", title="№ 5")
    assert not fires("title:regex:/№/", "№ 5", title="x")


def test_structured_parts_and_a_query_say_the_same(rules: Rules) -> None:
    ruleset = rules(
        rules=[
            {"id": "parts", "all": ["a"], "any_of": {"at_least": 2, "of": ["b", "c", "d"]}},
            {"id": "query", "when": "a AND ATLEAST/2(b, c, d)"},
        ]
    )
    for text, fired in (("a b d", 2), ("a b", 0), ("b c d", 0), ("a b c d", 2)):
        assert len(ruleset.match(ArticleData(url="", title="", text=text))) == fired


def test_near_shows_only_the_words_that_are_near(rules: Rules) -> None:
    ruleset = rules(rules=[{"id": "r", "when": "a NEAR/2 b"}])
    text = "a x x x x a b x x x x b"
    (match,) = ruleset.match(ArticleData(url="", title="", text=text))
    assert [(span.label, span.start) for span in match.spans] == [("a", 10), ("b", 12)]
