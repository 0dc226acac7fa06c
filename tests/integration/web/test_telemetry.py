"""`/metrics`, `/healthz` and `/readyz`: who may read them, and that they tell the truth."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families as parsed

from alerts.dispatch.deciders import DECIDERS
from alerts.new_names.outcome import NamingOutcome
from core.articles import RecordOutcome
from core.clock import FixedClock
from core.config.sections.web import WebSection
from core.config.watch import WatchConfig
from core.sources import PollOutcome
from crawler.counts import CrawlCounts
from desk.context import Desk
from scheduler.heartbeat import CONFIGURATION, HEARTBEAT, RUNNING, STARTED
from storage import Store, open_store
from tests.integration.empty_database import empty_database
from tests.integration.statements import statements
from tests.integration.storage.samples import (
    DEAD,
    DELIVERED,
    HOUR,
    LATER,
    MINUTE,
    NOON,
    alerted,
    attempt,
    claim,
    poll,
    source,
)
from tests.integration.web.visitors import CONFIG, HOST, desk_over, logged_in
from web import telemetry
from web.app import create_app
from web.metric_names import METRICS, Kind

TOKEN = "a-token-of-some-length"
RECEIVERS = WatchConfig.model_validate(
    {**CONFIG, "receivers": [{"name": "desk", "console": {}}, {"name": "editors", "console": {}}]}
)


@pytest.fixture(autouse=True)
def kept_for_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telemetry, "KEPT", 0.0)


@pytest.fixture
def store(tmp_path: Path, clock: FixedClock) -> Iterator[Store]:
    with open_store(empty_database(tmp_path / "desk.db"), clock=clock) as store:
        store.sync_sources([source()])
        yield store


@pytest.fixture
def desk(store: Store, clock: FixedClock) -> Desk:
    return desk_over(store, clock, RECEIVERS)


@asynccontextmanager
async def asking(
    desk: Desk, *, come_from: str = "127.0.0.1", **web: Any
) -> AsyncIterator[httpx.AsyncClient]:
    """Give somebody who asks from an address, at a desk with these settings."""
    app = create_app(desk, WebSection.model_validate(web))
    transport = httpx.ASGITransport(app=app, client=(come_from, 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8750") as client:
        yield client


async def measured(desk: Desk, **web: Any) -> dict[tuple[str, ...], float]:
    """Return every sample by its name and the values of its labels, which stand in the order of the
    alphabet.
    """
    async with asking(desk, **web) as client:
        page = await client.get("/metrics")
    assert page.status_code == 200
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in parsed(page.text)
        for sample in family.samples
    }


def living(store: Store, at: FixedClock) -> None:
    """Leave the signs that a daemon which began an hour ago leaves."""
    store.heartbeat(STARTED, at() - HOUR)
    store.heartbeat(HEARTBEAT, at(), RUNNING)


# -- who may read


@pytest.mark.parametrize(
    ("come_from", "web", "headers", "allowed"),
    [
        ("127.0.0.1", {}, {}, True),
        ("127.8.8.8", {}, {}, True),
        ("::1", {}, {}, True),
        ("::ffff:127.0.0.1", {}, {}, True),
        ("::ffff:10.0.0.7", {}, {}, False),
        ("10.0.0.7", {}, {}, False),
        ("not-an-address", {}, {}, False),
        ("127.0.0.1", {"url": "http://localhost:8750"}, {}, True),
        # Behind a proxy everybody comes from the proxy.
        ("127.0.0.1", {"url": HOST}, {}, False),
        ("127.0.0.1", {}, {"X-Forwarded-For": "198.51.100.7"}, False),
        ("127.0.0.1", {}, {"Forwarded": "for=198.51.100.7"}, False),
        ("127.0.0.1", {}, {"Via": "1.1 proxy"}, False),
        ("10.0.0.7", {"metrics": {"allow": ["10.0.0.0/8"]}}, {}, True),
        ("10.0.0.7", {"metrics": {"allow": ["10.0.0.7"]}, "url": HOST}, {}, True),
        ("10.0.0.8", {"metrics": {"allow": ["10.0.0.7"]}}, {}, False),
        ("2001:db8::1", {"metrics": {"allow": ["10.0.0.0/8"]}}, {}, False),
        ("10.0.0.7", {"metrics": {"allow": ["10.0.0.0/8"]}}, {"X-Real-IP": "10.0.0.9"}, False),
        ("127.0.0.1", {"metrics": {"allow": []}}, {}, False),
        ("10.0.0.7", {"metrics": {"token": TOKEN}}, {"Authorization": f"Bearer {TOKEN}"}, True),
        ("10.0.0.7", {"metrics": {"token": TOKEN}}, {"Authorization": f"bearer {TOKEN}"}, True),
        ("10.0.0.7", {"metrics": {"token": TOKEN}}, {"Authorization": f"Bearer {TOKEN}x"}, False),
        ("10.0.0.7", {"metrics": {"token": TOKEN}}, {"Authorization": f"Basic {TOKEN}"}, False),
        ("10.0.0.7", {"metrics": {"token": TOKEN}}, {"Authorization": "Bearer"}, False),
        ("10.0.0.7", {}, {"Authorization": "Bearer "}, False),
        ("127.0.0.1", {"metrics": {"token": TOKEN}}, {}, True),
    ],
)
async def test_who_may_read_the_numbers(
    desk: Desk, come_from: str, web: dict[str, Any], headers: dict[str, str], allowed: bool
) -> None:
    async with asking(desk, come_from=come_from, **web) as client:
        page = await client.get("/metrics", headers=headers)
        ready = await client.get("/readyz", headers=headers)
        assert (await client.get("/healthz", headers=headers)).text == "ok"
    assert page.status_code == (200 if allowed else 401)
    assert ("wirewatch_ready" in page.text) is allowed
    assert ready.status_code == 503
    assert ("checks" in ready.json()) is allowed
    if not allowed:
        assert ready.json() == {"ready": False}
        assert page.headers["www-authenticate"] == "Bearer"


async def test_who_is_logged_in_may_read_the_numbers(desk: Desk) -> None:
    async with logged_in(desk) as client:
        assert (await client.get("/metrics")).status_code == 200


# -- what they say


async def test_every_name_is_the_one_that_is_documented(desk: Desk, store: Store) -> None:
    living(store, FixedClock(NOON))
    store.heartbeat(CONFIGURATION, NOON)
    store.record_poll(poll("https://kloop.example/1"), ["k"])
    alerted(store)
    (claimed,) = claim(store)
    store.record_attempt(claimed.lease_token, attempt(claimed), DELIVERED, DECIDERS)
    desk.meters.crawls_by(CrawlCounts())
    async with asking(desk, metrics={"sources": True}) as client:
        families = {family.name: family for family in parsed((await client.get("/metrics")).text)}
    told = {
        f"{name}_total" if family.type == "counter" else name: family
        for name, family in families.items()
        if not name.startswith("process_")
    }
    assert told.keys() == {metric.name for metric in METRICS}
    for metric in METRICS:
        family = told[metric.name]
        assert (family.type, family.documentation) == (metric.kind.value, metric.help)
        assert family.samples, metric.name
        for sample in family.samples:
            assert sample.labels.keys() - {"le"} == set(metric.labels), metric.name
        assert metric.name.endswith("_total") is (metric.kind is Kind.COUNTER)


async def test_nothing_is_left_in_the_registry_that_all_share(desk: Desk) -> None:
    await measured(desk)
    assert not [name for name in REGISTRY._names_to_collectors if name.startswith("wirewatch")]


async def test_what_the_crawler_counts_is_told_by_its_outcome(desk: Desk) -> None:
    counts = CrawlCounts(new_entries=7, visits=3)
    ended = {PollOutcome.OK: 3, PollOutcome.NOT_MODIFIED: 4, PollOutcome.FAILED: 2}
    for outcome, times in ended.items():
        for _ in range(times):
            counts.poll_ended(outcome)
    assert counts.polls == 9
    counts.articles.update({RecordOutcome.NEW: 5, RecordOutcome.DUPLICATE: 1})
    counts.rejected["stub"] += 2
    desk.meters.crawls_by(counts)
    found = await measured(desk)
    assert found["wirewatch_polls_total", "ok"] == 3
    assert found["wirewatch_polls_total", "not_modified"] == 4
    assert found["wirewatch_polls_total", "failed"] == 2
    assert found["wirewatch_entries_discovered_total",] == 7
    assert found["wirewatch_entries_total", "stored"] == 5
    assert found["wirewatch_entries_total", "rejected"] == 2
    assert found["wirewatch_pages_rejected_total", "stub"] == 2
    assert found["wirewatch_articles_stored_total",] == 5
    assert found["wirewatch_visits_total", "ok"] == 3


async def test_every_receiver_is_there_from_the_start_and_no_other(
    desk: Desk, store: Store
) -> None:
    alerted(store, "desk", "gone")
    for claimed in claim(store, "desk", "gone"):
        desk.meters.attempted(claimed.delivery, attempt(claimed), DELIVERED)
    found = await measured(desk)
    assert found["wirewatch_deliveries_total", "delivered", "desk"] == 1
    assert found["wirewatch_deliveries_total", "delivered", "editors"] == 0
    assert found["wirewatch_delivery_delay_seconds_count", "desk"] == 1
    assert found["wirewatch_delivery_delay_seconds_count", "editors"] == 0
    assert not [labels for _, *labels in found if "gone" in labels]


async def test_attempts_are_counted_by_what_was_decided(desk: Desk, store: Store) -> None:
    for decision in (DELIVERED, LATER, DEAD, DEAD):
        alerted(store)
        (claimed,) = claim(store)
        store.record_attempt(claimed.lease_token, attempt(claimed), decision, DECIDERS)
        desk.meters.attempted(claimed.delivery, attempt(claimed), decision)
    found = await measured(desk)
    told = {
        outcome: found["wirewatch_deliveries_total", outcome, "desk"]
        for outcome in ("delivered", "retried", "given_up")
    }
    assert told == {"delivered": 1, "retried": 1, "given_up": 2}
    assert found["wirewatch_deliveries_waiting", "desk"] == 1
    assert found["wirewatch_deliveries_given_up", "desk"] == 2


async def test_queues_have_their_depth_and_the_age_of_their_oldest(
    desk: Desk, store: Store, clock: FixedClock
) -> None:
    alerted(store)
    clock.advance(MINUTE)
    alerted(store)
    found = await measured(desk)
    assert found["wirewatch_queue_depth", "delivery"] == 2
    assert found["wirewatch_queue_oldest_seconds", "delivery"] == 60
    assert found["wirewatch_delivery_oldest_due_seconds", "desk"] == 60
    assert found["wirewatch_delivery_oldest_due_seconds", "editors"] == 0


async def test_due_work_is_asked_for_once_and_no_delivery_that_arrived_is_counted(
    desk: Desk, store: Store, clock: FixedClock
) -> None:
    living(store, clock)
    alerted(store)
    async with asking(desk) as client:
        with statements() as asked:
            await client.get("/metrics")
    oldest = [said for said in asked if re.search(r"min\(\w+\.snoozed_until\)", said)]
    assert len(oldest) == 1
    assert not [said for said in asked if "GROUP BY delivery.receiver, delivery.status" in said]


async def test_sources_are_counted_and_only_named_where_that_is_asked_for(
    desk: Desk, store: Store
) -> None:
    store.record_poll(poll(outcome=PollOutcome.OK), [])
    found = await measured(desk)
    assert found["wirewatch_sources", "healthy"] == 1
    assert not [labels for _, *labels in found if "kloop" in labels]
    named = await measured(desk, metrics={"sources": True})
    assert named["wirewatch_source_reached", "kloop"] == 1
    assert named["wirewatch_source_last_success_timestamp_seconds", "kloop"] == NOON.timestamp()


async def test_what_became_of_new_names_is_counted_over_batches(desk: Desk) -> None:
    assert (await measured(desk))["wirewatch_new_names_total", "failed"] == 0
    desk.meters.named({NamingOutcome.READ: 3, NamingOutcome.PASSED_OVER: 1})
    desk.meters.named({NamingOutcome.READ: 1})
    found = await measured(desk)
    assert found["wirewatch_new_names_total", "read"] == 4
    assert found["wirewatch_new_names_total", "passed_over"] == 1


async def test_buckets_add_up(desk: Desk) -> None:
    for seconds in (0.0005, 0.02, 99.0):
        desk.meters.judged(2, 2 * seconds, NOON, matches={}, alerts=0, broken=0)
    found = await measured(desk)
    name = "wirewatch_judgement_duration_seconds_bucket"
    assert [found[name, bound] for bound in ("0.001", "0.01", "0.025", "2.5", "+Inf")] == [
        2, 2, 4, 4, 6
    ]  # fmt: skip
    assert found["wirewatch_judgement_duration_seconds_count",] == 6
    assert found["wirewatch_judgement_duration_seconds_sum",] == pytest.approx(198.041)


async def test_without_a_database_the_process_still_says_what_it_knows(
    desk: Desk, store: Store, tmp_path: Path
) -> None:
    store.close()
    (tmp_path / "desk.db").write_bytes(b"this is no database at all" * 400)
    for beside in ("desk.db-wal", "desk.db-shm"):
        (tmp_path / beside).unlink(missing_ok=True)
    found = await measured(desk)
    assert found["wirewatch_database_up",] == 0
    assert found["wirewatch_judgements_total", "judged"] == 0
    assert ("wirewatch_ready",) not in found
    async with asking(desk) as client:
        ready = await client.get("/readyz")
        assert (await client.get("/healthz")).status_code == 200
    assert ready.status_code == 503
    assert ready.json()["lagging"] == [{"work": "database", "reason": "it does not answer"}]


# -- ready or not


async def test_a_daemon_that_does_its_work_is_ready(
    desk: Desk, store: Store, clock: FixedClock
) -> None:
    living(store, clock)
    store.record_poll(poll(), [])
    async with asking(desk) as client:
        ready = await client.get("/readyz")
    assert ready.status_code == 200
    told = ready.json()
    assert (told["ready"], told["life"], told["lagging"]) == (True, "alive", [])
    assert told["checks"]["polls"] == {
        "ok": True, "last_at": NOON.isoformat(), "seconds_ago": 0.0
    }  # fmt: skip


async def test_what_lags_is_named(desk: Desk, store: Store, clock: FixedClock) -> None:
    store.record_poll(poll(), [])
    alerted(store)
    clock.advance(16 * MINUTE)
    living(store, clock)
    async with asking(desk) as client:
        ready = await client.get("/readyz")
    assert ready.status_code == 503
    told = ready.json()
    assert told["life"] == "idle"
    assert [(left["work"], left["about"]) for left in told["lagging"]] == [("delivery", "desk")]
    assert {name: check["ok"] for name, check in told["checks"].items()} == {
        "polls": True, "judging": True, "delivery": False, "configuration": True
    }  # fmt: skip
    found = await measured(desk)
    assert found["wirewatch_work_undone", "delivery"] == 1
    assert found["wirewatch_work_undone", "polls"] == 0
    assert found["wirewatch_ready",] == 0


async def test_a_daemon_whose_signs_stop_is_not_ready(
    desk: Desk, store: Store, clock: FixedClock
) -> None:
    living(store, clock)
    clock.advance(timedelta(minutes=2))
    async with asking(desk) as client:
        ready = await client.get("/readyz")
    assert (ready.status_code, ready.json()["life"]) == (503, "silent")
