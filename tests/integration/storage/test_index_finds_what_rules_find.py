"""The index of words against the rules' own engine, on generated queries in seven languages."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from alerts.rules import RuleSet, RuleSetError
from alerts.rules.problems import QuerySyntaxError
from alerts.rules.searching import SearchEngine
from core.articles import Article, ArticleData
from core.clock import FixedClock
from core.config.watch import WatchConfig
from core.searching import Stretch
from desk.search import SearchDesk, SearchFilters
from scheduler.search_indexing import SearchIndexing
from storage import Store, open_store
from tests.integration.storage.conftest import NewDatabase
from tests.integration.storage.samples import NOON

ARTICLES = 160
CASES_OF_CHAOS = 5_000
FOREVER = 1e12

STEMS = (
    "мигрант", "рейд", "повестка", "ёлка", "президент", "Садыр", "Жапаров", "МВД",
    "мігрант", "повістка", "поліція", "з'їзд",
    "migrant", "police", "raid", "Bishkek", "don't", "journalist's",
    "қазақстан", "әскер", "жоғары", "іс", "мигранттар",
    "көчмөн", "аскер", "өкмөт", "Бишкек",
    "muhojir", "o'zbek", "o‘zbekiston", "politsiya", "мухожир", "муҳожир", "ўзбек", "шаҳар",
    "фильм", "муҳоҷир", "ҷавон", "ҳуқуқ", "полис", "цирк",
    "21", "пресс-рейд", "Алма-Ата",
)  # fmt: skip
ENDINGS = (
    "", "", "", "а", "ы", "ов", "ами", "у", "ой", "ою", "ів", "ам", "s", "ed", "ing", "'s", "’s",
    "тар", "дың", "ның", "ға", "ға да", "дан", "ымыз", "дар", "лар", "ды", "lar", "ning", "ga",
    "dan", "imiz", "лари", "нинг", "га", "ҳо", "ро", "он", "и", "ҳои", "ьм", "х",
)  # fmt: skip
CONCEPTS: dict[str, object] = {
    "noted": {
        "ru": ["мигрант", "повестка"], "kk": ["мигрант", "әскер"], "uz": ["muhojir"],
        "en": ["migrant"], "unless": ["мигрант NEAR/1 рейд"],
    },
    "phrases": {"ru": ["рейд полиции", "рейд NEAR/2 (мигрант OR =ёлка)"], "tg": ["муҳоҷир"]},
}  # fmt: skip
NEWER: dict[str, object] = {
    "changed": {"ky": ["көчмөн", "аскер"], "uz": ["o'zbek", "шаҳар"], "uk": ["мігрант"]},
    "nested": {"ru": ["$phrases", "ёлка"], "unless": ["$noted"]},
}
ENTITIES = {
    "sadyr": {"kind": "person", "ru": ["Садыр Жапаров"], "ky": ["Жапаров"], "part_of": "state"},
    "state": {"kind": "place", "ru": ["=МВД", "Бишкек"]},
}
SOURCES = [
    {"name": "kloop", "feed": "https://kloop.example/f", "tags": ["independent"]},
    {"name": "Вести-24", "feed": "https://vesti.example/f", "tags": ["state"]},
]
OF_THE_INDEX: dict[str, object] = {"sources": SOURCES, "concepts": CONCEPTS, "entities": ENTITIES}
OF_THE_QUERY: dict[str, object] = {**OF_THE_INDEX, "concepts": {**CONCEPTS, **NEWER}}

TERMS = (
    *(stem for stem in STEMS if "-" not in stem),
    "=рейды", "==МВД", "==Рейд", "миг*", "по*", "о'з*", "*-рейд", "=мигранта", "Алма-Ата",
    '"рейд полиции"', '"мигрант рейд"', '"әскер жоғары"', '"миг* рейд"', '"o\'zbek muhojir"',
    '"police raid migrant"', "$noted", "$phrases", "$changed", "$nested", "@sadyr", "@state",
    "only:@state",
)  # fmt: skip
FACTS = (
    "lang:(ru OR kk)", "lang:k*", "source:kloop", "source:вести-24", "source:в*", "tag:state",
    "tag:desk", "length>=6", "regex:/рейд\\w+/", "published<2d", "url:article", "author:aigul",
)  # fmt: skip

terms = st.sampled_from(TERMS)
plain = st.sampled_from(tuple(term for term in TERMS if not term.startswith("only:")))


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, st.sampled_from(("AND", "OR", "AND NOT")), inner).map(
            lambda parts: f"({parts[0]}) {parts[1]} ({parts[2]})"
        ),
        st.lists(inner, min_size=2, max_size=4).flatmap(
            lambda some: st.integers(1, len(some)).map(
                lambda least: f"ATLEAST/{least}({', '.join(some)})"
            )
        ),
    )


near = st.tuples(plain, st.sampled_from(("NEAR", "ONEAR", "BESIDE")), st.integers(1, 5), plain).map(
    lambda parts: f"{parts[0]} {parts[1]}/{parts[2]} {parts[3]}"
)
either_near = st.tuples(plain, plain, st.integers(1, 4), plain).map(
    lambda parts: f"({parts[0]} OR {parts[1]}) NEAR/{parts[2]} {parts[3]}"
)
within = st.tuples(st.sampled_from(("title", "text", "lead")), st.one_of(plain, near)).map(
    lambda parts: f"{parts[0]}:({parts[1]})"
)
queries = st.recursive(
    st.one_of(terms, near, either_near, within, st.sampled_from(FACTS)), grown, max_leaves=4
)


def spelled(word: str, chance: random.Random) -> str:
    """Spell a word as some outlet would, or somebody who slips past filters."""
    match chance.randrange(10):
        case 0:
            return word.upper()
        case 1:
            return word.capitalize()
        case 2:
            return word.replace("а", "a").replace("о", "o").replace("е", "e")
        case 3:
            return word[:2] + "\u00ad" + word[2:]
        case 4:
            return word.replace("'", "ʻ").replace("е", "ё")
        case 5:
            return word[:1] + "\u0301" + word[1:]
        case 6:
            return f"{word}-{chance.choice(STEMS)}"
    return word


def text_of(chance: random.Random, most: int) -> str:
    words = []
    for _ in range(chance.randint(1, most)):
        word = spelled(chance.choice(STEMS) + chance.choice(ENDINGS), chance)
        words.append(word + chance.choice(("", "", "", ",", ".", "\n", "\n\n")))
    return " ".join(words)


def article(number: int, chance: random.Random) -> ArticleData:
    return ArticleData(
        url=f"https://kloop.example/article/{number}",
        title=text_of(chance, 5),
        text=text_of(chance, 40),
        source=chance.choice(("kloop", "Вести-24", "other")),
        authors=chance.choice(((), ("Aigul",))),
        language=chance.choice(("ru", "kk", "ky", None)),
        published_at=chance.choice((None, NOON, NOON - timedelta(days=9))),
        tags=chance.choice(((), ("Desk",))),
    )


class Library:
    """A store with articles over several months, all of them in its index.

    No dataclass: what a failing case is printed with would be all its texts.
    """

    def __init__(
        self, store: Store, articles: tuple[Article, ...], engine: SearchEngine, desk: SearchDesk
    ) -> None:
        self.store = store
        self.articles = articles
        self.engine = engine
        self.desk = desk


def library(url: str) -> Iterator[Library]:
    clock = FixedClock(NOON)
    chance = random.Random(16)  # noqa: S311 - the same articles every time
    indexed_by = WatchConfig.model_validate(OF_THE_INDEX)
    rules = RuleSet.compile(indexed_by)
    with open_store(url, clock=clock) as store:
        indexing = SearchIndexing(store)
        for number in range(ARTICLES):
            data = article(number, chance)
            store.record(data, None, key=data.url)
            clock.advance(timedelta(hours=14))
            if number % 50 == 0:
                indexing.follow(rules, indexed_by)
        indexing.catch_up(rules, indexed_by)
        config = WatchConfig.model_validate(OF_THE_QUERY)
        compiled = RuleSet.compile(config)
        stored = store.versions_in_order(since=None, after=0, limit=ARTICLES)
        desk = SearchDesk(store, lambda: config, lambda: compiled, budget=FOREVER)
        engine = SearchEngine(config, compiled)
        yield Library(store, tuple(stored), engine, desk)


@pytest.fixture(scope="module")
def beside_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder: Path = tmp_path_factory.mktemp("library")
    yield from library(f"sqlite:///{folder}/wirewatch.db")


@pytest.fixture(scope="module")
def in_postgresql(new_postgres_database: NewDatabase) -> Iterator[Library]:
    with new_postgres_database() as url:
        yield from library(url)


_numbers = count(1)


def found_by_the_engine(known: Library, query: str) -> set[int]:
    rules = [{"id": f"r{next(_numbers)}", "when": query}]
    try:
        ruleset = RuleSet.compile(WatchConfig.model_validate({**OF_THE_QUERY, "rules": rules}))
    except RuleSetError:
        assume(False)
    return {
        each.version_id for each in known.articles if ruleset.match(each.data, each.first_seen_at)
    }


def check(known: Library, query: str) -> None:
    expected = found_by_the_engine(known, query)
    event(f"found: {min(len(expected), 3)}")
    try:
        wanted = known.engine.compile(query).wanted
    except QuerySyntaxError:
        assume(False)
    index = known.store.find_versions(wanted, Stretch(), ARTICLES + 1, FOREVER)
    ids = [version for version, _ in index.versions]
    assert ids == sorted(set(ids), reverse=True)
    assert expected <= set(ids)
    if index.exact:
        assert expected == set(ids)
    page = known.desk.search(query, SearchFilters(versions=True), limit=ARTICLES)
    assert {hit.article.version_id for hit in page.items} == expected
    assert page.count is not None
    assert page.count.number == len(expected)


def cases(number: int) -> settings:
    """Return how many queries are tried; most of the time goes into compiling them."""
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    return settings(max_examples=number, suppress_health_check=checks)


@pytest.mark.timeout(900)
@cases(120)
@given(query=queries)
def test_the_index_beside_sqlite_finds_what_the_engine_finds(
    beside_sqlite: Library, query: str
) -> None:
    check(beside_sqlite, query)


@pytest.mark.timeout(900)
@cases(40)
@given(query=queries)
def test_the_index_in_postgresql_finds_what_the_engine_finds(
    in_postgresql: Library, query: str
) -> None:
    check(in_postgresql, query)


@pytest.mark.chaos
@pytest.mark.timeout(14400)
@cases(CASES_OF_CHAOS)
@given(query=queries)
def test_the_index_finds_what_the_engine_finds_at_length(
    beside_sqlite: Library, query: str
) -> None:
    check(beside_sqlite, query)
