"""Who asks or reads too slowly is let go; who waits for what is long in coming is not."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from web.patience import PatientProtocol


class Hasty(PatientProtocol):
    asked_within = 0.5
    taken_within = 0.5


@dataclass
class App:
    """Answers with as much as is asked for, and notes when it is left."""

    ended: asyncio.Event = field(default_factory=asyncio.Event)
    bodies: list[bytes] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        self.bodies.append(body)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(int(scope["path"].strip("/") or 1)):
            await send({"type": "http.response.body", "body": b"x" * 65_536, "more_body": True})
        if scope["query_string"]:
            await moments(4 * Hasty.asked_within)
        await send({"type": "http.response.body", "body": b"end"})
        self.ended.set()


async def moments(seconds: float) -> None:
    passed = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, passed.set)
    await passed.wait()


@pytest.fixture
async def app() -> App:
    return App()


@asynccontextmanager
async def serving(app: App, limit_concurrency: int | None = None) -> AsyncIterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(
            app, http=Hasty, ws="none", lifespan="off", log_config=None, access_log=False,
            timeout_graceful_shutdown=1, limit_concurrency=limit_concurrency,
        )  # fmt: skip
        server = uvicorn.Server(config)
        task = asyncio.create_task(server._serve([listening]))
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            await task


@asynccontextmanager
async def connected(
    port: int,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def dripped(port: int, head: bytes) -> bytes:
    """Send a beginning and then byte after byte, until the other side has had enough."""
    async with connected(port) as (reader, writer):
        writer.write(head)
        with suppress(ConnectionError):
            while True:
                with suppress(TimeoutError):
                    return await asyncio.wait_for(reader.read(), 0.02)
                writer.write(b"a")
                await writer.drain()
    return b""


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n186A0\r\n",
    ],
)
async def test_who_asks_a_byte_at_a_time_is_let_go(app: App, head: bytes) -> None:
    async with serving(app) as port:
        assert await dripped(port, head) == b""
    assert b"end" not in b"".join(app.bodies)


async def test_who_says_nothing_is_let_go(app: App) -> None:
    async with serving(app) as port, connected(port) as (reader, _writer):
        with suppress(ConnectionError):
            assert await reader.read() == b""


async def test_who_takes_nothing_is_let_go(app: App) -> None:
    async with serving(app) as port:
        with socket.create_connection(("127.0.0.1", port)) as silent:
            silent.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            silent.sendall(b"GET /2000 HTTP/1.1\r\nHost: a\r\n\r\n")
            await asyncio.wait_for(app.ended.wait(), 30)


async def test_one_connection_asks_again_and_again(app: App) -> None:
    async with serving(app) as port, connected(port) as (reader, writer):
        for _ in range(3):
            await moments(Hasty.asked_within / 2)
            writer.write(b"POST /0 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n")
            await moments(Hasty.asked_within / 10)
            writer.write(b"body")
            await reader.readuntil(b"\r\n0\r\n\r\n")
    assert app.bodies == [b"body"] * 3


async def test_what_is_long_in_coming_may_be_waited_for(app: App) -> None:
    async with serving(app) as port, connected(port) as (reader, writer):
        writer.write(b"GET /1?slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert b"end" in await reader.read()


def test_people_on_slow_lines_have_their_time() -> None:
    assert PatientProtocol.asked_within >= 10
    assert PatientProtocol.taken_within >= 30


@pytest.mark.parametrize("beginning", [b"", b"GET / HTTP/1.1\r\nHost: a\r\n"])
async def test_many_that_connect_and_ask_nothing_shut_nobody_out(
    app: App, beginning: bytes
) -> None:
    async with serving(app, limit_concurrency=100) as port, AsyncExitStack() as stack:
        for _ in range(150):
            _, writer = await stack.enter_async_context(connected(port))
            writer.write(beginning)
        reader, writer = await stack.enter_async_context(connected(port))
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 200")
