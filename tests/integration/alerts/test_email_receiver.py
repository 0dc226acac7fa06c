"""The mail receiver against a real SMTP server, with real certificates."""

from __future__ import annotations

import asyncio
import email
import email.policy
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import trustme

from alerts.receivers.email import EmailReceiver, tls_mode
from core.alerting.deliveries import AttemptOutcome
from core.config.sections.receivers import EmailConfig, SmtpConfig
from core.errors import DeliveryError
from tests.integration.alerts.loopback import http_server, raw_server, reply, smtp_server
from tests.unit.alerts.samples import ENTITIES, message

D, T, P = AttemptOutcome.DELIVERED, AttemptOutcome.TRANSIENT, AttemptOutcome.PERMANENT


@dataclass(frozen=True)
class Authority:
    """A certificate authority of our own, and a server certificate it signed."""

    file: Path
    server: ssl.SSLContext


def authority(path: Path) -> Authority:
    made = trustme.CA()
    made.cert_pem.write_to_path(path)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.issue_cert("127.0.0.1", "localhost").configure_cert(server)
    return Authority(path, server)


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("ca") / "ours.pem")


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("ca") / "theirs.pem")


def receiver(port: int, *to: str, host: str = "127.0.0.1", **smtp: Any) -> EmailReceiver:
    config = EmailConfig.model_validate(
        {
            "to": to or ("desk@example.org",),
            "from": "Wirewatch <watch@example.org>",
            "smtp": {"host": host, "port": port, "timeout": "5s", **smtp},
        }
    )
    return EmailReceiver("editors", config, ENTITIES)


# -- TLS


async def test_a_mail_arrives_over_starttls(ours: Authority) -> None:
    async with smtp_server(ours.server) as room:
        result = await receiver(room.port, tls="starttls", ca_file=ours.file).send(message())
    assert (result.outcome, result.status_code) == (D, 250)
    assert room.encrypted == [True]
    content = room.mails[0].content
    assert isinstance(content, bytes)
    mail = email.message_from_bytes(content, policy=email.policy.default)
    assert mail["Subject"].startswith("Новым гражданам закрыли выезд")
    assert mail["Message-ID"] == "<dlv_0123456789abcdef0123456789abcdef@example.org>"
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


async def test_a_mail_arrives_over_implicit_tls(ours: Authority) -> None:
    async with smtp_server(ours.server, implicit=True) as room:
        result = await receiver(room.port, tls="implicit", ca_file=ours.file).send(message())
    assert result.outcome is D
    assert len(room.mails) == 1


async def test_a_stripped_starttls_is_refused(ours: Authority) -> None:
    async with smtp_server() as room:  # somebody on the way took the offer out
        result = await receiver(room.port, tls="starttls", ca_file=ours.file).send(message())
    assert result.outcome is T
    assert "STARTTLS" in result.detail
    assert room.mails == []


@pytest.mark.parametrize("mode", ["starttls", "implicit"])
async def test_a_certificate_of_another_authority_is_refused(
    mode: str, ours: Authority, theirs: Authority
) -> None:
    async with smtp_server(theirs.server, implicit=mode == "implicit") as room:
        result = await receiver(room.port, tls=mode, ca_file=ours.file).send(message())
    assert result.outcome is T
    assert "certificate" in result.detail
    assert room.mails == []


async def test_a_certificate_for_another_name_is_refused(tmp_path: Path) -> None:
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "ca.pem")
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.issue_cert("mail.example.org").configure_cert(server)
    async with smtp_server(server) as room:
        result = await receiver(room.port, tls="starttls", ca_file=tmp_path / "ca.pem").send(
            message()
        )
    assert result.outcome is T
    assert room.mails == []


async def test_plain_smtp_on_this_machine_needs_no_tls() -> None:
    async with smtp_server() as room:
        result = await receiver(room.port).send(message())
    assert result.outcome is D
    assert room.encrypted == [False]


@pytest.mark.parametrize(
    ("smtp", "mode"),
    [
        ({"host": "mail.example.org"}, "starttls"),
        ({"host": "mail.example.org", "port": 465}, "implicit"),
        ({"host": "localhost", "port": 25}, "none"),
        ({"host": "127.0.0.1", "port": 25, "password": "p"}, "starttls"),
        ({"host": "mail.example.org", "port": 25, "tls": "none"}, "none"),
    ],
)
def test_tls_is_the_default_wherever_it_matters(smtp: dict[str, Any], mode: str) -> None:
    assert tls_mode(SmtpConfig.model_validate(smtp)) == mode


