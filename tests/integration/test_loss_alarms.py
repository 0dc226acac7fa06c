"""Others hear which messages were given up, and nobody hears of it for ever."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from alerts.dispatch.deciders import DECIDERS
from alerts.dispatch.dispatcher import dispatch
from core.alerting.deliveries import AttemptOutcome, DeliveryStatus
from core.articles import ArticleData
from core.clock import FixedClock
from core.config.watch import WatchConfig
from scheduler.loss_alarms import report_losses
from storage import Judgement, PlannedAlert, Store, open_store
from tests.integration.empty_database import empty_database
from tests.integration.storage.samples import (
    DEAD,
    MINUTE,
    NOON,
    attempt,
    claim,
    match,
    source,
)


def watch(*names: str, **more: Any) -> WatchConfig:
    receivers = [{"name": name, "console": {}} for name in names]
    return WatchConfig.model_validate({"receivers": receivers, **more})


CONFIG = watch("desk", "boss")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def store(tmp_path: Path, clock: FixedClock) -> Iterator[Store]:
    with open_store(empty_database(tmp_path / "lost.db"), clock=clock) as opened:
        opened.sync_sources([source()])
        yield opened


def titled(store: Store, title: str, *receivers: str) -> None:
    url = f"https://kloop.example/{title}"
    article = ArticleData(url=url, title=title, text="A text.", source="kloop")
    version = store.record(article, None, key=url)
    planned = PlannedAlert(match(), receivers or ("desk",))
    store.commit_judgement([Judgement(version.version_id, "rules", (planned,))], DECIDERS)


def die(store: Store, clock: FixedClock, receiver: str = "desk") -> int:
    """Let everything be refused for good that is due for a receiver."""
    claimed = claim(store, receiver, now=clock())
    for message in claimed:
        refused = attempt(message, AttemptOutcome.PERMANENT, "403 not in channel")
        store.record_attempt(message.lease_token, refused, DEAD, DECIDERS)
    return len(claimed)


def alarms(store: Store) -> list[str]:
    found = store.alerts(rule="receiver-health", limit=100).items
    return [alert.article.data.title for alert in reversed(found)]


def told(store: Store, config: WatchConfig, clock: FixedClock) -> list[str]:
    dispatch(store, config, clock())
    (alarm, *_) = store.alerts(rule="receiver-health").items
    return [notification.receiver for notification in store.notifications(alarm.id)]


def test_others_hear_the_title_of_a_message_that_was_given_up(
    store: Store, clock: FixedClock
) -> None:
    titled(store, "Raid at the market")
    assert report_losses(store, CONFIG, clock()) == 0
    die(store, clock)
    assert report_losses(store, CONFIG, clock()) == 1
    assert alarms(store) == ["1 message could not be delivered to desk: Raid at the market"]
    assert told(store, CONFIG, clock) == ["boss"]
    (alarm,) = store.alerts(rule="receiver-health").items
    assert "403 not in channel" in alarm.match.snippet.text
    assert report_losses(store, CONFIG, clock()) == 0


def test_what_one_look_finds_is_one_alarm_for_each_receiver(
    store: Store, clock: FixedClock
) -> None:
    for number in range(5):
        titled(store, f"Raid {number}")
    titled(store, "Draft", "boss")
    die(store, clock)
    die(store, clock, "boss")
    assert report_losses(store, CONFIG, clock()) == 2
    boss, desk = sorted(alarms(store))
    assert boss == "1 message could not be delivered to boss: Draft"
    assert desk.startswith("5 messages could not be delivered to desk: Raid ")
    assert desk.endswith(" and 2 more")
    about_desk = store.alerts(rule="receiver-health").items
    (text,) = [
        alert.match.snippet.text for alert in about_desk if "desk" in alert.article.data.title
    ]
    assert all(f"Raid {number}" in text for number in range(5))


def test_the_routes_say_who_hears_and_never_the_receiver_itself(
    store: Store, clock: FixedClock
) -> None:
    config = watch(
        "desk", "boss", "other",
        routes=[{"when": {"rules": ["receiver-health"]}, "to": ["desk", "other"]}],
    )  # fmt: skip
    titled(store, "Raid")
    die(store, clock)
    report_losses(store, config, clock())
    assert told(store, config, clock) == ["other"]


def test_what_is_lost_of_news_about_receivers_makes_no_news(
    store: Store, clock: FixedClock
) -> None:
    titled(store, "Raid")
    die(store, clock)
    for _ in range(3):
        report_losses(store, CONFIG, clock())
        dispatch(store, CONFIG, clock())
        die(store, clock, "boss")
        die(store, clock)
        clock.advance(MINUTE)
    assert len(alarms(store)) == 1


def test_what_is_sent_again_before_the_look_is_no_news(store: Store, clock: FixedClock) -> None:
    titled(store, "Raid")
    die(store, clock)
    assert store.replay() == 1
    assert report_losses(store, CONFIG, clock()) == 0
    die(store, clock)
    assert report_losses(store, CONFIG, clock()) == 1


def test_a_receiver_that_refuses_everything_makes_no_flood(store: Store, clock: FixedClock) -> None:
    for number in range(10):
        titled(store, f"Raid {number}")
        die(store, clock)
        report_losses(store, CONFIG, clock())
        dispatch(store, CONFIG, clock())
        clock.advance(MINUTE)
    dispatch(store, CONFIG, clock())
    heard = store.deliveries(receiver="boss", status=DeliveryStatus.PENDING).items
    assert [delivery.size for delivery in reversed(heard)] == [1, 5, 4]


def test_a_receiver_that_is_alone_leaves_the_alarm_on_record(
    store: Store, clock: FixedClock
) -> None:
    titled(store, "Raid")
    die(store, clock)
    assert report_losses(store, watch("desk"), clock()) == 1
    assert alarms(store) == ["1 message could not be delivered to desk: Raid"]
