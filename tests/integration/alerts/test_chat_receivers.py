"""Chats' own answers, over a real connection: what is accepted, waited for, mended or given up."""

from __future__ import annotations

import gzip
import json
import ssl
import zlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme

from alerts.receivers import build_receivers
from alerts.receivers.protocol import Receiver, SendResult
from core.alerting.deliveries import AttemptOutcome
from core.config.watch import WatchConfig
from tests.integration.alerts.loopback import http_server, reply
from tests.unit.alerts.samples import message

D, T = AttemptOutcome.DELIVERED, AttemptOutcome.TRANSIENT
P, U = AttemptOutcome.PERMANENT, AttemptOutcome.UNREADABLE


def receiver(kind: str, base: str, port: int, **more: str) -> Receiver:
    settings: dict[str, dict[str, Any]] = {
        "slack": {"token": "xoxb-secret-token", "channel": "C01", "api": base},
        "telegram": {"token": "123:secret-token", "chat": "-1001", "api": base},
        "discord": {"url": f"{base}/webhooks/1/secret-token-of-hook"},
        "teams": {"url": f"{base}/workflows/secret-token-of-flow"},
        "matrix": {"homeserver": base, "token": "syt_secret_token", "room": "!a:example.org"},
        "mattermost": {"url": f"{base}/hooks/secret-token-of-hook"},
        "alertmanager": {"url": base},
        "apprise": {"url": base.replace("http://", "json://")},
    }
    config = WatchConfig.model_validate(
        {
            "receivers": [{"name": "chat", kind: settings[kind] | more}],
            "network": {"allow": [f"127.0.0.1/32:{port}"]},
        }
    )
    return build_receivers(config)["chat"]


async def answered(kind: str, status: int, body: object, *headers: str) -> tuple[SendResult, Any]:
    raw = (
        body.encode() if isinstance(body, str) else json.dumps(body, separators=(",", ":")).encode()
    )
    async with http_server(reply(status, raw, *headers)) as server:
        chat = receiver(kind, f"http://127.0.0.1:{server.port}", server.port)
        try:
            result = await chat.send(message())
        finally:
            await chat.close()
        return result, server.requests[0]


@pytest.mark.parametrize("kind", ["matrix", "mattermost", "alertmanager"])
async def test_a_server_of_ones_own_may_have_an_authority_of_its_own(
    kind: str, tmp_path: Path
) -> None:
    authority, file = trustme.CA(), tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    taken = b'{"event_id": "$1", "ok": true}'
    async with http_server(reply(200, taken), tls=tls) as server:
        base = f"https://127.0.0.1:{server.port}"
        for trusted in (True, False):
            chat = receiver(kind, base, server.port, **({"ca_file": str(file)} if trusted else {}))
            result = await chat.send(message())
            await chat.close()
            assert (result.outcome is T) is not trusted
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("kind", "status", "body", "outcome"),
    [
        ("slack", 200, {"ok": True, "ts": "17.01"}, D),
        ("slack", 200, {"ok": False, "error": "invalid_blocks"}, U),
        ("slack", 200, {"ok": False, "error": "msg_too_long"}, U),
        ("slack", 200, {"ok": False, "error": "channel_not_found"}, P),
        ("slack", 200, {"ok": False, "error": "token_revoked"}, P),
        ("slack", 200, {"ok": False, "error": "not_in_channel"}, P),
        ("slack", 429, {"ok": False, "error": "ratelimited"}, T),
        ("slack", 200, {"ok": False, "error": "internal_error"}, T),
        ("slack", 200, "<html>log in to the network</html>", T),
        ("slack", 503, "upstream", T),
        ("telegram", 200, {"ok": True, "result": {"message_id": 7}}, D),
        ("telegram", 400, {"ok": False, "description": "Bad Request: can't parse entities"}, U),
        ("telegram", 400, {"ok": False, "description": "Bad Request: message is too long"}, U),
        ("telegram", 400, {"ok": False, "description": "Bad Request: chat not found"}, P),
        ("telegram", 401, {"ok": False, "description": "Unauthorized"}, P),
        ("telegram", 403, {"ok": False, "description": "bot was kicked"}, P),
        ("telegram", 429, {"ok": False, "parameters": {"retry_after": 9}}, T),
        ("telegram", 502, "", T),
        ("telegram", 200, "<html>", T),
        ("discord", 200, {"id": "1199"}, D),
        ("discord", 204, "", D),
        ("discord", 200, "<html>log in to the network</html>", T),
        ("discord", 400, {"embeds": ["0"], "code": 50035}, U),
        ("discord", 404, {"message": "Unknown Webhook", "code": 10015}, P),
        ("discord", 401, {"message": "Invalid Webhook Token"}, P),
        ("discord", 429, {"retry_after": 9, "global": False}, T),
        ("discord", 500, "", T),
        ("teams", 202, "", D),
        ("teams", 200, "1", D),
        ("teams", 200, "<html>log in to the network</html>", T),
        ("teams", 400, {"error": {"code": "InvalidRequestContent"}}, U),
        ("teams", 413, "", U),
        ("teams", 404, "", P),
        ("teams", 429, "", T),
        ("matrix", 200, {"event_id": "$e"}, D),
        ("matrix", 400, {"errcode": "M_BAD_JSON"}, U),
        ("matrix", 413, {"errcode": "M_TOO_LARGE"}, U),
        ("matrix", 401, {"errcode": "M_UNKNOWN_TOKEN"}, P),
        ("matrix", 403, {"errcode": "M_FORBIDDEN"}, P),
        ("matrix", 429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 9000}, T),
        ("mattermost", 200, "ok", D),
        ("mattermost", 200, "<html>log in to the network</html>", T),
        ("mattermost", 400, {"id": "web.incoming_webhook.text.length.app_error"}, U),
        ("mattermost", 404, {"id": "web.incoming_webhook.channel.app_error"}, P),
        ("mattermost", 500, "", T),
        ("alertmanager", 200, "", D),
        ("alertmanager", 200, "<html>log in to the network</html>", T),
        ("alertmanager", 400, "bad start time", U),
        ("alertmanager", 503, "", T),
        ("apprise", 200, "", D),
        ("apprise", 500, "", T),
    ],
)
async def test_answers_are_judged_by_what_they_say(
    kind: str, status: int, body: object, outcome: AttemptOutcome
) -> None:
    result, _ = await answered(kind, status, body)
    assert result.outcome is outcome
    assert "secret" not in result.detail


