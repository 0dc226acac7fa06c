"""Alerts in Slack by a bot: what is more on a story answers the message that began it.

Methods and errors: https://docs.slack.dev/reference/methods/chat.postMessage
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from pydantic import SecretStr

from alerts.receivers.guard import PUBLIC_ONLY
from alerts.receivers.http import HttpPoster, NoReplyError, Reply
from alerts.receivers.protocol import Notice, Rate, SendResult
from alerts.receivers.slack import slack_message
from core.alerting import AttemptOutcome
from core.config.models import EntityConfig, SlackConfig
from core.errors import DeliveryError
from core.network import NetworkPolicy
from core.plain_text import safe_detail

API = "https://slack.com/api"
_UNREADABLE = frozenset({
    "invalid_blocks", "invalid_blocks_format", "invalid_arguments", "invalid_arg_name",
    "msg_too_long", "no_text", "msg_blocks_too_long", "invalid_metadata_format",
})  # fmt: skip
_TRY_AGAIN = frozenset({
    "ratelimited", "rate_limited", "message_limit_exceeded", "internal_error", "fatal_error",
    "service_unavailable", "request_timeout", "team_added_to_org",
})  # fmt: skip
"""Everything else that Slack answers needs a person: a token, a channel, a permission."""


class SlackBotReceiver:
    """Posts each message to a channel, updates into the thread of their story."""

    kind = "slack"
    rate = Rate(1.0)
    """Slack's own limit for a channel."""

    def __init__(
        self,
        name: str,
        config: SlackConfig,
        entities: Mapping[str, EntityConfig],
        *,
        policy: NetworkPolicy = PUBLIC_ONLY,
    ) -> None:
        if config.token is None or config.channel is None:
            raise DeliveryError(f"receiver {name!r}: a bot needs `token` and `channel`")
        self.name = name
        self._token = config.token.get_secret_value()
        self._channel = config.channel
        self._entities = entities
        address = SecretStr(f"{(config.api or API).rstrip('/')}/chat.postMessage")
        self._poster = HttpPoster(address, receiver=name, timeout=config.timeout, policy=policy)

    async def send(self, notice: Notice) -> SendResult:
        """Post the message once."""
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Authorization": f"Bearer {self._token}",
        }
        body = json.dumps(self._body(notice)).encode()
        try:
            reply = await self._poster.post(body, headers, now=notice.sent_at)
        except NoReplyError as error:
            return SendResult(AttemptOutcome.TRANSIENT, None, safe_detail(str(error)))
        outcome, said, receipt = classify(reply)
        detail = safe_detail(f"{reply.status} {said}", (self._token,))
        return SendResult(outcome, reply.status, detail, reply.retry_after, receipt)

    async def close(self) -> None:
        """Close the connection."""
        await self._poster.close()

    def preview(self, notice: Notice) -> str:
        """Return the message as JSON; Slack's Block Kit Builder shows it."""
        return json.dumps(self._body(notice), ensure_ascii=False, indent=2)

    def _body(self, notice: Notice) -> dict[str, object]:
        body = {"channel": self._channel, **slack_message(notice, self._entities)}
        if notice.thread_receipt:
            body["thread_ts"] = notice.thread_receipt
        return body


def classify(reply: Reply) -> tuple[AttemptOutcome, str, str]:
    """Return what a reply means for the delivery, why, and what Slack calls the message.

    Slack says 200 to almost everything; the body decides.
    """
    try:
        answer = json.loads(reply.body)
    except ValueError:
        answer = None
    if not isinstance(answer, dict) or "ok" not in answer:
        # A cut reply of a message that was accepted looks like this too; its head still says so.
        if reply.status == 200 and reply.body.lstrip().startswith('{"ok":true'):
            return AttemptOutcome.DELIVERED, "accepted", ""
        if reply.status < 300 or reply.status >= 500 or reply.status in (408, 425, 429):
            return AttemptOutcome.TRANSIENT, "this is not Slack's answer", ""
        return AttemptOutcome.PERMANENT, "refused", ""
    if answer["ok"] is True:
        return AttemptOutcome.DELIVERED, "accepted", str(answer.get("ts", ""))
    error = str(answer.get("error", "no reason given"))
    if error in _UNREADABLE:
        return AttemptOutcome.UNREADABLE, error, ""
    if error in _TRY_AGAIN or reply.status >= 500 or reply.status == 429:
        return AttemptOutcome.TRANSIENT, error, ""
    return AttemptOutcome.PERMANENT, error, ""
