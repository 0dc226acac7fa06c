"""Pages that are wrong for a minute, of every kind: nothing about an article is final after one
look, and a host full of dead links is not asked for ever. A real server, and a clock that jumps."""

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

import pytest

from core.sources import EntryStatus, TrackedEntry
from storage import Store, open_store
from tests.integration.children import run_command
from tests.month.press import SharedClock

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


def status(code: int, body: bytes = b"no", **headers: str) -> Answer:
    return code, HTML | {name.replace("_", "-"): value for name, value in headers.items()}, body


def of_type(kind: str, body: bytes) -> Answer:
    return 200, {"Content-Type": kind}, body


WRONG: dict[str, Answer] = {
    **{str(code): status(code) for code in (300, 400, 401, 403, 404, 405, 406, 410, 414, 451)},
    "503": status(503),
    "private": status(302, Location="http://10.0.0.1/login"),
    "mailto": status(302, Location="mailto:desk@outlet.example"),
    "large": status(200, b"<html>" + b"x" * 9_000_000),
    "empty": status(200, b""),
    "json": of_type("application/json", b'{"error":"try again"}'),
    "pdf": of_type("application/pdf", b"%PDF-1.4 maintenance"),
    "tags": status(200, b"<html><body>" + b"<p>x" * 300_000),
}


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


def watch(folder: Path, sources: dict[str, str]) -> None:
    config: dict[str, Any] = {
        "database": "sqlite:///wirewatch.db",
        "crawl": {"per_host_delay": "0ms", "per_host_concurrency": 8, "parser_processes": 1},
        "network": {"allow": ["127.0.0.1"]},
        "sources": [
            {"name": name, "feed": address, "every": "30d"} for name, address in sources.items()
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


def test_a_page_that_was_wrong_for_a_minute_is_told_of_when_it_is_right(tmp_path: Path) -> None:
    clock = SharedClock(tmp_path / "clock", START)

    def answer(path: str, now: datetime) -> Answer:
        _, kind, name = path.split("/", 2) if path.count("/") > 1 else ("", path, "")
        if kind == "feed":
            return of_type("application/rss+xml", feed(base, [name]))
        if kind != "a":
            return status(404)
        return WRONG[name] if now < START + MINUTE else status(200, page(name))

    with serving(clock, answer) as (base, _):
        watch(tmp_path, {f"s{name}": f"{base}/feed/{name}" for name in WRONG})
        crawl(tmp_path, START + 20 * MINUTE)
    found = {entry.source.removeprefix("s"): entry for entry in entries(tmp_path)}
    assert set(found) == set(WRONG)
    waiting = {name: entry for name, entry in found.items() if entry.status != EntryStatus.STORED}
    assert waiting == {}
    with stored(tmp_path) as store:
        told = {alert.article.data.source.removeprefix("s") for alert in store.alerts().items}
    assert told == set(WRONG)


def test_what_stays_wrong_is_final_after_more_than_a_day_and_says_so_meanwhile(
    tmp_path: Path,
) -> None:
    clock = SharedClock(tmp_path / "clock", START)

    def answer(path: str, now: datetime) -> Answer:
        kind, _, name = path.strip("/").partition("/")
        if kind == "feed":
            return of_type("application/rss+xml", feed(base, [name]))
        return WRONG[name] if kind == "a" else status(404)

    with serving(clock, answer) as (base, asked):
        watch(tmp_path, {f"s{name}": f"{base}/feed/{name}" for name in WRONG})
        crawl(tmp_path, START + 24 * HOUR)
        early = entries(tmp_path)
        crawl(tmp_path, START + 72 * HOUR)
    assert {entry.status for entry in early} == {EntryStatus.PENDING}
    assert all(entry.reason and entry.looks and entry.next_attempt_at for entry in early)
    ended = entries(tmp_path)
    assert {entry.status for entry in ended} == {EntryStatus.FAILED, EntryStatus.REJECTED}
    assert all(
        entry.settled_at is not None and entry.settled_at >= START + 24 * HOUR for entry in ended
    )
    looks = {name: asked[f"/a/{name}"] for name in WRONG}
    assert max(looks.values()) <= 8, looks


def test_a_thousand_dead_links_cost_a_tenth_more_and_an_article_among_them_is_told(
    tmp_path: Path,
) -> None:
    clock = SharedClock(tmp_path / "clock", START)
    dead = [f"dead{number}" for number in range(1_000)]

    def answer(path: str, now: datetime) -> Answer:
        kind, _, name = path.strip("/").partition("/")
        if kind == "feed":
            return of_type("application/rss+xml", feed(base, ["late", *dead]))
        late = name == "late" and now >= START + MINUTE
        return status(200, page(name)) if late else status(404)

    with serving(clock, answer) as (base, asked):
        watch(tmp_path, {"s": f"{base}/feed/all"})
        crawl(tmp_path, START + 96 * HOUR)
    found = entries(tmp_path)
    assert len(found) == 1_001
    assert {entry.status for entry in found} == {EntryStatus.FAILED, EntryStatus.STORED}
    (late,) = [entry for entry in found if entry.status is EntryStatus.STORED]
    assert late.entry.url.endswith("/late")
    pages = sum(times for path, times in asked.items() if path.startswith("/a/"))
    assert pages <= 1_001 + 250, pages


def test_robots_txt_that_forbids_for_a_moment_loses_nothing(tmp_path: Path) -> None:
    clock = SharedClock(tmp_path / "clock", START)

    def answer(path: str, now: datetime) -> Answer:
        if path == "/feed":
            return of_type("application/rss+xml", feed(base, ["robots"]))
        if path == "/robots.txt":
            closed = b"User-agent: *\nDisallow: /a/\n" if now < START + MINUTE else b""
            return of_type("text/plain", closed)
        return status(200, page("robots"))

    with serving(clock, answer) as (base, asked):
        watch(tmp_path, {"s": f"{base}/feed"})
        crawl(tmp_path, START + MINUTE)
        (waits,) = entries(tmp_path)
        crawl(tmp_path, START + 20 * MINUTE)  # a new process, which asks for robots.txt again
    assert (waits.status, asked["/a/robots"]) == (EntryStatus.PENDING, 1)
    assert [entry.status for entry in entries(tmp_path)] == [EntryStatus.STORED]
