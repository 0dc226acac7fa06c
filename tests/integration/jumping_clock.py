"""An outlet on loopback whose answers depend on the moment, and a crawler whose clock jumps."""

from __future__ import annotations

import json
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from core.sources import TrackedEntry
from storage import Store, open_store
from tests.integration.children import run_command

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = 60 * MINUTE
HTML = {"Content-Type": "text/html; charset=utf-8"}
Answer = tuple[int, dict[str, str], bytes]
Answering = Callable[[str, datetime], Answer]


def page(name: str) -> bytes:
    sentences = (
        f"The council of the district met about case {name} and heard every side of it.",
        f"A lawyer of case {name} said that the protocol had been written a week before.",
        f"The session on case {name} goes on tomorrow, and the hall will be open to everybody.",
    )
    body = "".join(f"<p>{sentence}</p>" for sentence in sentences)
    title = f"The council hears case {name} behind open doors"
    return (
        f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{body}"
        "</article></body></html>"
    ).encode()


def feed(base: str, names: list[str], part: str = "a") -> bytes:
    items = "".join(
        f"<item><title>The council hears case {name} behind open doors</title>"
        f"<link>{base}/{part}/{name}</link></item>"
        for name in names
    )
    return f'<rss version="2.0"><channel><title>News</title>{items}</channel></rss>'.encode()


def rss(*items: tuple[str, str, str, str]) -> Answer:
    """Return a feed of items: their guid, title, link and what the feed says of them."""
    listed = "".join(
        f'<item><title>{title}</title><link>{link}</link><guid isPermaLink="false">{guid}</guid>'
        f"<description>{text}</description></item>"
        for guid, title, link, text in items
    )
    body = f'<rss version="2.0"><channel><title>N</title>{listed}</channel></rss>'
    return of_type("application/rss+xml", body.encode())


def status(code: int, body: bytes = b"no", **headers: str) -> Answer:
    return code, HTML | {name.replace("_", "-"): value for name, value in headers.items()}, body


def of_type(kind: str, body: bytes) -> Answer:
    return 200, {"Content-Type": kind}, body


@contextmanager
def serving(clock: Callable[[], datetime], answer: Answering) -> Iterator[tuple[str, Counter[str]]]:
    """Serve what `answer` says of a path and a moment; yield the address and what was asked."""
    asked: Counter[str] = Counter()

    class Answers(BaseHTTPRequestHandler):
        """Gives what the table has."""

        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked[self.path] += 1
            code, headers, body = answer(self.path, clock())
            self.send_response(code)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:
                self.close_connection = True  # what is too large is not waited for

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def watch(folder: Path, sources: dict[str, str], every: str = "30d") -> None:
    config: dict[str, Any] = {
        "database": "sqlite:///wirewatch.db",
        "crawl": {"per_host_delay": "0ms", "per_host_concurrency": 8, "parser_processes": 1},
        "network": {"allow": ["127.0.0.1"]},
        "sources": [
            {"name": name, "feed": address, "every": every} for name, address in sources.items()
        ],
        "rules": [{"id": "all", "any": ["council"], "level": "high"}],
    }
    (folder / "watch.yaml").write_text(json.dumps(config))


def crawl(folder: Path, until: datetime) -> None:
    """Let the crawler and the rules work in a process of their own until a moment."""
    command = (sys.executable, "-m", "tests.month.crawl", str(folder), until.isoformat(), "30")
    done = run_command(command, cwd=folder, timeout=240)
    assert done.status == 0, done.err[-3000:]


@contextmanager
def stored(folder: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{folder / 'wirewatch.db'}") as store:
        yield store


def entries(folder: Path) -> list[TrackedEntry]:
    with stored(folder) as store:
        return list(store.entries(limit=5_000).items)
