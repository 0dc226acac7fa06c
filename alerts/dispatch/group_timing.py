"""When a group of alerts is due, and whether its next message continues a conversation. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.deciding.groups import (
    Continuation,
    ContinuationReason,
    Conversation,
    DueReason,
    DueTime,
    Joining,
)

CONVERSATION = timedelta(days=1)
"""A conversation that is not about a story begins anew when it rested for so long."""


def continuation(conversation: Conversation, now: datetime) -> Continuation:
    """Return whether the next message of a group, made at `now`, continues its conversation."""
    if conversation.sequence == 0:
        return Continuation(False, ContinuationReason.NOTHING_SAID)
    if conversation.lasting:
        return Continuation(True, ContinuationReason.LASTING)
    last = conversation.dispatched_at
    if last is not None and now - last < CONVERSATION:
        return Continuation(True, ContinuationReason.OF_LATE)
    return Continuation(False, ContinuationReason.RESTED)


def when_due(joining: Joining) -> DueTime:
    """Return when a group is due that an alert joins: never later than it was due before."""
    own = _own_time(joining)
    if joining.due_at is not None and joining.due_at < own.at:
        return DueTime(joining.due_at, DueReason.OTHERS_WAIT)
    return own


def _own_time(joining: Joining) -> DueTime:
    """Return when an alert goes out at the earliest.

    One that matters more than all that the group said before does not wait for the interval.
    """
    recipient, conversation, now = joining.recipient, joining.conversation, joining.now
    if recipient.dispatch_at is not None:
        return DueTime(recipient.dispatch_at, DueReason.DIGEST)
    soonest = now + recipient.wait
    last = conversation.dispatched_at
    if last is None or not continuation(conversation, now).goes_on:
        return DueTime(soonest, DueReason.COMPANY)
    if last > now:
        return DueTime(soonest, DueReason.CLOCK_AHEAD)
    if joining.level.rank > conversation.level:
        return DueTime(soonest, DueReason.MATTERS_MORE)
    apart = last + recipient.interval
    if apart > soonest:
        return DueTime(apart, DueReason.INTERVAL)
    return DueTime(soonest, DueReason.COMPANY)
