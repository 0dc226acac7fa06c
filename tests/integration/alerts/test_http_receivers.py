"""Slack and webhook receivers against real HTTP servers, most of them misbehaving."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from standardwebhooks import Webhook

from alerts.receivers.protocol import Rate, Receiver, SendResult
from alerts.receivers.slack import SlackReceiver
from alerts.receivers.webhook import WebhookReceiver
from core.alerting.deliveries import AttemptOutcome
from core.config.sections.receivers import SlackConfig, WebhookConfig
from core.errors import DeliveryError
from tests.integration.alerts.loopback import HttpServer, http_server, reply
from tests.unit.alerts.samples import ENTITIES, message

D, T, P = AttemptOutcome.DELIVERED, AttemptOutcome.TRANSIENT, AttemptOutcome.PERMANENT
SECRET = "whsec_c2VjcmV0IG9mIHRoZSBjYXNlIHN5c3RlbQ=="


def webhook(server: HttpServer, *, timeout: str = "5s", secret: str | None = SECRET) -> Receiver:
    config = WebhookConfig.model_validate({"url": server.url, "secret": secret, "timeout": timeout})
    return WebhookReceiver("hook", config, ENTITIES)


def slack(server: HttpServer) -> Receiver:
    config = SlackConfig.model_validate({"url": server.url, "timeout": "5s"})
    return SlackReceiver("desk", config, ENTITIES)


async def answered(*answers: object, within: str = "5s") -> SendResult:
    """Send one webhook to a server with these answers."""
    async with http_server(*answers) as server:  # type: ignore[arg-type]
        receiver = webhook(server, timeout=within)
        result = await receiver.send(message())
        await receiver.close()
        assert "t0k3n" not in result.detail
        return result


# -- the message and its signature


async def test_a_signed_webhook_is_verified_by_the_reference_library() -> None:
    async with http_server() as server:
        receiver = webhook(server)
        now = datetime.now(UTC)
        result = await receiver.send(message(sent_at=now))
        await receiver.close()
    request = server.requests[0]
    event = Webhook(SECRET).verify(request.body, request.headers)
    assert event["data"]["article"]["title"].startswith("Новым гражданам")
    assert result == SendResult(D, 200, "200 accepted: ok", None)


async def test_attempts_share_the_id_and_the_body_but_not_the_timestamp() -> None:
    async with http_server(reply(503), reply(200)) as server:
        receiver = webhook(server)
        now = datetime.now(UTC)
        await receiver.send(message(sent_at=now))
        await receiver.send(message(sent_at=now + timedelta(seconds=5), attempt=2))
        await receiver.close()
    first, second = server.requests
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    for request in server.requests:
        Webhook(SECRET).verify(request.body, request.headers)


async def test_without_a_secret_nothing_is_signed() -> None:
    async with http_server() as server:
        receiver = webhook(server, secret=None)
        await receiver.send(message())
        await receiver.close()
    assert "webhook-signature" not in server.requests[0].headers


async def test_slack_receives_block_kit() -> None:
    async with http_server() as server:
        receiver = slack(server)
        result = await receiver.send(message())
        await receiver.close()
    assert result.outcome is D
    assert json.loads(server.requests[0].body)["blocks"][0]["type"] == "header"


async def test_a_connection_is_used_again() -> None:
    async with http_server() as server:
        receiver = slack(server)
        for _ in range(3):
            await receiver.send(message())
        await receiver.close()
    assert len(server.requests) == 3
    assert server.connections == 1


def test_slack_is_sent_one_message_a_second() -> None:
    assert SlackReceiver.rate == Rate(1.0)


# -- refusals


async def test_a_gone_webhook_is_given_up() -> None:
    result = await answered(reply(410, b"moved out"))
    assert (result.outcome, result.status_code) == (P, 410)
    assert "gone" in result.detail


async def test_slack_names_its_refusal() -> None:
    async with http_server(reply(404, b"no_service")) as server:
        receiver = slack(server)
        result = await receiver.send(message())
        await receiver.close()
    assert result.outcome is P
    assert result.detail == "404 the webhook was removed or disabled: no_service"


async def test_a_pause_is_asked_for_in_seconds_or_by_date() -> None:
    assert (await answered(reply(429, b"", "Retry-After: 17"))).retry_after == 17
    date = "Retry-After: Fri, 20 Nov 2026 08:07:30 GMT"  # a minute after the sample is sent
    assert (await answered(reply(503, b"", date))).retry_after == 60


@pytest.mark.parametrize("status", [301, 302, 307])
async def test_redirects_are_not_followed(status: int) -> None:
    async with http_server() as elsewhere:
        result = await answered(reply(status, b"", f"Location: {elsewhere.url}"))
        assert result.outcome is not D
        assert elsewhere.requests == []


async def test_an_echoed_secret_is_not_kept() -> None:
    async with http_server() as server:
        server.answers = [reply(400, f"no such path: {server.url[22:]} {SECRET}".encode())]
        receiver = webhook(server)
        result = await receiver.send(message())
        await receiver.close()
    assert "t0k3n" not in result.detail
    assert "c2VjcmV0" not in result.detail


# -- servers that misbehave


async def test_a_drip_is_cut_off() -> None:
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(10_000):
            writer.write(f"X-{number}: a\r\n".encode())
            await writer.drain()
            await asyncio.sleep(0.02)

    result = await answered(drip, within="200ms")
    assert (result.outcome, result.detail) == (T, "no answer within 0.2 s")


async def test_silence_is_cut_off() -> None:
    async def silence(_: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    assert (await answered(silence, within="200ms")).outcome is T


async def test_a_reset_is_tried_again() -> None:
    async def reset(writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    result = await answered(reset)
    assert result.outcome is T
    assert result.status_code is None


async def test_an_endless_reply_is_left_unread() -> None:
    sent = 0

    async def endless(writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"10000\r\n" + b"a" * 65536 + b"\r\n")
            await writer.drain()
            sent += 65536

    result = await answered(endless)
    assert result.outcome is D
    assert len(result.detail) <= 300
    assert sent < 64 * 2**20


async def test_a_gzip_bomb_stays_packed() -> None:
    bomb = gzip.compress(bytes(50 * 2**20))
    result = await answered(reply(200, bomb, "Content-Encoding: gzip"))
    assert (result.outcome, result.detail) == (D, "200 accepted: (packed reply)")


async def test_nonsense_is_tried_again() -> None:
    result = await answered(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
    assert result.outcome is T


async def test_a_closed_port_is_tried_again() -> None:
    async with http_server() as server:
        pass
    receiver = webhook(server)
    result = await receiver.send(message())
    await receiver.close()
    assert (result.outcome, result.detail) == (T, "cannot connect (ConnectError)")


async def test_an_unknown_certificate_is_refused() -> None:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(tls)
    async with http_server(tls=tls) as server:
        receiver = webhook(server)
        result = await receiver.send(message())
        await receiver.close()
    assert result.outcome is T
    assert "certificate" in result.detail
    assert server.requests == []


async def test_the_authority_of_the_configuration_is_trusted(tmp_path: Path) -> None:
    authority, file = trustme.CA(), tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    async with http_server(tls=tls) as server:
        config = WebhookConfig.model_validate({"url": server.url, "ca_file": str(file)})
        receiver = WebhookReceiver("hook", config, ENTITIES)
        result = await receiver.send(message())
        await receiver.close()
    assert result.outcome is D
    assert len(server.requests) == 1


def test_an_authority_that_cannot_be_read_is_an_error_at_the_start(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("no certificate")
    config = WebhookConfig.model_validate({"url": "https://a.example/", "ca_file": str(file)})
    with pytest.raises(DeliveryError, match=r"hook.*ca\.pem"):
        WebhookReceiver("hook", config, ENTITIES)


# -- the environment and the logs


async def test_a_proxy_of_the_environment_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    async with http_server() as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{proxy.port}")
        assert (await answered(reply(204))).outcome is D
    assert proxy.requests == []


async def test_no_address_reaches_the_log_at_any_level(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    try:
        async with http_server(reply(302, b"", "Location: /services/T00/B00/t0k3n")) as server:
            for receiver in (slack(server), webhook(server)):
                await receiver.send(message())
                await receiver.close()
    finally:
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.NOTSET)
    assert "t0k3n" not in caplog.text
