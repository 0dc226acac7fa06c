"""A proxy on this machine: what it dials, or asks other proxies for, is judged as all else is.

A browser resolves names and opens connections by itself, past the network guard; so does whatever
proxy a source has. Told to use this one for everything, loopback included, they reach what the
guard lets through and no more.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import re
import socket
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlsplit

import structlog

from crawler.download.proxy_ways import PATIENCE, RefusedAddressError, Way

log = structlog.get_logger(__name__)

MAX_HEAD = 128 * 1024
"""Bytes of a head."""
MAX_BYTES = 64 * 1024 * 1024
"""Bytes that one connection may bring; a page with all its scripts is a tenth of that."""
IDLE = 60.0
"""Seconds without a byte after which a connection is closed."""
_CHUNK = 64 * 1024
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_INTERIM = re.compile(rb"HTTP/1\.[01] 1\d\d\b")


class GuardedProxy:
    """Serves CONNECT and plain http by a way that refuses what must not be dialled."""

    def __init__(
        self,
        way: Way,
        on_refusal: Callable[[str, int, str], None] = lambda _host, _port, _why: None,
        on_reach: Callable[[str, int, Exception | None], None] = lambda _host, _port, _why: None,
        *,
        password: bytes = b"",
    ) -> None:
        """Take the way, and who is told of a refusal, and that a host was reached or why not.

        With a password, only who sends it as `Proxy-Authorization` is served.
        """
        self._way = way
        self._password = password
        self._on_refusal = on_refusal
        self._on_reach = on_reach
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        """Where it listens, on loopback."""
        if self._server is None:
            raise RuntimeError("the proxy has not been started")
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Begin to listen on a free port of loopback."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=MAX_HEAD)

    async def close(self) -> None:
        """Stop listening and end what is under way."""
        if self._server is not None:
            self._server.close()
        for task in list(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._connections.add(task)
        try:
            await self._answer(reader, writer)
        except (OSError, TimeoutError, ValueError, asyncio.IncompleteReadError) as error:
            log.debug(
                "a connection through our proxy ended", error=str(error) or type(error).__name__
            )
        except asyncio.LimitOverrunError:
            log.debug("our proxy was sent a head that is too long")
        finally:
            writer.close()
            if task is not None:
                self._connections.discard(task)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request and pass on what follows; one connection, one destination."""
        async with asyncio.timeout(PATIENCE):
            head = await reader.readuntil(b"\r\n\r\n")
        line, _, rest = head.partition(b"\r\n")
        method, target, _version = line.decode("latin-1").split(" ")
        tunnel = method == "CONNECT"
        parts = urlsplit(f"//{target}" if tunnel else target)
        if parts.hostname is None or (not tunnel and parts.scheme != "http"):
            raise ValueError(f"not a request for a proxy: {line[:80]!r}")
        if self._password and not hmac.compare_digest(_password_in(rest), self._password):
            raise ValueError("somebody else asked")
        host, port = parts.hostname, parts.port or (443 if tunnel else 80)
        try:
            there = await self._way.open(host, port, tunnel=tunnel)
        except (RefusedAddressError, OSError, TimeoutError) as error:
            refused = isinstance(error, RefusedAddressError | socket.gaierror)
            if refused:
                self._on_refusal(host, port, _reason(error))
            else:
                self._on_reach(host, port, error)
            # Plain requests without an answer: the browser then knows that nothing came, and shows
            # no page.
            if tunnel:
                status = b"403 Forbidden" if refused else b"502 Bad Gateway"
                writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n")
                await writer.drain()
            return
        self._on_reach(host, port, None)
        try:
            if tunnel:
                writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
                await _first_of(_copy(reader, there.writer), _copy(there.reader, writer))
            else:
                there.writer.write(_passed_on(method, target, rest, there.login))
                # Whatever else comes on this connection is meant for somebody else, perhaps, and
                # was not judged.
                await _first_of(_ignored(reader), _answered(there.reader, writer))
        finally:
            there.writer.close()


def _reason(error: Exception) -> str:
    return (
        str(error) if isinstance(error, RefusedAddressError) else "the host name does not resolve"
    )


def _password_in(head: bytes) -> bytes:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"proxy-authorization":
            return value.strip()
    return b""


def _passed_on(method: str, target: str, rest: bytes, login: bytes | None) -> bytes:
    """Return the head as the origin expects it, or, with a login, a proxy.

    One request on a connection, as it is judged.
    """
    parts = urlsplit(target)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    hop_by_hop = (b"proxy-", b"connection:", b"keep-alive:")
    lines = rest.split(b"\r\n")
    kept = [line for line in lines if line and not line.lower().startswith(hop_by_hop)]
    if login:
        kept.append(b"Proxy-Authorization: Basic " + login)
    first = f"{method} {path if login is None else target} HTTP/1.1".encode("latin-1")
    return b"\r\n".join([first, *kept, b"Connection: close", b"", b""])


async def _first_of(*ways: Coroutine[Any, Any, None]) -> None:
    """Go all ways until one ends; what had been sent by then arrives."""
    tasks = [asyncio.create_task(way) for way in ways]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _ignored(reader: asyncio.StreamReader) -> None:
    """Wait until the other end is gone."""
    with contextlib.suppress(OSError):
        while await reader.read(_CHUNK):
            pass


async def _answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on an answer as the last of its connection, whatever its origin says of that.

    Who asked would keep the connection and send the next request on it, for whatever host.
    """
    with contextlib.suppress(OSError, TimeoutError):
        final, seen = False, b""
        while not final:
            async with asyncio.timeout(IDLE):
                chunk = await reader.read(_CHUNK)
            seen += chunk
            while (end := _END_OF_HEAD.search(seen)) is not None and not final:
                head, seen = seen[: end.end()], seen[end.end() :]
                final = not _INTERIM.match(head)
                writer.write(_last_of_its_connection(head) if final else head)
            if not chunk or (len(seen) > MAX_HEAD and not final):
                break  # no proper answer: who asked is to see what it was
        writer.write(seen)
        await writer.drain()
        if final:
            await _copy(reader, writer)


def _last_of_its_connection(head: bytes) -> bytes:
    """Return the head of an answer that says that no other comes after it."""
    first, *fields = head.rstrip(b"\r\n").split(b"\n")
    kept = [
        field
        for field in fields
        if not field.lower().startswith((b"connection:", b"keep-alive:", b"proxy-"))
    ]
    lines = [line.rstrip(b"\r") for line in (first, *kept)]
    return b"\r\n".join([*lines, b"Connection: close", b"", b""])


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    left = MAX_BYTES
    with contextlib.suppress(OSError, TimeoutError):
        while left > 0:
            async with asyncio.timeout(IDLE):
                chunk = await reader.read(_CHUNK)
            if not chunk:
                return
            left -= len(chunk)
            writer.write(chunk)
            await writer.drain()
