"""A cursor survives the round trip through a URL or a command line, and nothing else passes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from core.errors import StorageError
from storage import Cursor

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.mark.parametrize("row_id", [0, 1, 2**63 - 1, "alt_0123", "Я"])
def test_cursor_survives_as_text(row_id: int | str) -> None:
    cursor = Cursor(NOON, row_id)
    assert Cursor.parse(str(cursor)) == cursor
    assert str(cursor).replace("-", "").replace("_", "").isalnum()


def test_cursor_names_a_moment_not_a_wall_clock() -> None:
    local = NOON.astimezone(timezone(timedelta(hours=6)))
    assert str(Cursor(local, 1)) == str(Cursor(NOON, 1))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "Я",
        "////",
        "W10",  # []
        "WzEsMl0",  # [1,2]
        str(Cursor(NOON, 1))[:-3],
        str(Cursor(NOON, -1)),
        str(Cursor(NOON, 2**63)),
        str(Cursor(NOON, True)),
        "WyIyMDI2LTAzLTAxVDEyOjAwOjAwIiwxXQ",  # a moment without a zone
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(StorageError, match="not a cursor"):
        Cursor.parse(text)
