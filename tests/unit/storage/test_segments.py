"""Which part of an index a version goes to."""

from __future__ import annotations

from datetime import UTC, datetime

from core.searching import IndexedVersion
from storage.search.segments import Segment, spread


def versions(*moments: str) -> list[IndexedVersion]:
    return [
        IndexedVersion(number, datetime.fromisoformat(moment).replace(tzinfo=UTC), "", "")
        for number, moment in enumerate(moments, start=1)
    ]


def spread_over(
    items: list[IndexedVersion], last: Segment | None = None
) -> list[tuple[int, str, list[int]]]:
    return [
        (segment.number, segment.month, [item.version_id for item in batch])
        for segment, batch in spread(items, last)
    ]


def test_a_month_is_a_part() -> None:
    items = versions("2026-10-30", "2026-10-31", "2026-11-01", "2026-12-24")
    assert spread_over(items) == [
        (1, "2026-10", [1, 2]),
        (2, "2026-11", [3]),
        (3, "2026-12", [4]),
    ]


def test_who_comes_a_little_late_goes_to_the_month_that_has_begun() -> None:
    items = versions("2026-10-31T23:59", "2026-11-01T00:01", "2026-10-31T23:58")
    assert spread_over(items) == [(1, "2026-10", [1]), (2, "2026-11", [2, 3])]


def test_a_clock_that_was_set_right_begins_a_part_of_its_own() -> None:
    items = versions("2030-01-05", "2026-11-01", "2026-11-02")
    assert spread_over(items) == [(1, "2030-01", [1]), (2, "2026-11", [2, 3])]


def test_a_part_goes_on_where_it_was() -> None:
    ((first, _),) = spread(versions("2026-11-01", "2026-11-02"), None)
    later = IndexedVersion(7, datetime(2026, 11, 3, tzinfo=UTC), "", "")
    ((segment, batch),) = spread([later], first)
    assert (segment.number, segment.first_id, segment.last_id) == (1, 1, 7)
    assert (segment.versions, len(batch), segment.latest) == (3, 1, later.at)
