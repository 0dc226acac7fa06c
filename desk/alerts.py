"""Work on alerts: acknowledging, snoozing, dismissing, reopening and muting them, writing notes.

Each is one transaction, signed by who did it. What is done about an alert holds for its whole case:
the story, by every rule and with later copies. That a rule was wrong can be said of it alone.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from alerts.dispatch.deciders import DECIDERS
from alerts.dispatch.routing import tags_of
from alerts.messages.entity_names import proper_name
from alerts.receivers import revising
from alerts.stories.accounts import accounts_of
from core.alerting.accounts import Account
from core.alerting.alerts import MUTED, Alert, AlertChange, AlertState, DismissReason
from core.alerting.deliveries import Delivery
from core.alerting.notes import CaseNote
from core.alerting.notifications import Notification
from core.alerting.silences import NewSilence
from core.config import WatchConfig
from core.config.sections.routes import SilenceMatch
from core.deciding.deciders import Deciders
from core.deciding.escalation import Breadth
from desk.errors import NotThereError
from storage import Store

__all__ = [
    "AlertHistory",
    "AlertSheet",
    "AlertStore",
    "CaseOutlet",
    "Muted",
    "Notification",
    "Signature",
    "acknowledge",
    "alert_of",
    "dismiss",
    "history",
    "mute",
    "note",
    "reopen",
    "sheet",
    "signed_by",
    "snooze",
]

_MOST_DELIVERIES = 1000
"""Messages shown of one alert: more than all receivers, reminders and revisions come to."""


class AlertStore(Protocol):
    """The part of storage that work on alerts needs."""

    def alert(self, alert_id: str) -> Alert | None:
        """Return an alert."""
        ...

    def story_id(self, article_id: int) -> int | None:
        """Return the id of the story that an article was placed in."""
        ...

    def is_link_used(self, nonce: str) -> bool:
        """Tell whether somebody has acted by a link."""
        ...

    def change_alert(
        self,
        wanted: str,
        state: AlertState,
        deciders: Deciders,
        *,
        by: str,
        at: datetime,
        reason: str = "",
        until: datetime | None = None,
        nonce: str | None = None,
        breadth: Breadth = Breadth.CASE,
        muted: bool = False,
        keep: Collection[AlertState] = (),
        shown_by: Collection[str] = (),
        silence: NewSilence | None = None,
    ) -> tuple[str, ...]:
        """Put an alert, and the others of its case, into a state; return their ids."""
        ...

    def add_note(self, alert_id: str, text: str, *, by: str, at: datetime) -> CaseNote:
        """Write a note about the case of an alert."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who does something about alerts, when, and by which way."""

    by: str
    at: datetime
    link: str | None = None
    """Of a link that works once, what tells it from others; None for who acts without one."""
    shown_by: Collection[str] = ()
    """Receivers that change in their place the messages they showed before."""


