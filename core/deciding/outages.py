"""What is asked and answered about receivers: how one fares, when it was down, what others hear."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.alerting.deliveries import DeliveryAttempt


class ReceiverSign(StrEnum):
    """What an attempt says about its receiver."""

    TAKES = "it takes messages"
    FAILS = "it took nothing, though it was asked"
    NOTHING = "it was not asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstSuccess:
    """A message that a receiver took after it had failed."""

    attempt: DeliveryAttempt
    failing_since: datetime
    retrying: int
    """Messages to it that failed before and wait for their next attempt."""


class RecoveryReason(StrEnum):
    """Why what waits for a receiver goes out at once, or keeps its pauses."""

    SHORT = "it failed for too short a time to have been down"
    ONE_MESSAGE = "one message failed by itself, among others that were taken"
    OUTAGE = "it was down, and what waits was put off because of that"


@dataclass(frozen=True, slots=True)
class Recovery:
    """What a receiver's first success means for what waits for it, and why."""

    release: bool
    """Whether what was put off is due now."""
    reason: RecoveryReason


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverState:
    """How a receiver fares, and what others know about that."""

    receiver: str
    failing_since: datetime | None
    """When the first attempt after the last success was made; None while it takes messages."""
    notified_since: datetime | None
    """The trouble that others were notified of, by the time it began; None when they were not."""
    detail: str = ""
    """What it said last to an attempt that failed."""


class ReceiverNews(StrEnum):
    """What others are to hear about a receiver."""

    NONE = "none"
    TROUBLE = "trouble"
    """It takes nothing."""
    RECOVERY = "recovery"
    """It takes messages again."""


class NewsReason(StrEnum):
    """Why others hear of a receiver, or do not."""

    WELL = "it takes messages"
    HICCUP = "its first retries are not over"
    LASTS = "it has taken nothing for too long"
    KNOWN = "others know"
    FAILS_ANEW = "it recovered and fails again; others know that it is in trouble"
    RECOVERED = "it took messages after the trouble that others know of"


@dataclass(frozen=True, slots=True)
class ReceiverReport:
    """What others are to hear about a receiver, and why."""

    news: ReceiverNews
    reason: NewsReason
