"""What is asked and answered about what waits for a receiver that the configuration has no more."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.alerting.accounts import Telling
from core.alerting.notifications import NotificationPurpose, Recipient
from core.deciding.dispatch import AlertOutline


@dataclass(frozen=True, slots=True, kw_only=True)
class OrphanedAlert:
    """An alert on its way to a receiver that is no longer configured."""

    outline: AlertOutline
    outlets: int
    """Outlets that have its story by now; 1 for an article that is in none."""
    purpose: NotificationPurpose
    """What it is on its way for."""
    had: frozenset[str]
    """Receivers that it was on its way to for the same purpose, whatever came of it."""
    tellings: tuple[Telling, ...] = ()
    """The articles of its story by now."""
    company: tuple[AlertOutline, ...] = ()
    """All alerts of its case that the same escalation names, and the one that it is of; itself
    among them or not."""


class ReaddressReason(StrEnum):
    """Why an alert goes to others instead, or to nobody."""

    ROUTES = "the routes lead to others now"
    OTHERS_HAVE_IT = "all to whom the routes lead now have it"
    NOBODY = "no route leads to anybody now"
    NO_NEWS = "it only leads or changes what others are told of anyway"


@dataclass(frozen=True, slots=True)
class Readdress:
    """Who is notified of an alert instead, and why."""

    reason: ReaddressReason
    recipients: tuple[Recipient, ...] = ()
    """Who is to hear of it in the company of other alerts."""
    receivers: tuple[str, ...] = ()
    """Who is notified at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaddressReport:
    """What a look at what waits for nobody came to."""

    found: int = 0
    """Groups and messages that waited for receivers which are not configured."""
    moved: int = 0
    """Alerts that others are notified of instead."""
    lost: int = 0
    """Messages that were given up, since no route leads to anybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrphanedWork:
    """What waits for one receiver that is not configured."""

    receiver: str
    alerts: int
    """Alerts that are not yet part of a message."""
    messages: int
    escalations: int
    """Escalations that name it, and whose time has not come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentElsewhere:
    """What became of messages that somebody sends to another receiver."""

    sent: int = 0
    had: int = 0
    """Messages that told the other receiver nothing that it was not told before."""
