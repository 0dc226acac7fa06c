"""How long what matters waits behind a flood, at a receiver that takes one message a second.

`python -m bench.flood`: real stages, a database file, a Slack channel on loopback at its own pace.
500 alerts of normal level are found at once, and ten seconds later one of level high. Printed is
when that one arrives, with a plain route and with `max_per_hour: 5`.
"""

from __future__ import annotations

import asyncio
import logging
import random
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from alerts.delivery.loop import DeliveryLoop
from alerts.dispatch.dispatcher import dispatch
from alerts.judging.story_grouping import Grouping
from alerts.judging.versions import judge_versions
from alerts.receivers import build_receivers
from alerts.rules import RuleSet
from core.articles import ArticleData
from core.clock import utc_now
from core.config.watch import WatchConfig
from storage import Store, open_store

FLOOD = 500
LATER = 10.0
"""Seconds after the flood began, when the one alert of level high is found."""
PATIENCE = 600.0
"""Seconds after which the wait for it is given up."""
MARK = "the one that matters"


@dataclass
class Channel:
    """A Slack channel's server: takes everything, and knows when what mattered came."""

    port: int = 0
    messages: int = 0
    came: float | None = None
    before: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer requests until the other side leaves."""
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
                size = int(head.split("content-length: ")[1].split("\r\n")[0])
                body = await reader.readexactly(size)
                if MARK.encode() in body and self.came is None:
                    self.came, self.before = time.monotonic(), self.messages
                self.messages += 1
                writer.write(b"HTTP/1.1 200 X\r\nContent-Length: 2\r\n\r\nok")
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            writer.close()


@dataclass
class Newsroom:
    """Rules, a route to the channel, and articles that are stories of their own."""

    store: Store
    channel: Channel
    limit: int | None
    _number: int = 0
    config: WatchConfig = field(init=False)

    def __post_init__(self) -> None:
        route: dict[str, Any] = {"to": ["desk"]}
        if self.limit is not None:
            route["max_per_hour"] = self.limit
        self.config = WatchConfig.model_validate(
            {
                "receivers": [
                    {"name": "desk", "slack": {"url": f"http://127.0.0.1:{self.channel.port}/h"}}
                ],
                "network": {"allow": [f"127.0.0.1/32:{self.channel.port}"]},
                "rules": [
                    {"id": "border", "when": "border", "level": "normal"},
                    {"id": "draft", "when": "draft", "level": "high"},
                ],
                "routes": [route],
            }
        )
        self.rules = RuleSet.compile(self.config)

    def publish(self, word: str, title: str, count: int = 1) -> None:
        """Store articles, and make messages of what the rules say to them."""
        for _ in range(count):
            self._number += 1
            words = " ".join(f"word{self._number}x{index}" for index in range(60))
            url = f"https://outlet.example/{self._number}"
            text = f"About the {word}. {words}"
            data = ArticleData(url=url, title=title, text=text, source="outlet", language="en")
            self.store.record(data, None, key=url)
        grouping = Grouping()
        grouping.fill(self.store, utc_now())
        while judge_versions(
            self.store, self.rules, self.config, now=utc_now(), grouping=grouping
        ).judged:
            pass
        dispatch(self.store, self.config, utc_now())


async def measure(store: Store, limit: int | None) -> str:
    """Let a flood come, and after it what matters; say when that arrived."""
    channel = Channel()
    server = await asyncio.start_server(channel.serve, "127.0.0.1", 0)
    channel.port = server.sockets[0].getsockname()[1]
    room = Newsroom(store, channel, limit)
    await asyncio.to_thread(room.publish, "border", "At the border", FLOOD)
    loop = DeliveryLoop(
        store,
        build_receivers(room.config),
        clock=utc_now,
        owner="bench",
        outlet_of=str,
        rng=random.Random(1),
    )
    stop = asyncio.Event()
    running = asyncio.create_task(loop.run(stop))
    await asyncio.sleep(LATER)
    begin = time.monotonic()
    await asyncio.to_thread(room.publish, "draft", MARK)
    loop.wake()
    while channel.came is None and time.monotonic() < begin + PATIENCE:
        due = await asyncio.to_thread(store.next_dispatch_at)
        pending = await asyncio.to_thread(store.next_delivery_at)
        if pending is None and due is not None:
            break  # it is held, and nothing else is on its way
        await asyncio.sleep(0.1)
    stop.set()
    await running
    await loop.close()
    server.close()
    if channel.came is not None:
        return f"after {channel.came - begin:.1f} s, behind {channel.before} messages"
    due = store.next_dispatch_at()
    if due is None:
        return f"not within {PATIENCE:g} s"
    return f"held for {(due - utc_now()).total_seconds() / 60:.0f} more minutes"


def main() -> None:
    """Measure and print."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    for name, limit in (("max_per_hour: 5", 5), ("a plain route", None)):
        with (
            tempfile.TemporaryDirectory() as folder,
            open_store(f"sqlite:///{Path(folder) / 'bench.db'}") as store,
        ):
            print(f"{name}: high comes {asyncio.run(measure(store, limit))}", flush=True)


if __name__ == "__main__":
    main()
