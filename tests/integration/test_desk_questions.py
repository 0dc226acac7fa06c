"""What can be asked of a store: articles, sources, receivers, and whether the daemon lives."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.dispatch.deciders import DECIDERS
from core.alerting.deliveries import AttemptOutcome
from core.clock import FixedClock
from core.config.watch import WatchConfig
from core.failures import FailureKind, FetchFailure
from core.sources import Health, PollOutcome, Validators
from desk import articles, deliveries, receivers, sources
from desk.database import open_configured
from desk.errors import NotThereError, UnknownNameError
from desk.pulse import Life, pulse
from scheduler.heartbeat import HEARTBEAT, RUNNING, STOPPED
from scheduler.running_config import live_of
from storage import Store, open_store
from tests.integration.empty_database import empty_database
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
    data,
    http,
    page,
    poll,
    recorded,
    source,
    tracked,
)

URL = "https://kloop.example/1"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(empty_database(tmp_path / "desk.db"), clock=FixedClock(NOON)) as opened:
        opened.sync_sources([source()])
        yield opened


def edited(store: Store) -> int:
    """Store an article in two versions, each with its page; return its id."""
    old = page(b"<p>old</p>")
    first = store.record(data(URL, "Old text."), old, key=URL, plan_visit=lambda at: at)
    (visit,) = store.due_visits(NOON, 1, "kloop")
    newer = page(b"<p>new</p>", NOON + HOUR)
    store.record_visit(visit, data(URL, "New text."), newer, lambda _: None, Validators())
    return first.article_id


def test_an_article_is_shown_in_the_version_that_is_asked_for(store: Store) -> None:
    article_id = edited(store)
    found = articles.sheet(store, article_id)
    assert (found.article.version, len(found.versions)) == (2, 2)
    assert articles.sheet(store, article_id, 1).article.data.text == "Old text."
    assert articles.raw_page(store, article_id, 1) == b"<p>old</p>"
    with pytest.raises(NotThereError) as refused:
        articles.sheet(store, article_id, 7)
    assert refused.value.what == f"article {article_id} version 7"


def test_the_last_two_versions_are_compared_unless_others_are_named(store: Store) -> None:
    article_id = edited(store)
    found = articles.difference(store, article_id)
    assert (found.older.version, found.newer.version) == (1, 2)
    assert articles.difference(store, article_id, old=2, new=1).newer.version == 1
    with pytest.raises(NotThereError):
        articles.difference(store, article_id, new=7)
    with pytest.raises(articles.UnchangedError):
        articles.difference(store, recorded(store).article_id)


def test_exhibits_are_the_pages_that_were_kept(store: Store) -> None:
    article_id = edited(store)
    assert [exhibit.proof.status for exhibit in articles.exhibits(store, article_id)] == [200, 200]
    assert len(list(articles.exhibits(store, article_id, 2))) == 1
    for missing in (article_id + 1, recorded(store).article_id):
        with pytest.raises(NotThereError):
            articles.exhibits(store, missing)
        with pytest.raises(NotThereError):
            articles.raw_page(store, missing)


def test_a_source_counts_its_entries_by_status_and_reason(store: Store) -> None:
    tracked(store, "https://kloop.example/1", "https://kloop.example/2")
    (line,) = sources.listed(store, WatchConfig())
    assert (line.name, line.standing, line.entries) == (
        "kloop", sources.Standing.REMOVED, {"pending": 2},
    )  # fmt: skip
    fares = sources.health(store, NOON)
    found = sources.sheet(store, "kloop", fares)
    assert found.health == fares.lines[0]
    assert [(line.status.value, line.reason, line.count) for line in found.reasons] == [
        ("pending", "", 2)
    ]
    assert len(found.entries) == 2
    with pytest.raises(NotThereError):
        sources.sheet(store, "nobody", fares)


def test_the_worst_source_comes_first(store: Store) -> None:
    store.sync_sources([source("a"), source("b"), source("c")])
    for name in ("a", "c"):
        store.record_poll(poll(source=name), [])
    for _ in range(3):
        store.record_poll(poll(source="b", outcome=PollOutcome.FAILED, failure=http(403)), [])
    found = sources.health(store, NOON)
    assert [(line.source, line.health) for line in found.lines] == [
        ("b", Health.BLOCKED), ("a", Health.HEALTHY), ("c", Health.HEALTHY),
    ]  # fmt: skip
    assert [line.lost for line in found.lines] == [True, False, False]
    assert not found.network_down


def test_a_network_that_is_down_is_said_beside_the_sources(store: Store) -> None:
    names = [f"s{number}" for number in range(5)]
    store.sync_sources([source(name) for name in names])
    for name in names:
        unreachable = FetchFailure(FailureKind.CONNECT, "no route to host")
        store.record_poll(poll(source=name, outcome=PollOutcome.FAILED, failure=unreachable), [])
    assert sources.health(store, NOON).network_down


RECEIVERS = WatchConfig.model_validate(
    {"receivers": [{"name": name, "console": {}} for name in ("boss", "desk", "gone")]}
)


def test_receivers_that_take_nothing_come_first_with_what_they_said(store: Store) -> None:
    alerted(store, "boss", "desk", "gone")
    for name, decision in (("desk", LATER), ("gone", DEAD), ("boss", DELIVERED)):
        (claimed,) = claim(store, name)
        outcome = AttemptOutcome.DELIVERED if name == "boss" else AttemptOutcome.TRANSIENT
        store.record_attempt(
            claimed.lease_token, attempt(claimed, outcome, f"{name} said"), decision, DECIDERS
        )
    desk, gone, boss = receivers.health(store, RECEIVERS, NOON + MINUTE)
    assert (desk.receiver, desk.failing_since, desk.waiting, desk.detail) == (
        "desk", NOON, 1, "desk said",
    )  # fmt: skip
    assert (gone.receiver, gone.dead, gone.waiting) == ("gone", 1, 0)
    assert (boss.receiver, boss.failing_since, boss.delivered, boss.detail) == ("boss", None, 1, "")
    assert not any(health.notified for health in (desk, gone, boss))


def test_a_receiver_that_is_not_configured_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UnknownNameError) as refused:
        receivers.receiver_named(RECEIVERS, "deks")
    assert refused.value.hint == "did you mean 'desk'?"
    terminal = receivers.receiver_named(RECEIVERS, "desk")
    message = receivers.trial_message(live_of(RECEIVERS), "desk", NOON)
    assert receivers.mail_page(terminal, message) is None


def test_a_delivery_has_its_attempts(store: Store) -> None:
    alerted(store)
    (claimed,) = claim(store)
    store.record_attempt(claimed.lease_token, attempt(claimed), DELIVERED, DECIDERS)
    found = deliveries.sheet(store, claimed.delivery.id)
    assert [attempted.number for attempted in found.attempts] == [1]
    with pytest.raises(NotThereError):
        deliveries.sheet(store, "dlv_x")


def test_the_pulse_tells_how_the_daemon_was_heard_last(tmp_path: Path) -> None:
    config = WatchConfig.model_validate({"database": f"sqlite:///{tmp_path / 'p.db'}"})

    def life(later: timedelta = timedelta(0)) -> Life:
        return pulse(config, NOON + later, MINUTE).life

    assert life() is Life.NO_DATABASE
    assert not (tmp_path / "p.db").exists()
    with open_configured(config) as store:
        assert life() is Life.NEVER_RAN
        store.heartbeat(HEARTBEAT, NOON, RUNNING)
        assert life(MINUTE) is Life.ALIVE
        assert life(HOUR) is Life.SILENT
        store.heartbeat(HEARTBEAT, NOON, STOPPED)
        assert pulse(config, NOON, MINUTE).at == NOON
        assert life() is Life.STOPPED
