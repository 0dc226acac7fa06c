"""Proxies on loopback, an HTTP one and a SOCKS one, that note what they are asked for."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Self
from urllib.parse import urlsplit


class _Proxy(ABC):
    """Serves in a thread of its own; looks names up in a table, as a resolver beyond it would."""

    def __init__(self, names: Mapping[str, str] | None = None) -> None:
        self.asked: list[str] = []
        """`host:port`, as it was asked."""
        self.logins: list[str] = []
        self.port = 0
        self._names = dict(names or {})
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self.port = asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _start(self) -> int:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def _stop(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await self.answer(reader, writer)
        writer.close()

    @abstractmethod
    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""

    async def dial(self, host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        self.asked.append(f"{host}:{port}")
        return await asyncio.open_connection(self._names.get(host, host), port)


class HttpProxy(_Proxy):
    """Passes on plain requests and tunnels."""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, _, rest = head.partition("\r\n")
        for line in rest.splitlines():
            if line.lower().startswith("proxy-authorization:"):
                self.logins.append(line.partition(":")[2].strip())
        method, target, _version = first.split(" ")
        parts = urlsplit(f"//{target}" if method == "CONNECT" else target)
        there = await self.dial(parts.hostname or "", parts.port or 80)
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        else:
            path = target.partition(parts.netloc)[2] or "/"
            there[1].write(f"{method} {path} HTTP/1.1\r\n{rest}".encode())
        await _both((reader, writer), there)


class Mumbler(_Proxy):
    """Takes what it is sent and answers the same to all."""

    def __init__(self, said: bytes) -> None:
        super().__init__()
        self._said = said

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.write(self._said)
        await writer.drain()


class SocksProxy(_Proxy):
    """Speaks SOCKS5 without a login.

    With `said`, it reaches an outlet that answers the same to all who come from there.
    """

    def __init__(self, names: Mapping[str, str] | None = None, said: bytes | None = None) -> None:
        super().__init__(names)
        self._said = said

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _version, count = await reader.readexactly(2)
        await reader.readexactly(count)
        writer.write(b"\x05\x00")
        _version, _command, _zero, kind = await reader.readexactly(4)
        if kind == 3:
            host = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
        else:
            host = ".".join(str(byte) for byte in await reader.readexactly(4))
        port = int.from_bytes(await reader.readexactly(2), "big")
        if self._said is not None:
            self.asked.append(f"{host}:{port}")
            writer.write(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
            await reader.readuntil(b"\r\n\r\n")
            writer.write(self._said)
            await writer.drain()
            return
        there = await self.dial(host, port)
        writer.write(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
        await _both((reader, writer), there)


async def _both(
    here: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    there: tuple[asyncio.StreamReader, asyncio.StreamWriter],
) -> None:
    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(65536):
                writer.write(chunk)
                await writer.drain()
            writer.close()

    await asyncio.gather(copy(here[0], there[1]), copy(there[0], here[1]))
