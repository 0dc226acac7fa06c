"""Alerts in Telegram, by a bot. Source: https://core.telegram.org/bots/api#sendmessage."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import SecretStr

from alerts.messages.document import Document
from alerts.messages.markup import plain, telegram_html
from alerts.messages.message import Message
from alerts.receivers.chat import ChatReceiver
from alerts.receivers.protocol import Rate
from alerts.receivers.transport import chat_answers
from alerts.receivers.transport.guard import PUBLIC_ONLY
from alerts.receivers.transport.reply import Reply, Verdict
from core.config.sections.chats import TelegramConfig
from core.config.sections.vocabulary import EntityConfig
from core.network import NetworkPolicy
from core.plain_text import shorten

API = "https://api.telegram.org"
ROOM = 1900
"""Telegram counts 4,096 UTF-16 units after parsing; a character may take two."""


class TelegramReceiver(ChatReceiver):
    """Sends each message to one chat."""

    kind = "telegram"
    rate = Rate(3.0, burst=5)
    """Twenty messages a minute into a group."""

    def __init__(
        self,
        name: str,
        config: TelegramConfig,
        entities: Mapping[str, EntityConfig],
        *,
        policy: NetworkPolicy = PUBLIC_ONLY,
    ) -> None:
        token = config.token.get_secret_value()
        address = SecretStr(f"{(config.api or API).rstrip('/')}/bot{token}/sendMessage")
        super().__init__(name, address, config.timeout, entities, policy=policy, secrets=(token,))
        self._chat = config.chat
        self._topic = config.topic

    def body(self, message: Message, document: Document) -> Any:
        """Return the call of sendMessage."""
        body: dict[str, Any] = {
            "chat_id": self._chat,
            "link_preview_options": {"is_disabled": True},
        }
        if self._topic is not None:
            body["message_thread_id"] = self._topic
        if message.thread_receipt.isdigit():
            body["reply_parameters"] = {
                "message_id": int(message.thread_receipt),
                "allow_sending_without_reply": True,
            }
        if message.minimal:
            return {**body, "text": shorten(plain(document), ROOM)}
        if document.links:
            rows = [[{"text": link.label, "url": link.url}] for link in document.links]
            body["reply_markup"] = {"inline_keyboard": rows}
        return {**body, "text": telegram_html(document.fitted(ROOM)), "parse_mode": "HTML"}

    def verdict(self, reply: Reply, now: datetime) -> Verdict:  # noqa: ARG002
        """Judge by what Telegram says."""
        return chat_answers.telegram(reply)
