"""What becomes of messages that are too many at once, or waited until they were no news. Pure."""

from __future__ import annotations

from alerts.dispatch.limits import passes
from core.alerting.message_kinds import MessageKind
from core.deciding.backlog import Backlog, Fold, FoldReason, PendingMessage

_ONE_BY_ONE = frozenset({MessageKind.ESCALATION, MessageKind.REMINDER, MessageKind.DIGEST})
"""Kinds that no flood is made of: they were asked for, and are few."""


def fold(backlog: Backlog) -> Fold:
    """Return what becomes one summary, led by what matters most, then by the oldest.

    Old news does, whatever its level; and what a flood guard would have held, had it known that it
    would all come at once.
    """
    stale = [message for message in backlog.messages if message.made_at < backlog.stale_before]
    if len(stale) < 2:
        stale = []
    flood = _flood(backlog)
    together = {message.id: message for message in (*stale, *flood)}
    if len(together) < 2:
        return Fold(None, FoldReason.TOO_FEW)
    lead = min(
        together.values(),
        key=lambda message: (-message.level.rank, message.raised_at, message.alert_id),
    )
    reason = FoldReason.OLD_NEWS if stale else FoldReason.FLOOD
    return Fold(lead.alert_id, reason, tuple(sorted(together)))


def _flood(backlog: Backlog) -> list[PendingMessage]:
    guard = backlog.guard
    if guard is None:
        return []
    calm = [
        message
        for message in backlog.messages
        if message.kind not in _ONE_BY_ONE and not passes(message.urgency, guard.break_through)
    ]
    return calm if len(calm) > guard.messages else []
