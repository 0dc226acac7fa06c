"""A receiver that takes nothing is itself news, for everybody else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from alerts.dispatch.deciders import DECIDERS
from alerts.dispatch.dispatcher import dispatch
from core.alerting.deliveries import AttemptOutcome, DeliveryStatus, RetryDecision
from core.alerting.notifications import NotificationState
from core.clock import FixedClock
from core.config.sections.routes import SilenceMatch
from core.config.watch import WatchConfig
from scheduler.health_alerts import update_receiver_health
from storage import Store, open_store
from tests.integration.empty_database import empty_database
from tests.integration.storage.samples import HOUR, MINUTE, NOON, alerted, claim, source

CONFIG = WatchConfig.model_validate(
    {"receivers": [{"name": "desk", "console": {}}, {"name": "boss", "console": {}}]}
)
DAY = timedelta(days=1)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def store(tmp_path: Path, clock: FixedClock) -> Store:
    opened = open_store(empty_database(tmp_path / "health.db"), clock=clock)
    opened.sync_sources([source()])
    return opened


def tried(
    store: Store,
    clock: FixedClock,
    outcome: AttemptOutcome,
    again: timedelta = MINUTE,
    **more: object,
) -> None:
    """Let the desk's next message be tried."""
    from core.alerting.deliveries import DeliveryAttempt

    (claimed,) = claim(store, "desk", now=clock(), limit=1)
    delivered = outcome is AttemptOutcome.DELIVERED
    status = DeliveryStatus.DELIVERED if delivered else DeliveryStatus.PENDING
    if outcome is AttemptOutcome.PERMANENT:
        status = DeliveryStatus.DEAD
    next_at = clock() + again if status is DeliveryStatus.PENDING else None
    attempt = DeliveryAttempt(
        delivery_id=claimed.delivery.id,
        number=claimed.delivery.attempts + 1,
        started_at=clock(),
        finished_at=clock(),
        outcome=outcome,
        detail="200 ok" if delivered else "503 no answer",
        **more,  # type: ignore[arg-type]
    )
    store.record_attempt(claimed.lease_token, attempt, RetryDecision(status, next_at, ""), DECIDERS)


def titles(store: Store) -> list[str]:
    found = store.alerts(rule="receiver-health", limit=100).items
    return [alert.article.data.title for alert in reversed(found)]


def look(store: Store, clock: FixedClock) -> int:
    return update_receiver_health(store, CONFIG, clock())


DOWN, UP = "Receiver desk takes no alerts", "Receiver desk takes alerts again"
D, T = AttemptOutcome.DELIVERED, AttemptOutcome.TRANSIENT


def test_a_receiver_that_takes_nothing_is_an_alert_to_the_others_once(
    store: Store, clock: FixedClock
) -> None:
    alerted(store)
    tried(store, clock, T)
    clock.advance(5 * MINUTE)
    assert look(store, clock) == 0
    clock.advance(10 * MINUTE)
    assert look(store, clock) == 1
    assert look(store, clock) == 0
    (alarm,) = store.alerts(rule="receiver-health").items
    assert "no answer" in alarm.match.snippet.text
    assert "1 message" in alarm.match.snippet.text
    assert [notification.receiver for notification in store.notifications(alarm.id)] == ["boss"]
    assert all(state.name != ".wirewatch" for state in store.source_states())
    tried(store, clock, D)
    assert look(store, clock) == 1
    assert titles(store) == [DOWN, UP]


def test_a_message_that_was_given_up_long_ago_hides_no_later_outage(
    store: Store, clock: FixedClock
) -> None:
    alerted(store)
    tried(store, clock, AttemptOutcome.PERMANENT)
    clock.advance(DAY)
    alerted(store)
    tried(store, clock, D)
    clock.advance(DAY)
    alerted(store)
    tried(store, clock, T)
    clock.advance(HOUR)
    assert look(store, clock) == 1


def test_sending_again_what_was_given_up_is_no_recovery(store: Store, clock: FixedClock) -> None:
    alerted(store)
    tried(store, clock, AttemptOutcome.PERMANENT)
    clock.advance(HOUR)
    assert look(store, clock) == 1
    store.replay()
    assert look(store, clock) == 0
    tried(store, clock, T)
    clock.advance(HOUR)
    assert look(store, clock) == 0
    assert titles(store) == [DOWN]


