"""Which parts of an index are read, in which order, and how many."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.sitemap_memory import PartMemory
from crawler.decide.sitemap_parts import (
    MOST,
    MOST_AT_FIRST,
    PATIENCE,
    SMALL,
    ListedPart,
    PartReason,
    choose_parts,
    is_awaited,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def part(number: int, said: int | None = None, *, now: int | None = -1, **known: Any) -> ListedPart:
    """Return a part that was read; `said` and `now` are days when the index says it changed."""
    before = None if said is None else NOW + said * DAY
    usual: dict[str, Any] = {
        "last_modified": before,
        "read_at": NOW,
        "asked_at": NOW + timedelta(minutes=number),
        "pages": SMALL,
    }
    memory = PartMemory(url=f"/{number}", listed_at=NOW, **usual | known)
    after = before if now == -1 else None if now is None else NOW + now * DAY
    return ListedPart(memory.url, after, memory)


def chosen(parts: list[ListedPart], *, first: bool = False) -> list[tuple[str, PartReason]]:
    return [(one.part.url, one.reason) for one in choose_parts(parts, first=first)]


def test_at_first_all_are_read_in_the_order_of_their_names_up_to_a_number() -> None:
    parts = [ListedPart(f"/{n}", None, None) for n in range(MOST_AT_FIRST + 1)]
    assert chosen(parts, first=True) == [(f"/{n}", PartReason.UNREAD) for n in range(MOST_AT_FIRST)]


def test_where_the_index_tells_what_changed_few_others_are_read() -> None:
    parts = [part(n, n) for n in range(20)]
    parts[7] = part(7, 7, now=30)
    assert chosen(parts) == [
        ("/0", PartReason.TURN), ("/7", PartReason.CHANGED), ("/1", PartReason.TURN),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "parts",
    [
        [part(n, None) for n in range(20)],
        [part(n, 3) for n in range(20)],
        [part(n, n, now=50 + n) for n in range(20)],
        [part(n, n, now=None if n == 3 else n) for n in range(20)],
    ],
    ids=["no dates", "one date", "all changed", "one without"],
)
def test_where_it_does_not_all_take_turns(parts: list[ListedPart]) -> None:
    assert chosen(parts) == [(f"/{n}", PartReason.TURN) for n in range(MOST)]


def test_half_of_the_parts_may_change_and_no_more() -> None:
    half = [part(n, n, now=n if n % 2 else 50 + n) for n in range(20)]
    assert [reason for _, reason in chosen(half)].count(PartReason.CHANGED) == 4
    half[1] = part(1, 1, now=60)
    assert {reason for _, reason in chosen(half)} == {PartReason.TURN}


def test_of_a_small_index_as_many_parts_are_read_as_may_be() -> None:
    parts = [part(n, n, pages=SMALL // 10) for n in range(10)]
    assert len(chosen(parts)) == MOST
    assert len(chosen([*parts[1:], part(0, 0, pages=SMALL // 10 + 1)])) == 2


def test_where_new_pages_appeared_comes_first_and_then_where_the_newest_are() -> None:
    parts = [part(n) for n in range(20)]
    parts[9] = part(9, new_at=NOW - DAY)
    parts[12] = part(12, new_at=NOW, newest=NOW - 9 * DAY)
    parts[15] = part(15, newest=NOW)
    parts[16] = part(16, newest=NOW - DAY)
    assert chosen(parts)[:5] == [
        ("/12", PartReason.BUSY), ("/0", PartReason.TURN), ("/9", PartReason.BUSY),
        ("/15", PartReason.BUSY), ("/1", PartReason.TURN),
    ]  # fmt: skip


def test_parts_that_appeared_and_parts_never_read_come_before_turns() -> None:
    parts = [part(n) for n in range(20)]
    parts[5] = part(5, appeared=True, read_at=None)
    parts[6] = ListedPart("/6", None, None)
    parts[8] = part(8, read_at=None)
    parts[9] = part(9, read_at=None)
    assert chosen(parts)[:5] == [
        ("/5", PartReason.APPEARED), ("/6", PartReason.APPEARED), ("/8", PartReason.UNREAD),
        ("/0", PartReason.TURN), ("/9", PartReason.UNREAD),
    ]  # fmt: skip
    many = [part(n, appeared=True, read_at=None) for n in range(20)]
    assert [reason for _, reason in chosen(many)].count(PartReason.APPEARED) == MOST // 2


def test_the_one_that_was_not_asked_for_the_longest_has_its_turn() -> None:
    parts = [part(n) for n in range(12)]
    parts[11] = part(11, asked_at=None)
    parts[10] = part(10, asked_at=NOW - DAY)
    assert chosen(parts)[:3] == [
        ("/11", PartReason.TURN), ("/10", PartReason.TURN), ("/0", PartReason.TURN),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("known", "awaited"),
    [
        ({}, True),
        ({"read_at": NOW}, False),
        ({"appeared": True}, False),
        ({"gone_at": NOW}, False),
        ({"failures": PATIENCE - 1}, True),
        ({"failures": PATIENCE}, False),
    ],
)
def test_a_part_is_awaited_until_it_was_read_or_cannot_be(
    known: dict[str, Any], awaited: bool
) -> None:
    assert is_awaited(PartMemory(url="/1", listed_at=NOW, **known)) is awaited
