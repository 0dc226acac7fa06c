"""Many at once: threads and processes that share a database neither fail nor do a thing twice."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from alerts.dispatch.deciders import DECIDERS
from alerts.dispatch.schedule_limits import LIMITS
from core.alerting.deliveries import AttemptOutcome
from core.alerting.notifications import Recipient
from core.articles import RecordOutcome
from core.config.watch import WatchConfig
from core.sources import Health, SourceHealth
from scheduler.mending import mend
from storage import Judgement, PlannedAlert, Store, open_store
from storage.judging.judging_records import HealthAlert
from tests.integration.storage.samples import (
    DELIVERED,
    HOUR,
    LATER,
    MINUTE,
    NOON,
    alerted,
    attempt,
    claim,
    data,
    http,
    judgement,
    match,
    page,
    poll,
    recorded,
    source,
    tracked,
)

ROOT = Path(__file__).parents[3]
T = TypeVar("T")


def at_once(*calls: Callable[[], T]) -> list[T]:
    """Start all calls at the same moment, each in its thread; raise what one raises."""
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], T]) -> T:
        barrier.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(run, call) for call in calls]]


def test_concurrent_claims_never_overlap(store: Store, migrated_url: str) -> None:
    for _ in range(60):
        alerted(store, "desk", "editors")

    def claim_until_none_is_left(of: Store) -> list[str]:
        claimed: list[str] = []
        while found := claim(of, "desk", "editors", limit=3):
            claimed += [claimed_now.delivery.id for claimed_now in found]
        return claimed

    with open_store(migrated_url) as other:
        parts = at_once(*(partial(claim_until_none_is_left, of) for of in (store, other) * 2))
    claimed = [delivery_id for part in parts for delivery_id in part]
    if store.dialect == "postgresql":
        claimed += [
            claimed_now.delivery.id for claimed_now in claim(store, "desk", "editors", limit=999)
        ]
    assert len(claimed) == len(set(claimed)) == 120


def test_concurrent_attempts_of_one_lease_count_once(store: Store) -> None:
    alerted(store)
    (claimed,) = claim(store)
    call = partial(store.record_attempt, claimed.lease_token, attempt(claimed), DELIVERED, DECIDERS)
    assert at_once(*[call] * 6) == [True] * 6
    (delivery,) = store.deliveries().items
    assert delivery.attempts == len(store.attempts(delivery.id)) == 1


def test_concurrent_polls_find_each_entry_once(store: Store, migrated_url: str) -> None:
    store.sync_sources([source("a"), source("b")])
    keys = [f"https://k/{number}" for number in range(200)]

    def polled(of: Store, name: str, announced: list[str]) -> int:
        return len(of.record_poll(poll(*announced, source=name), announced).new)

    with open_store(migrated_url) as other:
        new = at_once(
            lambda: polled(store, "a", keys),
            lambda: polled(other, "b", keys[::-1]),
            lambda: polled(store, "b", keys[50:] + keys[:50]),
            lambda: polled(other, "a", keys[::-2]),
        )
    assert sum(new) == 200
    assert len(store.entries(limit=999).items) == 200
    assert {state.polls for state in store.source_states()} == {2}


def test_concurrent_stores_of_one_article_make_one(store: Store, migrated_url: str) -> None:
    with open_store(migrated_url) as other:
        for round_number in range(5):
            key = f"https://k/{round_number}"
            calls = [partial(of.record, data(), page(), key=key) for of in (store, other) * 2]
            done = at_once(*calls)
            assert Counter(result.outcome for result in done) == {
                RecordOutcome.NEW: 1,
                RecordOutcome.UNCHANGED: 3,
            }
            assert len({result.version_id for result in done}) == 1
    assert len(store.articles().items) == 5


def test_concurrent_edits_become_versions_in_a_row(store: Store, migrated_url: str) -> None:
    with open_store(migrated_url) as other:
        calls = [
            partial(of.record, data(text=f"text {number}"), page(b"%d" % number), key="k")
            for number, of in enumerate((store, other) * 4)
        ]
        at_once(*calls)
    article = store.article_by_url("k")
    assert article is not None
    assert [version.version for version in store.versions(article.id)] == list(range(1, 9))


def test_concurrent_judges_tell_of_each_article_once(store: Store, migrated_url: str) -> None:
    versions = [recorded(store).version_id for _ in range(40)]
    judged = [judgement(version, "drafts", "border") for version in versions]
    with open_store(migrated_url) as other:
        done = at_once(
            lambda: store.commit_judgement(judged, DECIDERS),
            lambda: other.commit_judgement(judged[::-1], DECIDERS),
            lambda: store.commit_judgement(judged[20:] + judged[:20], DECIDERS),
        )
    assert sum(committed.judged for committed in done) == 40
    assert sum(committed.alerts for committed in done) == 80
    assert sum(committed.deliveries for committed in done) == 80


def test_a_source_falls_ill_while_its_articles_are_judged_and_both_are_told(
    store: Store, migrated_url: str
) -> None:
    """Both take the source and the group of their common digest: neither may wait for the other."""
    digest = (Recipient(receiver="desk", group="digest", dispatch_at=NOON + HOUR),)
    store.sync_sources([source()])

    def judge(version: int, burst_until: datetime) -> bool:
        news = Judgement(version, "r", (PlannedAlert(match(), recipients=digest),))
        return store.commit_judgement([news], DECIDERS, {"kloop": burst_until}).alerts == 1

    with open_store(migrated_url) as other:
        for number in range(20):
            at = NOON + number * MINUTE
            health = SourceHealth((Health.BLIND, Health.HEALTHY)[number % 2], "", at)
            about = HealthAlert(data(f"https://w/{number}"), match("health"), recipients=digest)
            assert at_once(
                partial(judge, recorded(store).version_id, at),
                partial(other.commit_health, "kloop", health, about, DECIDERS),
            ) == [True, True]


def test_leases_are_given_back_and_messages_replayed_while_a_receiver_recovers(
    store: Store, migrated_url: str
) -> None:
    """All of them take many deliveries of one receiver."""
    with open_store(migrated_url) as other:
        for _ in range(5):
            for _ in range(30):
                alerted(store)
            failed, *claimed = claim(store, limit=9)
            store.record_attempt(
                failed.lease_token,
                attempt(failed, AttemptOutcome.TRANSIENT, "busy"),
                LATER,
                DECIDERS,
            )
            at_once(
                *(
                    partial(
                        of.record_attempt,
                        message.lease_token,
                        attempt(message),
                        DELIVERED,
                        DECIDERS,
                    )
                    for message, of in zip(claimed, (store, other) * 4, strict=True)
                ),
                other.release_leases,
                store.replay,
                partial(other.mend_schedule, NOON - 90 * HOUR, LIMITS),
            )
            with store._writing() as session:
                session.connection().exec_driver_sql("UPDATE delivery SET status = 'delivered'")


def test_mending_a_schedule_beside_those_who_write_it_waits_for_nobody_in_a_circle(
    store: Store, migrated_url: str
) -> None:
    names = [f"outlet-{number}" for number in range(6)]
    store.sync_sources([source(name) for name in names])
    keys = {name: [f"https://{name}.example/{n}" for n in range(20)] for name in names}
    for name in names:
        store.record_poll(poll(*keys[name], source=name), keys[name])
    entries = store.pending_entries(NOON, 999)

    def fail_some() -> None:
        for entry in entries[::7]:
            store.retry_entry(entry.id, http(503), "HTTP 503", NOON + HOUR)

    with open_store(migrated_url) as other:
        for _ in range(5):
            at_once(
                *(
                    partial(
                        of.record_poll, poll(*keys[name], source=name), keys[name], retry_known=True
                    )
                    for name, of in zip(names, (store, other) * 3, strict=True)
                ),
                fail_some,
                partial(mend, other, WatchConfig(), NOON - 90 * HOUR, set_back=True),
            )


def test_pruning_beside_a_writer_loses_no_bytes_in_use(store: Store, migrated_url: str) -> None:
    with open_store(migrated_url) as other:
        for n in range(10):
            body = b"shared %d" % n
            store.record(data(), page(body, at=NOON - HOUR), key=f"old {n}")
            fetch = partial(store.record, data(), page(body), key=f"new {n}")
            at_once(fetch, partial(other.prune_raw_pages, NOON))
            article = store.article_by_url(f"new {n}")
            assert article is not None
            evidence = store.evidence(article.evidence_id or 0)
            assert evidence is not None
            assert evidence.body == body


def test_readers_do_not_wait_for_a_writer(store: Store, migrated_url: str) -> None:
    tracked(store, "u1")
    with open_store(migrated_url) as other, other._writing() as session:
        session.connection().exec_driver_sql("UPDATE entry SET reason = 'unfinished'")
        assert [entry.reason for entry in store.entries().items] == [""]


WRITER = """
import sys
from storage import open_store
from tests.integration.storage.samples import data, page, poll
name = sys.argv[2]
with open_store(sys.argv[1]) as store:
    print("ready", flush=True)
    sys.stdin.read(1)
    for n in range(40):
        key = f"https://k/{n}"
        for entry in store.record_poll(poll(key, source=name), [key]).new:
            store.record(data(key), page(b"%d" % n), key=key, entry_id=entry.id)
        store.heartbeat(name, store.source_states()[0].next_poll_at, str(n))
"""


def test_processes_that_write_at_once_are_never_refused(store: Store, migrated_url: str) -> None:
    store.sync_sources([source(name) for name in "abc"])
    children = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", WRITER, migrated_url, name],
            cwd=ROOT,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for name in "abc"
    ]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin is not None
        child.stdin.write("\n")
        child.stdin.flush()
    errors = [child.communicate(timeout=60)[1] for child in children]
    assert errors == [""] * 3
    assert len(store.articles(limit=99).items) == 40
    assert [state.polls for state in store.source_states()] == [40] * 3
