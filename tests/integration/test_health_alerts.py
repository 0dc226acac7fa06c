"""Health of sources: kept with them, and told once through the routes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.messages.own_news import in_words_of
from core.alerting.matches import Level
from core.clock import FixedClock
from core.config.sections.health import HEALTH_RULE
from core.config.watch import WatchConfig
from core.failures import FailureKind, FetchFailure
from core.source_polls import SourcePoll
from core.sources import (
    Health,
    NextPoll,
    PollOutcome,
)
from scheduler.health_alerts import update_source_health
from storage import Store, open_store
from tests.integration.children import wirewatch, wirewatch_here, write_config
from tests.integration.empty_database import empty_database
from tests.integration.storage.samples import NOON, data, http, tracked

HOUR = timedelta(hours=1)
FEED = "https://kloop.example/f"
SOURCES = [{"name": "kloop", "title": "Kloop", "feed": FEED, "tags": ["kg"]}]
CONFIG = WatchConfig.model_validate(
    {
        "sources": SOURCES,
        "receivers": [{"name": "desk", "console": {}}, {"name": "editors", "console": {}}],
        "routes": [
            {"when": {"rules": [HEALTH_RULE], "tags": ["kg"]}, "to": ["desk"]},
            {"when": {"rules": ["r"]}, "to": ["editors"]},
        ],
    }
)

SLOW = FetchFailure(FailureKind.TIMEOUT, "slow")


class Desk:
    def __init__(self, store: Store, clock: FixedClock) -> None:
        self.store, self.clock = store, clock
        store.sync_sources([source.to_source() for source in CONFIG.sources])

    def poll(self, failure: FetchFailure | None = None, times: int = 1) -> None:
        for _ in range(times):
            poll = SourcePoll(
                source="kloop",
                outcome=PollOutcome.FAILED if failure else PollOutcome.OK,
                polled_at=self.clock(),
                next_poll=NextPoll(self.clock() + HOUR, "every hour"),
                error=str(failure) if failure else None,
                failure=failure.kind if failure else None,
                status_code=failure.status if failure else None,
            )
            self.store.record_poll(poll, [])

    def look(self, config: WatchConfig = CONFIG) -> int:
        return update_source_health(self.store, config, self.clock())

    @property
    def notified(self) -> list[str]:
        return [alert.article.data.title for alert in self.store.alerts().items][::-1]

    @property
    def health(self) -> Health | None:
        (state,) = self.store.source_states()
        return state.health.health if state.health else None


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    clock = FixedClock(NOON)
    with open_store(empty_database(tmp_path / "wirewatch.db"), clock=clock) as store:
        yield Desk(store, clock)


def test_a_source_that_is_refused_is_told_once_to_those_the_routes_name(desk: Desk) -> None:
    desk.poll(http(403), times=3)
    assert desk.look() == 1
    assert desk.look() == 0
    (alert,) = desk.store.alerts().items
    assert (alert.match.rule_id, alert.match.level) == (HEALTH_RULE, Level.HIGH)
    assert alert.article.data.title == "Kloop is blocked"
    assert "3 polls in a row failed: http: HTTP 403" in alert.match.snippet.text
    assert alert.article.data.url == FEED
    (notified,) = desk.store.notifications(alert.id)
    assert notified.receiver == "desk"


def test_news_of_a_source_are_told_in_the_language_of_who_hears_them(desk: Desk) -> None:
    desk.poll(http(403), times=3)
    desk.look()
    desk.poll()
    desk.look()
    better, worse = (in_words_of(alert, "ru") for alert in desk.store.alerts().items)
    assert worse.article.data.title == "Kloop: нам отказывают"
    assert worse.match.snippet.text == "3 опроса подряд не удались: сервер ответил 403."
    assert better.article.data.title == "Kloop: уже не «нам отказывают»"
    assert [alert.reason for alert in desk.store.alerts().items] == ["", ""]
    assert in_words_of(worse, "en") is worse


def test_worse_and_better_are_told_and_small_changes_are_not(desk: Desk) -> None:
    desk.poll()
    desk.look()
    desk.poll(SLOW, times=3)
    desk.look()
    desk.clock.advance(7 * HOUR)
    desk.poll(SLOW)
    desk.look()
    desk.clock.advance(HOUR)
    desk.poll()
    desk.look()
    assert desk.notified == ["Kloop is degraded", "Kloop is blind", "Kloop is no longer blind"]
    assert desk.health is Health.HEALTHY


def test_what_was_told_is_remembered_over_a_restart(desk: Desk) -> None:
    desk.poll(http(403), times=3)
    desk.look()
    with open_store(desk.store.url_without_secrets, clock=desk.clock) as again:
        assert update_source_health(again, CONFIG, desk.clock()) == 0


def test_states_that_nobody_wants_to_hear_of_are_kept_and_not_told(desk: Desk) -> None:
    config = CONFIG.model_copy(
        update={"health": CONFIG.health.model_copy(update={"tell": (Health.BLIND,)})}
    )
    desk.poll(http(403), times=3)
    assert desk.look(config) == 0
    assert (desk.health, desk.notified) == (Health.BLOCKED, [])
    desk.poll()
    assert desk.look(config) == 0, "nobody heard that it was ill"


def test_a_notice_is_no_article(desk: Desk) -> None:
    desk.poll(http(403), times=3)
    desk.look()
    assert desk.store.articles().items == ()
    assert desk.store.unjudged(10) == []
    assert desk.store.next_visit_due_at() is None


def test_outcomes_of_two_days_are_counted_by_what_became_of_them(desk: Desk) -> None:
    (stored, refused) = tracked(desk.store, "https://kloop.example/1", "https://kloop.example/2")
    desk.store.record(data(stored.key), None, key=stored.key, entry_id=stored.id)
    desk.store.fail_entry(refused.id, http(403), "http: HTTP 403, given up after 3 attempts")
    recent = desk.store.recent_outcomes(NOON - HOUR)["kloop"]
    assert (recent.stored, recent.refused, recent.settled) == (1, 1, 2)
    assert desk.store.recent_outcomes(NOON + HOUR) == {}


def test_the_command_shows_the_worst_first_and_tells_by_its_status(tmp_path: Path) -> None:
    names = ("well", "refused")
    sources = [{"name": name, "feed": f"https://{name}.example/f"} for name in names]
    write_config(tmp_path, sources=sources)
    with open_store(empty_database(tmp_path / "wirewatch.db")) as store:
        config = WatchConfig.model_validate({"sources": sources})
        store.sync_sources([source.to_source() for source in config.sources])
        for _ in range(3):
            poll = SourcePoll(
                source="refused",
                outcome=PollOutcome.FAILED,
                polled_at=NOON,
                next_poll=NextPoll(NOON, "now"),
                error="http: HTTP 403",
                failure=FailureKind.HTTP,
                status_code=403,
            )
            store.record_poll(poll, [])
    shown = wirewatch("sources", "health", cwd=tmp_path)
    assert shown.status == 1
    first, second = (line for line in shown.out.splitlines() if "refused" in line or "well" in line)
    assert first.split()[:2] == ["refused", "blocked"]
    assert second.split()[:2] == ["well", "healthy"]
    assert shown.out.rstrip().endswith("1 blocked, 1 healthy")
    as_json = wirewatch("sources", "health", "--format", "json", cwd=tmp_path).json()
    assert [source["health"] for source in as_json] == ["blocked", "healthy"]


def test_where_most_sources_cannot_be_reached_json_stays_json(tmp_path: Path) -> None:
    sources = [{"name": f"s{number}", "feed": f"https://{number}.example/f"} for number in range(5)]
    write_config(tmp_path, sources=sources)
    with open_store(empty_database(tmp_path / "wirewatch.db")) as store:
        config = WatchConfig.model_validate({"sources": sources})
        store.sync_sources([source.to_source() for source in config.sources])
        for source in config.sources:
            poll = SourcePoll(
                source=source.name,
                outcome=PollOutcome.FAILED,
                polled_at=NOON,
                next_poll=NextPoll(NOON, "now"),
                error="connect: no route to host",
                failure=FailureKind.CONNECT,
            )
            store.record_poll(poll, [])
    shown = wirewatch_here("sources", "health", cwd=tmp_path)
    hint = "most sources cannot be reached"
    assert shown.out.startswith(hint)
    as_json = wirewatch_here("sources", "health", "--format", "json", cwd=tmp_path)
    assert len(as_json.json()) == 5
    assert hint in as_json.err


def test_a_source_that_refuses_us_is_blocked_in_whatever_words(desk: Desk) -> None:
    keys = [f"https://kloop.example/{n}" for n in range(6)]
    for entry in tracked(desk.store, *keys):
        desk.store.fail_entry(entry.id, http(451), "xyz")
    desk.look()
    (state,) = desk.store.source_states()
    assert state.health is not None
    assert state.health.health is Health.BLOCKED
