"""What the delivery loop and a receiver say to each other. Every kind of receiver speaks this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from alerts.messages.message import Message
from core.alerting.deliveries import AttemptOutcome


@dataclass(frozen=True, slots=True)
class SendResult:
    """What one attempt came to, in the receiver's own words."""

    outcome: AttemptOutcome
    status_code: int | None = None
    detail: str = ""
    """What the receiver said: at most 300 characters, no secrets, no addresses."""
    retry_after: float | None = None
    """Seconds the receiver asked to be left alone for."""
    receipt: str = ""
    """What the receiver calls the message, so that later ones can refer to it."""
    reached: bool = True
    """Whether the receiver was asked at all; some messages need no asking."""


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
        """The kind the configuration names it by, such as `slack`."""
        ...

    @property
    def rate(self) -> Rate:
        """How fast it may be sent to; the delivery worker keeps to it."""
        ...

    async def send(self, message: Message) -> SendResult:
        """Try once to hand the message over. A refusal is a result, not an exception.

        So is a message that cannot be put together: `alerts/receivers/composing.py`.
        """
        ...

    async def close(self) -> None:
        """Give back connections. The receiver is not used again."""
        ...

    def preview(self, message: Message) -> str:
        """Return what would be sent, as text for a person to look at. Sends nothing."""
        ...


@runtime_checkable
class Reviser(Receiver, Protocol):
    """A receiver that can change a message after it was taken."""

    async def revise(self, message: Message) -> SendResult:
        """Show in the message that began a conversation what has become of it. May be repeated."""
        ...
