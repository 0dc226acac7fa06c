"""A proxy on this machine: what it dials, or asks other proxies for, is judged as all else is.

A browser resolves names and opens connections by itself, past the network guard; so does whatever
proxy a source has. Told to use this one for everything, loopback included, they reach what the
guard lets through and no more.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

import structlog

from crawler.download.proxy_ways import PATIENCE, RefusedAddressError, Way

log = structlog.get_logger(__name__)

MAX_HEAD = 64 * 1024
"""Bytes of a request's head."""
MAX_BYTES = 64 * 1024 * 1024
"""Bytes that one connection may bring; a page with all its scripts is a tenth of that."""
IDLE = 60.0
"""Seconds without a byte after which a connection is closed."""
_CHUNK = 64 * 1024


class GuardedProxy:
    """Serves CONNECT and plain http by a way that refuses what must not be dialled."""

    def __init__(
        self,
        way: Way,
        on_refusal: Callable[[str, int, str], None] = lambda _host, _port, _why: None,
        on_reach: Callable[[str, int, str | None], None] = lambda _host, _port, _why: None,
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
                self._on_reach(host, port, str(error) or "no answer in time")
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
            else:
                there.writer.write(_passed_on(method, target, rest, there.login))
            await _pass_on((reader, there.writer), (there.reader, writer))
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


async def _pass_on(*ways: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
    """Copy both ways until one ends; what had been sent by then arrives."""
    tasks = [asyncio.create_task(_copy(*way)) for way in ways]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


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
