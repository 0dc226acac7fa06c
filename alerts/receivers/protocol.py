"""What the delivery loop and a receiver say to each other. Every kind of receiver speaks this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from core.alerting.alerts import Alert
from core.alerting.deliveries import AttemptOutcome
from core.alerting.notifications import MessageKind


@dataclass(frozen=True, slots=True)
class ActionLink:
    """Something that a reader can do about an alert, as a link."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One message on its way to one receiver, at one attempt."""

    delivery_id: str
    """The same at every attempt, so that the receiver can drop a repetition."""
    alerts: tuple[Alert, ...]
    """The leading one first. Of a long digest the first few hundred."""
    outlets: Mapping[str, str] = field(default_factory=dict)
    """Names of sources for readers."""
    attempt: int = 1
    """1 for the first."""
    sent_at: datetime
    kind: MessageKind = MessageKind.ALERT
    size: int = 1
    """Alerts in the message, those left out of `alerts` included."""
    thread: str = ""
    """Id of the delivery that began the conversation; empty or its own id for the first."""
    thread_receipt: str = ""
    """What the receiver called that message."""
    sequence: int = 1
    """Place in the conversation."""
    earlier: tuple[Alert, ...] = ()
    """Of an update: the alerts of the messages before, the one that began it first."""
    links: tuple[ActionLink, ...] = ()
    first_links: tuple[ActionLink, ...] = ()
    """Those of the message that began the conversation, where it is shown anew."""
    minimal: bool = False
    """The receiver refused the message as it was: say it in the plainest form."""
    test: bool = False
    """A sample that somebody asked for, not news."""

    @property
    def alert(self) -> Alert:
        """The alert that leads the message."""
        return self.alerts[0]

    @property
    def outlet(self) -> str:
        """The name for readers of the leading alert's source."""
        return self.outlet_of(self.alert)

    def outlet_of(self, alert: Alert) -> str:
        """Return the name for readers of an alert's source."""
        source = alert.article.data.source
        return self.outlets.get(source, source)

    @property
    def is_digest(self) -> bool:
        """Whether the message sums up alerts rather than tells one."""
        return self.kind in (MessageKind.DIGEST, MessageKind.SUMMARY)


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
        """How fast it may be sent to; the courier keeps to it."""
        ...

    async def send(self, notice: Notice) -> SendResult:
        """Try once to hand the message over. A refusal is a result, not an exception."""
        ...

    async def close(self) -> None:
        """Give back connections. The receiver is not used again."""
        ...

    def preview(self, notice: Notice) -> str:
        """Return what would be sent, as text for a person to look at. Sends nothing."""
        ...


@runtime_checkable
class Reviser(Receiver, Protocol):
    """A receiver that can change a message after it was taken."""

    async def revise(self, notice: Notice) -> SendResult:
        """Show in the message that began a conversation what has become of it. May be repeated."""
        ...
