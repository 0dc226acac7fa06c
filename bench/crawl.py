"""What a poll costs: beside a bare aiohttp loop and a bare Scrapy spider, and with more sources.

    python -m bench.crawl [--quick]

All poll the same feeds of a server that runs in a process of its own: four answers of five are 304,
the fifth is the feed with a new entry. Ours also keeps the schedule, the entries and what was
learnt in SQLite and parses in the sandbox; the Scrapy spider keeps entries in SQLite; the aiohttp
loop keeps them in memory. CPU is that of the process with all its children, over whole rounds
after a first one. Rounds of the three take turns with each other as processes of their own.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import logging
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.processes import ROOT, environment, resident_kb

AT_ONCE = 16
CHANGES_EVERY = 5
"""Every so many requests a feed has a new entry."""
ITEMS = 40
GOAL_SCRAPY, GOAL_GROWTH, GOAL_MEMORY = 0.5, 1.2, 5.0
_START = datetime(2026, 3, 2, tzinfo=UTC)
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What polling came to."""

    polls: int
    cpu: float
    """Seconds."""

    @property
    def per_cpu_second(self) -> float:
        """Polls for a second of CPU."""
        return self.polls / self.cpu


def main() -> int:
    """Run what the command line names; without a subject, everything."""
    parser = argparse.ArgumentParser(prog="python -m bench.crawl", description=__doc__)
    parser.add_argument("subject", nargs="?", choices=("server", "memory", *_SUBJECTS))
    parser.add_argument("--sources", type=int, default=0)
    parser.add_argument("--polled", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--quick", action="store_true", help="a few polls, to see that it works")
    given = parser.parse_args()
    if given.subject == "server":
        asyncio.run(_serve())
    elif given.subject == "memory":
        print(json.dumps({"kb": _idle_memory(given.sources)}))
    elif given.subject:
        polled = given.polled or given.sources
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            outcome = _SUBJECTS[given.subject](given.port, given.sources, polled, given.rounds)
        print(json.dumps({"polls": outcome.polls, "cpu": outcome.cpu}))
    else:
        return _compare(quick=given.quick)
    return 0


def _compare(*, quick: bool) -> int:
    """Print the tables; return 1 when a goal is missed (never for a quick run)."""
    sources, turns, rounds = (60, 1, 1) if quick else (2_000, 5, 1)
    with _server() as port:
        found: dict[str, list[Outcome]] = {name: [] for name in _SUBJECTS}
        for _ in range(turns):
            for name, outcomes in found.items():
                outcomes.append(_child(name, port, sources, sources, rounds))
        print(f"polls of {sources} feeds, {rounds} rounds, {turns} turns: per second of CPU")
        rates = {name: _rate(outcomes) for name, outcomes in found.items()}
        for name, rate in rates.items():
            print(f"  {name:10} {rate:8.0f}   ours / it {rates['ours'] / rate:5.2f}")
        sizes = (20, 60) if quick else (100, 1_000, 10_000)
        polls, repeats = (60, 1) if quick else (4_000, 2)
        costs = {}
        for size in sizes:
            polled = min(size, polls)
            outcomes = [
                _child("ours", port, size, polled, max(1, polls // polled)) for _ in range(repeats)
            ]
            costs[size] = 1000 / _rate(outcomes)
        print(f"cost of a poll, of {polls} polls, by the sources that are watched")
        for size, cost in costs.items():
            print(f"  {size:6} sources {cost:6.2f} ms of CPU")
    few, many = (10, 200) if quick else (10, 10_000)
    memory = [_memory(few), _memory(many)]
    kilobytes = (memory[1] - memory[0]) / (many - few)
    growth = costs[sizes[-1]] / costs[sizes[0]]
    ratio = rates["ours"] / rates["scrapy"]
    verdicts = (
        (f"of bare Scrapy      {ratio:5.2f}  (goal at least {GOAL_SCRAPY})", ratio >= GOAL_SCRAPY),
        (f"growth of the cost  {growth:5.2f}  (goal at most {GOAL_GROWTH})", growth <= GOAL_GROWTH),
        (
            f"kB per idle source  {kilobytes:5.2f}  (goal at most {GOAL_MEMORY})",
            kilobytes <= GOAL_MEMORY,
        ),
    )
    for said, held in verdicts:
        print(f"{said}  {'held' if held else 'missed'}")
    return 0 if quick or all(held for _, held in verdicts) else 1


def _rate(outcomes: list[Outcome]) -> float:
    """Return that of the best turn: what else runs on the machine only ever adds to the CPU."""
    return max(outcome.per_cpu_second for outcome in outcomes)


def _child(subject: str, port: int, sources: int, polled: int, rounds: int) -> Outcome:
    said = _run(subject, f"--port={port}", f"--sources={sources}", f"--polled={polled}",
                f"--rounds={rounds}")  # fmt: skip
    return Outcome(said["polls"], said["cpu"])


def _memory(sources: int) -> float:
    return float(_run("memory", f"--sources={sources}")["kb"])


def _run(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.crawl", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment(), check=True, stdout=subprocess.PIPE)
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


# -- the server


@contextmanager
def _server() -> Iterator[int]:
    server = subprocess.Popen(
        [sys.executable, "-m", "bench.crawl", "server"],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
    )
    assert server.stdout is not None
    try:
        yield int(server.stdout.readline())
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


async def _serve() -> None:
    """Answer `GET /N` with feed N, by hand: what the server costs must not slow the subjects."""
    asked: dict[bytes, int] = {}

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await reader.readuntil(b"\r\n\r\n"):
                path = request.split(b" ", 2)[1]
                if path == b"/robots.txt":
                    writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
                    continue
                number = asked[path] = asked.get(path, -1) + 1
                version = number // CHANGES_EVERY
                tag = b'"%d"' % version
                if tag in request:
                    writer.write(b"HTTP/1.1 304 Not Modified\r\nETag: %s\r\n\r\n" % tag)
                    continue
                body = _feed(path.decode(), version)
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nETag: %s\r\n"
                    b"Content-Length: %d\r\n\r\n" % (tag, len(body)) + body
                )
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


def _feed(path: str, version: int) -> bytes:
    text = "The council of the district met on Tuesday to discuss the bridge over the river. " * 4
    items = "".join(
        f"<item><title>Report {n} of{path}</title><link>https://outlet.example{path}/{n}</link>"
        f"<pubDate>Mon, 02 Mar 2026 {n % 24:02}:00:00 GMT</pubDate>"
        f"<description>{text}</description></item>"
        for n in range(version + ITEMS, version, -1)
    )
    return f'<rss version="2.0"><channel><title>{path}</title>{items}</channel></rss>'.encode()


# -- the subjects


def _ours(port: int, sources: int, polled: int, rounds: int) -> Outcome:
    """Poll with the real path: queue, spider, recording, sandbox, SQLite."""
    import structlog

    from core.clock import FixedClock
    from core.config.sections.sources import SourceConfig
    from core.config.watch import WatchConfig
    from core.sources import NextPoll, Source, SourceState
    from crawler.download.reactor import run_on_reactor
    from crawler.record.poll_facts import PollFacts
    from crawler.service import CrawlService
    from storage import open_store

    # As the daemon has it: lines below `info` are not written.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
    config = WatchConfig.model_validate(
        {
            "crawl": {"per_host_delay": "0ms", "per_host_concurrency": AT_ONCE,
                      "parser_processes": 1, "contact": "mailto:bench@example.org"},
            "network": {"allow": [f"127.0.0.1/32:{port}"]},
        }
    )  # fmt: skip
    watched = {
        f"s{n}": SourceConfig(name=f"s{n}", feed=f"http://127.0.0.1:{port}/{n}").to_source()
        for n in range(sources)
    }
    often = {f"s{n}" for n in range(polled)}
    clock = FixedClock(_START)

    def plan(_source: Source, _state: SourceState, _facts: PollFacts, /) -> NextPoll:
        return NextPoll(clock() + timedelta(hours=1), "every hour of the benchmark")

    outcome: list[Outcome] = []

    async def main() -> int:
        crawl = CrawlService(store, config, lambda: watched, clock, plan, follow=False)
        crawl.start()
        began = 0.0
        for number in range(rounds + 1):
            if number == 1:
                began, before = _tree_cpu(), crawl.counts.polls
            clock.advance(timedelta(hours=1))
            crawl.wake()
            await crawl.idle()
        outcome.append(Outcome(crawl.counts.polls - before, _tree_cpu() - began))
        await crawl.stop(5)
        return 0

    with open_store("sqlite:///bench.db", clock=clock) as store:
        store.sync_sources(list(watched.values()))
        with sqlite3.connect("bench.db") as database:
            later = (_START + timedelta(days=900)).strftime("%Y-%m-%d %H:%M:%S.%f")
            database.executemany(
                "UPDATE source SET next_poll_at = ? WHERE name = ?",
                [(later, name) for name in watched if name not in often],
            )
        database.close()
        run_on_reactor(main)
    return outcome[0]


def _aiohttp(port: int, sources: int, _polled: int, rounds: int) -> Outcome:
    """Poll with a loop over one session; the least that works."""
    import aiohttp
    import fastfeedparser

    tags: dict[int, str] = {}
    seen: set[str] = set()

    async def poll(session: aiohttp.ClientSession, gate: asyncio.Semaphore, number: int) -> None:
        headers = {"If-None-Match": tags[number]} if number in tags else {}
        url = f"http://127.0.0.1:{port}/{number}"
        async with gate, session.get(url, headers=headers) as answer:
            if answer.status == 200:
                feed = fastfeedparser.parse((await answer.read()).decode())
                seen.update(entry.link for entry in feed.entries)
                tags[number] = answer.headers["ETag"]

    async def run() -> Outcome:
        gate = asyncio.Semaphore(AT_ONCE)
        async with aiohttp.ClientSession() as session:
            began = 0.0
            for number in range(rounds + 1):
                if number == 1:
                    began = _tree_cpu()
                await asyncio.gather(*(poll(session, gate, n) for n in range(sources)))
            return Outcome(rounds * sources, _tree_cpu() - began)

    return asyncio.run(run())


def _scrapy(port: int, sources: int, _polled: int, rounds: int) -> Outcome:
    """Poll with one long-lived spider, as its tutorial would have it."""
    import fastfeedparser
    import scrapy
    from scrapy.crawler import CrawlerProcess
    from scrapy.http import Response

    outcome: list[Outcome] = []

    class Feeds(scrapy.Spider):
        name = "feeds"
        handle_httpstatus_list = (304,)
        custom_settings = {  # noqa: RUF012 - as Scrapy has it
            "CONCURRENT_REQUESTS": AT_ONCE,
            "CONCURRENT_REQUESTS_PER_DOMAIN": AT_ONCE,
            "DOWNLOAD_DELAY": 0,
            "LOG_ENABLED": False,
            "TELNETCONSOLE_ENABLED": False,
        }

        async def start(self) -> AsyncIterator[Any]:
            self.tags: dict[int, bytes] = {}
            self.database = sqlite3.connect("scrapy.db", isolation_level=None)
            self.database.execute("PRAGMA journal_mode = WAL")
            self.database.execute("CREATE TABLE entry (link TEXT PRIMARY KEY, title TEXT)")
            began = 0.0
            for number in range(rounds + 1):
                if number == 1:
                    began = _tree_cpu()
                self.open, self.done = sources, asyncio.Event()
                for n in range(sources):
                    headers = {"If-None-Match": self.tags[n]} if n in self.tags else {}
                    url = f"http://127.0.0.1:{port}/{n}"
                    yield scrapy.Request(url, headers=headers, dont_filter=True, cb_kwargs={"n": n})
                await self.done.wait()
            outcome.append(Outcome(rounds * sources, _tree_cpu() - began))

        def parse(self, response: Response, n: int = 0) -> None:
            if response.status == 200:
                feed = fastfeedparser.parse(response.body.decode())
                self.database.execute("BEGIN")
                self.database.executemany(
                    "INSERT OR IGNORE INTO entry VALUES (?, ?)",
                    [(entry.link, entry.title) for entry in feed.entries],
                )
                self.database.execute("COMMIT")
                self.tags[n] = response.headers["ETag"] or b""
            self.open -= 1
            if not self.open:
                self.done.set()

    process = CrawlerProcess({"LOG_INSTALL_ROOT_HANDLER": False})
    process.crawl(Feeds)
    process.start()
    return outcome[0]


_SUBJECTS = {"ours": _ours, "scrapy": _scrapy, "aiohttp": _aiohttp}


def _idle_memory(sources: int) -> int:
    """Return the resident kB of a process that watches sources of which none is due."""
    from core.clock import FixedClock
    from core.config.sections.sources import SourceConfig
    from core.config.watch import WatchConfig
    from crawler.context import keep_schedule
    from crawler.download.reactor import run_on_reactor
    from crawler.service import CrawlService
    from scheduler.running_config import live_of
    from storage import open_store

    given = tuple(
        SourceConfig(name=f"outlet-{n}", title=f"Outlet {n}", feed=f"https://o{n}.example/feed.xml",
                     language="ru", tags=("kz", "independent"))
        for n in range(sources)
    )  # fmt: skip
    live = live_of(WatchConfig(sources=given))
    clock = FixedClock(_START)
    found: list[int] = []

    async def main() -> int:
        crawl = CrawlService(store, live.config, lambda: live.sources, clock, keep_schedule)
        crawl.start()
        crawl.wake()
        await crawl.idle()
        gc.collect()
        found.append(resident_kb(os.getpid()))
        await crawl.stop(5)
        return 0

    with tempfile.TemporaryDirectory() as folder:
        later = FixedClock(_START + timedelta(days=1))
        with open_store(f"sqlite:///{folder}/idle.db", clock=later) as store:
            store.sync_sources(list(live.sources.values()))
        with open_store(f"sqlite:///{folder}/idle.db", clock=clock) as store:
            run_on_reactor(main)
    return found[0]


def _tree_cpu() -> float:
    """Return the CPU seconds of this process and of all that descend from it and live."""
    return sum(_cpu(pid) for pid in _descendants(os.getpid()))


def _descendants(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            yield from _descendants(int(child))


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


if __name__ == "__main__":
    sys.exit(main())
