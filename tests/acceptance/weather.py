"""Bad weather for a daemon: a healthy outlet whose alerts are timed, and outlets that are not.

Nothing here waits for a while: it waits for a post, a request or a line of the log.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from demo.inbox import Inbox, Post
from demo.loopback import bind_hosts
from demo.newsroom import Newsroom
from demo.outlets import Outlet, Story
from tests.integration.children import write_config

WORD = "lighthouse"
"""What the rule looks for. No bad outlet says it."""
SOON = 10.0
"""Seconds within which the alert of a healthy outlet comes, whatever others do."""


class Healthy:
    """A well-behaved outlet and a receiver, and how long a story takes from one to the other."""

    def __init__(self) -> None:
        self.outlet = Outlet(slug="healthy", name="Healthy", language="en", feed_limit=50)
        self.newsroom = Newsroom([self.outlet])
        self.inbox = Inbox()
        self.delays: list[float] = []
        self._number = 0

    def __enter__(self) -> Self:
        self.newsroom.__enter__()
        self.inbox.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.inbox.__exit__(kind, error, trace)
        self.newsroom.__exit__(kind, error, trace)

    def configure(self, folder: Path, sources: list[dict[str, Any]], **sections: Any) -> Path:
        """Write a configuration that watches the healthy outlet beside these sources."""
        own = {"name": "healthy", "feed": self.newsroom.feed_url("healthy"), "every": "1s"}
        return write_config(
            folder,
            network={"allow": ["127.0.0.0/8"]},
            sources=[own, *sources],
            rules=[{"id": WORD, "when": WORD}],
            receivers=[{"name": "hook", "webhook": {"url": self.inbox.webhook_url}}],
            **sections,
        )

    def publish(self) -> str:
        """Publish a story that the rule finds; return its address."""
        self._number += 1
        number = self._number
        return self.newsroom.publish(
            "healthy",
            Story(
                slug=f"story-{number}",
                title=f"Story {number}: the {WORD} went dark",
                language="en",
                paragraphs=(
                    f"This is story {number} of the {WORD} on the cape, whose lamp went dark in "
                    f"night {number} of the winter while its keeper read the letters of his son.",
                    f"The {number}th ship waited until morning, then went home as it had come.",
                ),
            ),
        )

    def warm_up(self) -> None:
        """Wait for a first alert: a daemon that starts loads its parsers, which is not timed."""
        self.arrived(self.publish())

    def delay(self, timeout: float = 120.0) -> float:
        """Publish a story and return in how many seconds its alert came."""
        began = time.monotonic()
        self.arrived(self.publish(), timeout)
        self.delays.append(time.monotonic() - began)
        return self.delays[-1]

    def arrived(self, url: str, timeout: float = 120.0) -> Post:
        """Return the post about an article once it was accepted."""
        wanted = json.dumps(url).encode()
        return self.inbox._posts.wait(
            lambda post: post.accepted and wanted in post.body, 1, timeout
        )[0]


Answer = bytes | Callable[[asyncio.StreamWriter], Any] | None
"""What an outlet says to a request: an answer's body, something of its own, or 404."""


class Crowd:
    """Outlets, each on a loopback host of its own, whose answers a test decides."""

    def __init__(self, count: int, answer: Callable[[str, str], Answer]) -> None:
        """Prepare; `answer` is asked for each request, with its host and path."""
        # Not on the host of the healthy outlet: a crawler keeps one pace for both then.
        self._sockets = bind_hosts("127.0.0.2", 0, count)
        for one in self._sockets:
            one.listen(1024)
        self.hosts = [f"{one.getsockname()[0]}:{one.getsockname()[1]}" for one in self._sockets]
        self.asked: Counter[tuple[str, str]] = Counter()
        self._answer = answer
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(30)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._hang_up(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()

    async def _listen(self) -> None:
        self._talking: set[asyncio.Task[None]] = set()
        self._servers = [await asyncio.start_server(self._begin, sock=one) for one in self._sockets]

    async def _hang_up(self) -> None:
        for server in self._servers:
            server.close()
        for talk in self._talking:
            talk.cancel()
        await asyncio.gather(*self._talking, return_exceptions=True)
        await asyncio.sleep(0)  # so that what was aborted is closed

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.create_task(self._talk(reader, writer))
        self._talking.add(talk)
        talk.add_done_callback(self._talking.discard)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                await self._converse(reader, writer)
        finally:
            writer.transport.abort()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            path = head.split(" ", 2)[1]
            lines = head.lower().split("\r\n")
            host = next(line[6:] for line in lines if line.startswith("host: "))
            self.asked[host, path] += 1
            answer = self._answer(host, path)
            if answer is None or isinstance(answer, bytes):
                writer.write(_http(answer))
                await writer.drain()
            else:
                await answer(writer)


def _http(body: bytes | None) -> bytes:
    status = "404 Not Found" if body is None else "200 OK"
    kind = "application/xml" if body and body.startswith(b"<?xml") else "text/html; charset=utf-8"
    body = body or b"not here"
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def rss(items: Mapping[str, str]) -> bytes:
    """Return a feed of these addresses and titles."""
    listed = "".join(
        f"<item><title>{title}</title><link>{url}</link><guid>{url}</guid></item>"
        for url, title in items.items()
    )
    return (
        "<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>t</title>"
        f"<link>http://x.example/</link><description>d</description>{listed}</channel></rss>"
    ).encode()


@contextmanager
def told(item: str, healthy: Healthy) -> Iterator[None]:
    """Print beside each other what was done, and how long the healthy outlet's alerts took."""
    yield
    worst = max(healthy.delays, default=float("nan"))
    print(
        f"\n{item}: the healthy outlet's alert after {worst:.1f} s at most"
        f" ({', '.join(f'{delay:.1f}' for delay in healthy.delays)})"
    )


def children_of(pid: int) -> list[int]:
    """Return the processes that a process started."""
    found = []
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if folder.name.isdigit() and _fields(folder)[1] == str(pid):
                found.append(int(folder.name))
    return found


def workers_of(daemon: int) -> list[int]:
    """Return the parser workers of a daemon: children of its fork server."""
    return [worker for child in children_of(daemon) for worker in children_of(child)]


def killed(pids: list[int]) -> int:
    """Kill processes as the kernel does when memory is short; return how many there were."""
    number = 0
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            number += 1
    return number


def _fields(folder: Path) -> list[str]:
    """Return the fields of /proc/PID/stat from the state on."""
    return (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
