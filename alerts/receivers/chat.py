"""What chats have in common: a document becomes JSON, a reply becomes an outcome."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from pydantic import SecretStr

from alerts.messages.document import Document, compose
from alerts.messages.message import Message
from alerts.receivers.composing import not_composed
from alerts.receivers.protocol import Rate, SendResult
from alerts.receivers.transport.guard import PUBLIC_ONLY
from alerts.receivers.transport.http import HttpPoster, NoReplyError
from alerts.receivers.transport.reply import Reply, Verdict
from core.alerting.deliveries import AttemptOutcome
from core.config.sections.vocabulary import EntityConfig
from core.network import NetworkPolicy
from core.plain_text import safe_detail


class ChatReceiver(ABC):
    """Posts each message as JSON to one address."""

    kind: ClassVar[str]
    rate: ClassVar[Rate]

    def __init__(
        self,
        name: str,
        address: SecretStr,
        timeout: timedelta,
        entities: Mapping[str, EntityConfig],
        *,
        policy: NetworkPolicy = PUBLIC_ONLY,
        secrets: tuple[str, ...] = (),
        authority: Path | None = None,
    ) -> None:
        self.name = name
        self._entities = entities
        self._poster = HttpPoster(
            address, receiver=name, timeout=timeout, policy=policy, authority=authority
        )
        self._secrets = (*self._poster.secrets, *secrets)

    @abstractmethod
    def body(self, message: Message, document: Document) -> Any:
        """Return what is posted."""

    @abstractmethod
    def verdict(self, reply: Reply, now: datetime) -> Verdict:
        """Return what a reply means that came at `now`; taken is only what is known to say so."""

    def headers(self) -> Mapping[str, str]:
        """Return more request headers."""
        return {}

    def place(self, _notice: Message) -> tuple[str, str]:
        """Return the method, and the path that is added to the address."""
        return "POST", ""

    async def send(self, message: Message) -> SendResult:
        """Post the message once."""
        try:
            whole = self.body(message, compose(message, self._entities))
            body = json.dumps(whole, ensure_ascii=False).encode("utf-8", "replace")
            method, path = self.place(message)
        except Exception as error:
            return not_composed(error, self.name)
        headers = {"Content-Type": "application/json; charset=utf-8", **self.headers()}
        try:
            reply = await self._poster.post(
                body, headers, now=message.sent_at, method=method, path=path
            )
        except NoReplyError as error:
            detail = safe_detail(str(error), self._secrets)
            return SendResult(AttemptOutcome.TRANSIENT, None, detail)
        found = self.verdict(reply, message.sent_at)
        said = f": {reply.body}" if found.outcome is not AttemptOutcome.DELIVERED else ""
        detail = safe_detail(f"{reply.status} {found.reason}{said}", self._secrets)
        after = max((x for x in (reply.retry_after, found.retry_after) if x), default=None)
        return SendResult(found.outcome, reply.status, detail, after, found.receipt)

    async def close(self) -> None:
        """Close the connection."""
        await self._poster.close()

    def preview(self, message: Message) -> str:
        """Return what would be posted."""
        whole = self.body(message, compose(message, self._entities))
        return json.dumps(whole, ensure_ascii=False, indent=2)
