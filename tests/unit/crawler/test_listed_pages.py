"""Which pages of a sitemap are new, and what is kept of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.sitemap_memory import PartMarks, PartMemory, mark_of, pack_marks, unpack_marks
from core.sources import Validators
from crawler.decide.listed_pages import ARCHIVE_FROM, ListedPage, Reading, Standing, stand
from crawler.decide.read_parts import ReadPart, settled

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LATER = Reading([], frozenset({1}), NOW, first=False, remembers=True, all_read=True)
BEFORE = NOW - SECOND


@pytest.mark.parametrize(
    ("mark", "dated", "reading", "standing"),
    [
        (1, NOW, {}, Standing.KNOWN),
        (1, None, {"first": True}, Standing.KNOWN),
        (2, NOW, {}, Standing.NEW),
        (2, NOW, {"first": True}, Standing.NEW),
        (2, NOW, {"remembers": False, "all_read": False}, Standing.NEW),
        (2, BEFORE, {}, Standing.BACKDATED),
        (2, None, {}, Standing.NEW),
        (2, BEFORE, {"first": True}, Standing.BEFORE_WATCH),
        (2, None, {"first": True, "remembers": False}, Standing.BEFORE_WATCH),
        (2, BEFORE, {"remembers": False, "all_read": False}, Standing.NOT_REMEMBERED),
        (2, BEFORE, {"all_read": False}, Standing.MAY_HAVE_MOVED),
        (2, None, {"all_read": False}, Standing.MAY_HAVE_MOVED),
    ],
)
def test_how_a_page_stands(
    mark: int, dated: datetime | None, reading: dict[str, Any], standing: Standing
) -> None:
    pages = [ListedPage(mark, dated)]
    assert stand(replace(LATER, pages=pages, **reading)) == [standing]


def test_an_archive_is_a_thousand_old_pages_at_once_and_nothing_else_of_them() -> None:
    pages = [ListedPage(n, BEFORE) for n in range(2, 2 + ARCHIVE_FROM)]
    others = [ListedPage(1, BEFORE), ListedPage(0, NOW), ListedPage(-1, None)]
    standings = stand(replace(LATER, pages=[*others, *pages]))
    assert standings[:3] == [Standing.KNOWN, Standing.NEW, Standing.NEW]
    assert set(standings[3:]) == {Standing.ARCHIVE}
    assert set(stand(replace(LATER, pages=pages[1:]))) == {Standing.BACKDATED}


MEMORY = PartMemory(url="/1", listed_at=NOW, validators=Validators(etag="x"))
MARKS = PartMarks(frozenset({1}), frozenset({2}))


def test_what_was_taken_is_remembered_and_what_was_left_is_not() -> None:
    part = ReadPart(MEMORY, MARKS, frozenset({3, 4}))
    (kept,) = settled([part], frozenset({3, 9}), frozenset(), NOW)
    assert kept.marks == PartMarks(frozenset({1}), frozenset({2, 3}))
    assert kept.memory.validators == Validators(), "what was left must be sent again"
    (kept,) = settled([part], frozenset({3, 4}), frozenset(), NOW)
    assert kept.memory.validators == MEMORY.validators
    assert kept.memory.new_at is None


def test_where_something_new_came_is_remembered_but_not_of_the_first_reading() -> None:
    part = ReadPart(MEMORY, MARKS, frozenset({3}))
    come = frozenset({3})
    assert settled([part], come, come, NOW)[0].memory.new_at == NOW
    assert settled([replace(part, first=True)], come, come, NOW)[0].memory.new_at is None


def test_of_what_was_not_read_the_pages_stay_and_of_what_is_too_large_none_are_kept() -> None:
    assert settled([ReadPart(MEMORY)], frozenset(), frozenset(), NOW)[0].marks is None
    large = ReadPart(replace(MEMORY, remembers=False), MARKS, frozenset({3}))
    assert settled([large], frozenset({3}), frozenset(), NOW)[0].marks == PartMarks()


def test_marks_come_back_from_their_bytes_and_differ_by_address() -> None:
    marks = frozenset(mark_of(f"https://kloop.example/{n}") for n in range(1_000))
    assert len(marks) == 1_000
    assert len(pack_marks(marks)) == 8_000
    assert unpack_marks(pack_marks(marks)) == marks
    assert unpack_marks(b"") == frozenset()
    assert mark_of("https://kloop.example/\ud800")


def test_a_site_that_moves_as_a_whole_has_the_same_pages() -> None:
    before = mark_of("http://kloop.example/news/7")
    for moved in ("https://kloop.example/news/7", "https://www.kloop.example/news/7/"):
        assert mark_of(moved) == before
    assert mark_of("http://kloop.example/news/8") != before
