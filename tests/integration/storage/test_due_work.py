"""What is due, of each kind, and what is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.delivery.delivery_retry import decide
from alerts.dispatch.deciders import DECIDERS
from core.alerting.alerts import AlertState
from core.alerting.deliveries import AttemptOutcome
from core.alerting.notifications import Recipient
from core.due_work import DueWork, WorkKind
from scheduler.heartbeat import CRAWLED
from storage import Store
from tests.integration.storage.samples import (
    HOUR,
    MINUTE,
    NOON,
    alerted,
    attempt,
    claim,
    http,
    judgement,
    poll,
    recorded,
    source,
    tracked,
)


def due(store: Store, kind: WorkKind, at: timedelta = HOUR, *receivers: str) -> list[DueWork]:
    found = store.due_work(NOON + at, receivers or ("desk",), CRAWLED)
    return [work for work in found if work.kind is kind]


def test_nothing_is_due_where_nothing_is_stored(store: Store) -> None:
    assert store.due_work(NOON, ["desk"], CRAWLED) == []
    assert set(store.due_counts(NOON, ["desk"]).values()) == {0}


@pytest.mark.parametrize("after", [-MINUTE, timedelta(), MINUTE / 2, 5 * MINUTE, 2 * HOUR], ids=str)
@pytest.mark.parametrize("receivers", [(), ("desk",), ("desk", "editors")], ids=len)
def test_something_is_counted_of_whatever_is_due_and_of_nothing_else(
    store: Store, after: timedelta, receivers: tuple[str, ...]
) -> None:
    entry, *_ = tracked(store, "https://kloop.example/1", "https://kloop.example/2")
    store.retry_entry(entry.id, http(503), "HTTP 503", NOON + HOUR)
    recorded(store)
    for _ in range(2):
        alerted(store, "desk", "gone")
    claim(store, limit=1)
    counted = store.due_counts(NOON + after, receivers)
    oldest = store.due_work(NOON + after, receivers, CRAWLED)
    assert {kind for kind, number in counted.items() if number} == {work.kind for work in oldest}


def test_what_is_leased_or_not_configured_is_not_counted_as_due(store: Store) -> None:
    for _ in range(2):
        alerted(store, "desk", "gone")
    assert store.due_counts(NOON, ["desk"])[WorkKind.DELIVERY] == 2
    assert store.due_counts(NOON, ["desk", "gone"])[WorkKind.DELIVERY] == 4
    claim(store, limit=1)
    assert store.due_counts(NOON, ["desk"])[WorkKind.DELIVERY] == 1
    assert store.due_counts(NOON, [])[WorkKind.DELIVERY] == 0


def test_the_source_that_is_due_the_longest_is_named_with_the_last_sign_of_crawling(
    store: Store,
) -> None:
    store.sync_sources([source("akipress"), source("kloop")])
    store.record_poll(poll(source="kloop", at=NOON + MINUTE), [])
    assert due(store, WorkKind.POLL) == [
        DueWork(kind=WorkKind.POLL, due_at=NOON, about="akipress", done_at=NOON + MINUTE)
    ]
    store.heartbeat(CRAWLED, NOON + 5 * MINUTE)
    assert due(store, WorkKind.POLL)[0].done_at == NOON + 5 * MINUTE
    store.sync_sources([])
    assert due(store, WorkKind.POLL) == [], "nobody polls what is not watched"


def test_entries_are_due_from_when_they_were_found_or_are_to_be_tried_again(store: Store) -> None:
    (entry,) = tracked(store, "https://kloop.example/1")
    assert [work.due_at for work in due(store, WorkKind.ENTRY)] == [NOON]
    store.retry_entry(entry.id, http(503), "HTTP 503", NOON + MINUTE)
    assert [work.due_at for work in due(store, WorkKind.ENTRY)] == [NOON + MINUTE]
    store.retry_entry(entry.id, http(503), "HTTP 503", NOON + 2 * HOUR)
    assert due(store, WorkKind.ENTRY) == []


def test_a_version_is_due_until_it_is_judged(store: Store) -> None:
    version_id = recorded(store).version_id
    assert [work.due_at for work in due(store, WorkKind.JUDGEMENT)] == [NOON]
    store.commit_judgement([judgement(version_id)], DECIDERS)
    assert due(store, WorkKind.JUDGEMENT) == []


def test_a_delivery_is_due_to_a_receiver_that_is_configured_and_has_its_turn(store: Store) -> None:
    alerted(store, "desk")
    (work,) = due(store, WorkKind.DELIVERY)
    assert work == DueWork(kind=WorkKind.DELIVERY, due_at=NOON, about="desk")
    assert due(store, WorkKind.DELIVERY, HOUR, "editors") == []
    (claimed,) = claim(store)
    assert due(store, WorkKind.DELIVERY, MINUTE / 2) == []
    tried = replace(attempt(claimed, AttemptOutcome.TRANSIENT), retry_after=600.0)
    store.record_attempt(claimed.lease_token, tried, decide(tried, jitter=0.0), DECIDERS)
    assert due(store, WorkKind.DELIVERY, 5 * MINUTE) == []
    (again,) = due(store, WorkKind.DELIVERY)
    assert (again.due_at, again.done_at) == (NOON + 10 * MINUTE, NOON + 10 * MINUTE)


def test_a_group_is_due_until_it_is_dispatched(store: Store) -> None:
    made = judgement(recorded(store).version_id, "drafts", receivers=())
    told = replace(made.alerts[0], recipients=(Recipient(receiver="desk", group="g"),))
    store.commit_judgement([replace(made, alerts=(told,))], DECIDERS)
    (work,) = due(store, WorkKind.GROUP)
    assert work.due_at >= NOON
    assert due(store, WorkKind.GROUP, HOUR, "editors") == []


def test_a_snooze_that_ended_is_due(store: Store) -> None:
    alert = alerted(store)
    store.change_alert(
        alert, AlertState.SNOOZED, DECIDERS, by="aigul", at=NOON, until=NOON + MINUTE
    )
    assert due(store, WorkKind.REMINDER, timedelta(0)) == []
    assert [work.due_at for work in due(store, WorkKind.REMINDER)] == [NOON + MINUTE]
