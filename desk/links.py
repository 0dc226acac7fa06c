"""What a signed link in an alert asks for, how things stand, and doing it when a person confirms.

The link is the permission. What it changes is signed with whom it was sent to, and it works once.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from alerts.messages.action_links import (
    ACTIONS,
    MUTE,
    SNOOZE,
    BadLinkError,
    LinkAction,
    LinkFlaw,
    SignedAction,
    read_link,
)
from alerts.messages.alert_view import rule_name
from core.alerting.alerts import Alert, AlertState, DismissReason
from desk.alerts import AlertStore, Signature, acknowledge, dismiss, mute, snooze
from storage.alerts.handling import LinkUsedError

__all__ = [
    "ACTIONS",
    "MUTE",
    "SNOOZE",
    "BadLinkError",
    "LinkAction",
    "LinkDone",
    "LinkFlaw",
    "LinkSeen",
    "LinkUsedError",
    "SignedAction",
    "follow",
    "look",
    "read_link",
    "rule_name",
]


@dataclass(frozen=True, slots=True)
class LinkSeen:
    """A link that somebody opened, before anything is done."""

    alert: Alert | None
    """None when it is no longer stored."""
    used: bool
    """Whether somebody has acted by it."""


@dataclass(frozen=True, slots=True)
class LinkDone:
    """What was done by a link."""

    state: AlertState
    """What the alert is now."""
    until: datetime | None = None
    """When a snoozed alert is due again, or when the silence of a muted story ends."""


def look(store: AlertStore, asked: SignedAction) -> LinkSeen:
    """Return how things stand with what a link asks for. Changes nothing."""
    return LinkSeen(store.alert(asked.alert_id), store.is_link_used(asked.nonce))


def follow(
    store: AlertStore,
    asked: SignedAction,
    reason: DismissReason,
    now: datetime,
    shown_by: Collection[str] = (),
) -> LinkDone:
    """Do what a link asks for; `reason` says why, of a dismissal.

    The receivers `shown_by` change what they showed of the alert before. Raises LinkUsedError when
    somebody has acted by the link, NotThereError when its alert is not stored any more.
    """
    signed = Signature(by=f"link to {asked.receiver}", at=now, link=asked.nonce, shown_by=shown_by)
    match asked.action:
        case LinkAction.ACKNOWLEDGE:
            acknowledge(store, asked.alert_id, signed)
            return LinkDone(AlertState.ACKNOWLEDGED)
        case LinkAction.SNOOZE:
            snooze(store, asked.alert_id, signed, now + SNOOZE)
            return LinkDone(AlertState.SNOOZED, now + SNOOZE)
        case LinkAction.DISMISS:
            dismiss(store, asked.alert_id, signed, reason)
            return LinkDone(AlertState.DISMISSED)
        case LinkAction.MUTE:
            muted = mute(store, asked.alert_id, signed, MUTE, "muted by a link")
            ends_at = muted.silence.ends_at if muted.silence else None
            return LinkDone(AlertState.ACKNOWLEDGED, ends_at)
