"""What something done about an alert means for others: one case is one piece of work. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from core.alerting.alerts import AlertState
from core.alerting.deliveries import DeliveryStatus
from core.alerting.message_kinds import MessageKind
from core.deciding.escalation import (
    Breadth,
    ChangeScope,
    EscalationEffect,
    HandDown,
    HandDownReason,
    HandledAlert,
    NewAlert,
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
    """Return the alerts that a change holds for: those of its case, or of its rule alone.

    What was set aside as a mistake of its rule stays so, unless the change is about that rule's
    own alert. The alert itself is always among them, unless it is in a state to be kept.
    """
    mine = scope.alert
    if scope.breadth is Breadth.RULE:
        alerts = [alert for alert in scope.case if alert.rule == mine.rule]
        reason = ScopeReason.ONE_RULE
    else:
        alerts = [alert for alert in scope.case if not alert.set_aside or alert.rule == mine.rule]
        reason = ScopeReason.WHOLE_CASE
    ids = {alert.id for alert in (mine, *alerts) if alert.state not in scope.keep}
    return Touched(tuple(sorted(ids)), reason)


def effect_on_escalations(state: AlertState) -> EscalationEffect:
    """Return what putting alerts into a state does to their escalations."""
    if state in HANDLED:
        return EscalationEffect.CANCEL
    if state is AlertState.OPEN:
        return EscalationEffect.COUNT_ANEW
    return EscalationEffect.LEAVE


def handed_down(new: NewAlert) -> HandDown:
    """Return how a new alert begins, by what was done about its case.

    The last change hands its state down; the new alert's own escalations then count only if the
    case is opened again. That one rule was wrong holds for that rule alone. A case that was
    dismissed is open again for what matters more than all that was dismissed: whoever dismissed it
    had not seen that.
    """
    wrong = [alert for alert in new.handled if alert.set_aside and alert.rule == new.rule]
    if wrong:
        return HandDown(_last(wrong).id, escalates=False, reason=HandDownReason.RULE_WAS_WRONG)
    handled = [alert for alert in new.handled if not alert.set_aside]
    if not handled:
        return HandDown(None, escalates=True, reason=HandDownReason.NOTHING_DONE)
    last = _last(handled)
    highest = max(alert.level.rank for alert in handled)
    if last.state is AlertState.DISMISSED and new.level.rank > highest:
        return HandDown(None, escalates=True, reason=HandDownReason.MATTERS_MORE)
    return HandDown(last.id, escalates=False, reason=HandDownReason.SAME_WORK)


def _last(alerts: Sequence[HandledAlert]) -> HandledAlert:
    return max(alerts, key=lambda alert: (alert.changed_at, alert.id))


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
