"""How long the desk's pages take over a large archive, in the server.

    python -m bench.web [--articles N] [--alerts N] [--database URL]

Made are articles of 300 words, alerts on the newest of them, and stories of three outlets each.
Every page is asked for by somebody who is logged in, in this process: what is measured is the
server, without a network. Printed are the median and the 95th percentile, the median of the CPU
time, which other work on the machine touches least, and how much a page weighs when packed.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import hashlib
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Connection, create_engine, insert, select

from alerts.dispatch.deciders import DECIDERS
from core.alerting.matches import Field, Level, Match, Snippet, Span
from core.articles import ArticleData
from core.clock import FixedClock
from core.collector import settle
from core.config.sections.web import WebSection
from core.config.watch import WatchConfig
from core.sources import Source, SourceKind
from desk.context import desk_over
from desk.people import Role, invite
from scheduler.running_config import live_of
from storage import Store, open_store
from storage.database.row import metadata
from storage.judging.judging_records import Judgement, PlannedAlert, StoryPlacement
from web.app import create_app

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
SOURCES = 200
ROUNDS = 40
GOAL = 0.050
"""Seconds that a page may take in the server, at the 95th percentile."""
HEAVIEST = 40_000
"""Bytes of a page with its script and style, packed."""
_BATCH = 5_000
_WORDS = [
    "рейд",
    "мигрант",
    "повестка",
    "город",
    "сообщил",
    "источник",
    "полиция",
    "рынок",
    "задержан",
    "суд",
    "закон",
]
_TABLES = ("article", "article_version", "rule_match", "alert", "story", "story_article")


def main() -> int:
    """Fill a database, ask for the pages, print the table; 1 when a page is too slow."""
    parser = argparse.ArgumentParser(prog="python -m bench.web", description=__doc__)
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--alerts", type=int, default=60_000)
    parser.add_argument("--database", help="an empty one, or of an earlier run; else a new file")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wirewatch-bench-") as folder:
        url = chosen.database or f"sqlite:///{Path(folder) / 'web.db'}"
        with open_store(url, clock=FixedClock(NOW)) as store:
            began = time.monotonic()
            if not store.cases(limit=1).items:
                _fill(store, url, chosen.articles, chosen.alerts)
            made = time.monotonic() - began
            _say(f"{chosen.articles:,} articles, {chosen.alerts:,} alerts, made in {made:.0f} s")
            return asyncio.run(_measure(store))


async def _measure(store: Store) -> int:
    config = WatchConfig.model_validate(
        {
            "database": "sqlite:///never-opened.db",
            "crawl": {"contact": "mailto:bench@example.org"},
            "sources": [
                {"name": f"s{n}", "feed": f"https://s{n}.example/feed"} for n in range(SOURCES)
            ],
            "rules": [{"id": f"r{n}", "title": f"Rule {n}", "any": [_WORDS[n]]} for n in range(5)],
        }
    )  # fmt: skip
    live = live_of(config)
    clock = FixedClock(NOW)
    desk = desk_over(store, lambda: live, clock)
    web = WebSection(listen="127.0.0.1:8750", url=None, secret=None)
    case = store.cases(limit=1).items[0]
    asked = {
        "Alerts": "/", "Alerts, closed": "/?shelf=closed", "Alerts, one rule": "/?rule=r1",
        "Story": f"/story/{case.id}", "Article": f"/article/{case.id}", "Sources": "/sources",
        "API, stories": "/api/v1/stories",
    }  # fmt: skip
    slow = 0
    _say(f"{'page':<18} {'median':>9} {'p95':>9} {'CPU':>9} {'packed':>9}")
    transport = httpx.ASGITransport(app=create_app(desk, web))
    async with httpx.AsyncClient(
        transport=transport, base_url=web.address, headers={"Sec-Fetch-Site": "same-origin"}
    ) as client:
        await client.post("/login", data={"code": invite(store, "bench", NOW, Role.WORK)})
        from desk.people import give_token

        _token, secret = give_token(store, "bench", Role.READ, NOW, timedelta(days=1))
        settle()  # as the daemon does
        static = 0
        for name in ("desk.css", "desk.js", "htmx.min.js"):
            static += len(gzip.compress((await client.get(f"/static/{name}")).content))
        for name, path in asked.items():
            if path not in {route.path for route in transport.app.routes} and name == "Sources":  # type: ignore[attr-defined]
                continue
            times, spent, size = [], [], 0
            for _ in range(ROUNDS):
                began, busy = time.perf_counter(), time.process_time()
                answer = await client.get(path, headers={"Authorization": f"Bearer {secret}"})
                times.append(time.perf_counter() - began)
                spent.append(time.process_time() - busy)
                if answer.status_code != 200:
                    raise SystemExit(f"{path}: {answer.status_code}")
                size = len(gzip.compress(answer.content))
            p95 = statistics.quantiles(times, n=20)[-1]
            slow += p95 > GOAL or size + static > HEAVIEST
            _say(
                f"{name:<18} {1000 * statistics.median(times):>6.1f} ms {1000 * p95:>6.1f} ms "
                f"{1000 * statistics.median(spent):>6.1f} ms {(size + static) / 1000:>6.1f} kB"
            )
    _say(f"goal: p95 {1000 * GOAL:.0f} ms, {HEAVIEST / 1000:.0f} kB; {slow} missed")
    return 1 if slow else 0


def _fill(store: Store, url: str, articles: int, alerts: int) -> None:
    """Store one of everything by the real way, and as many like it as are wanted."""
    store.sync_sources(
        [
            Source(name=f"s{n}", kind=SourceKind.FEED, url=f"https://s{n}.example/feed")
            for n in range(SOURCES)
        ]
    )
    text = " ".join(_WORDS[n % len(_WORDS)] for n in range(300))
    data = ArticleData(
        url="https://s0.example/0", title="Рейд на рынке", text=text, source="s0", language="ru",
        published_at=NOW - timedelta(days=400),
    )  # fmt: skip
    recorded = store.record(data, None, key="https://s0.example/0")
    match = Match(
        rule_id="r0", rule_title="Rule 0", level=Level.HIGH,
        spans=(Span(Field.TEXT, 0, 4, "рейд"),), snippet=Snippet(text[:200], ((0, 4),)),
    )  # fmt: skip
    placement = StoryPlacement(
        story=recorded.article_id, relation="new", of=None, containment=0.0, shared_words=0,
        first_source="s0", first_at=NOW - timedelta(days=400),
    )  # fmt: skip
    store.commit_judgement(
        [
            Judgement(
                recorded.version_id, "rules", (PlannedAlert(match, ("desk",)),),
                placement=placement,
            )
        ],
        DECIDERS,
    )  # fmt: skip
    engine = create_engine(url)
    with engine.begin() as connection:
        known = {name: _first(connection, name) for name in _TABLES}
        for start in range(2, articles + 1, _BATCH):
            numbers = range(start, min(start + _BATCH, articles + 1))
            for name in _TABLES:
                rows = list(_rows(name, known[name], numbers, articles, alerts))
                if rows:
                    connection.execute(insert(metadata.tables[name]), rows)
    engine.dispose()


def _first(connection: Connection, name: str) -> dict[str, Any]:
    row = connection.execute(select(metadata.tables[name]).limit(1)).mappings().one()
    return dict(row)


def _rows(
    table: str, like: dict[str, Any], numbers: range, articles: int, alerts: int
) -> Iterator[dict[str, Any]]:
    step = timedelta(days=400) / articles
    for n in numbers:
        at = NOW - timedelta(days=400) + n * step
        alerting = n > articles - alerts
        story = n - n % 3
        match table:
            case "article":
                key = f"https://s{n % SOURCES}.example/{n}"
                digest = hashlib.sha256(key.encode()).digest()
                yield {**like, "id": n, "key": key, "key_hash": digest,
                       "source": f"s{n % SOURCES}", "first_seen_at": at}  # fmt: skip
            case "article_version":
                yield {**like, "id": n, "article_id": n, "source": f"s{n % SOURCES}",
                       "url": f"https://s{n % SOURCES}.example/{n}", "title": f"Рейд на рынке {n}",
                       "first_seen_at": at, "published_at": at}  # fmt: skip
            case "rule_match" if alerting:
                level = ("low", "normal", "high")[n % 3]
                yield {**like, "id": n, "version_id": n, "rule_id": f"r{n % 5}", "level": level}
            case "alert" if alerting:
                # A desk that is worked on: some hundreds are open.
                done = ("acknowledged", "dismissed")[story // 3 % 2]
                state = "open" if story > articles - 300 else done
                yield {**like, "id": f"alt_{n:032x}", "article_id": n, "match_id": n,
                       "rule_id": f"r{n % 5}", "created_at": at, "state": state}  # fmt: skip
            case "story" if alerting and n == story and n - 1 > articles - alerts:
                yield {**like, "id": n, "first_at": at, "first_source": f"s{n % SOURCES}"}
            case "story_article" if alerting and story - 1 > articles - alerts:
                yield {**like, "article_id": n, "story_id": story, "seen_at": at}
            case _:
                continue


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
