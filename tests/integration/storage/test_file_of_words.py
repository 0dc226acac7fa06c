"""The file of words beside a SQLite database, when others delete it, make it anew, or are first."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest

from alerts.rules.indexing import FOLDING, WordFolder, indexed_version
from core.config.watch import WatchConfig
from core.errors import StorageError
from core.searching import IndexedVersion
from desk.search import SearchDesk, SearchFilters
from scheduler.running_config import live_of
from scheduler.search_indexing import SearchIndexing
from storage import Store, open_store
from storage.search.sqlite_file import LAYOUT, SearchFile, search_file
from storage.search.sqlite_index import SqliteIndex
from tests.integration.empty_database import empty_database
from tests.integration.storage.samples import NOON, recorded

CONFIG = WatchConfig()
AT_ONCE = 8


def index(store: Store) -> None:
    live = live_of(CONFIG)
    SearchIndexing(store).catch_up(live.rules, live.config)


def found(store: Store) -> list[int]:
    desk = SearchDesk(store, lambda: CONFIG, budget=60.0)
    page = desk.search("рейд", SearchFilters(versions=True), limit=100)
    return [hit.article.version_id for hit in page.items]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "wirewatch.db"


@pytest.fixture
def store(file: Path) -> Iterator[Store]:
    with open_store(empty_database(file)) as opened:
        yield opened


@pytest.mark.parametrize("kept", [(), ("-wal", "-shm"), ("-shm",)])
def test_a_file_that_was_deleted_is_made_anew_for_all(
    store: Store, file: Path, kept: tuple[str, ...]
) -> None:
    ids = [recorded(store, text="Рейд.").version_id for _ in range(3)]
    index(store)
    with open_store(f"sqlite:///{file}") as other:
        assert found(store) == found(other) == ids[::-1]
        for suffix in {"", "-wal", "-shm"}.difference(kept):
            Path(f"{search_file(file)}{suffix}").unlink()
        assert store.search_lag().waiting == other.search_lag().waiting == len(ids)
        index(other)
        assert found(store) == found(other) == ids[::-1]
        ids.append(recorded(store, text="Рейд.").version_id)
        index(store)
        assert found(store) == found(other) == ids[::-1]


def test_a_connection_that_something_went_wrong_with_is_not_used_again(file: Path) -> None:
    words = SearchFile(file)
    with (
        pytest.raises(StorageError, match="no such table"),
        words.reading() as before,
    ):
        before.execute("SELECT 1 FROM nowhere")
    with words.reading() as after:
        assert after is not before
    words.close()


def test_many_who_open_a_new_file_at_once_lose_nothing_of_each_other(tmp_path: Path) -> None:
    def write(number: int, file: Path, start: Barrier) -> None:
        words = SearchFile(file)
        start.wait()
        with words.writing() as connection:
            connection.execute("INSERT INTO state VALUES (?, '')", (str(number),))
        words.close()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        for round_ in range(20):
            file, start = tmp_path / f"{round_}.db", Barrier(AT_ONCE)
            list(threads.map(lambda n, f=file, s=start: write(n, f, s), range(AT_ONCE)))
            words = SearchFile(file)
            with words.reading() as connection:
                written = connection.execute("SELECT count(*) FROM state").fetchone()
            words.close()
            assert written == (AT_ONCE,)


def test_a_file_of_a_newer_version_is_left_alone_until_somebody_says_so(
    store: Store, file: Path
) -> None:
    version = recorded(store, text="Рейд.").version_id
    index(store)
    store.close()
    with sqlite3.connect(search_file(file)) as connection:
        connection.execute(f"PRAGMA user_version = {LAYOUT + 1}")
    connection.close()
    with open_store(f"sqlite:///{file}") as again:
        with pytest.raises(StorageError, match="reindex"):
            index(again)
        again.clear_index(FOLDING)
        index(again)
        assert found(again) == [version]


def test_what_comes_while_the_last_part_is_made_anew_takes_nothing_from_it(store: Store) -> None:
    ids = [recorded(store, text="Рейд.").version_id for _ in range(3)]
    index(store)
    ids.append(recorded(store, text="Рейд.").version_id)
    batch = store.versions_to_index(FOLDING)
    store.forget_in_index([ids[1]])
    items = [indexed_version(article, WordFolder()) for article in batch.articles]
    store.index_versions(batch, items, ())
    index(store)
    assert found(store) == ids[::-1]


def test_a_closed_month_is_put_in_order_step_by_step(file: Path) -> None:
    words = SqliteIndex(SearchFile(file))
    words.begin(FOLDING)
    for number in range(1, 41):
        text = " ".join(f"w{number}x{word}" for word in range(12_000))
        at = NOON + timedelta(days=number // 40 * 40)  # the last in a month of its own
        item = IndexedVersion(number, at, "", text)
        assert words.add([item], after=number - 1, up_to=number, content="", noted=())
    steps = 0
    while words.tend():
        steps += 1
    words.close()
    with sqlite3.connect(search_file(file)) as connection:
        parts = connection.execute("SELECT count(DISTINCT segid) FROM words_1_idx").fetchone()
    connection.close()
    assert parts == (1,)
    assert steps > 2
