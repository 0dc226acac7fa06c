"""Of more than a poll may bring, the newest are taken, wherever they stand in the document."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import zip_longest

import pytest

from core.sources import Entry, SkipKind
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


def test_what_fits_to_the_last_stays_in_the_order_of_the_document() -> None:
    taken, left = select(dated(4)[::-1], set(), 0, 4)
    assert [key for _, key in taken] == ["3", "2", "1", "0"]
    assert left == []


def test_each_entry_left_out_says_why_and_which_it_was() -> None:
    nested = (Entry(url="https://a.example/a/a/a/a", published_at=NOON), "nested")
    _, left = select([nested, *dated(3)], set(), 0, 1)
    assert [(skipped.reason.kind, skipped.detail) for skipped in left] == [
        (SkipKind.REPEATING, "https://a.example/a/a/a/a"),
        (SkipKind.BEYOND_NEWEST, "https://a.example/1"),
        (SkipKind.BEYOND_NEWEST, "https://a.example/2"),
    ]
    assert "newest 1 " in left[1].reason.words
    assert left[1].reason == left[2].reason


@pytest.mark.parametrize(
    ("count", "taken_first"),
    [(0, []), (1, ["0"]), (2, ["0", "1"]), (3, ["0", "2"]), (4, ["0", "3"]), (5, ["0", "4"])],
)
def test_undated_entries_are_taken_from_both_ends_in_turn(
    count: int, taken_first: list[str]
) -> None:
    entries = [(Entry(url=f"https://a.example/{n}"), str(n)) for n in range(count)]
    taken, left = select(entries, set(), 0, 2)
    assert [key for _, key in taken] == taken_first
    in_turn = [n for pair in zip_longest(range(count), reversed(range(count))) for n in pair]
    expected = list(dict.fromkeys(f"https://a.example/{n}" for n in in_turn))[2:]
    assert [skipped.detail for skipped in left] == expected


def test_an_entry_without_a_date_is_older_than_those_with_one() -> None:
    undated = (Entry(url="https://a.example/undated"), "undated")
    taken, _ = select([undated, *dated(3)], set(), 0, 3)
    assert [key for _, key in taken] == ["0", "1", "2"]
