"""The engine against a slow and obvious evaluator, on generated rules and texts."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import example, given
from hypothesis import strategies as st

from alerts.rules import RuleSet
from alerts.rules.analysis import fold
from core.alerting import Field
from core.articles import ArticleData
from core.config.models import WatchConfig

WORDS = ["мигрант", "Мигранты", "ёж", "ежи", "Путин", "путина", "oʻt", "o'tkir", "война", "и"]
TERMS = ["мигрант", "мигрант*", "еж", "ёж*", "=война", "oʻt*", '"мигрант и"', '"и ёж*"', "Алма-Ата"]
CONCEPT = ["путина", "война и", "Ежи"]
ENTITY = ["Путин", "Путин*"]

Found = Callable[[str], bool]


def plain(word: str) -> str:
    """Fold the way a schoolbook would: letter by letter."""
    kept = [
        letter
        for letter in unicodedata.normalize("NFC", word.lower())
        if letter not in "\u00ad\u200b\u0301"
    ]
    return "".join({"ё": "е", "ʻ": "'", "’": "'"}.get(letter, letter) for letter in kept)


def plain_words(text: str) -> list[str]:
    """Return the words of generated texts, which have only spaces and hyphens between them."""
    return text.replace("-", " ").split()


def occurs(term: str, fields: list[str], *, capital: bool = False) -> bool:
    """Look for a term at every position of every field."""
    wanted = plain_words(term.strip('"'))
    for field in fields:
        words = plain_words(field)
        for at in range(len(words) - len(wanted) + 1):
            pairs = zip(wanted, words[at:], strict=False)
            if all(accepts(pattern, word, capital) for pattern, word in pairs):
                return True
    return False


def accepts(pattern: str, word: str, capital: bool) -> bool:
    key = plain(pattern.strip("=*"))
    if capital and not word[0].isupper():
        return False
    return plain(word).startswith(key) if pattern.endswith("*") else plain(word) == key


@dataclass(frozen=True)
class Query:
    """A query as text, and the obvious way to judge it."""

    text: str
    judge: Callable[[list[str]], bool]


def leaf(text: str) -> Query:
    if text == "$c":
        return Query(text, lambda fields: any(occurs(term, fields) for term in CONCEPT))
    if text == "@e":
        return Query(text, lambda fields: any(occurs(n, fields, capital=True) for n in ENTITY))
    return Query(text, lambda fields: occurs(text, fields))


def negated(inner: Query) -> Query:
    return Query(f"NOT ({inner.text})", lambda fields: not inner.judge(fields))


def both(one: Query, other: Query) -> Query:
    return Query(
        f"({one.text}) AND ({other.text})",
        lambda fields: one.judge(fields) and other.judge(fields),
    )


def either(one: Query, other: Query) -> Query:
    return Query(
        f"({one.text} OR ({other.text}))",
        lambda fields: one.judge(fields) or other.judge(fields),
    )


queries = st.recursive(
    st.sampled_from([*TERMS, "$c", "@e"]).map(leaf),
    lambda inner: st.one_of(
        inner.map(negated),
        st.builds(both, inner, inner),
        st.builds(either, inner, inner),
    ),
    max_leaves=8,
)
texts = st.lists(
    st.sampled_from([*WORDS, "Алма-Ата", "мигра\u0301нт", "ПУТИН", "во\u00adйна", "O’tkir"]),
    max_size=12,
).map(" ".join)


def compiled(query: Query) -> RuleSet:
    # The extra term keeps every generated rule from firing on empty articles.
    return RuleSet.compile(
        WatchConfig.model_validate(
            {
                "concepts": {"c": {"ru": CONCEPT}},
                "entities": {"e": {"ru": ENTITY}},
                "rules": [{"id": "r", "when": f"якорь AND ({query.text})"}],
            }
        )
    )


@given(queries, texts, texts)
@example(leaf('"мигрант и"'), "мигрант", "и")
def test_engine_agrees_with_the_obvious_evaluator(query: Query, title: str, text: str) -> None:
    article = ArticleData(url="", title=title, text=f"якорь {text}")
    ruleset = compiled(query)
    expected = query.judge([article.title, article.text])
    assert bool(ruleset.match(article)) is expected
    (explanation,) = ruleset.explain(article)
    assert explanation.fired is expected
    assert explanation.root.holds is expected


@given(queries, texts, texts)
def test_spans_and_highlights_show_words_that_the_rule_asks_for(
    query: Query, title: str, text: str
) -> None:
    article = ArticleData(url="", title=title, text=f"якорь {text}")
    fields = {Field.TITLE: article.title, Field.TEXT: article.text}
    for match in compiled(query).match(article):
        for span in match.spans:
            words = fields[span.field][span.start : span.end]
            terms = {"$c": CONCEPT, "e": ENTITY}.get(span.label, [span.label])
            assert any(occurs(term, [words], capital=span.label == "e") for term in terms)
        for start, end in match.snippet.highlights:
            assert match.snippet.text[start:end].strip() == match.snippet.text[start:end] != ""
        flat = [offset for pair in match.snippet.highlights for offset in pair]
        assert flat == sorted(flat)


@given(st.text(), st.text())
def test_any_text_keeps_exact_offsets(before: str, after: str) -> None:
    ruleset = RuleSet.compile(
        WatchConfig.model_validate({"rules": [{"id": "r", "when": "мигрант* OR приёмка"}]})
    )
    text = f"{before} При\u0435\u0308м\u00adка {after} МИГРА\u0301НТАМИ {before}"
    (match,) = ruleset.match(ArticleData(url="", title="", text=text))
    shown = {fold(text[span.start : span.end]) for span in match.spans}
    assert {"приемка", "мигрантами"} <= shown
    assert all(word == "приемка" or word.startswith("мигрант") for word in shown)
