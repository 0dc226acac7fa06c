"""Groups of alerts that are due, made up, and what is decided about them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from alerts.dispatch.group_dispatch import GroupDispatch
from core.alerting.matches import Level
from core.alerting.message_kinds import MessageKind
from core.alerting.notifications import NotificationState
from core.alerting.silences import Silence
from core.config.sections.routes import SilenceMatch
from core.config.watch import WatchConfig
from core.deciding.dispatch import AlertOutline, DispatchDecision, DueGroup, WaitingNotification

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
LOW, NORMAL, HIGH = Level.LOW, Level.NORMAL, Level.HIGH
ALERT, UPDATE, DIGEST, SUMMARY = (
    MessageKind.ALERT,
    MessageKind.UPDATE,
    MessageKind.DIGEST,
    MessageKind.SUMMARY,
)
DISMISSED, SILENCED, INHIBITED = (
    NotificationState.DISMISSED,
    NotificationState.SILENCED,
    NotificationState.INHIBITED,
)

PAPERS_FIRST = {"when": {"rules": ["papers"]}, "suppress": {"rules": ["raids"]}}
"""What the rule `papers` says, `raids` need not say again of the same story within six hours."""
AROUND_NOON = {"from": "11:00", "to": "13:00", "break_through": "high"}
AT_NIGHT = {**AROUND_NOON, "from": "22:00", "to": "06:00"}
SINCE = NOON - 6 * HOUR
"""The earliest time at which an alert still inhibits others."""


def watch(*inhibit: dict[str, Any], quiet: dict[str, Any] | None = None) -> WatchConfig:
    """Return a configuration with two receivers, of which `desk` may have quiet hours."""
    return WatchConfig.model_validate(
        {
            "sources": [{"name": "kloop", "feed": "https://kloop.example/rss", "tags": ["kg"]}],
            "rules": [{"id": "raids", "when": "raid", "topics": ["police"]}],
            "receivers": [
                {"name": "boss", "console": {}},
                {"name": "desk", "console": {}, "quiet_hours": quiet},
            ],
            "inhibit": inhibit,
        }
    )


def waiting(number: int = 1, **changes: Any) -> WaitingNotification:
    """Return an alert of the rule `raids` that waits to be told."""
    made = WaitingNotification(
        id=number,
        alert_id=f"alt_{number}",
        rule="raids",
        level=NORMAL,
        source="kloop",
        language="ru",
        entities=frozenset({"osmonov"}),
        story=7,
        created_at=NOON - MINUTE,
    )
    return replace(made, **changes)


def outline(number: int = 100, **changes: Any) -> AlertOutline:
    """Return an alert of the rule `papers` that was told an hour ago."""
    made = AlertOutline(
        alert_id=f"alt_{number}",
        rule="papers",
        level=NORMAL,
        source="kloop",
        language="ru",
        entities=frozenset(),
        story=7,
        created_at=NOON - HOUR,
    )
    return replace(made, **changes)


def silence(reason: str = "", number: int = 1, **match: Any) -> Silence:
    """Return a silence that is in force."""
    return Silence(
        id=f"sil_{number}",
        match=SilenceMatch(**match),
        author="aida",
        reason=reason,
        starts_at=NOON - HOUR,
        ends_at=NOON + HOUR,
    )


def group(*alerts: WaitingNotification, **changes: Any) -> DueGroup:
    """Return a group that is due to be told to `desk`."""
    made = DueGroup(
        receiver="desk",
        key="story:7",
        kind=ALERT,
        waiting=alerts or (waiting(),),
        sequence=0,
        dispatched_at=None,
        lasting=True,
        max_per_hour=None,
        recent=(),
        silences=(),
    )
    return replace(made, **changes)


def decided(
    *alerts: WaitingNotification, config: WatchConfig | None = None, **about: Any
) -> DispatchDecision:
    """Return what becomes of alerts that wait in one group at noon."""
    return GroupDispatch(config or watch(), NOON).decide(group(*alerts, **about))


def states(decision: DispatchDecision) -> dict[int, NotificationState]:
    """Return the state of every notification that came to nothing, by its id."""
    return {each: settled.state for settled in decision.settled for each in settled.ids}
