"""Time cut into steps of one length, for queries that count what came in each."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, cast, func, literal

from storage.database.columns import UtcDateTime


def step_of(dialect: str, moment: Any, since: datetime, step: timedelta) -> ColumnElement[int]:
    """Return the number of the step since a moment that a column's time lies in, from 0."""
    seconds = int(step.total_seconds())
    if dialect == "sqlite":
        passed = cast(func.strftime("%s", moment), Integer) - int(since.timestamp())
        return cast(passed / literal(seconds, Integer), Integer)
    passed = func.extract("epoch", moment - literal(since, UtcDateTime))
    return cast(func.floor(passed / seconds), Integer)
