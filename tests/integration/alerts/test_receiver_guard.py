"""Receivers dial only what the guard has judged: real servers, names from a fake resolver."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trustme

import alerts.receivers.transport.http as http_module
from alerts.receivers import build_receivers
from alerts.receivers.protocol import SendResult
from core.alerting.deliveries import AttemptOutcome
from core.config.watch import WatchConfig
from tests.integration.alerts.loopback import http_server, reply, smtp_server
from tests.unit.alerts.samples import message

NAME = "hooks.example.test"
D, T = AttemptOutcome.DELIVERED, AttemptOutcome.TRANSIENT
Names = Callable[..., list[str]]
METADATA = ("169.254.169.254", "::ffff:169.254.169.254", "168.63.129.16", "fd00:ec2::254")


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """Give a function that sets what NAME resolves to, look-up by look-up; the last one stays.

    It returns the list of names that were looked up.
    """
    real = socket.getaddrinfo
    answers: list[tuple[str, ...]] = []
    asked: list[str] = []

    def look_up(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host != NAME:
            return real(host, port, *args, **kwargs)
        asked.append(host)
        now = answers.pop(0) if len(answers) > 1 else answers[0]
        return [found for address in now for found in real(address, port, *args, **kwargs)]

    def resolves_to(*each: tuple[str, ...]) -> list[str]:
        answers[:] = each
        return asked

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return resolves_to


async def send(receiver: dict[str, Any], *allow: str) -> SendResult:
    """Send one notice through the receiver that this configuration builds."""
    config = WatchConfig.model_validate(
        {"network": {"allow": list(allow)}, "receivers": [{"name": "desk", **receiver}]}
    )
    (built,) = build_receivers(config).values()
    try:
        return await built.send(message())
    finally:
        await built.close()


def webhook(host: str, port: int, scheme: str = "http") -> dict[str, Any]:
    return {"webhook": {"url": f"{scheme}://{host}:{port}/hook", "timeout": "5s"}}


def slack(host: str, port: int) -> dict[str, Any]:
    return {"slack": {"url": f"http://{host}:{port}/hook", "timeout": "5s"}}


def mail(host: str, port: int, **smtp: Any) -> dict[str, Any]:
    server = {"host": host, "port": port, "timeout": "5s", **smtp}
    return {"email": {"to": ["a@example.org"], "from": "w@example.org", "smtp": server}}


KINDS = pytest.mark.parametrize("kind", [webhook, slack, mail])


@KINDS
async def test_a_name_that_leads_inside_is_refused_and_the_remedy_is_told(
    kind: Callable[..., dict[str, Any]], names: Names
) -> None:
    names(("127.0.0.1",))
    async with http_server() as server:
        result = await send(kind(NAME, server.port))
    assert server.connections == 0
    assert result.outcome is T
    assert result.detail == (
        "receiver 'desk': its host leads to 127.0.0.1, which was not dialled: not a public "
        "address. If it is yours, allow it under `network` in watch.yaml: "
        f'network: {{allow: ["127.0.0.1/32:{server.port}"]}}'
    )


async def test_what_the_refusal_says_to_write_does_help(names: Names) -> None:
    names(("127.0.0.1",))
    async with http_server() as server:
        refused = await send(webhook(NAME, server.port))
        remedy = refused.detail.partition('allow: ["')[2].partition('"')[0]
        assert (await send(webhook(NAME, server.port), remedy)).outcome is D
    assert server.requests[0].headers["host"] == f"{NAME}:{server.port}"


@pytest.mark.parametrize("address", ["fd12::7", "::1"])
async def test_the_remedy_for_an_ipv6_address_can_be_read_back(address: str, names: Names) -> None:
    names((address,))
    result = await send(webhook(NAME, 8080))
    assert f'["[{address}/128]:8080"]' in result.detail
    WatchConfig.model_validate({"network": {"allow": [f"[{address}/128]:8080"]}})


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@KINDS
async def test_this_machine_written_out_is_the_users_own_choice(
    kind: Callable[..., dict[str, Any]], host: str
) -> None:
    async with http_server(reply(200, b"ok")) as server, smtp_server() as room:
        port = room.port if kind is mail else server.port
        result = await send(kind(host, port))
    assert result.outcome is D


@pytest.mark.parametrize("host", ["2130706433", "127.1", "0x7f000001", "0177.0.0.1"])
@KINDS
async def test_a_disguised_address_is_not_taken_for_a_choice(
    kind: Callable[..., dict[str, Any]], host: str
) -> None:
    async with http_server() as server:
        result = await send(kind(host, server.port))
    assert server.connections == 0
    assert result.outcome is T


@pytest.mark.parametrize("address", METADATA)
@KINDS
async def test_metadata_services_are_never_dialled_whatever_is_allowed(
    kind: Callable[..., dict[str, Any]], address: str, names: Names, monkeypatch: Any
) -> None:
    dialled = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, where: dialled.append(where))
    names((address,))
    literal = f"[{address}]" if ":" in address and kind is not mail else address
    for host in (NAME, literal):
        result = await send(kind(host, 80), "0.0.0.0/0", "::/0")
        assert result.outcome is T
        assert "is a cloud metadata service" in result.detail
        assert "watch.yaml" not in result.detail
    assert dialled == []


async def test_of_mixed_answers_only_the_allowed_address_is_dialled(names: Names) -> None:
    names(("127.0.0.1", "127.0.0.2"))
    async with http_server() as server:  # listens on 127.0.0.1 alone
        result = await send(webhook(NAME, server.port), f"127.0.0.2/32:{server.port}")
    assert server.connections == 0
    assert result.detail == "cannot connect (ConnectError)"


@KINDS
async def test_an_address_that_does_not_answer_is_followed_by_the_next(
    kind: Callable[..., dict[str, Any]], names: Names
) -> None:
    names(("127.0.0.2", "127.0.0.1"))
    async with http_server(reply(200, b"ok")) as server, smtp_server() as room:
        port = room.port if kind is mail else server.port
        result = await send(kind(NAME, port, **({"tls": "none"} if kind is mail else {})),
                            "127.0.0.0/8")  # fmt: skip
    assert result.outcome is D


@KINDS
async def test_a_name_is_looked_up_once_so_that_a_second_answer_changes_nothing(
    kind: Callable[..., dict[str, Any]], names: Names
) -> None:
    asked = names(("127.0.0.2",), ("127.0.0.1",))
    async with http_server() as server:
        await send(kind(NAME, server.port), f"127.0.0.2/32:{server.port}")
    assert server.connections == 0
    assert asked == [NAME]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_leads_nowhere(status: int) -> None:
    async with http_server() as forbidden:
        answer = reply(status, b"", f"Location: {forbidden.url}")
        async with http_server(answer) as server:
            result = await send(webhook("127.0.0.1", server.port))
    assert forbidden.connections == 0
    assert result.outcome is not D


async def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async with http_server() as proxy, http_server() as server:
        for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(variable, f"http://127.0.0.1:{proxy.port}")
        result = await send(webhook("127.0.0.1", server.port))
    assert (result.outcome, proxy.connections) == (D, 0)


@pytest.mark.parametrize(("subject", "outcome"), [(NAME, D), ("127.0.0.1", T)])
@pytest.mark.parametrize("way", ["webhook", "implicit", "starttls"])
async def test_the_certificate_is_judged_by_the_name_not_by_the_dialled_address(
    way: str, subject: str, outcome: AttemptOutcome, names: Names, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    names(("127.0.0.1",))
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    server_tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(subject).configure_cert(server_tls)
    asked: list[str | None] = []
    server_tls.sni_callback = lambda _, name, __: asked.append(name)
    client_tls = ssl.create_default_context(cafile=tmp_path / "ca.pem")
    monkeypatch.setattr(http_module, "_tls_context", lambda: client_tls)
    if way == "webhook":
        async with http_server(tls=server_tls) as server:
            receiver = webhook(NAME, server.port, "https")
            result = await send(receiver, f"127.0.0.1/32:{server.port}")
    else:
        async with smtp_server(server_tls, implicit=way == "implicit") as room:
            receiver = mail(NAME, room.port, tls=way, ca_file=str(tmp_path / "ca.pem"))
            result = await send(receiver, f"127.0.0.1/32:{room.port}")
    assert (result.outcome, asked) == (outcome, [NAME])
    assert ("certificate" in result.detail) == (outcome is T)


async def test_a_name_that_cannot_be_looked_up_is_a_passing_failure() -> None:
    for receiver in (webhook(f"{'x' * 70}.test", 80), mail(f"{'x' * 70}.test", 25)):
        assert (await send(receiver)).outcome is T
