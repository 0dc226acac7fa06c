"""What is asked and answered about messages that waited for a receiver until they were no news."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.alerting.matches import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleMessage:
    """A message that has waited too long, by the alert that leads it."""

    alert_id: str
    level: Level
    raised_at: datetime


class FoldReason(StrEnum):
    """Why a backlog is summed up, or is not."""

    TOO_FEW = "one message is no backlog"
    OLD_NEWS = "what waited so long is no news each"


@dataclass(frozen=True, slots=True)
class Fold:
    """Whether a backlog becomes one summary, and why."""

    lead: str | None
    """Id of the alert that leads the summary; None: every message stays what it is."""
    reason: FoldReason
