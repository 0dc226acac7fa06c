"""A daemon that is watched: its numbers, its readiness, and the heartbeat that it sends."""

from __future__ import annotations

import socket
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families as parsed

from demo.inbox import Inbox
from demo.newsroom import Newsroom
from demo.synthetic import synthetic_outlet
from tests.integration.children import feed_sources, running_daemon, write_config
from tests.integration.watchman import Watchman


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
        return port


def test_a_daemon_counts_what_it_does_and_says_that_it_is_well(tmp_path: Path) -> None:
    outlet = synthetic_outlet("plain", "ru", 3, words=100, page_bytes=5_000)
    with Newsroom([outlet]) as newsroom, Inbox() as inbox, Watchman() as watchman:
        port = free_port()
        config = write_config(
            tmp_path,
            network={"allow": [*newsroom.allow, "127.0.0.1/32"]},
            sources=feed_sources(newsroom),
            rules=[{"id": "all", "level": "high", "when": "regex:/./"}],
            receivers=[{"name": "desk", "webhook": {"url": inbox.webhook_url}}],
            web={"listen": f"127.0.0.1:{port}"},
            heartbeat={"url": watchman.url, "every": "30s"},
        )
        with running_daemon(config) as daemon:
            inbox.wait_for_posts(3, timeout=90)
            daemon.wait_for_event('"delivered"', 3)
            assert watchman.heard.wait(lambda _: True, 1, 60)[0][0] == "GET"
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
                assert client.get("/healthz").text == "ok"
                ready = client.get("/readyz")
                found = {
                    (sample.name, *sample.labels.values()): sample.value
                    for family in parsed(client.get("/metrics").text)
                    for sample in family.samples
                }
            assert daemon.stop() == 0
        log = "\n".join(daemon.lines.those(lambda _: True))
    assert (ready.status_code, ready.json()["ready"], ready.json()["life"]) == (200, True, "alive")
    assert found["wirewatch_polls_total", "ok"] >= 1
    assert found["wirewatch_entries_total", "stored"] == 3
    assert found["wirewatch_articles_stored_total",] == 3
    assert found["wirewatch_judgements_total", "judged"] == 3
    assert found["wirewatch_judgement_duration_seconds_count",] == 3
    assert found["wirewatch_matches_total", "high"] == 3
    assert found["wirewatch_deliveries_total", "delivered", "desk"] == 3
    assert found["wirewatch_delivery_delay_seconds_count", "desk"] == 3
    assert found["wirewatch_heartbeats_total", "sent"] >= 1
    assert found["wirewatch_sources", "healthy"] == 1
    assert found["wirewatch_ready",] == 1
    assert found["process_resident_memory_bytes",] > 0
    assert "a-name-that-is-secret" not in log
