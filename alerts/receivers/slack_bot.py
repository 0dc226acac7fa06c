"""Alerts in Slack by a bot: what is more on a story answers the message that began it.

That message is brought up to date in its place too, so that a channel that is read from the top
shows each story once, with all its outlets and with what was done about it.

Methods and errors: https://docs.slack.dev/reference/methods/chat.postMessage and chat.update
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace

from pydantic import SecretStr

from alerts.messages.message import Message
from alerts.receivers.composing import not_composed
from alerts.receivers.protocol import Rate, SendResult
from alerts.receivers.slack import slack_message
from alerts.receivers.transport.guard import PUBLIC_ONLY
from alerts.receivers.transport.http import HttpPoster, NoReplyError
from alerts.receivers.transport.reply import Reply
from alerts.receivers.transport.slack_answers import JSON, may_pass, outcome_of
from core.alerting.deliveries import AttemptOutcome
from core.alerting.message_kinds import MessageKind
from core.config.sections.receivers import SlackConfig
from core.config.sections.vocabulary import EntityConfig
from core.errors import DeliveryError
from core.network import NetworkPolicy
from core.plain_text import safe_detail

API = "https://slack.com/api"
_LEFT_AS_IT_IS = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
"""Slack no longer lets the first message be changed; what it says stays true for its time."""
_THREAD_GONE = frozenset({"thread_not_found", "message_not_found", "cannot_reply_to_message"})
"""Somebody deleted the first message: what is more on the story goes to the channel itself."""


_HEAD = re.compile(r'\s*\{"ok":true(?:,"channel":"(\w+)","ts":"([\d.]+)")?')


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
        address = SecretStr((config.api or API).rstrip("/"))
        self._poster = HttpPoster(address, receiver=name, timeout=config.timeout, policy=policy)

    async def send(self, message: Message) -> SendResult:
        """Post the message once; of an update, bring the first message up to date before.

        That is done first since it may be done twice: an answer that was posted cannot be posted
        again. It is a comfort, so whatever Slack says to it, the answer is posted.
        """
        unedited = ""
        if message.kind is MessageKind.UPDATE and message.thread_receipt and not message.minimal:
            unedited = await self._edit_first(message)
        try:
            body = self._body(message)
            json.dumps(body).encode()
        except Exception as error:
            return not_composed(error, self.name)
        try:
            reply = await self._call("chat.postMessage", body, message)
            outcome, said, receipt = classify(reply)
            if said in _THREAD_GONE and body.pop("thread_ts", None):
                reply = await self._call("chat.postMessage", body, message)
                outcome, said, receipt = classify(reply)
        except NoReplyError as error:
            return SendResult(AttemptOutcome.TRANSIENT, None, safe_detail(str(error)))
        if unedited:
            said += f"; the first message was not brought up to date: {unedited}"
        detail = safe_detail(f"{reply.status} {said}", (self._token,))
        return SendResult(outcome, reply.status, detail, reply.retry_after, receipt)

    async def revise(self, message: Message) -> SendResult:
        """Show in the message that began a conversation what was done about it."""
        if not message.thread_receipt or not message.earlier:
            said = "there is no message to change"
            return SendResult(AttemptOutcome.DELIVERED, None, said, reached=False)
        try:
            body = self._first_so_far(message)
        except Exception as error:
            return not_composed(error, self.name)
        try:
            reply = await self._call("chat.update", body, message)
        except NoReplyError as error:
            return SendResult(AttemptOutcome.TRANSIENT, None, safe_detail(str(error)))
        outcome, said, _ = classify(reply)
        if said in _LEFT_AS_IT_IS:
            outcome, said = AttemptOutcome.DELIVERED, f"the message was left as it is: {said}"
        detail = safe_detail(f"{reply.status} {said}", (self._token,))
        return SendResult(outcome, reply.status, detail, reply.retry_after)

    async def _edit_first(self, message: Message) -> str:
        """Show all of a story in the message that began it; return why that failed, if it did."""
        if not message.earlier:
            return "it is no longer stored"
        try:
            body = self._first_so_far(message)
        except Exception as error:
            return not_composed(error, self.name).detail
        try:
            outcome, said, _ = classify(await self._call("chat.update", body, message))
        except NoReplyError as error:
            return str(error)
        return "" if outcome is AttemptOutcome.DELIVERED else said

    def _first_so_far(self, message: Message) -> dict[str, object]:
        channel, ts = self._place(message.thread_receipt)
        shown = slack_message(so_far(message), self._entities)
        # Unlike chat.postMessage, chat.update looks for names and channels unless told not to, and
        # keeps the old layout unless it is given one.
        return {
            "channel": channel,
            "ts": ts,
            "text": shown["text"],
            "blocks": shown.get("blocks", []),
            "parse": "none",
            "link_names": False,
        }

    async def _call(self, method: str, body: Mapping[str, object], message: Message) -> Reply:
        headers = {**JSON, "Authorization": f"Bearer {self._token}"}
        return await self._poster.post(
            json.dumps(body).encode(), headers, now=message.sent_at, path=f"/{method}"
        )

    def _place(self, receipt: str) -> tuple[str, str]:
        """Return the channel and the timestamp by which Slack knows a message."""
        channel, _, ts = receipt.rpartition(":")
        return channel or self._channel, ts

    async def close(self) -> None:
        """Close the connection."""
        await self._poster.close()

    def preview(self, message: Message) -> str:
        """Return the message as JSON; Slack's Block Kit Builder shows it."""
        return json.dumps(self._body(message), ensure_ascii=False, indent=2)

    def _body(self, message: Message) -> dict[str, object]:
        body = {"channel": self._channel, **slack_message(message, self._entities)}
        if message.thread_receipt:
            body["thread_ts"] = self._place(message.thread_receipt)[1]
        return body


def so_far(update: Message) -> Message:
    """Return the message that began a conversation as it would be sent now."""
    alerts = {alert.id: alert for alert in (*update.earlier, *update.alerts)}
    return replace(
        update,
        delivery_id=update.thread,
        kind=MessageKind.ALERT,
        alerts=tuple(alerts.values()),
        size=len(alerts) + update.size - len(update.alerts),
        thread_receipt="",
        sequence=1,
        earlier=(),
        links=update.first_links,
    )


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
        if reply.status == 200 and (head := _HEAD.match(reply.body)):
            return AttemptOutcome.DELIVERED, "accepted", ":".join(filter(None, head.groups()))
        if reply.status < 300 or may_pass(reply.status):
            return AttemptOutcome.TRANSIENT, "this is not Slack's answer", ""
        return AttemptOutcome.PERMANENT, "refused", ""
    if answer["ok"] is True:
        # chat.update knows a channel by its id alone, and the configuration may give its name.
        place = [str(answer[key]) for key in ("channel", "ts") if answer.get(key)]
        return AttemptOutcome.DELIVERED, "accepted", ":".join(place)
    error = str(answer.get("error", "no reason given"))
    if (known := outcome_of(error)) is not None:
        return known, error, ""
    # Everything else needs a person: a token, a channel, a permission.
    outcome = AttemptOutcome.TRANSIENT if may_pass(reply.status) else AttemptOutcome.PERMANENT
    return outcome, error, ""
