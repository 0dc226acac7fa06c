"""Alerts through Apprise, to the many services that it knows. An optional extra."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Mapping
from typing import Any

from alerts.messages.document import compose
from alerts.messages.markup import plain
from alerts.messages.message import Message
from alerts.receivers.composing import not_composed
from alerts.receivers.protocol import Rate, SendResult
from alerts.receivers.transport.guard import PUBLIC_ONLY
from core.alerting.deliveries import AttemptOutcome
from core.config.sections.chats import AppriseConfig
from core.config.sections.vocabulary import EntityConfig
from core.errors import DeliveryError
from core.network import NetworkPolicy


class AppriseReceiver:
    """Hands each message, as plain text, to one Apprise address.

    Apprise says only whether it worked, so every failure is tried again.
    """

    kind = "apprise"
    rate = Rate(1.0)

    def __init__(
        self,
        name: str,
        config: AppriseConfig,
        entities: Mapping[str, EntityConfig],
        *,
        policy: NetworkPolicy = PUBLIC_ONLY,  # noqa: ARG002 - Apprise opens its own connections
    ) -> None:
        self.name = name
        self._entities = entities
        self._timeout = config.timeout.total_seconds()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about modules of Python that its plugins still use
            try:
                import apprise
            except ImportError:
                raise DeliveryError(
                    f"receiver {name!r} needs Apprise: pip install 'wirewatch[apprise]'"
                ) from None
            self._service: Any = apprise.Apprise()
            if not self._service.add(config.url.get_secret_value()):
                raise DeliveryError(f"receiver {name!r}: Apprise does not know this address")

    async def send(self, message: Message) -> SendResult:
        """Hand the message over once."""
        try:
            document = compose(message, self._entities)
            text = plain(document)
        except Exception as error:
            return not_composed(error, self.name)
        try:
            async with asyncio.timeout(self._timeout):
                worked = await asyncio.to_thread(self._notify, document.subject, text)
        except TimeoutError:
            detail = f"no answer within {self._timeout:g} s"
            return SendResult(AttemptOutcome.TRANSIENT, None, detail)
        if worked:
            return SendResult(AttemptOutcome.DELIVERED, None, "accepted")
        return SendResult(AttemptOutcome.TRANSIENT, None, "Apprise could not deliver it")

    async def close(self) -> None:
        """Do nothing: Apprise keeps no connections."""

    def preview(self, message: Message) -> str:
        """Return the text."""
        document = compose(message, self._entities)
        return f"{document.subject}\n\n{plain(document)}"

    def _notify(self, title: str, text: str) -> bool:
        return bool(self._service.notify(title=title, body=text, body_format="text"))