@pytest.mark.parametrize(
    ("kind", "status", "body", "headers"),
    [
        ("slack", 429, {"ok": False, "error": "ratelimited"}, ("Retry-After: 9",)),
        ("telegram", 429, {"ok": False, "parameters": {"retry_after": 9}}, ()),
        ("discord", 429, {"retry_after": 9.0}, ()),
        ("discord", 429, {}, ("X-RateLimit-Reset-After: 9.000",)),
        ("mattermost", 429, "limit exceeded", ("X-Ratelimit-Reset: 9",)),
        ("teams", 429, {"message": "Rate limit is exceeded. Try again in 9 seconds."}, ()),
        ("teams", 200, "Microsoft Teams endpoint returned HTTP error 429", ("Retry-After: 9",)),
        ("matrix", 429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 9000}, ()),
    ],
)
async def test_the_pause_that_a_chat_asks_for_is_kept(
    kind: str, status: int, body: object, headers: tuple[str, ...]
) -> None:
    result, _ = await answered(kind, status, body, *headers)
    assert result.retry_after == timedelta(seconds=9).total_seconds()


@pytest.mark.parametrize(
    ("kind", "body", "receipt"),
    [
        ("slack", {"ok": True, "channel": "C01", "ts": "17.01"}, "C01:17.01"),
        ("telegram", {"ok": True, "result": {"message_id": 7}}, "7"),
        ("discord", {"id": "1199"}, "1199"),
        ("matrix", {"event_id": "$event"}, "$event"),
    ],
)
async def test_what_a_chat_calls_a_message_is_kept(kind: str, body: object, receipt: str) -> None:
    result, _ = await answered(kind, 200, body)
    assert result.receipt == receipt


LONG = "ж" * 20_000  # which a chat repeats in its answer, each letter as \\u0436


@pytest.mark.parametrize(
    ("kind", "body", "receipt"),
    [
        (
            "slack",
            {"ok": True, "channel": "C01", "ts": "17.01", "message": {"text": LONG}},
            "C01:17.01",
        ),
        ("telegram", {"ok": True, "result": {"message_id": 77, "text": LONG}}, "77"),
    ],
)
async def test_a_message_keeps_its_name_when_the_answer_repeats_all_of_it(
    kind: str, body: object, receipt: str
) -> None:
    result, _ = await answered(kind, 200, body)
    assert (result.outcome, result.receipt) == (D, receipt)


async def test_a_matrix_transaction_is_named_by_the_delivery() -> None:
    _, request = await answered("matrix", 200, {"event_id": "$e"})
    assert request.path.endswith(f"/send/m.room.message/{message().delivery_id}")
    assert request.headers["authorization"] == "Bearer syt_secret_token"


async def test_discord_is_asked_to_say_when_a_message_is_saved() -> None:
    async with http_server(reply(200, b'{"id":"1"}')) as server:
        for query in ("", "?thread_id=7&wait=false"):
            base = f"http://127.0.0.1:{server.port}"
            chat = receiver("discord", base, server.port, url=f"{base}/webhooks/1/t{query}")
            await chat.send(message())
            await chat.close()
    assert [request.path for request in server.requests] == [
        "/webhooks/1/t?wait=true",
        "/webhooks/1/t?thread_id=7&wait=true",
    ]


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
async def test_an_answer_that_was_packed_unasked_is_read(coding: str) -> None:
    packed = gzip.compress(b"ok") if coding == "gzip" else zlib.compress(b"ok")
    async with http_server(reply(200, packed, f"Content-Encoding: {coding}")) as server:
        chat = receiver("mattermost", f"http://127.0.0.1:{server.port}", server.port)
        assert (await chat.send(message())).outcome is D
        await chat.close()
