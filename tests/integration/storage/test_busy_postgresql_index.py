"""Searching and indexing while somebody else holds the tables of words in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import psycopg
import pytest

from alerts.rules.analysis import fold
from alerts.rules.indexing import FOLDING
from core.config.watch import WatchConfig
from core.errors import StorageError
from core.searching import Stretch, Words
from desk.search import SearchDesk
from scheduler.running_config import live_of
from scheduler.search_indexing import SearchIndexing
from storage import Store, open_store
from tests.integration.storage.samples import recorded

RAID = Words((fold("рейд"),))


@pytest.fixture
def store(postgres_url: str) -> Iterator[Store]:
    with open_store(postgres_url) as opened:
        for number in range(5):
            recorded(opened, text=f"Рейд номер {number}.")
        live = live_of(WatchConfig())
        SearchIndexing(opened).catch_up(live.rules, live.config)
        yield opened


@contextmanager
def held(url: str, statement: str) -> Iterator[None]:
    """Hold a lock in a transaction of somebody else."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute(statement)
        yield
        connection.rollback()


def test_what_could_not_be_looked_at_in_time_is_not_taken_for_nothing(
    store: Store, postgres_url: str
) -> None:
    began = monotonic()
    with held(postgres_url, "LOCK TABLE search_text IN ACCESS EXCLUSIVE MODE"):
        found = store.find_versions(RAID, Stretch(), 10, monotonic() + 0.2)
        assert (found.versions, found.complete, found.out_of_time) == ((), False, True)
        assert monotonic() - began < 5
        config = WatchConfig()
        page = SearchDesk(store, lambda: config).search("рейд")
        assert not page.looked.complete
        assert page.looked.out_of_time
    page = SearchDesk(store, lambda: config, budget=60.0).search("рейд", cursor=page.next)
    assert len(page.items) == 5


def test_who_writes_words_does_not_wait_for_ever(store: Store, postgres_url: str) -> None:
    with (
        held(postgres_url, "SELECT pg_advisory_lock(2003792484)"),
        pytest.raises(StorageError, match="lock timeout"),
    ):
        store.clear_index(FOLDING)
    assert len(store.find_versions(RAID, Stretch(), 10, monotonic() + 60).versions) == 5
