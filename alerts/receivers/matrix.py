"""Alerts in Matrix. Source: https://spec.matrix.org/latest/client-server-api.

The transaction id is the delivery's, so the server itself drops a repetition.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from pydantic import SecretStr

from alerts.messages.document import Document
from alerts.messages.markup import matrix_html, plain
from alerts.messages.message import Message
from alerts.receivers.chat import ChatReceiver
from alerts.receivers.protocol import Rate
from alerts.receivers.transport import chat_answers
from alerts.receivers.transport.guard import PUBLIC_ONLY
from alerts.receivers.transport.reply import Reply, Verdict
from core.config.sections.chats import MatrixConfig
from core.config.sections.vocabulary import EntityConfig
from core.network import NetworkPolicy
from core.plain_text import shorten

ROOM = 4_000
"""Characters; an event takes 65,536 bytes, and each stands in it twice, escaped once."""


class MatrixReceiver(ChatReceiver):
    """Sends each message into one room."""

    kind = "matrix"
    rate = Rate(1.0, burst=5)

    def __init__(
        self,
        name: str,
        config: MatrixConfig,
        entities: Mapping[str, EntityConfig],
        *,
        policy: NetworkPolicy = PUBLIC_ONLY,
    ) -> None:
        self._token = config.token.get_secret_value()
        room = quote(config.room, safe="")
        address = f"{config.homeserver.rstrip('/')}/_matrix/client/v3/rooms/{room}/send"
        super().__init__(
            name,
            SecretStr(address),
            config.timeout,
            entities,
            policy=policy,
            secrets=(self._token,),
            authority=config.ca_file,
        )

    def headers(self) -> Mapping[str, str]:
        """Return the user's permission."""
        return {"Authorization": f"Bearer {self._token}"}

    def place(self, message: Message) -> tuple[str, str]:
        """Name the transaction."""
        form = "-plain" if message.minimal else ""
        return "PUT", f"/m.room.message/{quote(message.delivery_id + form, safe='')}"

    def body(self, message: Message, document: Document) -> Any:
        """Return the event."""
        fitted = document.fitted(ROOM)
        event: dict[str, Any] = {
            "msgtype": "m.text",
            "body": shorten(plain(fitted), 2 * ROOM),
            "m.mentions": {},
        }
        if not message.minimal:
            event["format"] = "org.matrix.custom.html"
            event["formatted_body"] = matrix_html(fitted)
        if message.thread_receipt:
            event["m.relates_to"] = {
                "rel_type": "m.thread",
                "event_id": message.thread_receipt,
                "is_falling_back": True,
                "m.in_reply_to": {"event_id": message.thread_receipt},
            }
        return event

    def verdict(self, reply: Reply, now: datetime) -> Verdict:  # noqa: ARG002
        """Judge by what the homeserver calls the event, or the error."""
        return chat_answers.matrix(reply)
