"""Alerts in Microsoft Teams, as Adaptive Cards posted to a workflow's webhook.

Source: https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from alerts.messages.document import Block, BlockKind, Document
from alerts.messages.markup import literal, markdown, plain
from alerts.messages.message import Message
from alerts.receivers.chat import ChatReceiver
from alerts.receivers.protocol import Rate
from alerts.receivers.transport import chat_answers
from alerts.receivers.transport.guard import PUBLIC_ONLY
from alerts.receivers.transport.reply import Reply, Verdict
from core.alerting.matches import Level
from core.config.sections.chats import TeamsConfig
from core.config.sections.vocabulary import EntityConfig
from core.network import NetworkPolicy
from core.plain_text import shorten

ROOM = 5_000
"""Characters; Teams takes 28 kB, and one of them may become five bytes with its backslash."""
_COLOURS = {Level.HIGH: "Attention", Level.NORMAL: "Warning", Level.LOW: "Accent"}


class TeamsReceiver(ChatReceiver):
    """Posts each message to one channel."""

    kind = "teams"
    rate = Rate(0.5)
    """Teams slows down from four requests a second on."""

    def __init__(
        self,
        name: str,
        config: TeamsConfig,
        entities: Mapping[str, EntityConfig],
        *,
        policy: NetworkPolicy = PUBLIC_ONLY,
    ) -> None:
        super().__init__(name, config.url, config.timeout, entities, policy=policy)

    def body(self, message: Message, document: Document) -> Any:
        """Return a message with one card."""
        if message.minimal:
            blocks = [_text_block(literal(shorten(plain(document), ROOM // 2)))]
        else:
            blocks = [_block(block, document) for block in document.fitted(ROOM, size=2).blocks]
        card: dict[str, Any] = {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.4",
            "fallbackText": document.subject,
            "body": blocks,
        }
        actions = [(link.label, link.url) for link in document.links]
        if document.url:
            actions.insert(0, (document.link_label, document.url))
        if actions and not message.minimal:
            card["actions"] = [
                {"type": "Action.OpenUrl", "title": title, "url": url} for title, url in actions
            ]
        attachment = {
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": None,
            "content": card,
        }
        return {"type": "message", "attachments": [attachment]}

    def verdict(self, reply: Reply, now: datetime) -> Verdict:  # noqa: ARG002
        """Judge by what Teams is known to say."""
        return chat_answers.teams(reply)


def _block(block: Block, document: Document) -> dict[str, Any]:
    alone = replace(document, blocks=(block,), url=None)
    text = markdown(alone, links=False).replace("](<", "](").replace(">)", ")")
    if block.kind is BlockKind.HEADING:
        text = literal(block.text)
        colour = "Default" if document.is_health else _COLOURS[document.level]
        return {**_text_block(text), "weight": "Bolder", "color": colour}
    if block.kind is BlockKind.TITLE:
        return {**_text_block(text), "size": "Medium"}
    if block.kind is BlockKind.SMALL:
        return {**_text_block(text), "isSubtle": True, "size": "Small", "spacing": "Small"}
    return _text_block(text)


def _text_block(text: str) -> dict[str, Any]:
    return {"type": "TextBlock", "text": text, "wrap": True}
