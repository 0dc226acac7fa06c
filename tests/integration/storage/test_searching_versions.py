"""Which of an article's versions a search shows, while others wait, and when there are many."""

from __future__ import annotations

from itertools import count

import pytest

from core.config.watch import WatchConfig
from core.errors import StorageError
from core.sources import Validators
from desk.search import SearchDesk, SearchFilters
from scheduler.running_config import RunningConfig, live_of
from scheduler.search_indexing import SearchIndexing
from storage import Cursor, Store
from tests.integration.storage.samples import NOON, data, page

MANY = 120
FAR = 10**9
"""A moment of a clock of our own that the index never reaches."""


@pytest.fixture
def live() -> RunningConfig:
    return live_of(WatchConfig())


def index(store: Store, live: RunningConfig) -> None:
    SearchIndexing(store).catch_up(live.rules, live.config)


def address(number: int) -> str:
    return f"https://kloop.example/{number}"


def published(store: Store, number: int, text: str) -> int:
    said = data(address(number), text)
    recorded = store.record(said, page(at=NOON), key=address(number), plan_visit=lambda at: at)
    return recorded.version_id


def edited(store: Store, number: int, *texts: str) -> None:
    for text in texts:
        (visit,) = store.visits_by_key([address(number)])
        store.record_visit(
            visit, data(address(number), text), page(at=NOON), lambda _: NOON, Validators()
        )


def desk_of(store: Store, live: RunningConfig) -> SearchDesk:
    return SearchDesk(store, lambda: live.config, lambda: live.rules, budget=60.0)


def shown(desk: SearchDesk, cursor: str | None = None, limit: int = 100) -> list[tuple[str, int]]:
    page = desk.search("рейд", cursor=cursor, limit=limit)
    return [(hit.article.data.url[-1], hit.article.version) for hit in page.items]


def test_an_article_is_shown_while_a_newer_version_waits_for_the_index(
    store: Store, live: RunningConfig
) -> None:
    published(store, 1, "Рейд.")
    index(store, live)
    edited(store, 1, "Рейд второй.")
    desk = desk_of(store, live)
    assert shown(desk) == [("1", 1)]
    index(store, live)
    assert shown(desk) == [("1", 2)]


def test_what_is_indexed_between_two_pages_hides_nothing_on_the_second(
    store: Store, live: RunningConfig
) -> None:
    for number in (1, 2, 3):
        published(store, number, "Рейд.")
    index(store, live)
    edited(store, 1, "Рейд второй.")
    desk = desk_of(store, live)
    first = desk.search("рейд", limit=2)
    assert [hit.article.data.url for hit in first.items] == [address(3), address(2)]
    index(store, live)
    assert shown(desk, first.next) == [("1", 1)]


def test_an_article_is_shown_once_over_all_pages(store: Store, live: RunningConfig) -> None:
    for number in (1, 2, 3):
        published(store, number, "Рейд.")
    for number in (2, 1, 2):
        edited(store, number, f"Рейд {number}, снова.", f"Рейд {number}, и снова.")
    index(store, live)
    desk = desk_of(store, live)
    seen, cursor = [], None
    while True:
        page = desk.search("рейд", cursor=cursor, limit=1)
        seen += [(hit.article.data.url[-1], hit.article.version) for hit in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == [("2", 5), ("1", 3), ("3", 1)]


def test_an_article_of_very_many_versions_does_not_use_up_more_time_than_there_is(
    store: Store, live: RunningConfig
) -> None:
    published(store, 1, "Рейд.")
    edited(store, 1, *(f"Проверка номер {number}." for number in range(MANY)))
    published(store, 2, "Рейд.")
    index(store, live)
    moments = count(FAR)
    desk = SearchDesk(
        store, lambda: live.config, lambda: live.rules, budget=6, monotonic=lambda: next(moments)
    )
    first = desk.search("рейд")
    assert [hit.article.data.url for hit in first.items] == [address(2)]
    assert first.looked.out_of_time
    assert shown(desk, first.next) == [("1", 1)]


def test_edited_out_versions_are_shown_with_all_others(store: Store, live: RunningConfig) -> None:
    published(store, 1, "Рейд.")
    edited(store, 1, "Рейд, да.", "Проверка.")
    index(store, live)
    page = desk_of(store, live).search("рейд", SearchFilters(versions=True))
    assert [(hit.article.version, hit.still_there) for hit in page.items] == [
        (2, False),
        (1, False),
    ]
    assert [hit.still_there for hit in desk_of(store, live).search("рейд").items] == [False]


@pytest.mark.parametrize("id_", ["alt_1", "x", "9" * 30, "1_2_3"])
def test_a_cursor_of_another_list_is_refused(store: Store, live: RunningConfig, id_: str) -> None:
    with pytest.raises(StorageError, match="not a cursor"):
        desk_of(store, live).search("рейд", cursor=str(Cursor(NOON, id_)))
