"""Whatever a source answers, it is neither hammered nor given up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.rhythm import Rhythm
from core.sources import CheckOutcome
from scheduler.policy import LONGEST, SHORTEST, ScheduleFacts, plan_next_check

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
DAYS = timedelta(days=10)


@given(
    per_day=st.floats(0.1, 2000),
    outcome=st.sampled_from(CheckOutcome),
    failures=st.integers(0, 1000),
    weight=st.floats(0, 1e6),
    retry_after=st.none() | st.floats(0, 1e12),
    jitter=st.floats(-1, 1),
    entries=st.none() | st.integers(0, 500),
)
def test_every_pause_lies_between_two_minutes_and_a_day(
    per_day: float,
    outcome: CheckOutcome,
    failures: int,
    weight: float,
    retry_after: float | None,
    jitter: float,
    entries: int | None,
) -> None:
    moments = [NOW - DAYS * (n * 0.6180339887 % 1) for n in range(int(per_day * 10))]
    planned = plan_next_check(
        ScheduleFacts(
            now=NOW,
            rhythm=Rhythm.empty(NOW - DAYS).observed(moments, NOW - DAYS, NOW),
            outcome=outcome,
            failures=failures,
            failure_weight=weight,
            retry_after=retry_after,
            jitter=jitter,
            entries=entries,
            known=0,
        )
    )
    assert SHORTEST <= planned.at - NOW <= LONGEST
    assert planned.reason
