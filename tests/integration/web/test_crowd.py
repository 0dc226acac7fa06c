"""Alerts go out while hundreds look on, and some of them as slowly as they can."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from statistics import quantiles
from time import monotonic

import httpx
import pytest

from demo.inbox import Inbox
from demo.newsroom import Newsroom
from demo.outlets import Story
from demo.synthetic import synthetic_outlet, synthetic_story
from tests.integration.children import feed_sources, running_daemon, store_of, write_config
from tests.integration.test_daemon import QUICK
from tests.integration.test_daemon_telemetry import free_port
from tests.integration.web.crowd import Crowd, cookies_of, crowding
from web.live import MOST_OF_ONE, MOST_STREAMS


@pytest.mark.timeout(300)
def test_alerts_go_out_while_some_look_on_slowly(tmp_path: Path) -> None:
    crowd, delays, _pages = delivered_beside(tmp_path, streams=20, slow=4, stories=4)
    assert (crowd.open, crowd.refused) == (20, 0)
    assert len(delays) == 4


@pytest.mark.chaos
@pytest.mark.timeout(600)
def test_two_hundred_streams_and_slow_clients_leave_delivery_as_quick(tmp_path: Path) -> None:
    (tmp_path / "alone").mkdir()
    (tmp_path / "crowded").mkdir()
    _nobody, alone, _ = delivered_beside(tmp_path / "alone", streams=0, slow=0, stories=60)
    crowd, delays, pages = delivered_beside(
        tmp_path / "crowded", streams=MOST_STREAMS, slow=20, stories=60
    )
    print(
        f"\nfrom the alert to its acceptance, p95 of {len(delays)}: {p95(alone):.2f} s alone, "
        f"{p95(delays):.2f} s beside {crowd.open} streams and 40 slow clients; "
        f"a login page meanwhile: {p95(pages):.2f} s"
    )
    assert (crowd.open, crowd.refused) == (MOST_STREAMS, 0)
    assert p95(delays) <= 2.0


@pytest.mark.chaos
@pytest.mark.timeout(600)
@pytest.mark.parametrize("loaders", [1, 8])
def test_hundreds_of_pages_for_one_client_leave_delivery_as_quick(
    tmp_path: Path, loaders: int
) -> None:
    _crowd, delays, pages = delivered_beside(
        tmp_path, streams=0, slow=0, stories=40, loaders=loaders
    )
    print(
        f"\nfrom the alert to its acceptance, p95 of {len(delays)}: {p95(delays):.2f} s beside "
        f"{loaders} connections that each ask for 400 pages at once; a page: {p95(pages):.2f} s"
    )
    assert p95(delays) <= 2.0


def fresh(number: int) -> Story:
    """Return a story of this moment."""
    return replace(synthetic_story("plain", "ru", number + 100, 120), published_at=None)


def p95(values: list[float]) -> float:
    return quantiles(values, n=20)[-1]


def delivered_beside(
    folder: Path, *, streams: int, slow: int, stories: int, loaders: int = 0
) -> tuple[Crowd, list[float], list[float]]:
    """Return the crowd, and how long alerts and pages took beside it."""
    one = synthetic_outlet("plain", "ru", 1, words=100, page_bytes=5_000)
    outlet = replace(one, feed_limit=stories + 1)
    port = free_port()
    with Newsroom([outlet]) as newsroom, Inbox() as inbox:
        config = write_config(
            folder,
            network={"allow": [*newsroom.allow, "127.0.0.1/32"]},
            sources=feed_sources(newsroom, **QUICK),
            rules=[{"id": "all", "level": "high", "when": "regex:/./"}],
            receivers=[{"name": "desk", "webhook": {"url": inbox.webhook_url}}],
            web={"listen": f"127.0.0.1:{port}"},
        )
        base = f"http://127.0.0.1:{port}"
        with running_daemon(config) as daemon:
            inbox.wait_for_posts(1, timeout=90)
            with store_of(config) as store:
                people = max(1, -(-streams // MOST_OF_ONE))
                cookies = cookies_of(store, base, people)
                crowd = Crowd(streams, slow, slow, cookies, port, loaders)
                pages = []
                with crowding(crowd), httpx.Client(trust_env=False, timeout=60) as client:
                    for number in range(stories):
                        newsroom.publish("plain", fresh(number))
                        if number % 4 == 3:
                            started = monotonic()
                            shown = client.get(f"{base}/login").status_code
                            assert shown in ({200, 429, 503} if loaders else {200})
                            pages.append(monotonic() - started)
                            inbox.wait_for_posts(number + 2, timeout=120)
                    posts = inbox.wait_for_posts(stories + 1, timeout=120)
                    assert not streams or crowd.all_heard.wait(60)
                    alerts = store.alerts(limit=1000).items
            assert daemon.stop() == 0
    made = {alert.article.data.url: alert.created_at for alert in alerts}
    delays = []
    for post in posts[1:]:
        url = json.loads(post.body)["data"]["article"]["url"]
        delays.append((post.at - made[url]).total_seconds())
    return crowd, delays, pages
