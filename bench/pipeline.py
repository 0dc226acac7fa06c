"""What one article costs from the outlet's server to the receiver, beside extraction alone.

Ours does everything: fetch, sandboxed extraction, storage with evidence, rules, delivery. Beside
it, in the same run and on the same pages, bare loops in as many processes: what a user would write
first, and the least that trafilatura can do. Each twice: with the pages in memory already, and
fetching them with httpx, since what is not in memory must be fetched and unpacked by any loop.
"""

from __future__ import annotations

import json
import re
import statistics
import tempfile
import time
import urllib.request
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path

import httpx
import trafilatura

from alerts.judging.story_grouping import Grouping
from alerts.judging.versions import judge_versions
from alerts.rules import RuleSet
from bench.processes import WIREWATCH, Cost, announced, measured
from core.articles import ArticleData, FetchedPage
from core.clock import FixedClock
from core.config.watch import WatchConfig
from crawler.decide.aliases import aliases_of
from crawler.extract import extract_article
from storage import open_store

PROCESSES = 2
ROUNDS = 3
OUTLETS = (("aral", "ru"), ("balkhash", "en"), ("chatyr", "ru"), ("dushan", "en"))
WORDS = 600
PAGE_BYTES = 100_000
"""Of 181 real article pages the mean is 173,000 characters."""

STAGES = ("storing, with the page as evidence", "judging, and looking for copies")
GOAL_FIRST, GOAL_LEAST = 1.4, 0.8

Pages = list[tuple[str, bytes]]

_CONFIG = """
database: sqlite:///bench.db
crawl:
  contact: mailto:bench@example.org
  per_host_delay: 0ms
  per_host_concurrency: 4
  parser_processes: {processes}
  max_entries_per_poll: 10000
  max_age: 36500d
network: {{allow: {allow}}}
sources:
{sources}
rules: [{rule}]
receivers:
  - name: inbox
    webhook: {{url: "{webhook}", secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw}}
"""


_RULE = {
    "id": "one-in-many",
    "title": "About one article in ten",
    "level": "high",
    "when": "министерства OR (money AND raid)",
}


def bare(url: str, body: bytes) -> None:
    """Extract as a user would first write it."""
    trafilatura.bare_extraction(body, url=url, with_metadata=True, include_comments=False)


def limit(url: str, body: bytes) -> None:
    """Do the least that trafilatura can: text only, in its fast mode."""
    trafilatura.extract(body, url=url, fast=True, include_comments=False)


def run(articles: int) -> None:
    """Measure and print. `articles` is the number of pages of one crawl."""
    ours, empty = [], []
    loops: dict[str, list[float]] = {loop.__name__: [] for loop in LOOPS}
    delivered = 0
    few = len(OUTLETS)
    with (
        _newsroom(articles) as news,
        _newsroom(few) as short_news,
        announced("demo.inbox") as inbox,
    ):
        pages = _pages(news)
        count = len(pages)
        for _ in range(ROUNDS):  # interleaved, so that a change of the machine's speed hits all
            idle, _ = _crawl(short_news, inbox, expect=few)
            crawl, delivered = _crawl(news, inbox, expect=count)
            empty.append(idle.cpu)
            ours.append(crawl.cpu)
            for loop in LOOPS:
                loops[loop.__name__].append(_loop(loop, pages))
            for stage, seconds in _stages(pages).items():
                loops.setdefault(stage, []).append(seconds)
    start = min(empty)
    size = statistics.mean(len(body) for _, body in pages)
    print(
        f"\nPipeline: {count} article pages of {size / 1000:.0f} kB, {PROCESSES} parser processes"
    )
    print(f"  {delivered} of them raised an alert, which a webhook took")
    print(f"  start and stop of the daemon, {few} articles       {start:6.2f} CPU s")
    # The best of each: what else runs on the machine only ever adds to what something costs.
    spent = (min(ours) - start) * count / (count - few)
    rates = {
        "wirewatch, end to end": count / spent,
        "wirewatch, with start and stop": count / min(ours),
        "bare_extraction with metadata, loop": count / min(loops["bare"]),
        "extract fast, text only, loop": count / min(loops["limit"]),
        "httpx and bare_extraction, loop": count / min(loops["bare_fetched"]),
        "httpx and extract fast, loop": count / min(loops["limit_fetched"]),
    }
    first, least, first_fetched, least_fetched = list(rates.values())[2:]
    print(f"  {'articles per CPU-second':<45} {'':6}   to bare  to limit")
    for name, rate in rates.items():
        print(f"  {name:<45} {rate:6.1f}   {rate / first:6.2f}x  {rate / least:6.2f}x")
    parts = {name: min(loops[name]) for name in ("extraction", *STAGES)}
    parts["fetching, hand-over between processes, delivery: the rest"] = spent - sum(parts.values())
    print("  where an article's CPU goes (each part alone, in a loop)")
    for name, seconds in parts.items():
        print(f"    {name:<60} {1000 * seconds / count:6.2f} ms  {seconds / spent:4.0%}")
    ours_rate = rates["wirewatch, end to end"]
    goals = (
        (ours_rate / first, "bare_extraction", GOAL_FIRST),
        (ours_rate / least, "the fast bare loop", GOAL_LEAST),
        (ours_rate / first_fetched, "bare_extraction with its fetching", GOAL_FIRST),
        (ours_rate / least_fetched, "the fast loop with its fetching", GOAL_LEAST),
    )
    for ratio, name, goal in goals:
        print(f"  of {name}: {ratio:.2f} (goal {goal}): {'held' if ratio >= goal else 'missed'}")


