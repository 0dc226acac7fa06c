"""The query language: what it says, what it refuses, and how it says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from alerts.rules import RuleProblem, RuleSet, RuleSetError, rule_problems
from alerts.rules.query import MAX_DEPTH, MAX_QUERY_LENGTH
from core.config.watch import WatchConfig

Fires = Callable[..., bool]
Problems = Callable[..., tuple[RuleProblem, ...]]


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("мигрант", "Мигрант уехал", True),
        ("мигрант", "мигрантами", True),
        ("мигрант", "миграция", False),
        ("=мигрант", "мигранты уехали", False),
        ("==СНГ", "страны СНГ", True),
        ("==СНГ", "страны снг", False),
        ("*-рейд", "бьюти-рейды", True),
        ("*-рейд", "рейды", False),
        ('"российский гражданство"', "российского гражданства", True),
        ('"=российское гражданство"', "российского гражданства", False),
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
        ("a NEAR b", 2, "NEAR needs a distance in words, 1 to 200", "write NEAR/8"),
        ("a NEAR/0 b", 2, "NEAR needs a distance", "write NEAR/8"),
        ("a ONEAR/1000 b", 2, "ONEAR needs a distance", "write ONEAR/8"),
        ("a NEAR/5", 2, "NEAR/5 needs a term after it", None),
        ("NEAR/5 a", 0, "NEAR/5 needs a term before it", None),
        ("a near/5 b", 2, "put AND or OR", "operators are written in capitals: NEAR/5"),
        ("a NEAR/5 NOT b", 9, "NOT cannot stand inside NEAR", "write a AND NOT (a NEAR/8 b)"),
        (
            "x NEAR/2 (a AND b)",
            9,
            "AND cannot stand inside NEAR",
            "write (a OR b) NEAR/8 c, or a AND NOT (a NEAR/8 b)",
        ),
        (
            "a ONEAR/3 b NEAR/4 c",
            12,
            "NEAR and ONEAR cannot be chained without parentheses",
            "write (a ONEAR/3 b) NEAR/5 c",
        ),
        ("a AND ATLEAST/x(b)", 6, "ATLEAST needs a number", "write ATLEAST/2(a, b, c)"),
        (
            "ATLEAST/3(a, b)",
            0,
            "ATLEAST/3 can never be reached with 2",
            "separate them by commas: ATLEAST/2(a, b, c)",
        ),
        ("ATLEAST/2 a", 0, "ATLEAST/2 needs a list in parentheses", "write ATLEAST/2(a, b, c)"),
        (
            "a, b",
            1,
            "commas only separate the operands of ATLEAST/n(a, b)",
            "write AND or OR; put a comma that belongs to a phrase in quotes",
        ),
        ("a AND title:", 6, "`title:` needs a term after it", None),
        (
            "title:(a AND text:b)",
            13,
            "only words, phrases, $concepts and @entities can stand in `title:`",
            "close the parentheses of `title:(…)` before it",
        ),
        ("a AND lang:(ru AND uk)", 15, "`lang:` takes a word, a phrase or (a OR b)", None),
        ("a AND source:$c", 13, "`source:` takes a word, a phrase or (a OR b)", None),
        ("a AND titel:b", 11, "`:` cannot stand in a word", "did you mean 'title:'?"),
        ("a AND length>many", 6, "`length` is compared with a number of words", "length>=200"),
        (
            "a AND published<tuesday",
            6,
            "`published` is compared with an age",
            "published<2d, published>12h",
        ),
        ("regex:/a b", 0, "this regular expression is never closed", "write regex:/…/"),
        (
            "a AND regex:/(b/",
            13,
            "this `(` is never closed",
            "for the character itself write `\\` before it",
        ),
        (
            r"regex:/a\b.c/",
            8,
            r"`\b` can stand only at the very beginning or end of a pattern",
            r"write \W for the character between two words",
        ),
        (
            "regex:/a*/",
            7,
            "this regular expression matches where nothing is",
            "use + in place of *",
        ),
        ("/a b/", 3, "put AND or OR", 'for the phrase, write "/a b/" in quotes'),
        ("/ab/", 0, "`/` cannot stand in a word", "write regex:/…/"),
        (
            "*b",
            0,
            "`*` can only stand at the end",
            "`*-word` finds the tail of a hyphenated compound",
        ),
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
        concepts={"c": {"ru": ["мигрант*", "а*б", "x AND y"], "en": ['"unclosed']}},
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
