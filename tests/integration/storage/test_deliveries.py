"""Deliveries: leases, fencing, decisions, and the second chance of the dead."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from datetime import datetime

import pytest

from alerts.dispatch.deciders import DECIDERS
from core.alerting.deliveries import AttemptOutcome, DeliveryStatus
from core.alerting.matches import Level
from core.alerting.message_kinds import MessageKind
from core.clock import FixedClock
from core.errors import StorageError
from storage import Cursor, Judgement, PlannedAlert, Store
from storage.delivery.messages import notify_at_once
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
    match,
    recorded,
)


def test_claim_brings_the_alert_and_a_lease(store: Store) -> None:
    alert_id = alerted(store, "desk")
    (claimed,) = claim(store, "desk")
    assert claimed.alert == store.alert(alert_id)
    assert claimed.delivery == store.deliveries().items[0]
    assert claimed.leased_until == NOON + MINUTE
    assert len(claimed.lease_token) == 32


def test_leased_delivery_is_given_to_nobody_else(store: Store) -> None:
    alerted(store)
    claim(store)
    assert claim(store, owner="worker-2") == []
    assert claim(store) == []


def test_only_due_deliveries_of_named_receivers_are_claimed(store: Store) -> None:
    alerted(store, "desk", "editors")
    assert claim(store, now=NOON - MINUTE) == []
    assert claim(store, "nobody") == []
    assert (
        store.claim_deliveries(NOON, DECIDERS, limit=9, lease=MINUTE, owner="w", receivers=[]) == []
    )
    assert [claimed.delivery.receiver for claimed in claim(store, "editors")] == ["editors"]


def test_busy_receiver_does_not_crowd_out_the_others(store: Store) -> None:
    for _ in range(5):
        alerted(store, "busy")
    alerted(store, "quiet")
    claimed = claim(store, "busy", "quiet", limit=2)
    assert sorted(message.delivery.receiver for message in claimed) == ["busy", "busy", "quiet"]


def test_longest_waiting_delivery_comes_first(store: Store, clock: FixedClock) -> None:
    waiting = []
    for _ in range(4):
        waiting.append(alerted(store))
        clock.advance(MINUTE)
    claimed = claim(store, now=NOON + HOUR, limit=3)
    assert [message.alert.id for message in claimed] == waiting[:3]


def of_level(store: Store, level: Level) -> str:
    """Store an alert of a level, on its way to the desk; return its id."""
    version_id = recorded(store).version_id
    planned = PlannedAlert(replace(match(), level=level), ("desk",))
    store.commit_judgement([Judgement(version_id, "rules", (planned,))], DECIDERS)
    history = store.alerts(limit=1000).items
    return next(alert.id for alert in history if alert.article.version_id == version_id)


def test_what_matters_most_comes_first_and_of_that_the_longest_waiting(
    store: Store, clock: FixedClock
) -> None:
    made: dict[Level, list[str]] = {}
    for level in (Level.LOW, Level.NORMAL, Level.HIGH, Level.LOW, Level.HIGH, Level.NORMAL):
        made.setdefault(level, []).append(of_level(store, level))
        clock.advance(MINUTE)
    claimed = claim(store, now=NOON + HOUR, limit=4)
    assert [message.alert.id for message in claimed] == [
        *made[Level.HIGH], *made[Level.NORMAL]
    ]  # fmt: skip


def test_what_is_overdue_comes_first_where_it_is_asked_for(store: Store, clock: FixedClock) -> None:
    low = of_level(store, Level.LOW)
    clock.advance(MINUTE)
    normal = of_level(store, Level.NORMAL)
    clock.advance(10 * MINUTE)
    high = of_level(store, Level.HIGH)
    now = clock()

    def next_one(**overdue: datetime) -> str:
        (claimed,) = store.claim_deliveries(
            now, DECIDERS, limit=1, lease=MINUTE, owner="a", receivers=["desk"], **overdue
        )
        store.release_leases()
        return claimed.alert.id

    assert next_one() == high
    assert next_one(overdue_since=now - 30 * MINUTE) == high
    assert next_one(overdue_since=now - 10 * MINUTE) == low
    claimed = store.claim_deliveries(
        now,
        DECIDERS,
        limit=9,
        lease=MINUTE,
        owner="a",
        receivers=["desk"],
        overdue_since=now - 11 * MINUTE,
    )
    assert [message.alert.id for message in claimed] == [low, high, normal]


@pytest.mark.parametrize("kind", [MessageKind.UPDATE, MessageKind.REVISION])
def test_what_a_message_waits_for_matters_as_much_as_it_does(
    store: Store, kind: MessageKind
) -> None:
    low, high = of_level(store, Level.LOW), alerted(store, "nobody")
    normal = of_level(store, Level.NORMAL)
    (thread,) = (d.thread for d in store.deliveries(alert_id=low).items)
    with store._writing() as session:
        notify_at_once(
            session, store.dialect, [high], ["desk"], NOON, kind=kind, thread=thread, sequence=2
        )
    first, *_ = claim(store)
    assert first.alert.id == (low if kind is MessageKind.UPDATE else normal)


def test_what_waits_for_its_next_attempt_can_be_sent_at_once(store: Store) -> None:
    alerted(store)
    (claimed,) = claim(store)
    assert store.replay(delivery_id=claimed.delivery.id) == 0  # somebody is at it
    store.record_attempt(
        claimed.lease_token, attempt(claimed, AttemptOutcome.TRANSIENT, "503"), LATER, DECIDERS
    )
    assert claim(store) == []
    assert store.replay(delivery_id=claimed.delivery.id) == 1
    assert len(claim(store)) == 1


def test_delivered_is_final(store: Store) -> None:
    alerted(store)
    (claimed,) = claim(store)
    assert store.record_attempt(
        claimed.lease_token, attempt(claimed, detail="ok"), DELIVERED, DECIDERS
    )
    (delivery,) = store.deliveries().items
    assert (delivery.status, delivery.attempts) == (DeliveryStatus.DELIVERED, 1)
    assert (delivery.next_attempt_at, delivery.last_detail) == (None, "ok")
    assert store.attempts(delivery.id) == [attempt(claimed, detail="ok")]
    assert claim(store, now=NOON + HOUR) == []
    assert store.next_delivery_at() is None


def test_transient_failure_waits_for_the_decided_time(store: Store) -> None:
    alerted(store)
    (claimed,) = claim(store)
    failed = attempt(claimed, AttemptOutcome.TRANSIENT, "HTTP 503")
    assert store.record_attempt(claimed.lease_token, failed, LATER, DECIDERS)
    assert store.next_delivery_at() == NOON + HOUR
    assert claim(store, now=NOON + HOUR - MINUTE) == []
    (again,) = claim(store, now=NOON + HOUR)
    assert again.delivery.id == claimed.delivery.id
    assert again.delivery.attempts == 1
    assert again.lease_token != claimed.lease_token
    assert store.attempts(claimed.delivery.id) == [failed]


def test_recording_an_attempt_again_changes_nothing(store: Store) -> None:
    alerted(store)
    (claimed,) = claim(store)
    tried = attempt(claimed, AttemptOutcome.TRANSIENT)
    for _ in range(3):
        assert store.record_attempt(claimed.lease_token, tried, LATER, DECIDERS)
    (delivery,) = store.deliveries().items
    assert delivery.attempts == 1
    assert len(store.attempts(delivery.id)) == 1


def test_lease_that_ran_out_is_taken_and_the_late_holder_fenced_off(store: Store) -> None:
    alerted(store)
    (late,) = claim(store, owner="late")
    assert claim(store, now=NOON + MINUTE / 2) == []
    (taken,) = claim(store, now=NOON + MINUTE, owner="next")
    assert taken.delivery == late.delivery
    for _ in range(2):
        assert not store.record_attempt(late.lease_token, attempt(late), DELIVERED, DECIDERS)
    (delivery,) = store.deliveries().items
    assert (delivery.status, delivery.attempts) == (DeliveryStatus.PENDING, 0)
    assert len(store.attempts(delivery.id)) == 1
    assert store.record_attempt(taken.lease_token, attempt(taken), DEAD, DECIDERS)
    assert [found.outcome for found in store.attempts(delivery.id)] == ["delivered", "delivered"]


def test_lease_that_ran_out_but_was_not_taken_still_counts(store: Store) -> None:
    alerted(store)
    (claimed,) = claim(store, now=NOON - HOUR + HOUR)
    assert store.record_attempt(claimed.lease_token, attempt(claimed), DELIVERED, DECIDERS)


def test_attempt_at_an_unknown_delivery_is_an_error(store: Store) -> None:
    alerted(store)
    (claimed,) = claim(store)
    stray = dataclasses.replace(attempt(claimed), delivery_id="dlv_0")
    with pytest.raises(StorageError, match="delivery dlv_0"):
        store.record_attempt(claimed.lease_token, stray, DELIVERED, DECIDERS)


def test_leases_are_released_by_owner_or_all_at_once(store: Store) -> None:
    for _ in range(3):
        alerted(store)
    claim(store, limit=1, owner="a")
    claim(store, limit=2, owner="b")
    assert store.release_leases("a") == 1
    assert len(claim(store, owner="c")) == 1
    assert store.release_leases() == 3
    assert store.release_leases() == 0
    assert len(claim(store)) == 3


def test_released_lease_fences_its_holder_off(store: Store) -> None:
    alerted(store)
    (claimed,) = claim(store)
    store.release_leases()
    assert not store.record_attempt(claimed.lease_token, attempt(claimed), DELIVERED, DECIDERS)


def test_next_delivery_waits_for_leases_and_listed_receivers(store: Store) -> None:
    assert store.next_delivery_at() is None
    alerted(store, "desk")
    assert store.next_delivery_at() == NOON
    claim(store)
    assert store.next_delivery_at() == NOON + MINUTE
    assert store.next_delivery_at(["desk"]) == NOON + MINUTE
    assert store.next_delivery_at(["editors"]) is None


def test_dead_delivery_is_replayed_with_all_its_attempts(store: Store, clock: FixedClock) -> None:
    alerted(store, "desk", "editors")
    for claimed in claim(store, "desk", "editors"):
        gone = attempt(claimed, AttemptOutcome.PERMANENT, "HTTP 410")
        store.record_attempt(claimed.lease_token, gone, DEAD, DECIDERS)
    assert store.delivery_counts() == {
        ("desk", DeliveryStatus.DEAD): 1,
        ("editors", DeliveryStatus.DEAD): 1,
    }
    assert claim(store, now=NOON + HOUR) == []
    clock.advance(HOUR)
    assert store.replay(receiver="desk") == 1
    assert store.replay(receiver="desk") == 0
    (again,) = claim(store, "desk", "editors", now=clock())
    assert (again.delivery.receiver, again.delivery.attempts) == ("desk", 0)
    assert len(store.attempts(again.delivery.id)) == 1
    assert store.replay(delivery_id=again.delivery.id) == 0
    assert store.replay() == 1


def test_deliveries_are_listed_newest_first_in_stable_pages(
    store: Store, clock: FixedClock
) -> None:
    alerts = []
    for _ in range(5):
        clock.advance(MINUTE)
        alerts.append(alerted(store))
    seen: list[str] = []
    cursor = None
    while True:
        listed = store.deliveries(after=cursor, limit=2)
        seen += [delivery.alert_id for delivery in listed.items]
        clock.advance(MINUTE)
        alerted(store)
        if listed.next is None:
            break
        cursor = Cursor.parse(str(listed.next))
    assert seen == alerts[::-1]


def test_deliveries_are_listed_by_status_and_receiver(store: Store) -> None:
    alert_id = alerted(store, "desk", "editors")
    (claimed,) = claim(store, "desk")
    store.record_attempt(claimed.lease_token, attempt(claimed), DELIVERED, DECIDERS)
    done = store.deliveries(status=DeliveryStatus.DELIVERED).items
    assert [delivery.receiver for delivery in done] == ["desk"]
    assert [d.alert_id for d in store.deliveries(receiver="editors").items] == [alert_id]
    assert store.deliveries(alert_id="alt_0").items == ()


def test_the_log_holds_every_attempt_with_what_it_was_about(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.delivery.delivery_log._PORTION", 2)
    for rule in ("drafts", "borders", "raids"):
        alerted(store, "desk", "editors", rule=rule)
    for claimed in claim(store, "desk", "editors"):
        store.record_attempt(claimed.lease_token, attempt(claimed), DELIVERED, DECIDERS)
    logged = list(store.attempt_log())
    assert len(logged) == 6
    assert {(entry.receiver, entry.rule_id) for entry in logged} == {
        (receiver, rule)
        for receiver in ("desk", "editors")
        for rule in ("drafts", "borders", "raids")
    }
    entry = logged[0]
    (delivery,) = [d for d in store.deliveries().items if d.id == entry.attempt.delivery_id]
    assert (entry.status, entry.alert_ids) == (delivery.status, (delivery.alert_id,))
    alert = store.alert(entry.alert_ids[0])
    assert alert is not None
    assert (entry.title, entry.url) == (alert.article.data.title, alert.article.data.url)
    assert (entry.source, entry.level) == (alert.article.data.source, alert.match.level)
    assert list(store.attempt_log(newest_first=True)) == logged[::-1]


def test_the_log_can_be_narrowed(store: Store) -> None:
    alerted(store, "desk", "editors", rule="drafts")
    alerted(store, "desk", rule="raids")
    for claimed in claim(store, "desk", "editors"):
        store.record_attempt(claimed.lease_token, attempt(claimed), DELIVERED, DECIDERS)
    assert {entry.rule_id for entry in store.attempt_log(receiver="editors")} == {"drafts"}
    assert {entry.receiver for entry in store.attempt_log(rule="raids")} == {"desk"}
    assert len(list(store.attempt_log(since=NOON))) == 3
    assert list(store.attempt_log(since=NOON + MINUTE)) == []
