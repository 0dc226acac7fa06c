"""A message as every kind of receiver gets it: its alerts, their outlets, and links that act."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from alerts.messages.phrasing import ENGLISH
from core.alerting.accounts import Account
from core.alerting.alerts import Alert
from core.alerting.message_kinds import MessageKind
from core.alerting.notes import CaseNote
from core.deciding.digests import DigestPlan
from core.words import Words


@dataclass(frozen=True, slots=True)
class ActionLink:
    """Something that a reader can do about an alert, as a link."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message on its way to one receiver, at one attempt."""

    delivery_id: str
    """The same at every attempt, so that the receiver can drop a repetition."""
    alerts: tuple[Alert, ...]
    """The leading one first. Of a long digest the first few hundred."""
    outlets: Mapping[str, str] = field(default_factory=dict)
    """Names of sources for readers."""
    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What sources are tagged with."""
    badges: tuple[str, ...] = ()
    """Tags that readers are shown."""
    accounts: Mapping[int, tuple[Account, ...]] = field(default_factory=dict)
    """Who told the stories that several articles tell, by story, in the order they had them."""
    attempt: int = 1
    """1 for the first."""
    sent_at: datetime
    kind: MessageKind = MessageKind.ALERT
    size: int = 1
    """Alerts in the message, those left out of `alerts` included."""
    digest: DigestPlan | None = None
    """Of a digest or a summary: what of it is shown, and what is counted. Without, it is made up
    of its alerts alone."""
    notes: tuple[CaseNote, ...] = ()
    """What was written about its cases since the receiver last heard of them."""
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
    zone: tzinfo | None = UTC
    """In which its readers see times; None is this machine's own."""
    words: Words = ENGLISH
    """In which its readers are told what is not the article's own."""
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

    def shown(self, moment: datetime) -> datetime:
        """Return a moment in the zone of the readers."""
        return moment.astimezone(self.zone)

    @property
    def is_digest(self) -> bool:
        """Whether the message sums up alerts rather than shows one."""
        return self.kind in (MessageKind.DIGEST, MessageKind.SUMMARY)
