"""A cursor survives the round trip through a URL or a command line, and nothing else passes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import StorageError
from storage import Cursor

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
LATER = NOON + timedelta(microseconds=1)
LAST = datetime.max.replace(tzinfo=UTC)


@pytest.mark.parametrize("row_id", [0, 1, 2**63 - 1, "alt_0123", "x"])
@pytest.mark.parametrize("at", [NOON, datetime.min.replace(tzinfo=UTC), LAST])
def test_cursor_survives_as_text(at: datetime, row_id: int | str) -> None:
    cursor = Cursor(at, row_id)
    assert Cursor.parse(str(cursor)) == cursor
    assert str(cursor).replace("-", "").replace("_", "").isalnum()


def test_cursor_names_a_moment_not_a_wall_clock() -> None:
    local = NOON.astimezone(timezone(timedelta(hours=6)))
    assert str(Cursor(local, 1)) == str(Cursor(NOON, 1))


@pytest.mark.parametrize("last", [7, "alt_" + "0123456789abcdef" * 2])
def test_cursor_is_short_enough_to_type(last: int | str) -> None:
    following = Cursor(NOON, 6 if isinstance(last, int) else "alt_" + "00123456789abcdef" * 2)
    assert len(str(Cursor(NOON, last).short_of(following))) <= 25


IDS = st.text("0123456789abcdef", min_size=14, max_size=14).map("alt_0123456".__add__)


@given(st.lists(st.tuples(st.sampled_from([NOON, LATER]), IDS), min_size=2, unique=True))
def test_a_short_cursor_parts_the_same_rows_as_a_whole_one(
    rows: list[tuple[datetime, str]],
) -> None:
    rows.sort(reverse=True)
    for (at, row_id), (later, following) in pairwise(rows):
        cursor = Cursor(at, row_id).short_of(Cursor(later, following))
        place = (cursor.at, cursor.id)
        assert [row for row in rows if row < place] == [row for row in rows if row < (at, row_id)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "Я",
        "////",
        "W10",
        "WyIyMDI2LTAzLTAxVDEyOjAwOjAwIiwxXQ",  # one of before
        str(Cursor(NOON, 12345))[:-1],
        str(Cursor(NOON, "alt_0123456789"))[:-3],
        str(Cursor(NOON, 1)).replace("-", "_"),
        str(Cursor(NOON, 1)).lower(),
        str(Cursor(NOON, -1)),
        str(Cursor(NOON, 2**63)),
        str(Cursor(NOON, True)),
        str(Cursor(NOON, "Я")),
        "A" * 5_000,
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(StorageError, match="not a cursor"):
        Cursor.parse(text)
