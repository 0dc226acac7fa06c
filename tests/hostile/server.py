"""A real HTTP server with a loopback host for every hostile document and every hostile answer."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from demo.loopback import bind_hosts
from tests.hostile.answers import Trick
from tests.hostile.sample import SITE, Kind, Sample, item, page, rss

_CONTENT_TYPES = {Kind.FEED: "application/rss+xml", Kind.SITEMAP: "application/xml"}
_STOPPED_WITHIN = 10.0


@dataclass(frozen=True, slots=True)
class Host:
    """One host: what it serves, and the source that a crawler is given for it."""

    name: str
    address: str
    port: int
    content: Sample | Trick
    as_feed: bool
    """Whether the document stands at the feed's address; else at that of its one article."""

    @property
    def url(self) -> str:
        return f"http://{self.address}:{self.port}"

    @property
    def source(self) -> dict[str, Any]:
        """The source as a configuration names it."""
        kind = self.content.kind if isinstance(self.content, Sample) else Kind.FEED
        key, path = _KEYS.get(kind, ("feed", "/feed"))
        return {"name": self.name, key: f"{self.url}{path}"}

    @property
    def hostile_path(self) -> str:
        """Where the document stands."""
        if isinstance(self.content, Sample):
            if self.content.kind is Kind.ROBOTS:
                return "/robots.txt"
            if self.content.kind in _AT_THE_FRONT:
                return "/"
        return "/feed" if self.as_feed else "/page"


_KEYS = {
    Kind.FRONT: ("url", "/"),
    Kind.LISTING: ("page", "/"),
    Kind.TELEGRAM: ("telegram", "/"),
    Kind.SITEMAP: ("sitemap", "/feed"),
}
_AT_THE_FRONT = frozenset({Kind.FRONT, Kind.LISTING, Kind.TELEGRAM})


class HostileServer:
    """Serves documents and answers until the `with` block ends, each on a host of its own.

    A document is served where its kind belongs: an article behind a small honest feed, a feed or
    sitemap at an address of its own, a list of any kind as a front page. An answer is served both
    as the feed and as the article.
    """

    def __init__(self, samples: Sequence[Sample], tricks: Sequence[Trick]) -> None:
        contents: list[tuple[str, Sample | Trick, bool]] = [
            (sample.name, sample, sample.kind in (Kind.FEED, Kind.SITEMAP)) for sample in samples
        ]
        contents += [(f"{trick.name}-page", trick, False) for trick in tricks]
        contents += [(f"{trick.name}-feed", trick, True) for trick in tricks]
        self._sockets = bind_hosts("127.0.0.1", 0, len(contents))
        self.hosts = tuple(
            Host(name, *_place(listener), content, as_feed)
            for (name, content, as_feed), listener in zip(contents, self._sockets, strict=True)
        )
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="hostile server", daemon=True)

    @property
    def allow(self) -> list[str]:
        """The entries of `network.allow` that let a crawler in."""
        return [f"{host.address}/32:{host.port}" for host in self.hosts]

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(_STOPPED_WITHIN)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        tasks: set[asyncio.Task[None]] = set()
        servers = [
            await asyncio.start_server(self._answering(host, tasks), sock=listener)
            for host, listener in zip(self.hosts, self._sockets, strict=True)
        ]
        self._ready.set()
        await self._stop.wait()
        for server in servers:
            server.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _answering(
        self, host: Host, tasks: set[asyncio.Task[None]]
    ) -> Callable[[StreamReader, StreamWriter], None]:
        def accept(reader: StreamReader, writer: StreamWriter) -> None:
            task = self._loop.create_task(_answer(host, reader, writer))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        return accept


def _place(listener: socket.socket) -> tuple[str, int]:
    address, port = listener.getsockname()
    return address, port


async def _answer(host: Host, reader: StreamReader, writer: StreamWriter) -> None:
    # The client may hang up at any time, and is expected to where an answer never ends.
    with contextlib.suppress(OSError, asyncio.IncompleteReadError):
        request = await reader.readuntil(b"\r\n\r\n")
        path = request.split(b" ", 2)[1].decode("latin-1").partition("?")[0]
        content = host.content
        if isinstance(content, Trick):
            if path not in ("/robots.txt", "/feed") or (host.as_feed and path == "/feed"):
                await content.answer(reader, writer)
            else:
                writer.write(_honest(host, path))
        elif path == host.hostile_path:
            writer.write(_document(content, host.url))
        else:
            writer.write(_honest(host, path))
        await writer.drain()
    with contextlib.suppress(OSError):
        writer.close()
        await writer.wait_closed()


def _document(sample: Sample, url: str) -> bytes:
    content_type = sample.content_type or _CONTENT_TYPES.get(sample.kind, "text/html")
    coding = f"Content-Encoding: {sample.coding}\r\n" if sample.coding else ""
    body = sample.make()
    for charset in ("ascii", "utf-16-le"):  # its links stay on this machine
        body = body.replace(SITE.encode(charset), url.encode(charset))
    return _response("200 OK", content_type, body, coding)


def _honest(host: Host, path: str) -> bytes:
    if path == "/feed":
        news = item(1, title="The bridge stays closed", link=f"{host.url}/page")
        return _response("200 OK", "application/rss+xml", rss(news))
    if path == "/page":
        return _response("200 OK", "text/html", page(""))
    return _response("404 Not Found", "text/plain", b"")


def _response(status: str, content_type: str, body: bytes, more: str = "") -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n"
        f"{more}Connection: close\r\n\r\n"
    )
    return head.encode("latin-1") + body
