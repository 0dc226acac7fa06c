"""Alerts by mail, handed to the user's own mail server. TLS is required, never opportunistic."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections import OrderedDict
from collections.abc import Mapping
from email.message import EmailMessage
from typing import Literal

import aiosmtplib

from alerts.messages.mail_message import build, mailbox
from alerts.messages.message import Message
from alerts.receivers.composing import not_composed
from alerts.receivers.protocol import AT_ONCE, SendResult
from alerts.receivers.transport.guard import PUBLIC_ONLY, ReceiverGuard, RefusedAddressError
from alerts.receivers.transport.smtp_replies import classify, worst
from alerts.receivers.transport.tls import trusting
from core.alerting.deliveries import AttemptOutcome
from core.config.sections.receivers import EmailConfig, SmtpConfig
from core.config.sections.vocabulary import EntityConfig
from core.config.values import is_loopback_host
from core.network import NetworkPolicy
from core.plain_text import safe_detail

_SMTPS_PORT = 465
_QUIT_SECONDS = 2.0
_REMEMBERED = 1000
"""Deliveries whose happy recipients are remembered, so that a second try spares them."""


class EmailReceiver:
    """Sends each alert to its recipients in one mail."""

    kind = "email"
    rate = AT_ONCE

    def __init__(
        self,
        name: str,
        config: EmailConfig,
        entities: Mapping[str, EntityConfig],
        *,
        policy: NetworkPolicy = PUBLIC_ONLY,
    ) -> None:
        self.name = name
        self._config = config
        self._entities = entities
        self._guard = ReceiverGuard(name, config.smtp.host, config.smtp.port, policy)
        self._tls = tls_mode(config.smtp)
        self._context = None if self._tls == "none" else trusting(config.smtp.ca_file, name)
        self._served: OrderedDict[str, set[str]] = OrderedDict()
        password = config.smtp.password
        self._secrets = (password.get_secret_value(),) if password else ()

    async def send(self, message: Message) -> SendResult:
        """Hand the mail to the server once. Recipients who have it already are left out."""
        smtp = self._config.smtp
        try:
            mail = self._mail(message).as_bytes()
            sender = mailbox(self._config.from_).addr_spec
            everybody = [mailbox(to).addr_spec for to in self._config.to]
        except Exception as error:
            return not_composed(error, self.name)
        served = self._served.get(message.delivery_id, set())
        recipients = [address for address in everybody if address not in served]
        client = self._client()
        try:
            async with asyncio.timeout(smtp.timeout.total_seconds()):
                connection = await self._guard.connect(smtp.host, smtp.port)
                await client.connect(sock=connection)
                options = await _options(client, sender, *recipients)
                refused, said = await client.sendmail(
                    sender, recipients, mail, mail_options=options
                )
            await self._say_goodbye(client)  # no longer under that clock: the mail is accepted
        except TimeoutError:  # aiosmtplib's own timeouts are TimeoutErrors too
            waited = f"no answer within {smtp.timeout.total_seconds():g} s"
            return SendResult(AttemptOutcome.TRANSIENT, None, waited)
        except RefusedAddressError as error:
            return SendResult(AttemptOutcome.TRANSIENT, None, safe_detail(error.message))
        except (aiosmtplib.SMTPException, OSError) as error:
            return self._failed(error)
        finally:
            client.close()
        return self._accepted(message.delivery_id, recipients, refused, said)

    async def close(self) -> None:
        """Do nothing: every mail has a connection of its own."""

    def preview(self, message: Message) -> str:
        """Return the subject and the plain part."""
        mail = self._mail(message)
        plain = mail.get_body(("plain",))
        text = plain.get_content() if plain is not None else ""
        return f"To: {mail['To']}\nSubject: {mail['Subject']}\n\n{text}"

    def preview_html(self, message: Message) -> str:
        """Return the HTML part."""
        html = self._mail(message).get_body(("html",))
        return html.get_content() if html is not None else ""

    def _mail(self, message: Message) -> EmailMessage:
        return build(message, self._entities, self._config)

    def _client(self) -> aiosmtplib.SMTP:
        smtp = self._config.smtp
        password = smtp.password.get_secret_value() if smtp.password else None
        return aiosmtplib.SMTP(
            hostname=smtp.host,  # for TLS; the connection itself is the guard's
            username=smtp.username,
            password=password,
            timeout=smtp.timeout.total_seconds(),
            use_tls=self._tls == "implicit",
            start_tls=self._tls == "starttls",  # True: fails where the server does not offer it
            tls_context=self._context,
        )

    @staticmethod
    async def _say_goodbye(client: aiosmtplib.SMTP) -> None:
        # The mail is accepted: a server that hangs up without a word changes nothing.
        with contextlib.suppress(aiosmtplib.SMTPException, OSError):
            await client.quit(timeout=_QUIT_SECONDS)

    def _accepted(
        self,
        delivery_id: str,
        recipients: list[str],
        refused: Mapping[str, aiosmtplib.SMTPResponse],
        said: str,
    ) -> SendResult:
        """Judge a mail that the server took for at least one recipient."""
        verdicts = [classify(reply.code, reply.message) for reply in refused.values()]
        outcome = worst([AttemptOutcome.DELIVERED, *(verdict for verdict, _ in verdicts)])
        if outcome is not AttemptOutcome.TRANSIENT:
            self._served.pop(delivery_id, None)
        else:
            served = self._served.setdefault(delivery_id, set())
            served.update(address for address in recipients if address not in refused)
            while len(self._served) > _REMEMBERED:
                self._served.popitem(last=False)
        if not refused:
            return SendResult(outcome, 250, safe_detail(said, self._secrets))
        first = next(iter(refused.values()))
        detail = f"{len(refused)} of {len(recipients)} recipients refused: {first.message}"
        return SendResult(outcome, first.code, safe_detail(detail, self._secrets))

    def _failed(self, error: Exception) -> SendResult:
        """Judge a mail that the server did not take at all."""
        if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
            verdicts = [classify(refused.code, refused.message) for refused in error.recipients]
            outcome = worst(verdict for verdict, _ in verdicts)
            code, message = error.recipients[0].code, error.recipients[0].message
            detail = f"every recipient refused ({verdicts[0][1]}): {message}"
        elif isinstance(error, aiosmtplib.SMTPResponseException):
            code = error.code
            outcome, reason = classify(code, error.message)
            if code <= 0:  # aiosmtplib's mark for a reply that is not SMTP
                outcome, reason = AttemptOutcome.TRANSIENT, "the answer is not SMTP"
            detail = f"{code} {reason}: {error.message}"
        else:
            return SendResult(
                AttemptOutcome.TRANSIENT, None, safe_detail(_reason(error), self._secrets)
            )
        return SendResult(outcome, code if code > 0 else None, safe_detail(detail, self._secrets))


def tls_mode(smtp: SmtpConfig) -> Literal["starttls", "implicit", "none"]:
    """Return how the connection is protected when the configuration leaves it open."""
    if smtp.tls is not None:
        return smtp.tls
    if smtp.port == _SMTPS_PORT:
        return "implicit"
    if is_loopback_host(smtp.host) and smtp.password is None:
        return "none"
    return "starttls"


async def _options(client: aiosmtplib.SMTP, *addresses: str) -> list[str]:
    """Return what MAIL FROM asks for; raise when an address needs what the server does not offer.

    The mail itself is ASCII, unless its addresses are not.
    """
    if all(address.isascii() for address in addresses):
        return []
    await client.ehlo()  # connecting asks for this only where it needs it itself
    if not client.supports_extension("smtputf8"):
        raise aiosmtplib.SMTPNotSupported("an address is not ASCII, and the server wants only such")
    return ["SMTPUTF8"]


def _reason(error: Exception) -> str:
    """Name a failure to talk at all.

    None is final: a server, a network, a certificate can be mended while the schedule lasts.
    """
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"the server's certificate cannot be trusted: {cause.verify_message}"
        cause = cause.__cause__ or cause.__context__
    if "STARTTLS" in str(error):
        return "the server does not offer STARTTLS, which is required; nothing was sent"
    return f"{type(error).__name__}: {error}"
