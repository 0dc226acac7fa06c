"""Of more than a poll may bring, the newest are taken, wherever they stand in the document."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.sources import Entry
from crawler.decide.limits import MOST_A_DAY
from crawler.decide.selection import select

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def dated(count: int) -> list[tuple[Entry, str]]:
    """Return entries with the newest, number 0, first."""
    return [
        (Entry(url=f"https://a.example/{n}", published_at=NOON - timedelta(minutes=n)), str(n))
        for n in range(count)
    ]


@pytest.mark.parametrize("newest_last", [False, True])
@pytest.mark.parametrize("count", [300, MOST_A_DAY + 500])
def test_the_newest_are_taken_from_whichever_end(count: int, *, newest_last: bool) -> None:
    entries = dated(count)
    taken, _ = select(entries[::-1] if newest_last else entries, set(), 0, 200)
    assert [key for _, key in taken] == [str(n) for n in range(200)]


def test_without_dates_both_ends_of_a_document_are_taken() -> None:
    entries = [(Entry(url=f"https://a.example/{n}"), str(n)) for n in range(MOST_A_DAY + 500)]
    taken, _ = select(entries, set(), 0, 4)
    assert [key for _, key in taken] == ["0", str(MOST_A_DAY + 499), "1", str(MOST_A_DAY + 498)]


def test_what_fits_stays_in_the_order_of_the_document() -> None:
    entries = dated(10)[::-1]
    taken, left = select(entries, {"3"}, 0, 200)
    assert [key for _, key in taken] == [str(n) for n in range(9, -1, -1)]
    assert left == []


def test_known_entries_are_kept_beside_the_newest() -> None:
    taken, _ = select(dated(10), {"7", "8"}, 0, 2)
    assert [key for _, key in taken] == ["0", "1", "7", "8"]
