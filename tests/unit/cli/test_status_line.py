"""The line at the bottom of the terminal: what happens now, and what came of it since the start."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from cli.status_line import status_line
from core.articles import RecordOutcome
from crawler.counts import CrawlCounts
from scheduler.status import DaemonStatus

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def said(after: timedelta, *, due: timedelta | None, waiting: int = 0, failed: int = 0) -> str:
    now = START + after
    counts = CrawlCounts(polls=12, failed_polls=failed, articles=Counter({_STORED: 3}))
    status = DaemonStatus(
        since=START,
        sources=6,
        in_flight=2,
        counts=counts,
        alerts=2,
        delivered=1,
        waiting=waiting,
        next_poll_at=None if due is None else now + due,
    )
    return status_line(status, now).plain


_STORED = next(iter(RecordOutcome))


def test_what_is_now_and_what_is_counted_stand_apart() -> None:
    line = said(timedelta(minutes=5), due=timedelta(seconds=20), waiting=4, failed=1)
    assert line == (
        "watching 6 sources · next poll in 20 s · 2 under way · 4 to deliver"
        " | up 5 min: 12 polls · 3 articles · 2 alerts · 1 delivered · 1 failed polls"
    )


@pytest.mark.parametrize(
    ("running", "shown"),
    [
        (timedelta(seconds=4), "up 4 s:"),
        (timedelta(minutes=89), "up 89 min:"),
        (timedelta(hours=5, minutes=7), "up 5 h 7 min:"),
        (timedelta(days=3, hours=2), "up 3 d 2 h:"),
    ],
)
def test_the_time_since_the_start_is_said_in_its_largest_units(
    running: timedelta, shown: str
) -> None:
    assert shown in said(running, due=None)


@pytest.mark.parametrize(
    ("due", "shown"),
    [
        (None, "next poll –"),
        (timedelta(seconds=-5), "next poll now"),
        (timedelta(hours=2), "next poll in 2 h 0 min"),
    ],
)
def test_the_next_poll_is_told_from_now(due: timedelta | None, shown: str) -> None:
    assert shown in said(timedelta(seconds=1), due=due)
