"""Many browsers at a real desk: open streams, and those that ask or read a byte at a time."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import httpx

from core.clock import utc_now
from core.people import Role
from desk.people import invite
from storage import Store
from web.live import MOST_OF_ONE

PIPELINED = 400
TICK = 0.05
"""Seconds between two bytes of a slow one."""


@dataclass
class Crowd:
    """How many are there, and how they were answered."""

    streams: int
    readers: int
    askers: int
    cookies: list[str]
    port: int
    loaders: int = 0
    """Connections that ask for the front page hundreds of times at once, again and again."""
    open: int = 0
    refused: int = 0
    heard: int = 0
    """Streams that were told something."""
    all_there: threading.Event = field(default_factory=threading.Event)
    all_heard: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    async def come(self) -> None:
        """Be there until it is over."""
        waiting = [
            asyncio.create_task(self._stream(self.cookies[number // MOST_OF_ONE]))
            for number in range(self.streams)
        ]
        while self.open + self.refused < self.streams:
            await asyncio.wait(waiting, timeout=TICK)
        slow = [asyncio.create_task(self._read_slowly()) for _ in range(self.readers)]
        slow += [asyncio.create_task(self._ask_slowly()) for _ in range(self.askers)]
        slow += [asyncio.create_task(self._load()) for _ in range(self.loaders)]
        self.all_there.set()
        while not self.over.is_set():
            await self._tick()
        for task in (*waiting, *slow):
            task.cancel()
        await asyncio.gather(*waiting, *slow, return_exceptions=True)
        await self._tick()  # in which the connections are closed

    async def _stream(self, cookie: str) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(self._request("/events", cookie))
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                self.refused += 1
                return
            self.open += 1
            told = False
            while line := await reader.readline():
                if line.startswith(b"event: look") and not told:
                    told = True
                    self.heard += 1
                    if self.heard == self.streams:
                        self.all_heard.set()
        finally:
            writer.transport.abort()  # with what is left to send, `close` would wait

    async def _read_slowly(self) -> None:
        """Ask for file after file, and take a byte now and then."""
        loop = asyncio.get_running_loop()
        with socket.socket() as slow:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            slow.setblocking(False)
            await loop.sock_connect(slow, ("127.0.0.1", self.port))
            with suppress(ConnectionError):
                # Enough of it that no buffer on the way holds all.
                asked = self._request("/static/htmx.min.js", self.cookies[0]) * 40
                await loop.sock_sendall(slow, asked)
                while await loop.sock_recv(slow, 1):
                    await self._tick()

    async def _ask_slowly(self) -> None:
        """Send the head of a request a byte at a time; begin again when that is not borne."""
        while not self.over.is_set():
            with suppress(ConnectionError):
                _reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                try:
                    for byte in self._request("/" + "x" * 10_000, self.cookies[0]):
                        writer.write(bytes([byte]))
                        await writer.drain()
                        await self._tick()
                finally:
                    writer.transport.abort()  # with what is left to send, `close` would wait

    async def _load(self) -> None:
        while not self.over.is_set():
            with suppress(ConnectionError):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                try:
                    writer.write(self._request("/", self.cookies[0]) * PIPELINED)
                    while await reader.read(65_536):
                        pass
                finally:
                    writer.transport.abort()

    async def _tick(self) -> None:
        passed = asyncio.Event()
        asyncio.get_running_loop().call_later(TICK, passed.set)
        await passed.wait()

    def _request(self, path: str, cookie: str) -> bytes:
        host = f"127.0.0.1:{self.port}"
        return f"GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n".encode()


def cookies_of(store: Store, base: str, people: int) -> list[str]:
    """Log people in at a desk; return what their browsers show from then on."""
    found = []
    with httpx.Client(base_url=base, trust_env=False, timeout=30) as client:
        for number in range(people):
            code = invite(store, f"person-{number}", utc_now(), Role.READ)
            done = client.post("/login", data={"code": code}, headers={"Origin": base})
            assert done.status_code == 303, done.text
            found.append(done.headers["set-cookie"].partition(";")[0])
            client.cookies.clear()
    return found


@contextmanager
def crowding(crowd: Crowd) -> Iterator[Crowd]:
    """Let a crowd be there, in a thread of its own."""
    thread = threading.Thread(target=lambda: asyncio.run(crowd.come()), name="crowd", daemon=True)
    thread.start()
    try:
        assert crowd.all_there.wait(120)
        yield crowd
    finally:
        crowd.over.set()
        thread.join(60)
