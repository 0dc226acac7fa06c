"""The delivery log: what was sent to whom, when, and what they answered, one attempt a line.

The columns and their names are a contract with spreadsheets and programs.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.alerting.deliveries import LoggedAttempt
from core.plain_text import one_line
from desk.spreadsheets import csv_lines as table_lines
from storage import Store

COLUMNS = (
    "started_at", "finished_at", "receiver", "outcome", "status_code", "answer", "attempt",
    "delivery", "delivery_status", "kind", "alerts", "rule", "level", "source", "title", "url",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which attempts are wanted; each condition that is given must hold."""

    since: datetime | None = None
    receiver: str | None = None
    rule: str | None = None
    alert_id: str | None = None
    containing: str = ""
    """Words of a title, an address, a source or the answer."""


def latest(store: Store, asked: Asked, limit: int) -> tuple[LoggedAttempt, ...]:
    """Return the latest attempts, the last one first."""
    return tuple(itertools.islice(_attempts(store, asked, newest_first=True), limit))


def everything(store: Store, asked: Asked) -> Iterator[LoggedAttempt]:
    """Yield every attempt, the oldest first, as they are read."""
    return _attempts(store, asked, newest_first=False)


def csv_lines(logged: Iterable[LoggedAttempt]) -> Iterator[str]:
    """Yield lines as RFC 4180 has them; none of their cells is run by a spreadsheet."""
    return table_lines(COLUMNS, map(line_of, logged))


def json_lines(logged: Iterable[LoggedAttempt]) -> Iterator[str]:
    """Yield a JSON object a line."""
    for attempt in logged:
        yield json.dumps(line_of(attempt), ensure_ascii=False) + "\n"


def line_of(logged: LoggedAttempt) -> Mapping[str, Any]:
    """Return one attempt by the names of the columns."""
    attempt = logged.attempt
    values = (
        attempt.started_at.isoformat(), attempt.finished_at.isoformat(), logged.receiver,
        attempt.outcome.value, attempt.status_code, one_line(attempt.detail), attempt.number,
        attempt.delivery_id, logged.status.value, logged.kind.value,
        " ".join(logged.alert_ids), logged.rule_id, logged.level.value,
        logged.source, one_line(logged.title), logged.url,
    )  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True))


def _attempts(store: Store, asked: Asked, *, newest_first: bool) -> Iterator[LoggedAttempt]:
    return iter(
        store.attempt_log(
            since=asked.since,
            receiver=asked.receiver,
            rule=asked.rule,
            alert_id=asked.alert_id,
            containing=asked.containing,
            newest_first=newest_first,
        )
    )
