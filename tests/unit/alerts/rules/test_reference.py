"""The engine against a slow and obvious evaluator, on generated rules and texts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from alerts.rules import RuleSet
from alerts.rules.analysis import fold
from alerts.rules.percolator import DENSE
from alerts.rules.query import MAX_NEAR_OPERANDS
from core.alerting.matches import Field
from core.articles import ArticleData
from core.config.watch import WatchConfig
from tests.unit.alerts.rules import reference as ref
from tests.unit.alerts.rules.reference import Query, Text

NOW = datetime(2026, 11, 20, tzinfo=UTC)
CASES_OF_CHAOS = 10_000

TERMS = (
    ("мигрант",), ("рейд",), ("повестка",), ("raid",), ("=рейды",), ("==МВД",), ("миг*",),
    ("*-рейд",), ("повестка", "день"), ("=рейд", "миг*"), ("мигрант", "мигрант"),
    ("police", "raid"),
)  # fmt: skip
WORDS = (
    "мигрант", "Мигрантов", "мигра\u0301нты", "миграция", "рейд", "рейды", "рейдер", "РЕЙДОВ",
    "повестка", "повестку", "дня", "дни", "МВД", "мвд", "Песков", "пескова", "и", "в", "raids",
    "raid", "Police", "пресс-рейды", "рей\u00adд", "авто-рейд-повестки",
)  # fmt: skip

INNER = ref.Concept("inner", (ref.Term(("рейд",)), ref.Term(("повестка", "день"))))
CONCEPT = ref.Concept(
    "c",
    (
        ref.Term(("повестка",)),
        ref.Term(("=рейды", "миг*")),
        ref.Near((ref.Term(("мигрант",)), ref.Either((INNER, ref.Term(("=raids",))))), (3,)),
    ),
    (ref.Term(("повестка", "день")), ref.Near((ref.Term(("==МВД",)), ref.Term(("рейд",))), (2,))),
)
ENTITY = ref.Concept(
    "e", (ref.Term(("=Песков",), capital=True), ref.Term(("=Пескова",), capital=True)), sign="@"
)
SECTIONS = {
    "concepts": {
        "inner": {"ru": ["рейд", "повестка день"]},
        "c": {
            "ru": ["повестка", "=рейды миг*", "мигрант NEAR/3 ($inner OR =raids)"],
            "unless": ['"повестка день"', "==МВД NEAR/2 рейд"],
        },
    },
    "entities": {"e": {"kind": "person", "ru": ["=Песков", "=Пескова"]}},
    "sources": [{"name": "kloop", "feed": "https://kloop.kg/f", "tags": ["kg"]}],
}
FACTS = (
    ref.Fact("lang:(ru OR uk)", lambda text: text.article.language in ("ru", "uk")),
    ref.Fact("source:kl*", lambda text: text.article.source.startswith("kl")),
    ref.Fact("tag:kg", lambda text: "kg" in {*text.tags, *text.article.tags}),
    ref.Fact("length>=5", lambda text: len(text.fields["text"]) >= 5),
    ref.Fact("published<2d", lambda text: ref.younger(text, timedelta(days=2))),
)

leaves = st.one_of(st.sampled_from(TERMS).map(ref.Term), st.sampled_from((CONCEPT, INNER, ENTITY)))
distances = st.integers(1, 4)


def nears(inner: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    return st.lists(inner, min_size=2, max_size=3).flatmap(
        lambda operands: st.builds(
            ref.Near,
            st.just(tuple(operands)),
            st.tuples(*[distances] * (len(operands) - 1)),
            st.booleans(),
        )
    )


placed: st.SearchStrategy[Query] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        nears(inner), st.tuples(inner, inner).map(lambda pair: ref.Either(pair))
    ),
    max_leaves=4,
)
scoped = st.builds(
    ref.Scoped,
    st.sampled_from(("title", "lead", "text")),
    st.one_of(placed, st.builds(ref.both, placed, placed.map(ref.negated))),
)
queries: st.SearchStrategy[Query] = st.recursive(
    st.one_of(placed, scoped, st.sampled_from(FACTS)),
    lambda inner: st.one_of(
        inner.map(ref.negated),
        st.builds(ref.both, inner, inner),
        st.tuples(inner, inner).map(lambda pair: ref.Either(pair)),
        st.lists(inner, min_size=2, max_size=3).flatmap(
            lambda some: st.integers(1, len(some)).map(lambda n: ref.at_least(n, tuple(some)))
        ),
    ),
    max_leaves=6,
)
COMMON = ("мигрант", "рейд", "повестка", "raids", "МВД", "дня", "и")
texts = st.lists(
    st.one_of(st.sampled_from(COMMON), st.sampled_from((*WORDS, "\n"))), max_size=24
).map(" ".join)
articles = st.builds(
    ArticleData,
    url=st.just("https://kloop.kg/a"),
    title=texts,
    text=texts,
    language=st.sampled_from(("ru", "ky", None)),
    source=st.sampled_from(("kloop", "other")),
    published_at=st.sampled_from((None, NOW - timedelta(days=1), NOW - timedelta(days=9))),
)


def is_within_limits(query: Query) -> bool:
    return query.text.count("NEAR/") <= MAX_NEAR_OPERANDS // 2


def compiled(*asked: str) -> RuleSet:
    # The extra term keeps every generated rule from firing on empty articles.
    rules = [{"id": f"r{n}", "when": f"=якорь AND ({query})"} for n, query in enumerate(asked)]
    return RuleSet.compile(WatchConfig.model_validate({**SECTIONS, "rules": rules}))


def anchored(article: ArticleData) -> ArticleData:
    return ArticleData(
        url=article.url, title=article.title, text=f"якорь {article.text}",
        language=article.language, source=article.source, published_at=article.published_at,
    )  # fmt: skip


def tags_of(article: ArticleData) -> frozenset[str]:
    return frozenset({"kg"} if article.source == "kloop" else ())


def check_against_reference(query: Query, article: ArticleData) -> None:
    assume(is_within_limits(query))
    article = anchored(article)
    ruleset = compiled(query.text)
    expected = query.holds(Text(article, NOW, tags_of(article)))
    event(f"holds: {expected}")
    assert bool(ruleset.match(article, NOW)) is expected
    (explanation,) = ruleset.explain(article, NOW)
    assert explanation.fired is expected
    assert explanation.root.holds is expected


@settings(max_examples=200, deadline=None)
@given(st.one_of(placed, queries), articles)
def test_engine_agrees_with_the_obvious_evaluator(query: Query, article: ArticleData) -> None:
    check_against_reference(query, article)


@pytest.mark.chaos
@pytest.mark.timeout(1800)
@settings(max_examples=CASES_OF_CHAOS, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(placed, queries), articles)
def test_engine_agrees_with_the_obvious_evaluator_ten_thousand_times(
    query: Query, article: ArticleData
) -> None:
    check_against_reference(query, article)


@given(placed.filter(is_within_limits), articles)
def test_hits_shown_are_those_of_the_obvious_evaluator(query: Query, article: ArticleData) -> None:
    ruleset = compiled(query.text)
    article = anchored(article)
    text = Text(article, NOW, frozenset())
    hits = query.hits(text)
    wanted = {
        (hit.field, text.fields[hit.field][place].raw)
        for hit in hits
        for place in range(hit.first, hit.last + 1)
    }
    for match in ruleset.match(article, NOW):
        contents = {Field.TITLE: article.title, Field.TEXT: article.text}
        shown = {
            (span.field.value, word.raw)
            for span in match.spans
            if span.label not in ("=якорь", "e")
            for word in ref.words_of(contents[span.field][span.start : span.end])
        }
        assert shown <= wanted


@settings(max_examples=15, deadline=None)
@given(st.lists(queries.filter(is_within_limits), min_size=2, max_size=30), articles, st.booleans())
def test_many_rules_fire_as_each_would_alone(
    asked: list[Query], article: ArticleData, dense: bool
) -> None:
    article = anchored(article)
    copies = DENSE // len(asked) + 2 if dense else 1
    ruleset = compiled(*[query.text for query in asked] * copies)
    text = Text(article, NOW, tags_of(article))
    expected = [f"r{number}" for number, query in enumerate(asked * copies) if query.holds(text)]
    for _ in range(2):  # the second time every word is remembered
        assert [match.rule_id for match in ruleset.match(article, NOW)] == expected


@given(st.text(), st.text())
def test_any_text_keeps_exact_offsets(before: str, after: str) -> None:
    ruleset = RuleSet.compile(
        WatchConfig.model_validate({"rules": [{"id": "r", "when": "мигрант OR приёмка"}]})
    )
    text = f"{before} При\u0435\u0308м\u00adка {after} МИГРА\u0301НТАМИ {before}"
    (match,) = ruleset.match(ArticleData(url="", title="", text=text))
    shown = {fold(text[span.start : span.end]) for span in match.spans}
    assert {"приемка", "мигрантами"} <= shown


@given(queries.filter(is_within_limits), articles)
def test_highlights_lie_in_the_snippet_in_order(query: Query, article: ArticleData) -> None:
    for match in compiled(query.text).match(anchored(article), NOW):
        for start, end in match.snippet.highlights:
            assert match.snippet.text[start:end].strip() == match.snippet.text[start:end] != ""
        flat = [offset for pair in match.snippet.highlights for offset in pair]
        assert flat == sorted(flat)
