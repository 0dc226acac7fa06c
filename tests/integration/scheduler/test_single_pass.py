"""`run --once` and `poll` as they are run from cron: they lack nothing that the daemon has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from core.clock import FixedClock, utc_now
from demo.inbox import Inbox
from demo.newsroom import Newsroom
from demo.synthetic import synthetic_outlet
from storage import open_store
from tests.integration.children import feed_sources, store_of, wirewatch, write_config
from tests.integration.empty_database import empty_database
from tests.integration.storage.samples import alerted, data, page, tracked

AHEAD = timedelta(days=400)
WEB = {"url": "https://watch.example.org", "secret": "not-a-secret-but-long-enough"}


@dataclass(frozen=True, slots=True)
class Site:
    """A database that has a past, a newsroom with one article, and what hears of it."""

    config: Path
    inbox: Inbox

    def posts(self) -> list[str]:
        return [post.body.decode() for post in self.inbox.posts("/slack")]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    outlet = synthetic_outlet("plain", "en", 1, words=100, page_bytes=5_000)
    with Newsroom([outlet]) as newsroom, Inbox() as inbox:
        config = write_config(
            tmp_path,
            network={"allow": [*newsroom.allow, "127.0.0.1/32"]},
            sources=feed_sources(newsroom),
            rules=[{"id": "any-text", "when": "the"}],
            receivers=[{"name": "desk", "slack": {"url": f"{inbox.url}/slack"}}],
            retention={"raw_pages": "90d"},
            web=WEB,
        )
        empty_database(tmp_path / "wirewatch.db")
        yield Site(config, inbox)


def hand_back(site: Site) -> None:
    """Leave a delivery in a far future, as a clock that ran ahead and was set right does."""
    url = f"sqlite:///{site.config.parent / 'wirewatch.db'}"
    with open_store(url, clock=FixedClock(utc_now() + AHEAD)) as store:
        alerted(store, "desk", rule="put-off")


def keep_an_old_page(site: Site) -> None:
    with store_of(site.config) as store:
        (entry,) = tracked(store, "https://kloop.example/1")
        then = utc_now() - AHEAD
        store.record(data(), page(at=then), key=entry.key, entry_id=entry.id)


def test_a_pass_from_cron_does_all_that_the_daemon_would(site: Site) -> None:
    hand_back(site)
    keep_an_old_page(site)
    done = wirewatch("run", "--once", "-c", str(site.config), cwd=site.config.parent)
    assert done.status == 0, done
    waiting = [post for post in site.posts() if "put-off" in post]
    assert len(waiting) == 1, "what a clock had put off is due again"
    fresh = [post for post in site.posts() if "any-text" in post]
    assert fresh, done
    assert all("I take this on" in post and f"{WEB['url']}/alert/" in post for post in fresh)
    with store_of(site.config) as store:
        assert store.prune_raw_pages(utc_now() - timedelta(days=90)) == 0
        assert store.prune_raw_pages(utc_now() + timedelta(days=1)) == 1, "the new page is kept"


def test_a_poll_sends_links_and_mends_the_schedule_and_cleans_nothing_up(site: Site) -> None:
    hand_back(site)
    keep_an_old_page(site)
    done = wirewatch("poll", "plain", "-c", str(site.config), cwd=site.config.parent)
    assert done.status == 0, done
    posts = site.posts()
    assert [post for post in posts if "put-off" in post]
    assert [post for post in posts if "any-text" in post and "I take this on" in post]
    with store_of(site.config) as store:
        assert store.prune_raw_pages(utc_now() - timedelta(days=90)) == 1


def test_a_dry_run_touches_neither_the_database_nor_the_receivers(site: Site) -> None:
    hand_back(site)
    before = (site.config.parent / "wirewatch.db").read_bytes()
    done = wirewatch("poll", "plain", "--dry-run", "-c", str(site.config), cwd=site.config.parent)
    assert done.status == 0, done
    assert site.posts() == []
    assert (site.config.parent / "wirewatch.db").read_bytes() == before


def test_the_sample_of_test_receiver_has_the_links_of_a_real_message(site: Site) -> None:
    shown = wirewatch(
        "test-receiver", "desk", "--preview", "-c", str(site.config), cwd=site.config.parent
    )
    assert "I take this on" in shown.out
    done = wirewatch("test-receiver", "desk", "-c", str(site.config), cwd=site.config.parent)
    assert done.status == 0, done
    (post,) = site.posts()
    assert "I take this on" in post