@dataclass(frozen=True, slots=True)
class Muted:
    """What a mute came to."""

    alerts: tuple[str, ...]
    """Ids of the alerts that were acknowledged with it."""
    silence: NewSilence | None
    """None for an article that is part of no story: its alert was only acknowledged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSheet:
    """An alert, what became of it at each receiver, and the messages that it leads."""

    alert: Alert
    notifications: tuple[Notification, ...]
    deliveries: tuple[Delivery, ...]
    outlets: tuple[CaseOutlet, ...] = ()
    """Who has the story, in the order in which they had it."""
    notes: tuple[CaseNote, ...] = ()
    """What people wrote about its case, the oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOutlet:
    """What one outlet has of a case."""

    source: str
    tags: tuple[str, ...]
    article: int
    at: datetime
    """When it had that: as it says itself where that is plausible, or when it was seen."""
    copies: str | None
    """The source that it repeats word for word; None for one that has words of its own."""
    names: tuple[str, ...]
    """Who and what nobody had named before."""
    numbers: tuple[str, ...]
    """Numbers that nobody had before, with the word that follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertHistory:
    """What was done about an alert, the oldest first, and what became of it at each receiver."""

    changes: tuple[AlertChange, ...]
    notifications: tuple[Notification, ...]
    notes: tuple[CaseNote, ...] = ()
    """What people wrote about its case, the oldest first."""


def signed_by(person: str, config: WatchConfig, now: datetime) -> Signature:
    """Return the signature of a person who acts from a terminal."""
    return Signature(by=person, at=now, shown_by=revising(config))


def acknowledge(
    store: AlertStore, alert_id: str, signed: Signature, note: str = ""
) -> tuple[str, ...]:
    """Acknowledge a case: it does not escalate. Return the ids of all alerts that are now so.

    Raises NotThereError without such an alert, LinkUsedError when the link was used before.
    """
    return _change(store, alert_id, AlertState.ACKNOWLEDGED, signed, reason=note)


def snooze(
    store: AlertStore, alert_id: str, signed: Signature, until: datetime, note: str = ""
) -> tuple[str, ...]:
    """Snooze a case until a time, when it notifies again. Raises as `acknowledge` does."""
    return _change(store, alert_id, AlertState.SNOOZED, signed, reason=note, until=until)


def dismiss(
    store: AlertStore,
    alert_id: str,
    signed: Signature,
    reason: DismissReason,
    *,
    only_rule: bool = False,
) -> tuple[str, ...]:
    """Say that a case was not worth it, and why: nobody is notified of more of it.

    What matters more than all that was dismissed opens it again. With `only_rule`, the mistake is
    that of the alert's rule: the case goes on without it. Raises as `acknowledge` does.
    """
    return _change(
        store,
        alert_id,
        AlertState.DISMISSED,
        signed,
        reason=reason.value,
        breadth=Breadth.RULE if only_rule else Breadth.CASE,
    )


def reopen(store: AlertStore, alert_id: str, signed: Signature, note: str = "") -> tuple[str, ...]:
    """Open a case again; its time until it escalates begins anew. Raises as `acknowledge`."""
    return _change(store, alert_id, AlertState.OPEN, signed, reason=note)


def mute(
    store: AlertStore, alert_id: str, signed: Signature, lasting: timedelta, why: str
) -> Muted:
    """Silence the story of an alert for a time, and acknowledge what is open of it, by any rule.

    What was dismissed or acknowledged before stays so. An article that is part of no story cannot
    be muted; its alert is only acknowledged. Raises as `acknowledge` does.
    """
    alert = alert_of(store, alert_id)
    story = store.story_id(alert.article.id)
    silence = None
    if story is not None:
        silence = NewSilence(
            match=SilenceMatch(story=story),
            author=signed.by,
            reason=why,
            starts_at=signed.at,
            ends_at=signed.at + lasting,
        )
    changed = store.change_alert(
        alert_id,
        AlertState.ACKNOWLEDGED,
        DECIDERS,
        by=signed.by,
        at=signed.at,
        reason="" if silence is None else MUTED,
        nonce=signed.link,
        muted=silence is not None,
        keep=(AlertState.DISMISSED, AlertState.ACKNOWLEDGED),
        shown_by=signed.shown_by,
        silence=silence,
    )
    return Muted(changed, silence)


def note(store: AlertStore, alert_id: str, signed: Signature, text: str) -> CaseNote:
    """Write a note about a case: nothing changes, and whoever hears of the case next reads it.

    Raises NotThereError without such an alert, ValueError for a note without words.
    """
    alert_of(store, alert_id)
    words = text.strip()
    if not words:
        raise ValueError("a note needs words")
    return store.add_note(alert_id, words, by=signed.by, at=signed.at)


def sheet(store: Store, alert_id: str, config: WatchConfig) -> AlertSheet:
    """Return an alert with all that became of it, and who has its story. Raises NotThereError."""
    alert = alert_of(store, alert_id)
    told = () if alert.story is None else store.tellings(alert.story, texts=True)
    return AlertSheet(
        alert=alert,
        notifications=tuple(store.notifications(alert_id)),
        deliveries=store.deliveries(alert_id=alert_id, limit=_MOST_DELIVERIES).items,
        outlets=tuple(_outlet(account, alert, config) for account in accounts_of(told)),
        notes=store.notes(alert.case_id),
    )


def _outlet(account: Account, alert: Alert, config: WatchConfig) -> CaseOutlet:
    language = config.language or alert.article.data.language
    return CaseOutlet(
        source=account.source,
        tags=tuple(sorted(tags_of(account.source, config))),
        article=account.article,
        at=account.at,
        copies=account.copies.source if account.copies else None,
        names=tuple(
            proper_name(known, language) if (known := config.entities.get(entity)) else spelling
            for entity, spelling in account.names
        ),
        numbers=account.numbers,
    )


def history(store: Store, alert_id: str) -> AlertHistory:
    """Return what was done about an alert and where it went. Raises NotThereError."""
    alert = alert_of(store, alert_id)
    return AlertHistory(
        changes=tuple(store.alert_changes(alert_id)),
        notifications=tuple(store.notifications(alert_id)),
        notes=store.notes(alert.case_id),
    )


def _change(
    store: AlertStore,
    alert_id: str,
    state: AlertState,
    signed: Signature,
    *,
    reason: str,
    until: datetime | None = None,
    breadth: Breadth = Breadth.CASE,
) -> tuple[str, ...]:
    alert_of(store, alert_id)
    return store.change_alert(
        alert_id,
        state,
        DECIDERS,
        by=signed.by,
        at=signed.at,
        reason=reason,
        until=until,
        nonce=signed.link,
        breadth=breadth,
        shown_by=signed.shown_by,
    )


def alert_of(store: AlertStore, alert_id: str) -> Alert:
    """Return an alert. Raises NotThereError."""
    alert = store.alert(alert_id)
    if alert is None:
        raise NotThereError(f"alert '{alert_id}'")
    return alert
