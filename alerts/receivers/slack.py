"""Alerts in Slack, by incoming webhook. Sends Block Kit; reads Slack's terse refusals.

Limits and error words: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from alerts.messages.alert_view import summarize
from alerts.messages.document import compose
from alerts.messages.message import Message
from alerts.messages.slack_blocks import alert_message, document_message, plain_message
from alerts.receivers.composing import not_composed
from alerts.receivers.protocol import Rate, SendResult
from alerts.receivers.transport.guard import PUBLIC_ONLY
from alerts.receivers.transport.http import HttpPoster, NoReplyError
from alerts.receivers.transport.reply import Reply
from alerts.receivers.transport.slack_answers import JSON, may_pass, outcome_of
from core.alerting.deliveries import AttemptOutcome
from core.config.sections.receivers import SlackConfig
from core.config.sections.vocabulary import EntityConfig
from core.errors import DeliveryError
from core.network import NetworkPolicy
from core.plain_text import safe_detail

_FOR_GOOD = {
    "action_prohibited": "an administrator forbids it",
    "channel_is_archived": "the channel is archived",
    "channel_not_found": "the channel is gone",
    "invalid_token": "the webhook's address is wrong or was revoked",
    "no_active_hooks": "the webhook was disabled",
    "no_service": "the webhook was removed or disabled",
    "no_service_id": "the webhook's address is incomplete",
    "no_team": "the workspace is gone",
    "posting_to_general_channel_denied": "only some people may write to this channel",
    "team_disabled": "the workspace is disabled",
    "token_revoked": "the webhook was revoked",
    "account_inactive": "the account behind the webhook is deactivated",
    "user_not_found": "the person it is for is gone",
}
"""Answers that no repetition changes. The status alone does not tell: Slack uses 403 and 404 both
for a revoked webhook and for passing trouble at its edge."""

PLAIN_ROOM = 39_000
"""Characters; Slack takes 40,000."""
_SAID = {
    "invalid_blocks": "Slack cannot read the message",
    "invalid_blocks_format": "Slack cannot read the message",
    "invalid_payload": "Slack cannot read the message",
    "msg_too_long": "the message is too long",
    "no_text": "Slack found no text in the message",
    "too_many_attachments": "Slack cannot read the message",
    "message_limit_exceeded": "too many messages",
    "rate_limited": "too many messages",
    "ratelimited": "too many messages",
    "rollup_error": "Slack had a passing fault",
    "service_unavailable": "Slack had a passing fault",
    "internal_error": "Slack had a passing fault",
    "fatal_error": "Slack had a passing fault",
    "request_timeout": "Slack did not read the message in time",
}
"""Other answers in plain words."""


class SlackReceiver:
    """Posts each message to one Slack channel."""

    kind = "slack"
    rate = Rate(1.0)
    """Slack's own limit: one message a second per webhook."""

    def __init__(
        self,
        name: str,
        config: SlackConfig,
        entities: Mapping[str, EntityConfig],
        *,
        policy: NetworkPolicy = PUBLIC_ONLY,
    ) -> None:
        self.name = name
        self._entities = entities
        if config.url is None:
            raise DeliveryError(f"receiver {name!r}: a webhook needs `url`")
        self._poster = HttpPoster(config.url, receiver=name, timeout=config.timeout, policy=policy)

    async def send(self, message: Message) -> SendResult:
        """Post the alert once."""
        try:
            body = json.dumps(self._message(message)).encode()
        except Exception as error:
            return not_composed(error, self.name)
        try:
            reply = await self._poster.post(body, JSON, now=message.sent_at)
        except NoReplyError as error:
            return SendResult(AttemptOutcome.TRANSIENT, None, safe_detail(str(error)))
        outcome, reason = classify(reply)
        said = f"{reply.status} {reason}: {reply.body}"
        return SendResult(
            outcome, reply.status, safe_detail(said, self._poster.secrets), reply.retry_after
        )

    async def close(self) -> None:
        """Close the connection."""
        await self._poster.close()

    def preview(self, message: Message) -> str:
        """Return the message as JSON; Slack's Block Kit Builder shows it."""
        return json.dumps(self._message(message), ensure_ascii=False, indent=2)

    def _message(self, message: Message) -> dict[str, object]:
        return slack_message(message, self._entities)


def slack_message(message: Message, entities: Mapping[str, EntityConfig]) -> dict[str, object]:
    """Return what Slack is sent, by webhook or by a bot."""
    if message.minimal:
        # `&` becomes five characters
        return plain_message(compose(message, entities).fitted(PLAIN_ROOM, size=5))
    if message.is_digest:
        return document_message(compose(message, entities))
    return alert_message(summarize(message, entities))


def classify(reply: Reply) -> tuple[AttemptOutcome, str]:
    """Return what Slack's reply means for the delivery, and why. The body decides if it can."""
    word = reply.body.strip()
    if reply.status == 200 and word == "ok":
        return AttemptOutcome.DELIVERED, "accepted"
    if word in _FOR_GOOD:
        return AttemptOutcome.PERMANENT, _FOR_GOOD[word]
    if (known := outcome_of(word)) is not None:
        return known, _SAID.get(word, word)
    if reply.status < 300:
        # A captive portal or a proxy's page also says 200: only `ok` is Slack's yes.
        return AttemptOutcome.TRANSIENT, "this is not Slack's answer"
    if reply.status < 400:
        return AttemptOutcome.PERMANENT, "redirected; Slack never does, check the address"
    if may_pass(reply.status):
        return AttemptOutcome.TRANSIENT, "not accepted for now"
    return AttemptOutcome.PERMANENT, "refused"
