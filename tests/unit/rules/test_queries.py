"""The query language: what it says, what it refuses, and how it says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from alerts.rules import RuleProblem, RuleSet, RuleSetError, rule_problems
from alerts.rules.query import MAX_DEPTH, MAX_QUERY_LENGTH
from core.config.models import WatchConfig

Fires = Callable[..., bool]
Problems = Callable[..., tuple[RuleProblem, ...]]


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("мигрант", "Мигрант уехал", True),
        ("мигрант", "мигранты уехали", False),
        ("=мигрант", "МИГРАНТ", True),
        ("мигрант*", "мигрантами", True),
        ("мигрант*", "эмигрант", False),
        ('"российское гражданство"', "Российское  гражданство", True),
        ('"российское гражданство"', "гражданство российское", False),
        ('"российск* граждан*"', "российскими гражданами", True),
        ('"a b"', "a x b", False),
        ("a AND b", "b a", True),
        ("a AND b", "a", False),
        ("a OR b AND c", "a", True),
        ("(a OR b) AND c", "a", False),
        ("a AND NOT b", "a", True),
        ("a AND NOT b", "a b", False),
        ("a AND NOT b OR c", "b c", True),
        ("a AND NOT (b OR c)", "a c", False),
        ("a AND NOT NOT b", "a b", True),
        ("a AND NOT NOT b", "a", False),
        ("Алма-Ата", "из Алма-Аты в Алма-Ата", True),
        ("Алма-Ата", "Алма", False),
        ("премьер-министр*", "премьер-министром", True),
        ("oʻzbek*", "O'zbekistonda", True),
        ("ANDROID", "android", True),
        ('"AND" AND x', "and x", True),
        ("24.kg", "сайт 24.kg пишет", True),
        ("Russia", "Russia’s", True),
    ],
)
def test_meaning_of_queries(fires: Fires, query: str, text: str, expected: bool) -> None:
    assert fires(query, text) is expected


def test_title_and_text_both_count_but_no_phrase_crosses_from_one_to_the_other(
    fires: Fires,
) -> None:
    assert fires("a AND b", "b", title="a")
    assert not fires('"a b"', "b", title="a")


@pytest.mark.parametrize(
    ("query", "offset", "message", "hint"),
    [
        ("a b", 2, "put AND or OR between `a` and `b`", 'for the phrase, write "a b" in quotes'),
        ("a and b", 2, "put AND or OR between", "operators are written in capitals: AND"),
        ("мигрант или b", 8, "put AND or OR", "operators are written in capitals: OR"),
        ('a "b"', 2, 'between `a` and "b"', None),
        ("a NOT b", 2, "put AND or OR", "write AND NOT"),
        ("«a b»", 3, "put AND or OR", 'write phrases in straight quotes: "…"'),
        ("(a", 0, "this `(` is never closed", None),
        ("(a OR (b)", 0, "this `(` is never closed", None),
        ("a)", 1, "this `)` closes nothing", None),
        ("a AND ()", 6, "there is nothing between these parentheses", None),
        ("a AND", 2, "AND needs a term after it", None),
        ("(a OR)", 3, "OR needs a term after it", None),
        ("AND a", 0, "AND needs a term before it", None),
        ("a OR OR b", 5, "OR needs a term before it", None),
        ('a AND "b', 6, "this quotation mark is never closed", None),
        ('a AND ""', 7, "there is no letter or digit to look for", None),
        ("  ", 0, "the query is empty", None),
        ("м*", 0, "`*` needs at least 2 letters before it", None),
        ("a OR *", 5, "`*` needs the beginning of a word before it", None),
        ("a OR b*c", 6, "`*` can only stand at the end of a word", None),
        ("a OR =bb*", 5, "`=` and `*` contradict each other: keep one", None),
        ("a OR -b", 5, "`-` is not an operator", "write NOT"),
        ("a OR #b", 5, "`#` cannot stand in a word", "put the phrase in quotes"),
        ("$", 0, "`$` needs the name of a concept after it", None),
        ("a NEAR/5 b", 2, "NEAR comes with a later version", None),
        ("a ONEAR/5 (b OR c)", 2, "ONEAR comes with a later version", None),
        ("a AND ATLEAST/2(b)", 6, "ATLEAST comes with a later version", None),
        ("title:a", 0, "`title:` comes with a later version", None),
        ("b AND title:(a OR b)", 6, "`title:` comes with a later version", None),
        ("/a b/", 0, "regular expressions come with a later version", None),
        ("==СНГ", 0, "`==` (exact case) comes with a later version", None),
    ],
)
def test_broken_queries_are_located_and_explained(
    problems: Problems, query: str, offset: int, message: str, hint: str | None
) -> None:
    (problem,) = problems(query)
    assert problem.path == ("rules", "r", "when")
    assert message in problem.message
    assert problem.offset == offset
    assert problem.hint == hint


@pytest.mark.parametrize("query", ["NOT a", "a OR NOT b", "NOT a AND NOT b", "NOT (a AND b)"])
def test_a_rule_that_fires_on_empty_articles_is_refused(problems: Problems, query: str) -> None:
    (problem,) = problems(query)
    assert "hold none of its words" in problem.message
    assert problem.path == ("rules", "r", "when")


def test_undefined_names_come_with_the_nearest_defined_one(problems: Problems) -> None:
    found = problems(
        "x AND ($migrants OR @bastrikin)",
        concepts={"migrant": {"en": ["migrant"]}},
        entities={"bastrykin": {"en": ["Bastrykin"]}},
    )
    assert [(problem.offset, problem.message, problem.hint) for problem in found] == [
        (7, "undefined concept '$migrants'", "did you mean '$migrant'?"),
        (20, "undefined entity '@bastrikin'", "did you mean '@bastrykin'?"),
    ]


def test_long_and_deep_queries_are_refused(problems: Problems) -> None:
    (too_long,) = problems("a OR " * MAX_QUERY_LENGTH + "a")
    assert "at most 4000 characters" in too_long.message
    for shape in ("(" * 900 + "a" + ")" * 900, "a AND " + "NOT " * 900 + "b"):
        (too_deep,) = problems(shape)
        assert f"nested more than {MAX_DEPTH} levels" in too_deep.message
    assert problems("(" * MAX_DEPTH + "a" + ")" * MAX_DEPTH) == ()


def test_every_problem_is_reported_at_once_with_its_place(
    config: Callable[..., WatchConfig],
) -> None:
    broken = config(
        concepts={"c": {"ru": ["мигрант*", "а*б", "x OR y"], "en": ['"unclosed']}},
        entities={"e": {"en": ["$c"]}},
        rules=[
            {"id": "one", "all": ["$c", "a b"], "any": ["(x"], "none": ["@nobody"]},
            {"id": "two", "when": "$c"},
        ],
    )
    paths = [problem.path for problem in rule_problems(broken)]
    assert paths == [
        ("concepts", "c", "ru", 1),
        ("concepts", "c", "ru", 2),
        ("concepts", "c", "en", 0),
        ("entities", "e", "en", 0),
        ("rules", "one", "all", 1),
        ("rules", "one", "any", 0),
        ("rules", "one", "none", 0),
    ]
    with pytest.raises(RuleSetError) as raised:
        RuleSet.compile(broken)
    assert [problem.path for problem in raised.value.problems] == paths
    assert "concepts.c.ru.1, character 2: `*` can only stand" in str(raised.value)


def test_filters_that_no_source_passes_are_warnings_only(
    config: Callable[..., WatchConfig],
) -> None:
    given = config(
        sources=[{"name": "kloop", "feed": "https://kloop.kg/feed/", "tags": ["kg"]}],
        rules=[{"id": "r", "when": "a", "sources": {"names": ["klop", "kl*"], "tags": ["kz"]}}],
    )
    found = rule_problems(given)
    assert [(p.path[-2:], p.severity, p.hint) for p in found] == [
        (("names", 0), "warning", "did you mean 'kloop'?"),
        (("tags", 0), "warning", None),
    ]
    assert RuleSet.compile(given).rule_ids == ("r",)
