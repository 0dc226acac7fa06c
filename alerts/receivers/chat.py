"""What chats have in common: a document becomes JSON, a reply becomes an outcome."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

from pydantic import SecretStr

from alerts.messages.document import Document, compose
from alerts.messages.message import Message
from alerts.receivers.protocol import Rate, SendResult
from alerts.receivers.transport.guard import PUBLIC_ONLY
from alerts.receivers.transport.http import HttpPoster, NoReplyError, Reply
from core.alerting.deliveries import AttemptOutcome
from core.config.sections.vocabulary import EntityConfig
from core.network import NetworkPolicy
from core.plain_text import safe_detail

PASSING = frozenset({408, 409, 421, 423, 425, 429})
"""Statuses below 500 that may pass by themselves."""
UNREADABLE = frozenset({400, 413, 415, 422})
"""Statuses that are about the message rather than the address."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reply means."""

    outcome: AttemptOutcome
    reason: str
    receipt: str = ""
    retry_after: float | None = None


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

    def verdict(self, reply: Reply, answer: Mapping[str, Any]) -> Verdict:  # noqa: ARG002
        """Return what a reply means; `answer` is its JSON, empty when it is none."""
        return by_status(reply)

    def headers(self) -> Mapping[str, str]:
        """Return more request headers."""
        return {}

    def place(self, _notice: Message) -> tuple[str, str]:
        """Return the method, and the path that is added to the address."""
        return "POST", ""

    async def send(self, message: Message) -> SendResult:
        """Post the message once."""
        whole = self.body(message, compose(message, self._entities))
        body = json.dumps(whole, ensure_ascii=False).encode("utf-8", "replace")
        method, path = self.place(message)
        headers = {"Content-Type": "application/json; charset=utf-8", **self.headers()}
        try:
            reply = await self._poster.post(
                body, headers, now=message.sent_at, method=method, path=path
            )
        except NoReplyError as error:
            detail = safe_detail(str(error), self._secrets)
            return SendResult(AttemptOutcome.TRANSIENT, None, detail)
        found = self.verdict(reply, _json_object(reply.body))
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


def by_status(reply: Reply) -> Verdict:
    """Judge a reply by its status alone."""
    if 200 <= reply.status < 300:
        return Verdict(AttemptOutcome.DELIVERED, "accepted")
    if reply.status in UNREADABLE:
        return Verdict(AttemptOutcome.UNREADABLE, "the message was refused as it is")
    if reply.status >= 500 or reply.status in PASSING:
        return Verdict(AttemptOutcome.TRANSIENT, "not accepted for now")
    if reply.status < 400:
        return Verdict(AttemptOutcome.PERMANENT, "redirected; check the address")
    return Verdict(AttemptOutcome.PERMANENT, "refused; check the address and its permissions")


def _json_object(body: str) -> Mapping[str, Any]:
    try:
        answer = json.loads(body)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def seconds(value: object, scale: float = 1.0) -> float | None:
    """Return a pause that a reply's body asks for; None when it is no sensible number."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < 1e9:
        return min(value * scale, 86_400.0)
    return None
