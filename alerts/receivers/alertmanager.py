"""Alerts for a Prometheus Alertmanager (API v2). A digest is one alert with its counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic import SecretStr

from alerts.messages.document import Document
from alerts.messages.markup import plain
from alerts.messages.message import Message
from alerts.receivers.chat import ChatReceiver
from alerts.receivers.protocol import AT_ONCE
from alerts.receivers.transport import chat_answers
from alerts.receivers.transport.guard import PUBLIC_ONLY
from alerts.receivers.transport.reply import Reply, Verdict
from core.alerting.matches import Level
from core.config.sections.chats import AlertmanagerConfig
from core.config.sections.vocabulary import EntityConfig
from core.network import NetworkPolicy
from core.plain_text import encodable, shorten

LASTS = timedelta(hours=1)
"""News is an event; Alertmanager wants to know until when it holds."""
_SEVERITIES = {Level.HIGH: "critical", Level.NORMAL: "warning", Level.LOW: "info"}


class AlertmanagerReceiver(ChatReceiver):
    """Posts each message as one alert."""

    kind = "alertmanager"
    rate = AT_ONCE

    def __init__(
        self,
        name: str,
        config: AlertmanagerConfig,
        entities: Mapping[str, EntityConfig],
        *,
        policy: NetworkPolicy = PUBLIC_ONLY,
    ) -> None:
        address = config.url.get_secret_value().rstrip("/") + "/api/v2/alerts"
        super().__init__(
            name,
            SecretStr(address),
            config.timeout,
            entities,
            policy=policy,
            authority=config.ca_file,
        )

    def body(self, message: Message, document: Document) -> Any:
        """Return a list of one alert; its labels make it one, however often it is sent."""
        alert = message.alert
        starts = alert.created_at
        annotations = {"summary": encodable(document.subject)}
        if not message.minimal:
            annotations["description"] = encodable(shorten(plain(document), 8_000))
        posted: dict[str, Any] = {
            "labels": {
                "alertname": alert.match.rule_id,
                "severity": _SEVERITIES[document.level],
                "source": alert.article.data.source,
                "kind": message.kind.value,
                "conversation": message.thread or message.delivery_id,
            },
            "annotations": annotations,
            "startsAt": starts.isoformat(),
            "endsAt": (message.sent_at + LASTS).isoformat(),
        }
        if document.url:
            posted["generatorURL"] = document.url
        return [posted]

    def verdict(self, reply: Reply, now: datetime) -> Verdict:  # noqa: ARG002
        """Judge by what its API is known to say."""
        return chat_answers.alertmanager(reply)
