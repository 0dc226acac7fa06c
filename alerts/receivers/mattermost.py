"""Alerts in Mattermost, and in whatever takes its incoming webhooks.

Source: https://developers.mattermost.com/integrate/webhooks/incoming
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from alerts.messages.document import Document
from alerts.messages.markup import literal, markdown, plain
from alerts.messages.message import Message
from alerts.receivers.chat import ChatReceiver
from alerts.receivers.protocol import Rate
from alerts.receivers.transport import chat_answers
from alerts.receivers.transport.guard import PUBLIC_ONLY
from alerts.receivers.transport.reply import Reply, Verdict
from core.config.sections.chats import MattermostConfig
from core.config.sections.vocabulary import EntityConfig
from core.network import NetworkPolicy
from core.plain_text import shorten

ROOM = 16_383
"""Characters that Mattermost takes in a post."""


class MattermostReceiver(ChatReceiver):
    """Posts each message to one channel."""

    kind = "mattermost"
    rate = Rate(0.1, burst=10)

    def __init__(
        self,
        name: str,
        config: MattermostConfig,
        entities: Mapping[str, EntityConfig],
        *,
        policy: NetworkPolicy = PUBLIC_ONLY,
    ) -> None:
        super().__init__(
            name,
            config.url,
            config.timeout,
            entities,
            policy=policy,
            authority=config.ca_file,
        )

    def body(self, message: Message, document: Document) -> Any:
        """Return the post."""
        if message.minimal:
            return {"text": literal(shorten(plain(document), ROOM // 3))}
        room = ROOM - sum(len(link.url) + 80 for link in document.links)
        return {
            "text": markdown(document.fitted(room, size=2)).replace("](<", "](").replace(">)", ")")
        }

    def verdict(self, reply: Reply, now: datetime) -> Verdict:
        """Judge by what Mattermost is known to say."""
        return chat_answers.mattermost(reply, now)