def test_a_backlog_that_became_one_summary_is_no_recovery(store: Store, clock: FixedClock) -> None:
    for _ in range(2):
        alerted(store)
        tried(store, clock, T)
    clock.advance(7 * HOUR)
    assert look(store, clock) == 1
    assert store.fold_backlog("desk", DECIDERS, older_than=clock() - HOUR, now=clock()) is not None
    assert look(store, clock) == 0


def test_what_needed_no_asking_says_nothing_about_a_receiver(
    store: Store, clock: FixedClock
) -> None:
    for _ in range(2):
        alerted(store)
    tried(store, clock, T)
    tried(store, clock, D, reached=False)
    clock.advance(HOUR)
    assert look(store, clock) == 1
    assert look(store, clock) == 0


def test_a_second_outage_is_told_too(store: Store, clock: FixedClock) -> None:
    alerted(store)
    for outcome in (T, D):
        tried(store, clock, outcome)
        clock.advance(HOUR)
        look(store, clock)
        alerted(store)
    tried(store, clock, T)
    clock.advance(HOUR)
    look(store, clock)
    assert titles(store) in ([DOWN, UP, DOWN], [DOWN, DOWN])


def test_an_alarm_about_a_receiver_can_be_silenced(store: Store, clock: FixedClock) -> None:
    store.add_silence(
        SilenceMatch(rules=("receiver-health",)),
        author="a", reason="maintenance", starts_at=NOON, ends_at=NOON + DAY,
    )  # fmt: skip
    alerted(store)
    tried(store, clock, T)
    clock.advance(HOUR)
    assert look(store, clock) == 1
    dispatch(store, CONFIG, clock())
    (alarm,) = store.alerts(rule="receiver-health").items
    (notified,) = store.notifications(alarm.id)
    assert notified.state is NotificationState.SILENCED


def test_when_routes_lead_to_nobody_else_everybody_else_hears(
    store: Store, clock: FixedClock
) -> None:
    config = WatchConfig.model_validate(
        {
            **CONFIG.model_dump(include={"receivers"}, exclude_unset=True),
            "routes": [{"to": ["desk"]}],
        }
    )
    alerted(store)
    tried(store, clock, T)
    clock.advance(HOUR)
    assert update_receiver_health(store, config, clock()) == 1
    (alarm,) = store.alerts(rule="receiver-health").items
    assert [notification.receiver for notification in store.notifications(alarm.id)] == ["boss"]


def test_what_waited_for_a_receiver_goes_out_when_it_takes_messages_again(
    store: Store, clock: FixedClock
) -> None:
    for _ in range(3):
        alerted(store)
        clock.advance(MINUTE / 60)
    tried(store, clock, T, again=5 * HOUR)
    tried(store, clock, T, again=7 * HOUR)
    clock.advance(2 * MINUTE)
    tried(store, clock, D)
    waiting = claim(store, "desk", now=clock())
    assert len(waiting) == 2
    made = [message.delivery.created_at for message in waiting]
    assert made == sorted(made)


def test_a_message_that_fails_by_itself_keeps_its_pauses(store: Store, clock: FixedClock) -> None:
    for _ in range(2):
        alerted(store)
    tried(store, clock, T, again=5 * HOUR)
    clock.advance(MINUTE / 2)
    tried(store, clock, D)
    assert claim(store, "desk", now=clock()) == []


def test_a_message_that_always_fails_among_others_is_tried_for_two_days(
    store: Store, clock: FixedClock
) -> None:
    alerted(store)
    tried(store, clock, T, again=5 * HOUR)
    for _ in range(5):
        clock.advance(2 * MINUTE)
        alerted(store)
        tried(store, clock, D)
        assert claim(store, "desk", now=clock()) == []


def test_the_end_of_a_trouble_follows_its_beginning_in_one_conversation(
    store: Store, clock: FixedClock
) -> None:
    alerted(store)
    tried(store, clock, T)
    clock.advance(HOUR)
    look(store, clock)
    dispatch(store, CONFIG, clock())
    tried(store, clock, D)
    look(store, clock)
    dispatch(store, CONFIG, clock())
    first, second = sorted(
        store.deliveries(receiver="boss").items, key=lambda delivery: delivery.sequence
    )
    assert (second.thread, second.sequence) == (first.id, 2)
