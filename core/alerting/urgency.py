"""How much a message matters: what is claimed first of all that waits for a receiver. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from core.alerting.matches import Level
from core.alerting.message_kinds import MessageKind

_ASKED_FOR = frozenset({MessageKind.ESCALATION, MessageKind.REMINDER})


def urgency(kind: MessageKind, levels: Iterable[Level]) -> Level:
    """Return the level that a message about alerts of these levels is sent by.

    It is the highest of them. That nobody took something on, or that it is due again, matters
    whatever its level; a revision changes what was read before, and must not delay news.
    """
    if kind is MessageKind.REVISION:
        return Level.LOW
    if kind in _ASKED_FOR:
        return Level.HIGH
    return max(levels, key=lambda level: level.rank, default=Level.LOW)
