"""Indexing that is killed goes on where it was; nothing is lost, and nobody else waits for it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Barrier
from time import monotonic

import psycopg

from alerts.rules.analysis import fold
from alerts.rules.indexing import FOLDING
from core.config.watch import WatchConfig
from core.searching import IndexedVersion, SearchLag, Stretch, Words
from desk.search import SearchDesk, SearchFilters
from scheduler.running_config import live_of
from scheduler.search_indexing import SearchIndexing
from storage import Store, open_store
from storage.search.sqlite_file import search_file
from tests.integration.empty_database import empty_database
from tests.integration.storage.samples import data, recorded

ROOT = Path(__file__).parents[3]
ARTICLES = 60

INDEXER = """
import sys
from core.config.watch import WatchConfig
from scheduler.running_config import live_of
from scheduler.search_indexing import SearchIndexing
from storage import open_store
live = live_of(WatchConfig())
with open_store(sys.argv[1]) as store:
    indexing = SearchIndexing(store, batch=4)
    while indexing.follow(live.rules, live.config):
        print(store.search_lag().waiting, flush=True)
"""


def index_until_killed(url: str, batches: int) -> int:
    """Let a child index, and kill it after some batches; return what waited then."""
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", INDEXER, url],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        text=True,
        stdout=subprocess.PIPE,
    ) as child:
        assert child.stdout is not None
        waiting = [int(child.stdout.readline()) for _ in range(batches)]
        child.kill()
    return waiting[-1]


def found(store: Store) -> list[int]:
    config = WatchConfig()
    desk = SearchDesk(store, lambda: config, budget=60.0)
    page = desk.search("рейд", SearchFilters(versions=True), limit=ARTICLES)
    return [hit.article.version_id for hit in page.items]


@contextmanager
def held(file: Path) -> Iterator[None]:
    """Hold the writer's lock of a file."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    yield
    connection.execute("ROLLBACK")
    connection.close()


def test_indexing_that_is_killed_goes_on_and_loses_nothing(migrated_url: str) -> None:
    with open_store(migrated_url) as store:
        ids = [
            recorded(store, text=f"Рейд номер {number}.").version_id for number in range(ARTICLES)
        ]
    left = [index_until_killed(migrated_url, batches) for batches in (1, 3, 2)]
    assert left == sorted(left, reverse=True)
    assert left[-1] > 0
    with open_store(migrated_url) as store:
        live = live_of(WatchConfig())
        SearchIndexing(store, batch=7).catch_up(live.rules, live.config)
        assert store.search_lag().waiting == 0
        assert found(store) == ids[::-1]


def counted(url: str) -> int:
    """Return how many versions were put into the index, those that came twice as two."""
    statement = "SELECT sum(versions) FROM {}segment"
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(search_file(Path(url.removeprefix("sqlite:///"))))) as words:
            return int(words.execute(statement.format("")).fetchone()[0])
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        row = connection.execute(statement.format("search_").encode()).fetchone()
        assert row is not None
        return int(row[0])


def test_two_who_index_at_once_take_no_version_twice(migrated_url: str) -> None:
    live = live_of(WatchConfig())
    with open_store(migrated_url) as store, open_store(migrated_url) as other:
        ids = [recorded(store, text="Рейд.").version_id for _ in range(ARTICLES)]
        begin = Barrier(2)

        def index(indexed: Store, batch: int) -> None:
            indexing = SearchIndexing(indexed, batch)
            begin.wait()
            while indexing.follow(live.rules, live.config):
                pass

        with ThreadPoolExecutor(2) as threads:
            for done in [threads.submit(index, store, 1), threads.submit(index, other, 2)]:
                done.result()
        assert found(store) == ids[::-1]
        assert counted(migrated_url) == len(ids)


def test_a_batch_that_somebody_else_indexed_meanwhile_changes_nothing(migrated_url: str) -> None:
    live = live_of(WatchConfig())
    with open_store(migrated_url) as store:
        recorded(store, text="Рейд.")
        SearchIndexing(store).catch_up(live.rules, live.config)
        recorded(store, text="Рейд.")
        batch = store.versions_to_index(FOLDING)
        SearchIndexing(store).catch_up(live.rules, live.config)
        items = [
            IndexedVersion(each.version_id, each.fetched_at, "", "nowhere")
            for each in batch.articles
        ]
        assert items
        assert not store.index_versions(batch, items, ())
        assert counted(migrated_url) == len(found(store)) == 2
        nowhere = store.find_versions(Words(("nowhere",)), Stretch(), 10, monotonic() + 60)
        assert nowhere.versions == ()


def test_who_writes_words_and_who_writes_articles_do_not_wait_for_each_other(
    tmp_path: Path,
) -> None:
    file = tmp_path / "wirewatch.db"
    live = live_of(WatchConfig())
    with open_store(empty_database(file)) as store:
        recorded(store, text="Рейд.")
        indexing = SearchIndexing(store)
        indexing.catch_up(live.rules, live.config)
        with held(search_file(file)):
            version = recorded(store, text="Рейд второй.").version_id
        with held(file):
            indexing.catch_up(live.rules, live.config)
        assert found(store)[0] == version


def test_words_of_a_restored_database_are_made_anew(tmp_path: Path) -> None:
    file = tmp_path / "wirewatch.db"
    live = live_of(WatchConfig())
    with open_store(empty_database(file)) as store:
        for number in range(3):
            recorded(store, text=f"Рейд {number}.")
        SearchIndexing(store).catch_up(live.rules, live.config)
    for name in (file, file.with_name(file.name + "-wal"), file.with_name(file.name + "-shm")):
        name.unlink(missing_ok=True)
    with open_store(empty_database(file)) as store:  # an older copy, with other articles by now
        store.record(replace(data(), text="Погода."), None, key="https://kloop.example/other")
        assert store.search_lag() == SearchLag(0, 1)
        raid = Words((fold("рейд"),))
        assert store.find_versions(raid, Stretch(), 10, monotonic() + 60).versions == ()
        SearchIndexing(store).catch_up(live.rules, live.config)
        assert found(store) == []
        assert store.search_lag().waiting == 0


def test_a_damaged_file_of_words_says_how_it_is_mended(tmp_path: Path) -> None:
    file = tmp_path / "wirewatch.db"
    live = live_of(WatchConfig())
    with open_store(empty_database(file)) as store:
        version = recorded(store, text="Рейд.").version_id
        search_file(file).write_bytes(b"no database at all, and long enough to be none" * 100)
        store.clear_index(FOLDING)
        SearchIndexing(store).catch_up(live.rules, live.config)
        assert found(store) == [version]
