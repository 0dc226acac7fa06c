"""Versions whose transaction ended only after the index in PostgreSQL had gone past their ids."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import LiteralString

import psycopg
import pytest

from alerts.rules.indexing import FOLDING, WordFolder, indexed_version
from core.clock import FixedClock
from core.config.watch import WatchConfig
from desk.search import SearchDesk
from scheduler.running_config import RunningConfig, live_of
from scheduler.search_indexing import SearchIndexing
from storage import Store, open_store
from tests.integration.storage.samples import NOON, recorded

CONFIG = WatchConfig.model_validate({"concepts": {"raid": {"ru": ["рейд"]}}})
MOST_BATCHES = 50


class Late:
    """A store, and a way to let a version come late."""

    def __init__(self, store: Store, url: str, clock: FixedClock) -> None:
        self.store = store
        self.clock = clock
        self._url = url.replace("+psycopg", "")
        self.live: RunningConfig = live_of(CONFIG)
        self.ids: list[int] = []

    def held_back(self) -> int:
        """Take an id, as a transaction does that ends later."""
        return self._asked("SELECT nextval('article_version_id_seq')")

    def _asked(self, statement: LiteralString, *values: int) -> int:
        with psycopg.connect(self._url, autocommit=True) as connection:
            row = connection.execute(statement, values).fetchone()
        assert row is not None
        return int(row[0])

    def record(self, text: str = "Рейд.") -> int:
        self.ids.append(recorded(self.store, text=text).version_id)
        return self.ids[-1]

    def record_as(self, id_: int) -> None:
        version = self.record()
        self._asked("UPDATE article_version SET id = %s WHERE id = %s RETURNING id", id_, version)
        self.ids[-1] = id_

    def hide_all(self) -> None:
        self._asked("UPDATE article SET is_health_alert = true RETURNING 1")
        self.ids.clear()

    def count_segment_versions(self) -> int:
        return self._asked("SELECT sum(versions) FROM search_segment")

    def index(self, config: WatchConfig = CONFIG) -> None:
        indexing, live = SearchIndexing(self.store), live_of(config)
        for _ in range(MOST_BATCHES):
            if not indexing.follow(live.rules, live.config):
                return
        raise AssertionError("indexing does not come to an end")

    def found(self, query: str = "рейд") -> list[int]:
        desk = SearchDesk(self.store, lambda: CONFIG, lambda: self.live.rules, budget=60.0)
        return [hit.article.version_id for hit in desk.search(query, limit=100).items]


@pytest.fixture
def late(postgres_url: str) -> Iterator[Late]:
    clock = FixedClock(NOON)
    with open_store(postgres_url, clock=clock) as store:
        yield Late(store, postgres_url, clock)


def test_one_that_comes_while_nothing_is_indexed_yet_is_found(late: Late) -> None:
    id_ = late.held_back()
    late.record()
    late.hide_all()
    late.index()
    late.record_as(id_)
    late.index()
    assert late.found() == [id_]


@pytest.mark.parametrize("months", [0, 1, 2, 4])
def test_one_that_comes_before_all_others_is_found(late: Late, months: int) -> None:
    id_ = late.held_back()
    late.record()
    late.index()
    for _ in range(months):
        late.clock.advance(timedelta(days=31))
        late.record()
        late.index()
    late.record_as(id_)
    late.index()
    assert late.found() == late.found("$raid") == sorted(late.ids, reverse=True)


def test_one_that_comes_between_two_months_is_found(late: Late) -> None:
    for _ in range(4):
        late.record()
        late.index()
        late.clock.advance(timedelta(days=31))
    held = [late.held_back()]
    for _ in range(2):
        late.record()
        held.append(late.held_back())
        late.index()
        late.clock.advance(timedelta(days=31))
    for id_ in held:
        late.record_as(id_)
    late.index()
    assert late.found() == sorted(late.ids, reverse=True)


def test_one_that_was_not_looked_through_for_a_concept_is_found_by_its_words(late: Late) -> None:
    id_ = late.held_back()
    late.record()
    late.index()
    late.record_as(id_)
    late.index(WatchConfig())  # somebody who does not know the concept is quicker
    assert late.found("$raid") == sorted(late.ids, reverse=True)


def test_two_who_come_upon_a_late_one_at_once_count_it_once(late: Late) -> None:
    id_ = late.held_back()
    late.record()
    late.index()
    late.record_as(id_)
    batch = late.store.versions_to_index(FOLDING)
    late.index()
    folder = WordFolder()
    items = [indexed_version(article, folder) for article in batch.articles]
    late.store.index_versions(batch, items, ())
    late.index()
    assert late.count_segment_versions() == 2
    assert late.found("$raid") == sorted(late.ids, reverse=True)
