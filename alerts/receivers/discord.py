"""Alerts in Discord, by webhook. Source: https://discord.com/developers/docs/resources/webhook."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pydantic import SecretStr

from alerts.messages.document import Document
from alerts.messages.markup import literal, markdown, plain
from alerts.messages.message import Message
from alerts.receivers.chat import ChatReceiver
from alerts.receivers.protocol import Rate
from alerts.receivers.transport import chat_answers
from alerts.receivers.transport.guard import PUBLIC_ONLY
from alerts.receivers.transport.reply import Reply, Verdict
from core.alerting.matches import Level
from core.config.sections.chats import DiscordConfig
from core.config.sections.vocabulary import EntityConfig
from core.network import NetworkPolicy
from core.plain_text import shorten

DESCRIPTION = 4096
CONTENT = 2000
"""Characters that Discord takes in an embed's description, and in a message without one."""
_COLOURS = {Level.HIGH: 0xB42318, Level.NORMAL: 0xB54708, Level.LOW: 0x175CD3}
_HEALTH_COLOUR = 0x475467
"""Grey: news of ourselves is no news."""


class DiscordReceiver(ChatReceiver):
    """Posts each message to one channel."""

    kind = "discord"
    rate = Rate(2.0, burst=5)
    """Five messages in two seconds, thirty in a minute."""

    def __init__(
        self,
        name: str,
        config: DiscordConfig,
        entities: Mapping[str, EntityConfig],
        *,
        policy: NetworkPolicy = PUBLIC_ONLY,
    ) -> None:
        super().__init__(name, confirming(config.url), config.timeout, entities, policy=policy)

    def body(self, message: Message, document: Document) -> Any:
        """Return the webhook's message. Whatever stands in it, it calls nobody."""
        nobody: dict[str, Any] = {"allowed_mentions": {"parse": []}}
        if message.minimal:
            return {**nobody, "content": shorten(literal(plain(document)), CONTENT)}
        room = DESCRIPTION - sum(len(link.url) + 80 for link in document.links)
        fitted = document.fitted(room, size=2)  # a backslash before every character at worst
        colour = _HEALTH_COLOUR if document.is_health else _COLOURS[document.level]
        embed = {"description": markdown(fitted), "color": colour}
        return {**nobody, "embeds": [embed]}

    def verdict(self, reply: Reply, now: datetime) -> Verdict:  # noqa: ARG002
        """Judge by what Discord calls the message."""
        return chat_answers.discord(reply)


def confirming(address: SecretStr) -> SecretStr:
    """Return a webhook's address that answers when the message is saved, and then with its id.

    Without `wait`, Discord answers before that, and says nothing of what it could not save.
    """
    parts = urlsplit(address.get_secret_value())
    query = [(key, value) for key, value in parse_qsl(parts.query, True) if key != "wait"]
    return SecretStr(urlunsplit(parts._replace(query=urlencode([*query, ("wait", "true")]))))
