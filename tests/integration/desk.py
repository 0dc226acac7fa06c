"""A desk that has polled its outlets once: what the commands are tried on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from demo.inbox import Answer, Inbox
from demo.newsroom import Newsroom
from demo.outlets import FeedFormat, Outlet, Scheduled, Story
from demo.synthetic import synthetic_outlet
from tests.integration.children import (
    Finished,
    feed_sources,
    wirewatch,
    wirewatch_here,
    write_config,
)

HOSTILE = "\x1b]0;owned\x07\x1b[31mRed \u202etitle\x9b1m zeppelin"
SHOWN = "Red title zeppelin"
TEXT = tuple(
    f"The zeppelin rose above the market for the {n}th time and nobody \x1b[2Jin town looked up."
    for n in range(9)
)
STUB = (
    b"<html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>"
)
ASKING = frozenset({"articles", "alerts", "deliveries", "entities", "explain", "db", "check"})
"""Commands that only ask or change the database: they are run in the test's own process."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A configuration whose sources were polled once, and what hears its alerts."""

    newsroom: Newsroom
    inbox: Inbox
    config: Path

    def run(self, *words: str, env: dict[str, str] | None = None) -> Finished:
        here = words[0] in ASKING and env is None
        run = wirewatch_here if here else wirewatch
        env = {"WIREWATCH_CONFIG": str(self.config), **(env or {})}
        return run(*words, cwd=self.config.parent, env=env)


@contextmanager
def opened_desk(folder: Path) -> Iterator[Desk]:
    """Poll the outlets once; give the desk while its newsroom and inbox are open."""
    story = Story(slug="airship", title=HOSTILE, paragraphs=TEXT, language="en")
    hostile = Outlet(
        slug="hostile",
        name="Hostile Herald",
        language="en",
        feed_format=FeedFormat.JSON,
        stories=(Scheduled(timedelta(), story),),
        page_bytes=5_000,
    )
    plain = synthetic_outlet("plain", "ru", 5, words=100, page_bytes=5_000)
    with Newsroom([hostile, plain]) as newsroom, Inbox() as inbox:
        inbox.script("/gone", *[Answer(status=410, body=b"gone")] * 3)
        newsroom.place("plain", "/news/31404/story-4.html", STUB)
        config = write_config(
            folder,
            network={"allow": [*newsroom.allow, "127.0.0.1/32"]},
            sources=feed_sources(newsroom),
            rules=[{"id": "air", "title": "Things that fly", "any": ["zeppelin"]}],
            receivers=[
                {"name": "desk", "webhook": {"url": inbox.webhook_url}},
                {"name": "gone", "webhook": {"url": f"{inbox.url}/gone"}},
                {"name": "deaf", "webhook": {"url": "http://127.0.0.1:9/"}},
            ],
        )
        opened = Desk(newsroom, inbox, config)
        done = opened.run("run", "--once")
        assert "stored     5 new" in done.out, done
        assert "rejected   1 stub" in done.out, done
        yield opened
