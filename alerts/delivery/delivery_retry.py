"""What happens to a delivery after an attempt. Pure: the attempt in, a decision with a reason out.

A short outage costs seconds, a long one is outlasted: twelve attempts span about 52 hours, so a
receiver that breaks on a Friday evening still gets its alerts. Then somebody must look.
"""

from __future__ import annotations

from datetime import timedelta

from core.alerting.deliveries import AttemptOutcome, DeliveryAttempt, DeliveryStatus, RetryDecision
from core.retry_after import LONGEST_RETRY_AFTER

SCHEDULE = (
    timedelta(0),
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(hours=4),
    timedelta(hours=8),
    timedelta(hours=12),
    timedelta(hours=24),
)
"""Pause before each attempt, the first included."""
SPREAD = 0.2
"""Pauses vary by this share, so that what failed together does not return together."""


def decide(attempt: DeliveryAttempt, *, jitter: float, minimal: bool = False) -> RetryDecision:
    """Return what becomes of the delivery after `attempt`.

    `jitter` lies in [-1, 1] and moves the pause by up to `SPREAD`; a pause that the receiver asked
    for is never shortened. Time is counted from the end of the attempt. A message that the receiver
    cannot read, or that could not be put together, is sent again at once in its plainest form; one
    that was in it (`minimal`) is dead.
    """
    if attempt.outcome is AttemptOutcome.DELIVERED:
        return RetryDecision(DeliveryStatus.DELIVERED, None, "delivered")
    if attempt.outcome is AttemptOutcome.PERMANENT:
        return RetryDecision(DeliveryStatus.DEAD, None, f"refused for good: {attempt.detail}")
    if attempt.outcome is AttemptOutcome.UNREADABLE:
        what = "refused" if attempt.reached else "not sent"
        if minimal:
            reason = f"{what} even in its plainest form: {attempt.detail}"
            return RetryDecision(DeliveryStatus.DEAD, None, reason)
        reason = f"{what} as it is, to be sent in its plainest form: {attempt.detail}"
        return RetryDecision(DeliveryStatus.PENDING, attempt.finished_at, reason, minimal=True)
    if attempt.number >= len(SCHEDULE):
        return RetryDecision(
            DeliveryStatus.DEAD,
            None,
            f"out of attempts after {attempt.number}: {attempt.detail}",
        )
    jitter = min(1.0, max(-1.0, jitter))
    pause = SCHEDULE[max(attempt.number, 1)] * (1 + SPREAD * jitter)
    reason = f"attempt {attempt.number} of {len(SCHEDULE)} failed: {attempt.detail}"
    if attempt.retry_after is not None:
        asked = min(attempt.retry_after, LONGEST_RETRY_AFTER.total_seconds())
        if asked > pause.total_seconds():
            pause = timedelta(seconds=asked)
            reason += "; the receiver asked for a longer pause"
    return RetryDecision(DeliveryStatus.PENDING, attempt.finished_at + pause, reason)
