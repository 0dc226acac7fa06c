"""Time cut into pieces, for queries that count what came in each.

Days begin when a clock somewhere shows midnight: at a half or a quarter of an hour in UTC as well,
and one is 23 or 25 hours long where the clock changes. So nothing here takes days to be 24 hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, case, cast, func, literal

from storage.database.columns import UtcDateTime

QUARTER = timedelta(minutes=15)
"""No clock of today differs from UTC by a part of this."""
_SECONDS = int(QUARTER.total_seconds())


def step_of(moment: Any, starts: Sequence[datetime]) -> ColumnElement[int]:
    """Return which of some steps a column's time lies in, from 0; each lasts up to the next.

    `starts` are in their order. What came before them is in the first, so leave it out.
    """
    later = reversed(list(enumerate(starts))[1:])
    cases = [(moment >= literal(at, UtcDateTime), literal(n, Integer)) for n, at in later]
    return case(*cases, else_=literal(0, Integer)) if cases else literal(0, Integer)


def quarter_of(dialect: str, moment: Any) -> ColumnElement[int]:
    """Return the number of the quarter of an hour that a column's time lies in, since 1970."""
    if dialect == "sqlite":
        return cast(cast(func.strftime("%s", moment), Integer) / literal(_SECONDS), Integer)
    return cast(func.floor(func.extract("epoch", moment) / _SECONDS), Integer)


def start_of(quarter: int) -> datetime:
    """Return when a quarter of an hour began, by its number."""
    return datetime.fromtimestamp(quarter * _SECONDS, UTC)
