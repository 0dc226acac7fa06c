"""What one article costs from the outlet's server to the receiver, beside extraction alone.

Ours does everything: fetch, sandboxed extraction, storage with evidence, rules, delivery. Beside
it, in the same run and on the same bytes, two bare loops in as many processes that only extract:
what a user would write first, and the least that trafilatura can do.
"""

from __future__ import annotations

import json
import re
import statistics
import tempfile
import time
import urllib.request
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import trafilatura

from bench.processes import WIREWATCH, Cost, announced, measured

PROCESSES = 2
ROUNDS = 3
OUTLETS = (("aral", "ru"), ("balkhash", "en"), ("chatyr", "ru"), ("dushan", "en"))
WORDS = 600
PAGE_BYTES = 100_000
"""Of 181 real article pages the mean is 173,000 characters."""

Pages = list[tuple[str, bytes]]

_CONFIG = """
database: sqlite:///bench.db
crawl:
  contact: mailto:bench@example.org
  per_host_delay: 0ms
  per_host_concurrency: 4
  parser_processes: {processes}
  max_entries_per_poll: 10000
network: {{allow: {allow}}}
sources:
{sources}
rules:
  - id: one-in-many
    title: About one article in ten
    level: high
    when: "министерства OR (money AND raid)"
receivers:
  - name: inbox
    webhook: {{url: "{webhook}", secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw}}
"""


def bare(url: str, body: bytes) -> None:
    """Extract as a user would first write it."""
    trafilatura.bare_extraction(body, url=url, with_metadata=True, include_comments=False)


def limit(url: str, body: bytes) -> None:
    """Do the least that trafilatura can: text only, in its fast mode."""
    trafilatura.extract(body, url=url, fast=True, include_comments=False)


def run(articles: int) -> None:
    """Measure and print. `articles` is the number of pages of one crawl."""
    ours, empty = [], []
    loops: dict[str, list[float]] = {"bare": [], "limit": []}
    delivered = 0
    with _newsroom(articles) as news, announced("demo.inbox") as inbox:
        pages = _pages(news)
        count = len(pages)
        for _ in range(ROUNDS):  # interleaved, so that a change of the machine's speed hits all
            idle, _ = _crawl({**news, "feeds": {}}, inbox, expect=0)
            crawl, delivered = _crawl(news, inbox, expect=count)
            empty.append(idle.cpu)
            ours.append(crawl.cpu)
            loops["bare"].append(_loop(bare, pages))
            loops["limit"].append(_loop(limit, pages))
    start = statistics.median(empty)
    size = statistics.mean(len(body) for _, body in pages)
    print(
        f"\nPipeline: {count} article pages of {size / 1000:.0f} kB, {PROCESSES} parser processes"
    )
    print(f"  {delivered} of them raised an alert, which a webhook took")
    print(f"  start and stop of the daemon, no sources      {start:6.2f} CPU s")
    rates = {
        "wirewatch, end to end": count / (statistics.median(ours) - start),
        "wirewatch, with start and stop": count / statistics.median(ours),
        "bare_extraction with metadata, loop": count / statistics.median(loops["bare"]),
        "extract fast, text only, loop": count / statistics.median(loops["limit"]),
    }
    first, least = list(rates.values())[2:]
    print(f"  {'articles per CPU-second':<45} {'':6}   to bare  to limit")
    for name, rate in rates.items():
        print(f"  {name:<45} {rate:6.1f}   {rate / first:6.2f}x  {rate / least:6.2f}x")


def _newsroom(articles: int):  # type: ignore[no-untyped-def]
    share = articles // len(OUTLETS)
    wanted = [f"{name}:{language}:{share}:{WORDS}:{PAGE_BYTES}" for name, language in OUTLETS]
    return announced("demo", *(part for one in wanted for part in ("--synthetic", one)))


def _crawl(news: dict[str, object], inbox: dict[str, object], *, expect: int) -> tuple[Cost, int]:
    feeds: dict[str, str] = dict(news["feeds"])  # type: ignore[call-overload]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "watch.yaml").write_text(
            _CONFIG.format(
                processes=PROCESSES,
                allow=json.dumps(news["allow"]),
                sources="\n".join(f"  - {{name: {n}, feed: '{u}'}}" for n, u in feeds.items()),
                webhook=f"{inbox['url']}/webhook",
            ),
            encoding="utf-8",
        )
        cost = measured([*WIREWATCH, "run", "--once", "--log-level", "error"], Path(folder))
        stored, delivered = _stored(Path(folder) / "bench.db")
        if stored != expect:
            raise SystemExit(f"{stored} of {expect} articles were stored; the figures are void")
    return cost, delivered


def _stored(database: Path) -> tuple[int, int]:
    """Return how many articles a crawl stored, and how many alerts were delivered."""
    from storage import open_store

    with open_store(f"sqlite:///{database}", migrate=False) as store:
        counts = store.entry_counts()
        sent = store.delivery_counts()
    return (
        sum(number for (_, status, _), number in counts.items() if status == "stored"),
        sum(number for (_, status), number in sent.items() if status == "delivered"),
    )


def _pages(news: dict[str, object]) -> Pages:
    feeds: dict[str, str] = dict(news["feeds"])  # type: ignore[call-overload]
    pages: Pages = []
    for feed in feeds.values():
        text = _get(feed).decode()
        for url in dict.fromkeys(re.findall(r"https?://[^\s<>\"]+/news/[^\s<>\"]+", text)):
            pages.append((url, _get(url)))
    return pages


def _get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own newsroom
        body: bytes = answer.read()
        return body


def _loop(extract: object, pages: Pages) -> float:
    """Return the CPU seconds of `extract` over all pages, in as many processes as ours."""
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("forkserver")) as pool:
        shares = [pages[start::PROCESSES] for start in range(PROCESSES)]
        return sum(pool.map(partial(_share, extract), shares))


def _share(extract, pages: Pages) -> float:  # type: ignore[no-untyped-def]
    for url, body in pages[:3]:
        extract(url, body)  # caches and lazy imports are not what is measured
    began = time.process_time()
    for url, body in pages:
        extract(url, body)
    return time.process_time() - began
