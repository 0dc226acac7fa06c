"""Keyset pagination: a page continues after the last row seen, however many rows came meanwhile.

Newest first, by a moment and then by id. With an index over both, the thousandth page costs as
much as the first, which OFFSET cannot do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, literal, tuple_
from sqlmodel import Session, col, select

from core.errors import StorageError
from storage.database.pages import Cursor, Page

T = TypeVar("T")
R = TypeVar("R")


def newest_first(at: Any, row_id: Any) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """Return the ORDER BY of a listing."""
    return at.desc(), row_id.desc()


def continues(at: Any, row_id: Any, after: Cursor) -> ColumnElement[bool]:
    """Return the condition that a row comes after the cursor."""
    if not isinstance(after.id, row_id.type.python_type):
        raise StorageError("the cursor belongs to another list")
    seen = tuple_(literal(after.at, at.type), literal(after.id, row_id.type))
    return tuple_(at, row_id) < seen


def page_of(
    rows: Sequence[R], limit: int, item: Callable[[R], T], cursor: Callable[[T], Cursor]
) -> Page[T]:
    """Return a page of at most `limit` items from `limit` + 1 rows: the extra one tells of more."""
    items = tuple(map(item, rows))
    if len(items) <= limit or not limit:
        return Page(items[:limit])
    return Page(items[:limit], cursor(items[limit - 1]).short_of(cursor(items[limit])))


def ids_like(session: Session, column: str, prefix: str, limit: int) -> list[str]:
    """Return the ids that begin like this, at most `limit`."""
    query = (
        select(column)
        .where(col(column).startswith(prefix, autoescape=True))
        .order_by(col(column))
        .limit(limit)
    )
    return list(session.exec(query))