def test_an_unreadable_authority_is_an_error_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match=r"editors.*none\.pem"):
        receiver(25, tls="starttls", ca_file=tmp_path / "none.pem")


# -- refusals


@pytest.mark.parametrize(
    ("answer", "outcome", "code"),
    [
        ("451 4.7.1 greylisted, try again later", T, 451),
        ("552 5.2.2 mailbox full", T, 552),
        ("554 5.7.1 this is spam", P, 554),
    ],
)
async def test_a_refused_mail_is_judged_by_the_reply(
    answer: str, outcome: AttemptOutcome, code: int
) -> None:
    async with smtp_server() as room:
        room.refuse_data = answer
        result = await receiver(room.port).send(message())
    assert (result.outcome, result.status_code) == (outcome, code)
    assert answer[4:] in result.detail


async def test_an_unknown_mailbox_is_given_up() -> None:
    async with smtp_server() as room:
        room.refuse_recipients["desk@example.org"] = "550 5.1.1 no such user"
        result = await receiver(room.port).send(message())
    assert (result.outcome, result.status_code) == (P, 550)


async def test_a_second_try_spares_those_who_have_the_mail() -> None:
    async with smtp_server() as room:
        both = receiver(room.port, "one@example.org", "two@example.org")
        room.refuse_recipients["two@example.org"] = "450 4.2.0 greylisted"
        first = await both.send(message())
        room.refuse_recipients.clear()
        second = await both.send(message(attempt=2))
    assert (first.outcome, second.outcome) == (T, D)
    assert [mail.rcpt_tos for mail in room.mails] == [["one@example.org"], ["two@example.org"]]


async def test_one_bad_address_does_not_keep_the_others_waiting() -> None:
    async with smtp_server() as room:
        room.refuse_recipients["two@example.org"] = "550 5.1.1 no such user"
        result = await receiver(room.port, "one@example.org", "two@example.org").send(message())
    assert result.outcome is D
    assert "1 of 2 recipients refused" in result.detail


# -- servers that misbehave


async def test_a_mail_that_was_taken_is_delivered_whatever_follows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("alerts.receivers.email._QUIT_SECONDS", 2.5)
    async with smtp_server() as room:
        room.goodbye = asyncio.Event()
        result = await receiver(room.port, timeout="2s").send(message())
        room.goodbye.set()
    assert result.outcome is D
    assert len(room.mails) == 1


async def test_a_server_that_hangs_after_data_is_left() -> None:
    async with smtp_server() as room:
        room.hang = asyncio.Event()
        result = await receiver(room.port, timeout="300ms").send(message())
        room.hang.set()
    assert (result.outcome, result.detail) == (T, "no answer within 0.3 s")


async def test_a_server_that_never_greets_is_left() -> None:
    async with raw_server(b"") as port:
        result = await receiver(port, timeout="200ms").send(message())
    assert result.outcome is T


@pytest.mark.parametrize(
    ("greeting", "outcome"),
    [
        (b"421 4.3.2 too busy\r\n", T),
        (b"554 5.7.1 you are on a list\r\n", P),
        (b"hello there\r\n", T),
    ],
)
async def test_an_unwelcome_greeting_is_judged(greeting: bytes, outcome: AttemptOutcome) -> None:
    async with raw_server(greeting) as port:
        assert (await receiver(port).send(message())).outcome is outcome


async def test_a_web_server_is_no_mail_server() -> None:
    async with http_server(reply(200)) as server:
        result = await receiver(server.port, timeout="300ms").send(message())
    assert result.outcome is T


async def test_a_closed_port_is_tried_again() -> None:
    async with smtp_server() as room:
        pass
    result = await receiver(room.port).send(message())
    assert (result.outcome, result.status_code) == (T, None)


async def test_a_wrong_password_is_not_repeated_and_not_shown(ours: Authority) -> None:
    async with smtp_server(ours.server) as room:
        result = await receiver(
            room.port, tls="starttls", ca_file=ours.file, username="w", password="hunter2-secret"
        ).send(message())
    assert (result.outcome, result.status_code) == (P, 535)
    assert "hunter2" not in result.detail
    assert room.mails == []


async def test_a_hostile_article_still_makes_a_mail() -> None:
    async with smtp_server() as room:
        result = await receiver(room.port).send(
            message(title="a\x00b\ud83d\r\nBcc: x@example.org\u202e", outlet="\udc80")
        )
    assert result.outcome is D
    assert room.mails[0].rcpt_tos == ["desk@example.org"]
