"""Alerts as JSON to any address, signed by the Standard Webhooks specification.

The payload is documented in docs/webhook.md. Source: https://www.standardwebhooks.com
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import SecretStr

from alerts.messages.about import About, about_of
from alerts.messages.message import Message
from alerts.messages.named_entities import named_entities
from alerts.messages.who_says_so import tagged_outlets
from alerts.receivers.composing import not_composed
from alerts.receivers.protocol import AT_ONCE, SendResult
from alerts.receivers.transport.guard import PUBLIC_ONLY
from alerts.receivers.transport.http import HttpPoster, NoReplyError
from alerts.receivers.transport.reply import Reply
from core.alerting.alerts import Alert
from core.alerting.cases import case_name
from core.alerting.deliveries import AttemptOutcome
from core.alerting.matches import Span
from core.alerting.message_kinds import MessageKind
from core.config.sections.receivers import WebhookConfig
from core.config.sections.vocabulary import EntityConfig
from core.errors import DeliveryError
from core.network import NetworkPolicy
from core.plain_text import encodable, safe_detail, web_link

_TRY_AGAIN = {
    302: "redirected for now; redirects are not followed",
    303: "redirected for now; redirects are not followed",
    307: "redirected for now; redirects are not followed",
    408: "the server timed out",
    409: "the server is still busy with an earlier attempt",
    421: "the wrong server of a group answered",
    423: "locked for now",
    425: "too early",
    429: "too many requests",
}
"""Statuses below 500 that may pass by themselves. The specification calls every 3xx a failure and
leaves open whether to try again: a temporary redirect may be a maintenance page."""

_FOR_GOOD = {
    301: "moved for good; put the new address into the configuration",
    308: "moved for good; put the new address into the configuration",
    410: "gone; the specification asks to stop",
}


class WebhookReceiver:
    """Posts each alert to one address."""

    kind = "webhook"
    rate = AT_ONCE

    def __init__(
        self,
        name: str,
        config: WebhookConfig,
        entities: Mapping[str, EntityConfig],
        *,
        policy: NetworkPolicy = PUBLIC_ONLY,
    ) -> None:
        self.name = name
        self._entities = entities
        self._cloudevents = config.cloudevents
        self._template = None
        self._content_type = "application/json"
        if config.template is not None:
            self._template = _sandbox().from_string(config.template)
            self._content_type = config.content_type
        elif config.cloudevents:
            self._content_type = "application/cloudevents+json"
        self._key = signing_key(config.secret, name) if config.secret else None
        self._poster = HttpPoster(
            config.url,
            receiver=name,
            timeout=config.timeout,
            policy=policy,
            authority=config.ca_file,
        )
        secret = config.secret.get_secret_value() if config.secret else ""
        self._secrets = (*self._poster.secrets, secret, secret.removeprefix("whsec_"))

    async def send(self, message: Message) -> SendResult:
        """Post the alert once; the outcome follows from the status."""
        try:
            body = self._body(message)
        except Exception as error:
            words = ""
            if self._template is not None:  # whoever wrote it has to know what is wrong with it
                words = safe_detail(f"the template cannot be filled in: {error}", self._secrets)
            return not_composed(error, self.name, words)
        headers = {
            "Content-Type": self._content_type,
            "webhook-id": message.delivery_id,
            "webhook-timestamp": str(int(message.sent_at.timestamp())),
        }
        if self._key is not None:
            headers["webhook-signature"] = sign(
                self._key, message.delivery_id, message.sent_at, body
            )
        try:
            reply = await self._poster.post(body, headers, now=message.sent_at)
        except NoReplyError as error:
            return SendResult(AttemptOutcome.TRANSIENT, None, safe_detail(str(error)))
        outcome, reason = classify(reply.status)
        return SendResult(outcome, reply.status, self._detail(reply, reason), reply.retry_after)

    async def close(self) -> None:
        """Close the connections."""
        await self._poster.close()

    def preview(self, message: Message) -> str:
        """Return the payload, indented."""
        if self._template is not None:
            try:
                return self._body(message).decode()
            except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
                raise DeliveryError(
                    f"receiver {self.name!r}: the template cannot be filled in: {error}"
                ) from None
        return json.dumps(self._payload(message), ensure_ascii=False, indent=2)

    def _body(self, message: Message) -> bytes:
        if self._template is not None:
            written = self._template.render(payload(message, self._entities))
            if len(written) > TEMPLATE_LIMIT:
                raise DeliveryError("the template writes more than a megabyte")
            return written.encode("utf-8", "replace")
        text = json.dumps(
            self._payload(message), ensure_ascii=message.minimal, separators=(",", ":")
        )
        return text.encode("utf-8", "replace")

    def _payload(self, message: Message) -> dict[str, Any]:
        whole = payload(message, self._entities)
        if not self._cloudevents:
            return whole
        return {
            "specversion": "1.0",
            "id": message.delivery_id,
            "source": "wirewatch",
            "type": f"wirewatch.{whole['type']}",
            "time": whole["timestamp"],
            "subject": message.alert.id,
            "datacontenttype": "application/json",
            "data": whole["data"],
        }

    def _detail(self, reply: Reply, reason: str) -> str:
        said = f": {reply.body}" if reply.body.strip() else ""
        return safe_detail(f"{reply.status} {reason}{said}", self._secrets)


def _sandbox() -> ImmutableSandboxedEnvironment:
    """Return templates that reach nothing but the payload; `tojson` is how texts are quoted."""
    return ImmutableSandboxedEnvironment(undefined=StrictUndefined)


def signing_key(secret: SecretStr, receiver: str) -> bytes:
    """Return the HMAC key: what base64 hides behind `whsec_`, or the text itself.

    Raises DeliveryError when a `whsec_` secret is not base64.
    """
    text = secret.get_secret_value()
    if not text.startswith("whsec_"):
        return text.encode()
    try:
        encoded = text.removeprefix("whsec_")
        return base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except binascii.Error:
        raise DeliveryError(
            f"receiver {receiver!r}: the secret begins with `whsec_` but is not base64"
        ) from None


def sign(key: bytes, delivery_id: str, sent_at: datetime, body: bytes) -> str:
    """Return the `webhook-signature` header for one attempt."""
    signed = f"{delivery_id}.{int(sent_at.timestamp())}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def classify(status: int) -> tuple[AttemptOutcome, str]:
    """Return what a status means for the delivery, and why."""
    if 200 <= status < 300:
        return AttemptOutcome.DELIVERED, "accepted"
    if status in _FOR_GOOD:
        return AttemptOutcome.PERMANENT, _FOR_GOOD[status]
    if status in _TRY_AGAIN:
        return AttemptOutcome.TRANSIENT, _TRY_AGAIN[status]
    try:
        phrase = HTTPStatus(status).phrase.lower()
    except ValueError:
        phrase = "unknown status"
    if status >= 500:
        return AttemptOutcome.TRANSIENT, phrase
    return AttemptOutcome.PERMANENT, phrase


TEMPLATE_LIMIT = 1_000_000
_TYPES = {
    MessageKind.ALERT: "alert.created",
    MessageKind.UPDATE: "alert.updated",
    MessageKind.DIGEST: "alert.digest",
    MessageKind.SUMMARY: "alert.summary",
    MessageKind.ESCALATION: "alert.escalated",
    MessageKind.REMINDER: "alert.reminder",
    MessageKind.REVISION: "alert.revised",
}


def payload(message: Message, entities: Mapping[str, EntityConfig]) -> dict[str, Any]:
    """Return what is posted. Equal at every attempt of a delivery.

    A minimal one has the same keys and leaves out where the rule was hit and who is named.
    """
    alert = message.alert
    match = alert.match
    full = not message.minimal
    about = about_of(alert)
    return {
        "type": "alert.test" if message.test else _TYPES[message.kind],
        "timestamp": _iso(alert.created_at),
        "data": {
            "alert_id": alert.id,
            "case_id": case_name(alert.case_id),
            "conversation": {
                "id": message.thread or message.delivery_id,
                "sequence": message.sequence,
                "size": message.size,
            },
            "more": [_more(other, message) for other in message.alerts[1:]],
            "rule": {
                "id": match.rule_id,
                "title": encodable(match.rule_title),
                "level": match.level.value,
            },
            "event": alert.event.value,
            "article": _article(alert, message.outlet),
            "outlets": _outlets(message),
            **({"reason": encodable(alert.reason)} if alert.reason else {}),
            **({"about": about.value} if about is not About.ARTICLE else {}),
            "snippet": {
                "text": encodable(match.snippet.text) if full else "",
                "highlights": [list(pair) for pair in match.snippet.highlights] if full else [],
            },
            "spans": [_span(span) for span in match.spans] if full else [],
            "entities": [
                {"id": entity.id, "kind": entity.kind, "name": entity.name}
                for entity in (named_entities(alert, entities) if full else ())
            ],
            "new_names": [
                {"kind": named.kind.value, "name": encodable(named.name)}
                for named in (match.new_names if full else ())
            ],
        },
    }


def _outlets(message: Message) -> list[dict[str, Any]]:
    """Return who has the story; nobody has news of ourselves."""
    if about_of(message.alert) is not About.ARTICLE:
        return []
    return tagged_outlets(message, message.alert.case_id)


def _more(alert: Alert, message: Message) -> dict[str, Any]:
    return {
        "alert_id": alert.id,
        "case_id": case_name(alert.case_id),
        "rule": {
            "id": alert.match.rule_id,
            "title": encodable(alert.match.rule_title),
            "level": alert.match.level.value,
        },
        "event": alert.event.value,
        "article": _article(alert, message.outlet_of(alert)),
    }


def _article(alert: Alert, outlet: str) -> dict[str, Any]:
    article = alert.article
    data = article.data
    return {
        "id": article.id,
        "version": article.version,
        "title": encodable(data.title),
        "url": web_link(data.url),
        "canonical_url": web_link(data.canonical_url),
        "source": data.source,
        "outlet": encodable(outlet),
        "language": data.language,
        "authors": [encodable(author) for author in data.authors],
        "published_at": _iso(data.published_at) if data.published_at else None,
        "first_seen_at": _iso(article.first_seen_at),
        "fetched_at": _iso(article.fetched_at),
        "content_sha256": article.content_sha256,
        "words_from": data.words_from.value,
    }


def _span(span: Span) -> dict[str, Any]:
    return {
        "field": span.field.value,
        "start": span.start,
        "end": span.end,
        "label": encodable(span.label),
        "kind": span.kind.value,
    }


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
