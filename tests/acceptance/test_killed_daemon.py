"""SIGKILL at any moment loses no alert, and repeats one only under the same id."""

from __future__ import annotations

import os
import random
import subprocess
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from demo.inbox import Inbox, Post
from demo.newsroom import Newsroom
from demo.outlets import Outlet, Story
from tests.integration import ready_process
from tests.integration.children import child_environment, feed_sources, write_config

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OUTLETS = 4


@dataclass(frozen=True)
class Ordeal:
    """How hard it gets."""

    articles: int
    kills: int
    longest_life: float
    """Seconds a daemon works at most before it is killed, from the first alert it sends.

    Of every third one, from its start: that is killed while it begins.
    """


def test_a_daemon_killed_again_and_again_loses_no_alert(tmp_path: Path) -> None:
    _endure(tmp_path, Ordeal(articles=18, kills=3, longest_life=1.5))


@pytest.mark.chaos
@pytest.mark.timeout(600)
def test_fifty_kills_while_two_hundred_articles_are_published_lose_none(tmp_path: Path) -> None:
    _endure(tmp_path, Ordeal(articles=200, kills=55, longest_life=2.5))


def _endure(folder: Path, ordeal: Ordeal) -> None:
    chance = random.Random(20230113)  # noqa: S311 - the same moments at every run
    outlets = [
        Outlet(slug=f"outlet-{number}", name=f"Outlet {number}", language="en", feed_limit=500)
        for number in range(OUTLETS)
    ]
    with Newsroom(outlets) as newsroom, Inbox(fail_every=10) as inbox:
        config = write_config(
            folder,
            crawl={"every": "1s"},
            sources=feed_sources(newsroom),
            network={"allow": list(newsroom.allow)},
            rules=[{"id": "border", "when": "border"}],
            receivers=[{"name": "hook", "webhook": {"url": inbox.webhook_url, "secret": SECRET}}],
        )
        published: list[str] = []
        for life in range(ordeal.kills):
            due = ordeal.articles * (life + 1) // ordeal.kills
            while len(published) < due:
                number = len(published)
                published.append(newsroom.publish(f"outlet-{number % OUTLETS}", _story(number)))
            beginning = life % 3 == 2
            seconds = chance.uniform(0.0, ordeal.longest_life)
            _live_and_be_killed(config, inbox, seconds, amid_work=not beginning)
        _live_until(config, inbox, set(published))
        _judge(inbox.posts(), published, ordeal)


def _story(number: int) -> Story:
    return Story(
        slug=f"story-{number}",
        title=f"Story {number}: turned back at the border",
        language="en",
        paragraphs=(
            f"This is story number {number}, which tells of travellers who were turned back at "
            f"the border on day {number} of the winter, and of the officers who read their names.",
            f"The {number}th of them waited until evening, then went home by the road he had come.",
        ),
    )


def _daemon(config: Path) -> ready_process.ReadyProcess:
    with (
        (config.parent / "daemon.log").open("ab") as log,
        Path(os.devnull).open("r+b") as nothing,
    ):
        return ready_process.start(
            ["run", "-c", str(config), "--log-level", "warning"],
            cwd=config.parent,
            env=child_environment(),
            stdin=nothing.fileno(),
            stdout=nothing.fileno(),
            stderr=log.fileno(),
        )


def _live_and_be_killed(config: Path, inbox: Inbox, seconds: float, *, amid_work: bool) -> None:
    """Kill a daemon amid its work, however slowly the machine comes to that, or before."""
    received = len(inbox.posts())
    daemon = _daemon(config)
    try:
        if amid_work:
            inbox.wait_for_posts(received + 1, timeout=90)
        with pytest.raises(subprocess.TimeoutExpired):
            daemon.wait(seconds)  # a daemon that ends by itself fails the test here
    finally:
        daemon.kill()
        daemon.wait(10)


def _live_until(config: Path, inbox: Inbox, urls: set[str]) -> None:
    """Let a last daemon finish; it gets as long as retries of the first steps may take."""
    daemon = _daemon(config)
    try:
        while missing := urls - {_article_url(post) for post in inbox.posts(accepted=True)}:
            received = len(inbox.posts(accepted=True))
            inbox.wait_for_posts(received + len(missing), accepted=True, timeout=90)
    finally:
        daemon.terminate()
        status = daemon.wait(20)
    assert status == 0


def _article_url(post: Post) -> str:
    body: Any = post.json()
    return str(body["data"]["article"]["url"])


def _judge(posts: tuple[Post, ...], published: list[str], ordeal: Ordeal) -> None:
    ids_by_article: dict[str, set[str]] = defaultdict(set)
    accepted: Counter[str] = Counter()
    for post in posts:
        Webhook(SECRET).verify(post.body, dict(post.headers))
        ids_by_article[_article_url(post)].add(post.headers["webhook-id"])
        accepted[post.headers["webhook-id"]] += post.accepted
    lost = [url for url in published if not any(accepted[i] for i in ids_by_article[url])]
    doubled = {url: ids for url, ids in ids_by_article.items() if len(ids) > 1}
    repeats = sum(number - 1 for number in accepted.values() if number > 1)
    print(
        f"\n{len(published)} articles, {ordeal.kills} kills, {len(posts)} posts, of which"
        f" {sum(not post.accepted for post in posts)} were refused: {len(lost)} lost,"
        f" {repeats} repeated under the same id, {len(doubled)} under another"
    )
    assert lost == []
    assert doubled == {}
