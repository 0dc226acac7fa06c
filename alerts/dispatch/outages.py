"""What an outage of a receiver is, when others are notified of it, and when it is over. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.alerting.deliveries import AttemptOutcome, DeliveryAttempt
from core.deciding.outages import (
    FirstSuccess,
    NewsReason,
    ReceiverNews,
    ReceiverReport,
    ReceiverSign,
    ReceiverState,
    Recovery,
    RecoveryReason,
)

OUTAGE = timedelta(minutes=1)
"""A receiver that took nothing for so long was down; before, the fault may be a message's own."""
PATIENCE = timedelta(minutes=10)
"""Time after which a receiver that fails is more than a hiccup: its first retries are over."""


def sign_of(attempt: DeliveryAttempt) -> ReceiverSign:
    """Return what an attempt says about its receiver. A message that was given up was not taken."""
    if not attempt.reached:
        return ReceiverSign.NOTHING
    if attempt.outcome is AttemptOutcome.DELIVERED:
        return ReceiverSign.TAKES
    return ReceiverSign.FAILS


def recovery(success: FirstSuccess) -> Recovery:
    """Return whether a receiver that takes messages again was down, so that all may go out now."""
    if success.attempt.finished_at - success.failing_since < OUTAGE:
        return Recovery(False, RecoveryReason.SHORT)
    if success.attempt.number == 1 and success.retrying < 2:
        return Recovery(False, RecoveryReason.ONE_MESSAGE)
    return Recovery(True, RecoveryReason.OUTAGE)


def news_of(state: ReceiverState, now: datetime) -> ReceiverReport:
    """Return what others are to hear about a receiver at `now`: each trouble once, and its end."""
    since, notified = state.failing_since, state.notified_since
    lasts = since is not None and now - since >= PATIENCE
    if notified is None:
        if since is None:
            return ReceiverReport(ReceiverNews.NONE, NewsReason.WELL)
        if not lasts:
            return ReceiverReport(ReceiverNews.NONE, NewsReason.HICCUP)
        return ReceiverReport(ReceiverNews.TROUBLE, NewsReason.LASTS)
    if since == notified:
        return ReceiverReport(ReceiverNews.NONE, NewsReason.KNOWN)
    if lasts:
        return ReceiverReport(ReceiverNews.NONE, NewsReason.FAILS_ANEW)
    return ReceiverReport(ReceiverNews.RECOVERY, NewsReason.RECOVERED)
