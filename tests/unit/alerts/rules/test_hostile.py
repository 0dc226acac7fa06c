"""Rules and articles that are meant to hurt: only the documented error, and never much time."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from time import thread_time
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from alerts.rules import RuleSet, RuleSetError, rule_problems
from alerts.rules.query import MAX_NEAR_OPERANDS
from core.articles import ArticleData
from core.config.watch import WatchConfig

COST = 1_000
"""Readings of 600 words (about 60 ms) that one pattern may cost on an article of 600 words."""

TOKENS = (
    "мигрант", "raid", '"a b"', "=x", "==X", "abc*", "*-рейд", "$c", "$nobody", "@e", "(", ")",
    "AND", "OR", "NOT", "NEAR/3", "ONEAR/2", "NEAR", "NEAR/x", "ATLEAST/2(", "ATLEAST", ",",
    "title:", "lead:(", "lang:ru", "source:(a OR b)", "published<2d", "length>x", "regex:/a+/",
    "regex:/(/", "regex:/\\w{2,9}/i", '"', "«x»", "/", ":", "*", "$", "@", "\x00", "\u0301", "и",
)  # fmt: skip
READINGS = 10
"""Readings that are timed at once, about 10 ms: one alone is too short."""

WORD = re.compile(r"\w+")
soup = st.lists(st.sampled_from(TOKENS), max_size=12).map(" ".join)
letters = st.characters(exclude_categories=["Cs"])  # YAML and JSON have no lone surrogates
written = st.one_of(st.text(letters, max_size=60), soup)


def config(**sections: Any) -> WatchConfig:
    return WatchConfig.model_validate(
        {
            "concepts": {"c": {"ru": ["слово"]}},
            "entities": {"e": {"ru": ["Имя"]}},
            **sections,
        }
    )


def check(given_config: WatchConfig, texts: list[str]) -> None:
    """Compile, or else be told where in a text the problem is."""
    try:
        rules = RuleSet.compile(given_config)
    except RuleSetError as error:
        for problem in error.problems:
            assert problem.message
            if problem.offset is not None:
                assert 0 <= problem.offset <= max(map(len, texts))
    else:
        article = ArticleData(url="", title="мигрант", text="raid слово Имя a b")
        assert [rule.fired for rule in rules.explain(article)] == [
            rule.rule_id in {match.rule_id for match in rules.match(article)}
            for rule in rules.explain(article)
        ]


@settings(max_examples=300, deadline=None)
@given(written)
@example("regex:/[/")
@example("((((")
@example('"\x00"')
def test_a_query_is_understood_or_refused_with_a_place(query: str) -> None:
    if query:
        check(config(rules=[{"id": "r", "when": query}]), [query])


@settings(max_examples=300, deadline=None)
@given(written, written, written)
def test_lists_are_understood_or_refused_with_a_place(term: str, veto: str, name: str) -> None:
    if term and veto and name:
        sections = {
            "concepts": {"c": {"ru": [term], "unless": [veto]}},
            "entities": {"e": {"kind": "person", "ru": [name]}},
            "rules": [{"id": "r", "when": "$c OR @e"}],
        }
        check(config(**sections), [term, veto, name])


@pytest.mark.chaos
@pytest.mark.timeout(1200)
@settings(max_examples=10_000, deadline=None)
@given(written)
def test_ten_thousand_queries_are_understood_or_refused(query: str) -> None:
    if query:
        check(config(rules=[{"id": "r", "when": query}]), [query])


HOSTILE_TEXTS = {
    "one word for megabytes": "а" * 2_000_000,
    "one word again and again": "мигрант " * 50_000,
    "zeros": "\x00" * 100_000,
    "lone surrogates": "\ud800\udfff мигрант " * 10_000,
    "combining marks": "м" + "\u0301" * 100_000,
    "apostrophes": "a'" * 100_000,
    "hyphens": "а-" * 100_000,
    "invisible": "\u200b\u00ad" * 100_000,
    "mixed scripts": "мигpaнт " * 20_000,
}


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_no_text_breaks_the_rules(name: str) -> None:
    rules = RuleSet.compile(
        config(
            rules=[
                {"id": "near", "when": "мигрант* NEAR/200 мигрант NEAR/200 а*а".replace("*а", "")},
                {"id": "regex", "when": "regex:/\\w+/"},
                {"id": "lead", "when": "lead:мигрант OR title:$c OR length>5 AND мигрант"},
            ]
        )
    )
    article = ArticleData(url="", title="", text=HOSTILE_TEXTS[name])
    rules.match(article)
    rules.explain(article)


def generated_text(seed: int) -> str:
    chance = random.Random(seed)  # noqa: S311  prose, not secrets
    words = ("мобилизация", "мигранты", "в", "aaaaaaa", "повестка", "the", "призывник", "2022")
    return " ".join(chance.choice(words) for _ in range(600))


def seconds(work: Callable[[], object]) -> float:
    began = thread_time()
    work()
    return thread_time() - began


def cost(rules: RuleSet, text: str) -> float:
    """Return how many plain readings of 600 words an article costs, the best of four turns.

    Both are timed in turn, so that a machine that is busy or slow is so for both.
    """
    article = ArticleData(url="", title="", text=text)
    prose = generated_text(0)
    turns = [
        (
            seconds(lambda: rules.match(article)),
            seconds(lambda: [WORD.findall(prose) for _ in range(READINGS)]),
        )
        for _ in range(4)
    ]
    return min(judged for judged, _ in turns) / min(read for _, read in turns) * READINGS


TEXTS = {
    "prose": generated_text(1),
    "one word": "мигрант " * 600,
    "one letter": "a " * 600,
    "one long word": "a" * 4_000,
    "digits": "1 " * 600,
    "mixed": generated_text(2).replace("а", "a"),
}

PATTERNS = {
    "a long chain": " NEAR/200 ".join(["мигрант"] * MAX_NEAR_OPERANDS),
    "an ordered chain": " ONEAR/200 ".join(["(мигрант OR a)"] * MAX_NEAR_OPERANDS),
    "a phrase of one word": '"' + " ".join(["мигрант"] * 20) + '"',
    "many of many": f"ATLEAST/9({', '.join(f'мигрант NEAR/{n} (a OR в)' for n in range(1, 11))})",
    "a deep query": "(" * 45 + "a NEAR/5 мигрант" + ")" * 45,
    "short beginnings": " OR ".join(f"{a}{b}*" for a in "абвгдежзик" for b in "абвгдежзик"),
    "a regex of words": r"regex:/(\w+) (\w+) x/",
    "a regex that never ends": r"regex:/(.*)(.*)(.*)(.*)(.*)Z/",
    "a counted regex": r"regex:/(?:[а-яa-z]+[^q]{0,40}){1,5}Z/",
    "a counted class": r"regex:/\w{1,6}\s\w{1,4}Z/",
    "a regex that hits everywhere": r"regex:/\w/",
    "alternatives": f"regex:/{'|'.join(f'м{n}' for n in range(80))}/",
}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_no_pattern_makes_an_article_cost_much(pattern: str) -> None:
    rules = RuleSet.compile(
        WatchConfig.model_validate({"rules": [{"id": "r", "when": PATTERNS[pattern]}]})
    )
    worst = max((cost(rules, text), name) for name, text in TEXTS.items())
    assert worst[0] < COST, worst


def test_a_concept_of_thousands_of_phrases_costs_little() -> None:
    phrases = [f"мигрант слово{n}" for n in range(3_000)]
    vetoes = [f"мигрант NEAR/9 слово{n}" for n in range(500)]
    rules = RuleSet.compile(
        config(
            concepts={"c": {"ru": ["=мигрант", *phrases], "unless": vetoes}},
            rules=[{"id": "r", "when": "$c NEAR/50 $c"}],
        )
    )
    assert cost(rules, TEXTS["one word"]) < COST


regexes = st.recursive(
    st.sampled_from(["a", "а", r"\w", ".", "[а-яa-z]", r"\d", "(?:мигрант|a)", r"\s", "[^q]"]),
    lambda inner: st.one_of(
        st.builds("(?:{}){{{}}}".format, inner, st.sampled_from(["1,9", "0,40", "3", "5,99"])),
        st.builds("(?:{})+".format, inner),
        st.builds("(?:{}){}".format, inner, inner),
        st.builds("(?:{}|{})".format, inner, inner),
    ),
    max_leaves=6,
)


@pytest.mark.chaos
@pytest.mark.timeout(1200)
@settings(max_examples=1_500, deadline=None)
@given(regexes)
def test_no_generated_regex_makes_an_article_cost_much(pattern: str) -> None:
    given_config = WatchConfig.model_validate(
        {"rules": [{"id": "r", "when": f"regex:/{pattern}Z/"}]}
    )
    if rule_problems(given_config):
        return
    rules = RuleSet.compile(given_config)
    worst = max((cost(rules, text), name) for name, text in TEXTS.items())
    assert worst[0] < COST, (worst, pattern)
