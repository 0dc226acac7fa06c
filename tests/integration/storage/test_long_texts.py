"""Texts longer than PostgreSQL keeps the words or the places of are searched like all others."""

from __future__ import annotations

from time import monotonic

from alerts.rules.searching import SearchEngine
from core.config.watch import WatchConfig
from core.searching import Stretch
from desk.search import SearchDesk, SearchFilters
from scheduler.running_config import live_of
from scheduler.search_indexing import SearchIndexing
from storage import Store
from tests.integration.storage.samples import recorded

CONFIG = WatchConfig()


def numbered(words: int) -> str:
    return " ".join(f"w{number}" for number in range(words))


LONG_TEXT = numbered(17_000) + " рейд полиции"
OFTEN = "рейд тихий. " * 300 + "рейд полиции"
APART = numbered(17_000) + " рейд тихой полиции"
HUGE = numbered(120_000) + " рейд полиции"


def stored(store: Store, *texts: str) -> list[int]:
    ids = [recorded(store, text=text).version_id for text in texts]
    live = live_of(CONFIG)
    SearchIndexing(store).catch_up(live.rules, live.config)
    return ids


def found(store: Store, query: str) -> list[int]:
    """Return what is found, which the index must not have denied, nor called exact wrongly."""
    desk = SearchDesk(store, lambda: CONFIG, budget=60.0)
    page = desk.search(query, SearchFilters(versions=True))
    ids = [hit.article.version_id for hit in page.items]
    wanted = SearchEngine(CONFIG).compile(query).wanted
    index = store.find_versions(wanted, Stretch(), 100, monotonic() + 60)
    if index.exact:
        assert [id_ for id_, _ in index.versions] == ids
    return sorted(ids)


def test_words_phrases_and_their_absence(store: Store) -> None:
    ids = stored(store, LONG_TEXT, OFTEN, APART, "Рейд полиции.", HUGE, "Рейд.")
    expected = {
        '"рейд полиции"': [0, 1, 3, 4],
        'рейд AND NOT "рейд полиции"': [2, 5],
        '"рейд тихий"': [1, 2],
        "text:рейд": [0, 1, 2, 3, 4, 5],
        'w1 AND NOT "рейд полиции"': [2],
        "w3 AND w119999": [4],
        "w1 AND NOT w119999": [0, 2],
        "рейд AND NOT w119999": [0, 1, 2, 3, 5],
        "w1 NEAR/2 w3": [0, 2, 4],
        "рейд NEAR/2 w119998": [4],
        "тихий": [1, 2],
        'рейд AND NOT (тихой AND NOT "рейд полиции")': [0, 1, 3, 4, 5],
    }
    answers = {query: [ids.index(id_) for id_ in found(store, query)] for query in expected}
    assert answers == expected


def test_short_texts_alone_are_counted_exactly(store: Store) -> None:
    stored(store, "Рейд полиции.", "Полиция и рейд.")
    count = SearchDesk(store, lambda: CONFIG, budget=60.0).search('"рейд полиции"', limit=1).count
    assert str(count) == "1"
