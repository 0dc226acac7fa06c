"""The browser's proxy, without a browser: what it passes on, and what it never dials."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Self

import httpx
import pytest

from core.network import NetworkPolicy
from crawler.download.guarded_proxy import MAX_HEAD, GuardedProxy
from crawler.download.proxy_ways import DirectWay, RefusedAddressError, judged_address
from tests.integration.fake_names import resolver_of
from tests.integration.ssrf_corpus import NAMES, SPELLINGS


class Origin:
    """Answers every connection alike and counts them."""

    def __init__(self) -> None:
        self.heads: list[bytes] = []
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
        await writer.drain()
        writer.close()


@pytest.fixture
async def origin() -> AsyncIterator[Origin]:
    origin = Origin()
    server = await asyncio.start_server(origin.serve, "127.0.0.1", 0)
    origin.port = server.sockets[0].getsockname()[1]
    yield origin
    server.close()


class Guarded:
    """A proxy with what it refused."""

    def __init__(self, allow: str) -> None:
        self.refusals: list[tuple[str, int, str]] = []
        self.proxy = GuardedProxy(
            DirectWay(NetworkPolicy.from_texts([allow] if allow else [])),
            lambda host, port, why: self.refusals.append((host, port, why)),
        )

    async def __aenter__(self) -> Self:
        await self.proxy.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.proxy.close()

    async def ask(self, request: bytes) -> bytes:
        """Send raw bytes to the proxy; return all it answers."""
        port = int(self.proxy.url.rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        try:
            return await reader.read()
        except ConnectionResetError:  # it closed while more was coming
            return b""
        finally:
            writer.close()


async def test_an_allowed_page_is_passed_on(origin: Origin) -> None:
    async with Guarded(f"127.0.0.1/32:{origin.port}") as guarded:
        async with httpx.AsyncClient(proxy=guarded.proxy.url) as client:
            answer = await client.get(f"http://127.0.0.1:{origin.port}/a?b=1")
        assert answer.text == "hello"
        assert origin.heads[0].startswith(b"GET /a?b=1 HTTP/1.1\r\n")
        assert b"connection: close" in origin.heads[0].lower()
        assert not guarded.refusals


class KeepingOrigin(Origin):
    """Says that it keeps the connection, and answers whatever comes on it."""

    def __init__(self, before: bytes = b"") -> None:
        super().__init__()
        self.before = before

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                self.heads.append(await reader.readuntil(b"\r\n\r\n"))
                writer.write(
                    self.before + b"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nX-Kept: yes\r\n"
                    b"Keep-Alive: timeout=60\r\nContent-Length: 5\r\n\r\nhello"
                )
        writer.close()


@pytest.mark.parametrize("before", [b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"])
async def test_no_second_request_reaches_an_origin_that_keeps_its_connection(
    before: bytes,
) -> None:
    origin = KeepingOrigin(before)
    server = await asyncio.start_server(origin.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with Guarded(f"127.0.0.1/32:{port}") as guarded:
        reader, writer = await asyncio.open_connection("127.0.0.1", guarded.proxy.port)
        here = f"GET http://127.0.0.1:{port}/ HTTP/1.1\r\nHost: here\r\n\r\n"
        writer.write((here + here.replace("Host: here", "Host: elsewhere")).encode())
        answer = await reader.readuntil(b"hello")
        writer.close()
        assert await reader.read() == b""
    server.close()
    assert answer.lower().count(b"connection:") == 1
    assert b"Connection: close\r\n" in answer
    assert b"X-Kept: yes" in answer
    assert b"keep-alive" not in answer.lower()
    assert answer.startswith(before)
    assert len(origin.heads) == 1


async def test_a_name_is_looked_up_again_only_if_all_its_addresses_may_be_dialled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = {"mixed.example": [["93.184.216.34", "10.0.0.5"]]}
    monkeypatch.setattr(socket, "getaddrinfo", resolver_of(names))
    policy = NetworkPolicy()
    assert await judged_address(policy, "mixed.example", 80) == "93.184.216.34"
    with pytest.raises(RefusedAddressError, match=r"10\.0\.0\.5"):
        await judged_address(policy, "mixed.example", 80, each=True)


async def test_a_tunnel_to_an_allowed_port_passes_on_what_it_is_given(origin: Origin) -> None:
    async with Guarded(f"127.0.0.1/32:{origin.port}") as guarded:
        place = f"127.0.0.1:{origin.port}".encode()
        answer = await guarded.ask(
            b"CONNECT " + place + b" HTTP/1.1\r\nHost: " + place + b"\r\n\r\n"
            b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
        )
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK")
    assert answer.endswith(b"hello")


@pytest.mark.parametrize("method", ["CONNECT", "GET"])
async def test_no_form_of_a_forbidden_address_is_dialled(
    origin: Origin, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolver_of(NAMES))
    async with Guarded("") as guarded:
        for host in SPELLINGS.values():
            place = f"{host}:{origin.port}"
            target = place if method == "CONNECT" else f"http://{place}/"
            answer = await guarded.ask(f"{method} {target} HTTP/1.1\r\n\r\n".encode())
            assert not answer or answer.startswith(b"HTTP/1.1 403 "), host
        refused = {host for host, *_ in guarded.refusals}
    assert not origin.heads
    assert {"127.0.0.1", "2130706433", "::1", "private.test", "metadata.test"} <= refused


async def test_a_name_is_dialled_at_the_address_that_was_judged(
    origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {
        "mixed.test": [["10.0.0.1", "127.0.0.1"]],
        "rebind.test": [["10.0.0.1"], ["127.0.0.1"]],
    }
    monkeypatch.setattr(socket, "getaddrinfo", resolver_of(names))
    async with Guarded(f"127.0.0.1/32:{origin.port}") as guarded:
        mixed = await guarded.ask(f"GET http://mixed.test:{origin.port}/ HTTP/1.1\r\n\r\n".encode())
        rebound = await guarded.ask(
            f"GET http://rebind.test:{origin.port}/ HTTP/1.1\r\n\r\n".encode()
        )
    assert mixed.endswith(b"hello")
    assert rebound == b""
    assert len(origin.heads) == 1


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET ftp://a.test/ HTTP/1.1\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"GET http://[::1/ HTTP/1.1\r\n\r\n",
        b"CONNECT a.test:99999 HTTP/1.1\r\n\r\n",
        b"GET http://a.test/ HTTP/1.1\r\nX: " + b"x" * 2 * MAX_HEAD,
    ],
)
async def test_what_is_no_request_for_a_proxy_is_closed_without_an_answer(request_: bytes) -> None:
    async with Guarded("") as guarded:
        assert await guarded.ask(request_) == b""
