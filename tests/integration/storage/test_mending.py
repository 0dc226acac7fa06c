"""What a clock that ran ahead left behind comes in its time once it is set right."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from alerts.delivery.delivery_retry import decide
from alerts.dispatch.deciders import DECIDERS
from alerts.judging.versions import BURST
from core.alerting.alerts import AlertState
from core.alerting.deliveries import AttemptOutcome
from core.clock import FixedClock
from core.config.sections.routes import SilenceMatch
from core.config.watch import WatchConfig
from core.failures import FailureKind
from core.source_polls import SourcePoll
from core.sources import (
    NextPoll,
    PollOutcome,
)
from scheduler.heartbeat import HEARTBEAT, RUNNING
from scheduler.mending import mend
from storage import Store
from storage.crawl.sources import FIRST_BURST_POLL
from tests.integration.storage.samples import (
    HOUR,
    MINUTE,
    NOON,
    WORK,
    alerted,
    attempt,
    claim,
    data,
    http,
    judgement,
    page,
    poll,
    recorded,
    source,
    tracked,
)

CONFIG = WatchConfig()
DAY = 24 * HOUR
AHEAD = [10 * MINUTE, 3 * HOUR, 2 * DAY, 400 * DAY]
"""By how much the clock ran ahead: less than any pause, and more than all."""


@pytest.fixture(params=AHEAD, ids=str)
def ahead(request: pytest.FixtureRequest, clock: FixedClock) -> timedelta:
    """Let the clock run ahead before anything is stored."""
    clock.advance(request.param)
    by: timedelta = request.param
    return by


def set_right(store: Store, clock: FixedClock, ahead: timedelta) -> datetime:
    """Let the daemon die, the clock be set right, and a daemon start; return the time."""
    store.heartbeat(HEARTBEAT, clock(), RUNNING)
    clock.advance(-ahead)
    mend(store, CONFIG, clock())
    return clock()


def failed(store: Store, now: datetime) -> None:
    """Let the first attempt at the only delivery fail."""
    (claimed,) = claim(store, now=now)
    tried = replace(
        attempt(claimed, AttemptOutcome.TRANSIENT),
        started_at=now,
        finished_at=now,
        retry_after=None,
    )
    store.record_attempt(claimed.lease_token, tried, decide(tried, jitter=0.0), DECIDERS)


def test_a_source_that_was_polled_in_the_future_is_polled_now(
    store: Store, clock: FixedClock, ahead: timedelta
) -> None:
    store.sync_sources([source()])
    store.record_poll(poll(at=clock()), [])
    now = set_right(store, clock, ahead)
    (state,) = store.source_states()
    assert [due.name for due in store.due_sources(now, 10)] == ["kloop"]
    assert state.last_polled_at == state.last_success_at == now
    assert state.next_poll_reason == "the clock had run ahead"


def test_a_source_that_was_new_in_the_future_is_polled_now(store: Store, clock: FixedClock) -> None:
    clock.advance(HOUR)
    store.sync_sources([source()])
    now = set_right(store, clock, HOUR)
    assert store.due_sources(now, 10)


def test_sources_that_are_mended_do_not_all_start_in_one_moment(
    store: Store, clock: FixedClock
) -> None:
    clock.advance(DAY)
    names = [f"outlet-{number:02}" for number in range(40)]
    store.sync_sources([source(name) for name in names])
    for name in names:
        store.record_poll(poll(source=name, at=clock()), [])
    now = set_right(store, clock, DAY)
    assert 10 <= len(store.due_sources(now, 100)) < 40
    assert len(store.due_sources(now + MINUTE, 100)) == 40


def test_what_a_right_clock_planned_stays_as_it_is(store: Store, clock: FixedClock) -> None:
    store.sync_sources([source()])
    store.record_poll(poll("https://kloop.example/1", at=clock()), ["https://kloop.example/1"])
    (entry,) = store.pending_entries(clock(), 10)
    for _ in range(4):
        store.retry_entry(entry.id, http(503), "HTTP 503", clock() + 11 * HOUR)
    store.heartbeat(HEARTBEAT, clock(), RUNNING)
    assert mend(store, CONFIG, clock()) == 0
    assert mend(store, CONFIG, clock() + MINUTE, set_back=False) == 0
    assert not store.due_sources(clock() + MINUTE, 10)
    assert store.next_entry_due_at() == NOON + 11 * HOUR
    (state,) = store.source_states()
    assert state.next_poll_reason == "every hour"


def test_a_burst_of_the_future_ends_as_one_of_now(store: Store, clock: FixedClock) -> None:
    store.sync_sources([source()])
    clock.advance(DAY)
    made = judgement(recorded(store).version_id)
    store.commit_judgement([made], DECIDERS, {"kloop": clock() + BURST})
    now = set_right(store, clock, DAY)
    (state,) = store.source_states()
    assert state.burst_until is not None
    assert state.burst_until <= now + BURST
    assert state.next_poll_at <= now + FIRST_BURST_POLL


def test_an_entry_that_failed_in_the_future_is_fetched_again_in_its_time(
    store: Store, clock: FixedClock, ahead: timedelta
) -> None:
    (entry,) = tracked(store, "https://kloop.example/1")
    store.retry_entry(entry.id, http(503), "HTTP 503", clock() + MINUTE)
    now = set_right(store, clock, ahead)
    assert store.pending_entries(now + 15 * MINUTE, 10)


def test_an_article_that_was_stored_in_the_future_is_visited_in_its_time(
    store: Store, clock: FixedClock, ahead: timedelta
) -> None:
    first_age = min(CONFIG.crawl.revisit)
    tracked(store)
    store.record(
        data(),
        page(at=clock()),
        key="https://kloop.example/1",
        plan_visit=lambda stored_at: stored_at + first_age,
    )
    now = set_right(store, clock, ahead)
    assert store.next_visit_due_at() is not None
    assert store.sources_with_visits(now + first_age + 5 * MINUTE) == ["kloop"]


def test_a_delivery_that_failed_in_the_future_is_tried_again_in_its_time(
    store: Store, clock: FixedClock, ahead: timedelta
) -> None:
    alerted(store, "desk")
    failed(store, clock())
    now = set_right(store, clock, ahead)
    assert claim(store, now=now + 10 * MINUTE)


def test_a_lease_of_the_future_ends_in_its_time(
    store: Store, clock: FixedClock, ahead: timedelta
) -> None:
    alerted(store, "desk")
    assert claim(store, now=clock())
    now = set_right(store, clock, ahead)
    assert claim(store, now=now + 10 * MINUTE)


def test_trouble_of_a_receiver_that_began_in_the_future_lasts_from_now_on(
    store: Store, clock: FixedClock, ahead: timedelta
) -> None:
    alerted(store, "desk")
    failed(store, clock())
    now = set_right(store, clock, ahead)
    (state,) = store.receiver_states()
    assert state.failing_since == now


def test_a_snooze_that_began_in_the_future_lasts_as_long_from_now_on(
    store: Store, clock: FixedClock, ahead: timedelta
) -> None:
    alert = alerted(store, "desk")
    store.change_alert(
        alert, AlertState.SNOOZED, DECIDERS, by="aigul", at=clock(), until=clock() + 2 * HOUR
    )
    now = set_right(store, clock, ahead)
    assert not store.do_work_due(now + 2 * HOUR - MINUTE, WORK, DECIDERS).reminded
    assert store.do_work_due(now + 2 * HOUR, WORK, DECIDERS).reminded


def test_a_rule_over_time_that_alerted_in_the_future_does_not_hold_back(
    store: Store, clock: FixedClock, ahead: timedelta
) -> None:
    store.note_notified("raids", "*", clock())
    now = set_right(store, clock, ahead)
    assert store.rule_history("raids").notified == (("*", now),)


def test_a_small_step_back_that_was_seen_is_mended_to_the_second(
    store: Store, clock: FixedClock
) -> None:
    store.sync_sources([source()])
    clock.advance(3 * MINUTE)
    store.record_poll(poll(at=clock()), [])
    clock.advance(-3 * MINUTE)
    assert mend(store, CONFIG, clock()) == 0  # clocks of two machines may differ by as much
    assert mend(store, CONFIG, clock(), set_back=True) == 1
    assert store.due_sources(clock(), 10)


def test_a_failure_in_the_future_does_not_hold_a_source_back(
    store: Store, clock: FixedClock, ahead: timedelta
) -> None:
    store.sync_sources([source()])
    store.record_poll(
        SourcePoll(
            source="kloop",
            outcome=PollOutcome.FAILED,
            polled_at=clock(),
            next_poll=NextPoll(clock() + 5 * MINUTE, "failed once"),
            error="timeout",
            failure=FailureKind.TIMEOUT,
        ),
        [],
    )
    now = set_right(store, clock, ahead)
    assert store.due_sources(now, 10)
    (state,) = store.source_states()
    assert state.consecutive_failures == 1


def test_a_silence_that_began_in_the_future_begins_now_and_lasts_as_long(
    store: Store, clock: FixedClock, ahead: timedelta
) -> None:
    match = SilenceMatch(rules=("raids",))
    store.add_silence(match, author="a", reason="", starts_at=clock(), ends_at=clock() + 8 * HOUR)
    now = set_right(store, clock, ahead)
    (silence,) = store.silences()
    assert (silence.starts_at, silence.ends_at) == (now, now + 8 * HOUR)


def test_a_silence_that_a_right_clock_began_stays_as_it_is(store: Store, clock: FixedClock) -> None:
    match, ends = SilenceMatch(rules=("raids",)), clock() + 300 * DAY
    store.add_silence(match, author="a", reason="", starts_at=clock(), ends_at=ends)
    assert mend(store, CONFIG, clock(), set_back=True) == 0
    (silence,) = store.silences()
    assert (silence.starts_at, silence.ends_at) == (clock(), ends)


def test_what_was_given_up_in_the_future_can_be_sent_again_now(
    store: Store, clock: FixedClock, ahead: timedelta
) -> None:
    alerted(store)
    (claimed,) = claim(store, now=clock())
    refused = replace(attempt(claimed, AttemptOutcome.PERMANENT), started_at=clock())
    store.record_attempt(claimed.lease_token, refused, decide(refused, jitter=0.0), DECIDERS)
    now = set_right(store, clock, ahead)
    assert store.replay() == 1
    assert [again.delivery.id for again in claim(store, now=now)] == [claimed.delivery.id]