def bare_fetched(url: str, _body: bytes) -> None:
    """Fetch and extract as a user would first write it."""
    bare(url, _session().get(url).content)


def limit_fetched(url: str, _body: bytes) -> None:
    """Fetch, and do the least that trafilatura can."""
    limit(url, _session().get(url).content)


@cache
def _session() -> httpx.Client:
    return httpx.Client()


def extraction(url: str, body: bytes) -> None:
    """Extract as we do, with metadata, language and the check for stubs."""
    extract_article(body, url)


LOOPS = (bare, limit, bare_fetched, limit_fetched, extraction)


def _stages(pages: Pages) -> dict[str, float]:
    """Return the CPU seconds of storing and of judging all pages, without the crawler around."""
    articles = [(url, body, extract_article(body, url, source="aral")) for url, body in pages]
    config = WatchConfig.model_validate({"rules": [_RULE]})
    rules, clock = RuleSet.compile(config), FixedClock(datetime(2026, 3, 2, tzinfo=UTC))
    spent = []
    with (
        tempfile.TemporaryDirectory() as folder,
        open_store(f"sqlite:///{folder}/stages.db", clock=clock) as store,
    ):
        began = time.process_time()
        for url, body, data in articles:
            if isinstance(data, ArticleData):
                page = FetchedPage(
                    url=url,
                    final_url=url,
                    status=200,
                    headers=(),
                    body=body,
                    fetched_at=clock(),
                )
                store.record(data, page, key=url, aliases=aliases_of(data, url))
        spent.append(time.process_time() - began)
        began = time.process_time()
        grouping = Grouping()
        while judge_versions(store, rules, config, grouping=grouping, now=datetime.now(UTC)).judged:
            pass
        spent.append(time.process_time() - began)
    return dict(zip(STAGES, spent, strict=True))


def _newsroom(articles: int):  # type: ignore[no-untyped-def]
    share = articles // len(OUTLETS)
    wanted = [f"{name}:{language}:{share}:{WORDS}:{PAGE_BYTES}" for name, language in OUTLETS]
    return announced("demo", *(part for outlet in wanted for part in ("--synthetic", outlet)))


def _crawl(news: dict[str, object], inbox: dict[str, object], *, expect: int) -> tuple[Cost, int]:
    feeds: dict[str, str] = dict(news["feeds"])  # type: ignore[call-overload]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "watch.yaml").write_text(
            _CONFIG.format(
                processes=PROCESSES,
                rule=json.dumps(_RULE, ensure_ascii=False),
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
