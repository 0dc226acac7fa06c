"""What Slack's answers mean, which are the same words for a webhook and for a bot.

https://docs.slack.dev/reference/methods/chat.postMessage and
https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
"""

from __future__ import annotations

from core.alerting.deliveries import AttemptOutcome

JSON = {"Content-Type": "application/json; charset=utf-8"}
"""The header of whatever Slack is sent."""

_UNREADABLE = frozenset({
    "invalid_arg_name", "invalid_arguments", "invalid_blocks", "invalid_blocks_format",
    "invalid_metadata_format", "invalid_payload", "msg_blocks_too_long", "msg_too_long", "no_text",
    "too_many_attachments",
})  # fmt: skip
"""These are about this message: a plainer one may pass."""
_TRY_AGAIN = frozenset({
    "fatal_error", "internal_error", "message_limit_exceeded", "rate_limited", "ratelimited",
    "request_timeout", "rollup_error", "service_unavailable", "team_added_to_org",
})  # fmt: skip
_PASSING_STATUSES = frozenset({408, 425, 429})


def outcome_of(word: str) -> AttemptOutcome | None:
    """Return what Slack's word for an error means; None when the word alone does not tell."""
    if word in _UNREADABLE:
        return AttemptOutcome.UNREADABLE
    return AttemptOutcome.TRANSIENT if word in _TRY_AGAIN else None


def may_pass(status: int) -> bool:
    """Tell whether an answer with this HTTP status may well be another one a little later."""
    return status >= 500 or status in _PASSING_STATUSES
