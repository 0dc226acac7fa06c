"""What the delivery loop and a receiver say to each other. Every kind of receiver speaks this."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.alerting import Alert, AttemptOutcome


@dataclass(frozen=True, slots=True)
class Notice:
    """One alert on its way to one receiver, at one attempt."""

    delivery_id: str
    """The same at every attempt, so that the receiver can drop a repetition."""
    alert: Alert
    outlet: str
    """The outlet's name for readers."""
    attempt: int
    """1 for the first."""
    sent_at: datetime
    test: bool = False
    """A sample that somebody asked for, not news."""


@dataclass(frozen=True, slots=True)
class SendResult:
    """What one attempt came to, in the receiver's own words."""

    outcome: AttemptOutcome
    status_code: int | None = None
    detail: str = ""
    """What the receiver said: at most 300 characters, no secrets, no addresses."""
    retry_after: float | None = None
    """Seconds the receiver asked to be left alone for."""


@dataclass(frozen=True, slots=True)
class Rate:
    """What a receiver takes."""

    seconds: float
    """Between two messages, on average; 0 for as fast as it answers."""
    burst: int = 1
    """Messages that may follow each other at once after a rest."""


AT_ONCE = Rate(0.0)
"""As fast as it answers."""


class Receiver(Protocol):
    """Somebody, or something, that hears alerts."""

    @property
    def name(self) -> str:
        """The name the configuration gave it."""
        ...

    @property
    def kind(self) -> str:
        """`console`, `slack`, `email` or `webhook`."""
        ...

    @property
    def rate(self) -> Rate:
        """How fast it may be sent to; the courier keeps to it."""
        ...

    async def send(self, notice: Notice) -> SendResult:
        """Try once to hand the alert over. A refusal is a result, not an exception."""
        ...

    async def close(self) -> None:
        """Give back connections. The receiver is not used again."""
        ...

    def preview(self, notice: Notice) -> str:
        """Return what would be sent, as text for a person to look at. Sends nothing."""
        ...
