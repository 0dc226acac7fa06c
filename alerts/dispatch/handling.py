"""What something done about an alert means for others: one story is one piece of work. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from core.alerting.alerts import AlertState
from core.alerting.deliveries import DeliveryStatus
from core.alerting.message_kinds import MessageKind
from core.deciding.escalation import (
    ChangeScope,
    EscalationEffect,
    HandDown,
    HandDownReason,
    HandledAlert,
    Revision,
    ScopeReason,
    ToldIn,
    Touched,
)

HANDLED = frozenset({AlertState.ACKNOWLEDGED, AlertState.SNOOZED, AlertState.DISMISSED})
"""States in which somebody sees to an alert."""
_ABOUT_ONE_MATTER = frozenset(
    {MessageKind.ALERT, MessageKind.UPDATE, MessageKind.ESCALATION, MessageKind.REMINDER}
)
"""Kinds of messages that show what was done; the others sum up many matters."""
_SEEN = frozenset({DeliveryStatus.PENDING, DeliveryStatus.DELIVERED})
"""Where messages stand that somebody reads, or will."""


def touched(scope: ChangeScope) -> Touched:
    """Return the alerts that a change holds for: those of its rule about its story.

    Of all rules, if the change is about the whole story. The alert itself is always among them,
    unless it is in a state to be kept.
    """
    if not scope.story:
        alerts, reason = [scope.alert], ScopeReason.NO_STORY
    elif scope.any_rule:
        alerts, reason = [scope.alert, *scope.story], ScopeReason.WHOLE_STORY
    else:
        same_rule = [alert for alert in scope.story if alert.rule == scope.alert.rule]
        alerts, reason = [scope.alert, *same_rule], ScopeReason.SAME_RULE
    ids = {alert.id for alert in alerts if alert.state not in scope.keep}
    return Touched(tuple(sorted(ids)), reason)


def effect_on_escalations(state: AlertState) -> EscalationEffect:
    """Return what putting alerts into a state does to their escalations."""
    if state in HANDLED:
        return EscalationEffect.CANCEL
    if state is AlertState.OPEN:
        return EscalationEffect.COUNT_ANEW
    return EscalationEffect.LEAVE


def handed_down(handled: Sequence[HandledAlert]) -> HandDown:
    """Return how a new alert begins, by the rule's alerts about its story that were worked on.

    The newest of them hands its state down. The new alert's own escalations then count only if the
    story is opened again.
    """
    if not handled:
        return HandDown(None, escalates=True, reason=HandDownReason.NOTHING_DONE)
    newest = max(handled, key=lambda alert: (alert.created_at, alert.id))
    return HandDown(newest.id, escalates=False, reason=HandDownReason.SAME_WORK)


def revisions(notified: Sequence[ToldIn]) -> tuple[Revision, ...]:
    """Return the conversations that are to show a change, one revision for each.

    `notified` are the messages by which receivers that can change what they showed were notified
    of the alerts. Messages about many matters stay as they are, and so does what nobody reads.
    """
    alerts: dict[tuple[str, str], str] = {}
    for message in notified:
        if message.kind in _ABOUT_ONE_MATTER and message.status in _SEEN:
            place = (message.receiver, message.thread)
            alerts[place] = min(message.alert_id, alerts.get(place, message.alert_id))
    return tuple(Revision(*place, alert) for place, alert in sorted(alerts.items()))
