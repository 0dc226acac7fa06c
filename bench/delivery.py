"""How long an alert is on its way, beside a dead receiver and at a receiver's limit.

`python -m bench.delivery`: real stages, a database file, receivers on loopback. Prints times from
the storing of an article to its acceptance, with and without a receiver that never answers, and
the draining of a backlog at a receiver that counts and answers 429.
"""

from __future__ import annotations

import asyncio
import json
import logging
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from alerts.delivery.loop import DeliveryLoop
from alerts.dispatch.deciders import DECIDERS
from alerts.dispatch.dispatcher import dispatch
from alerts.judging.story_grouping import Grouping
from alerts.judging.versions import judge_versions
from alerts.receivers import build_receivers
from alerts.receivers.protocol import Rate
from alerts.rules import RuleSet
from core.alerting.matches import Level, Match, Snippet
from core.articles import ArticleData
from core.clock import utc_now
from core.config.watch import WatchConfig
from storage import Judgement, PlannedAlert, Store, open_store

PER_SECOND = 20
SECONDS = 30
BACKLOG = 10_000
PACE = 1 / 250
"""Seconds that stand for the second that Slack wants between two messages."""


@dataclass
class Hook:
    """A receiver's server: takes everything, never answers, or keeps to a limit."""

    answers: bool = True
    limit: float = 0.0
    arrived: dict[str, float] = field(default_factory=dict)
    refused: int = 0
    port: int = 0
    _full_at: float = 0.0
    _held: list[asyncio.StreamWriter] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer requests until the other side leaves."""
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
                size = int(head.split("content-length: ")[1].split("\r\n")[0])
                body = json.loads(await reader.readexactly(size))
                if not self.answers:
                    self._held.append(writer)
                    return
                now = time.monotonic()
                if self.limit and now < self._full_at:
                    self.refused += 1
                    writer.write(b"HTTP/1.1 429 X\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n")
                    continue
                # A tenth of tolerance: a network shifts what was sent at an even pace.
                self._full_at = max(now, self._full_at) + self.limit * 0.9
                for alert in (body["data"], *body["data"]["more"]):
                    self.arrived[alert["article"]["url"]] = time.time()
                writer.write(b"HTTP/1.1 204 X\r\nContent-Length: 0\r\n\r\n")
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            writer.close()


async def started(hook: Hook) -> Hook:
    """Let a hook listen."""
    server = await asyncio.start_server(hook.serve, "127.0.0.1", 0)
    hook.port = server.sockets[0].getsockname()[1]
    return hook


def configuration(*hooks: Hook) -> WatchConfig:
    """Return a configuration with a webhook for each hook."""
    return WatchConfig.model_validate(
        {
            "receivers": [
                {
                    "name": f"hook-{number}",
                    "webhook": {"url": f"http://127.0.0.1:{hook.port}/", "timeout": "15s"},
                }
                for number, hook in enumerate(hooks)
            ],
            "network": {"allow": [f"127.0.0.1/32:{hook.port}" for hook in hooks]},
            "rules": [{"id": "border", "when": "border"}],
        }
    )


def article(number: int) -> ArticleData:
    """Return an article that is a story of its own."""
    words = " ".join(f"word{number}x{index}" for index in range(60))
    return ArticleData(
        url=f"https://outlet.example/{number}",
        title=f"At the border {number}",
        text=f"The border was closed. {words}",
        source="outlet",
        language="en",
    )


async def latency(store: Store, *hooks: Hook) -> list[float]:
    """Store articles at an even pace; return seconds until the first hook had each."""
    config = configuration(*hooks)
    rules, grouping = RuleSet.compile(config), Grouping()
    stored: dict[str, float] = {}
    judge, stop = asyncio.Event(), asyncio.Event()
    loop = DeliveryLoop(store, build_receivers(config), clock=utc_now, owner="bench", outlet_of=str)

    def batch() -> int:
        grouping.fill(store, utc_now())
        report = judge_versions(store, rules, config, now=utc_now(), grouping=grouping)
        dispatch(store, config, utc_now())
        return report.judged

    async def judging() -> None:
        while not stop.is_set():
            judge.clear()
            while await asyncio.to_thread(batch):
                loop.wake()
            await judge.wait()

    tasks = [asyncio.create_task(judging()), asyncio.create_task(loop.run(stop))]
    begin = time.monotonic()
    for number in range(PER_SECOND * SECONDS):
        await asyncio.sleep(max(0.0, begin + number / PER_SECOND - time.monotonic()))
        data = article(number)
        await asyncio.to_thread(store.record, data, None, key=data.url)
        stored[data.url] = time.time()
        judge.set()
    deadline = time.monotonic() + 60
    while len(hooks[0].arrived) < len(stored) and time.monotonic() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    stop.set()
    judge.set()
    await asyncio.gather(*tasks)
    await loop.close()
    assert len(hooks[0].arrived) == len(stored), "alerts did not arrive"
    return [hooks[0].arrived[url] - at for url, at in stored.items()]


async def drain(store: Store, hook: Hook) -> float:
    """Deliver a backlog at a limit; return how long that took, in seconds."""
    config = configuration(hook)
    match = Match(
        rule_id="r", rule_title="Rule", level=Level.NORMAL, spans=(), snippet=Snippet("x")
    )
    for start in range(0, BACKLOG, 500):
        judgements = []
        for number in range(start, start + 500):
            data = article(number)
            version = store.record(data, None, key=data.url).version_id
            planned = PlannedAlert(match, receivers=("hook-0",))
            judgements.append(Judgement(version, "bench", (planned,)))
        store.commit_judgement(judgements, DECIDERS)
    receivers = build_receivers(config)
    paced: Any = receivers["hook-0"]
    paced.rate = Rate(PACE)
    loop = DeliveryLoop(store, receivers, clock=utc_now, owner="bench", outlet_of=str)
    begin = time.monotonic()
    await loop.drain(until_idle=True)
    await loop.close()
    assert len(hook.arrived) == BACKLOG, "alerts did not arrive"
    return time.monotonic() - begin


def percentile(values: list[float], share: float) -> float:
    """Return the value that a share of all do not exceed."""
    return statistics.quantiles(values, n=100)[int(share * 100) - 1]


def in_folder(work: Callable[[Store], Any]) -> Any:
    """Run work on a new database."""
    with (
        tempfile.TemporaryDirectory() as folder,
        open_store(f"sqlite:///{Path(folder) / 'bench.db'}") as store,
    ):
        return asyncio.run(work(store))


def main() -> None:
    """Measure and print."""
    quiet = structlog.make_filtering_bound_logger(logging.ERROR)
    structlog.configure(wrapper_class=quiet)

    async def alone(store: Store) -> list[float]:
        return await latency(store, await started(Hook()))

    async def beside_dead(store: Store) -> list[float]:
        return await latency(store, await started(Hook()), await started(Hook(answers=False)))

    async def backlog(store: Store) -> tuple[float, int]:
        hook = await started(Hook(limit=PACE))
        return await drain(store, hook), hook.refused

    results = {}
    for name, work in (("alone", alone), ("beside a dead receiver", beside_dead)):
        values = in_folder(work)
        results[name] = percentile(values, 0.95)
        print(
            f"{name:24} median {statistics.median(values):.3f} s, p95 {results[name]:.3f} s,"
            f" longest {max(values):.3f} s, {len(values)} alerts at {PER_SECOND}/s"
        )
    added = results["beside a dead receiver"] - results["alone"]
    print(f"a dead receiver adds {added:+.3f} s at p95 (goal: at most 1 s); p95 goal: 2 s")
    took, refused = in_folder(backlog)
    print(
        f"backlog of {BACKLOG}: {took:.1f} s at one message in {PACE * 1000:g} ms,"
        f" {refused} answers of 429"
    )


if __name__ == "__main__":
    main()
