"""What a message is: an alert, an update, a digest, a summary, a reminder and so on."""

from __future__ import annotations

from enum import StrEnum


class MessageKind(StrEnum):
    """What a message is to its reader."""

    ALERT = "alert"
    UPDATE = "update"
    """More on what an earlier message of the same conversation was about."""
    DIGEST = "digest"
    """Everything since the last one, at a time that the route names."""
    SUMMARY = "summary"
    """What was held back: by quiet hours, by a limit, or while the receiver was down."""
    ESCALATION = "escalation"
    """Nobody took on an alert in time."""
    REMINDER = "reminder"
    """An alert that was snoozed is due again."""
    REVISION = "revision"
    """The message that began a conversation, changed in its place to say what was done about it;
    for receivers that can do that."""
