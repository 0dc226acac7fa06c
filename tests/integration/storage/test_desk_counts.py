"""What the desk's lists count: entries and alerts over time, funnels, queues, deliveries."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from alerts.dispatch.deciders import DECIDERS
from core.alerting.deliveries import DeliveryStatus
from core.articles import Rejection, RejectReason
from core.clock import FixedClock
from core.source_counts import Halt, Stage
from core.sources import EntryCause
from storage import Store, open_store
from tests.integration.empty_database import empty_database
from tests.integration.statements import statements
from tests.integration.storage.samples import (
    DEAD,
    DELIVERED,
    HOUR,
    NOON,
    alerted,
    attempt,
    claim,
    data,
    http,
    page,
    poll,
    recorded,
    tracked,
)  # fmt: skip


def test_entries_are_counted_by_source_and_step(store: Store) -> None:
    tracked(store, "https://kloop.example/1", "https://kloop.example/2")
    tracked(store, source_name="azattyk")
    for name in ("kloop", "azattyk"):
        url = f"https://{name}.example/3"
        store.record_poll(poll(url, source=name, at=NOON + HOUR), [url])
    half_past = NOON - timedelta(minutes=30)
    assert store.announced([half_past, half_past + HOUR]) == {
        ("kloop", 0): 2, ("kloop", 1): 1, ("azattyk", 1): 1,
    }  # fmt: skip
    assert store.announced_by_quarter("kloop", half_past) == {NOON: 2, NOON + HOUR: 1}
    assert store.announced([NOON + timedelta(minutes=1)]) == {
        ("kloop", 0): 1,
        ("azattyk", 0): 1,
    }
    assert store.first_entry_at("kloop") == NOON
    assert store.first_entry_at("nobody") is None


def test_a_funnel_counts_what_came_through_and_why_the_rest_did_not(store: Store) -> None:
    urls = [f"https://kloop.example/{number}" for number in range(6)]
    entries = tracked(store, *urls)
    for entry in entries[:3]:
        text = "The same." if entry is not entries[0] else "Another."
        store.record(data(entry.key, text), None, key=entry.key, entry_id=entry.id)
    store.reject_entry(entries[3].id, Rejection(RejectReason.EMPTY, ""), page())
    store.fail_entry(entries[4].id, http(410), "HTTP 410")
    funnel = store.funnels([NOON])["kloop", 0]
    reached = {stage.value: funnel.reached(stage) for stage in Stage}
    assert reached == {
        "announced": 6, "fetched": 4, "text": 3, "judged": 0, "matched": 0, "told": 0,
    }  # fmt: skip
    assert (funnel.unjudged, funnel.waiting, funnel.alerted) == (3, 1, 0)
    assert {(left.end.stage, left.end.why, left.end.words, left.count) for left in funnel.ends} == {
        (Stage.FETCHED, EntryCause.EMPTY, "empty", 1),
        (Stage.ANNOUNCED, EntryCause.UNFETCHED, "HTTP 410", 1),
        (Stage.ANNOUNCED, Halt.UNTRIED, "untried", 1),
        (Stage.TEXT, Halt.UNJUDGED, "unjudged", 3),
    }
    assert store.funnels([NOON + HOUR], "kloop") == {}


def test_a_source_is_polled_soon_and_never_later_than_it_was_to_be(store: Store) -> None:
    tracked(store, "https://kloop.example/1")
    assert store.poll_soon("kloop", "asked", NOON + HOUR / 2)
    (state,) = store.source_states()
    assert (state.next_poll_at, state.next_poll_reason) == (NOON + HOUR / 2, "asked")
    assert store.poll_soon("kloop", "asked again", NOON + HOUR, full=True)
    (state,) = store.source_states()
    assert (state.next_poll_at, state.next_poll_reason) == (NOON + HOUR / 2, "asked")
    assert state.next_poll_full
    store.sync_sources([])
    assert not store.poll_soon("kloop", "asked", NOON)
    assert not store.poll_soon("nobody", "asked", NOON)


def test_alerts_are_counted_by_rule_and_step(store: Store, clock: FixedClock) -> None:
    alerted(store, rule="drafts")
    clock.advance(timedelta(days=2))
    alerted(store, rule="drafts")
    alerted(store, rule="raids")
    starts = [NOON - HOUR + timedelta(days=day) for day in range(3)]
    assert store.rules_over_time(starts) == {
        ("drafts", 0): 1, ("drafts", 2): 1, ("raids", 2): 1,
    }  # fmt: skip
    assert store.last_alerts(["drafts", "raids", "none"]) == {
        "drafts": NOON + timedelta(days=2), "raids": NOON + timedelta(days=2),
    }  # fmt: skip


def test_queues_are_counted(store: Store) -> None:
    tracked(store, "https://kloop.example/1", "https://kloop.example/2")
    recorded(store)
    alerted(store, "desk", "chief")
    depths = store.queue_depths()
    assert (depths.entries, depths.unjudged, depths.broken) == (2, 1, 0)
    assert (depths.groups, depths.deliveries) == (0, 2)


def test_what_waits_and_what_was_given_up_is_counted_by_receiver(store: Store) -> None:
    for _ in range(2):
        alerted(store, "desk", "chief")
    first, second = claim(store)
    store.record_attempt(first.lease_token, attempt(first), DEAD, DECIDERS)
    store.record_attempt(second.lease_token, attempt(second), DELIVERED, DECIDERS)
    assert store.undelivered_counts() == {
        ("chief", DeliveryStatus.PENDING): 2, ("desk", DeliveryStatus.DEAD): 1,
    }  # fmt: skip


def test_no_delivery_that_arrived_is_looked_at_to_count_the_others(tmp_path: Path) -> None:
    file = empty_database(tmp_path / "wirewatch.db").removeprefix("sqlite:///")
    with open_store(f"sqlite:///{file}") as store, statements() as asked:
        store.undelivered_counts()
    counts = [statement for statement in asked if statement.startswith("SELECT")]
    assert len(counts) == 2
    with closing(sqlite3.connect(file)) as connection:
        for statement in counts:
            plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
            assert [step for step in plan if re.search("INDEX ix_delivery_(due|dead)", step)], plan


def test_a_listed_delivery_comes_with_its_story_and_attempts(store: Store) -> None:
    alert_id = alerted(store, "desk")
    (claimed,) = claim(store)
    store.record_attempt(claimed.lease_token, attempt(claimed, detail="no"), DEAD, DECIDERS)
    alerted(store, "desk", rule="raids")
    (dead,) = store.listed_deliveries(status=[DeliveryStatus.DEAD]).items
    assert (dead.rule_id, dead.title, dead.source) == ("drafts", "A title", "kloop")
    alert = store.alert(alert_id)
    assert alert is not None
    assert dead.case == alert.case_id
    assert [(one.number, one.detail) for one in dead.attempts] == [(1, "no")]
    assert [one.rule_id for one in store.listed_deliveries(rule="raids").items] == ["raids"]
    assert store.listed_deliveries(receiver="chief").items == ()
    assert [one.delivery.id for one in store.listed_deliveries(containing="NO").items] == [
        dead.delivery.id
    ]


def test_a_search_that_ends_early_goes_on_where_it_ended(store: Store, clock: FixedClock) -> None:
    for _ in range(5):
        alerted(store, "desk")
        clock.advance(HOUR)
    first = store.listed_deliveries(containing="nowhere", most=1)
    # A portion is looked at as a whole: all five lie in the first.
    assert (first.items, first.next) == ((), None)
    seen, after = [], None
    while True:
        found = store.listed_deliveries(containing="title", after=after, limit=2)
        seen += [one.delivery.id for one in found.items]
        after = found.next
        if after is None:
            break
    assert len(set(seen)) == len(seen) == 5
