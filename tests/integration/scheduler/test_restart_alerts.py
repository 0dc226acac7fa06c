"""People hear that a part of the daemon ended and began again: once a day, by the routes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.messages.about import About, about_of
from core.clock import FixedClock
from core.config.sections.health import DAEMON_RULE
from core.config.watch import WatchConfig
from scheduler.restart_alerts import tell_restart
from storage import Store, open_store
from tests.integration.empty_database import empty_database

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAMES: list[dict[str, Any]] = [{"name": name, "console": {}} for name in ("desk", "admin")]


def watch(*routes: dict[str, Any]) -> WatchConfig:
    return WatchConfig.model_validate({"receivers": NAMES, "routes": routes})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(empty_database(tmp_path / "daemon.db")) as opened:
        yield opened


@pytest.mark.parametrize(
    ("routes", "hear"),
    [
        ([{"when": {"rules": [DAEMON_RULE]}, "to": ["admin"]}], {"admin"}),
        ([{"when": {"sources": ["kloop"]}, "to": ["desk"]}], {"desk", "admin"}),
    ],
    ids=["a route names the rule", "no route leads anywhere"],
)
def test_an_end_is_told_once_a_day_to_whoever_the_routes_say(
    store: Store, routes: list[dict[str, Any]], hear: set[str]
) -> None:
    clock = FixedClock(NOON)
    config = watch(*routes)
    assert tell_restart(store, config, "judging", "MemoryError", clock())
    assert not tell_restart(store, config, "judging", "MemoryError", clock())
    assert tell_restart(store, config, "delivery to desk", "MemoryError", clock())
    clock.advance(timedelta(days=1))
    assert tell_restart(store, config, "judging", "MemoryError", clock())
    alerts = store.alerts().items
    assert [alert.match.rule_id for alert in alerts] == [DAEMON_RULE] * 3
    assert {about_of(alert) for alert in alerts} == {About.DAEMON}
    assert "MemoryError" in alerts[0].article.data.text
    reached = {notified.receiver for notified in store.notifications(alerts[0].id)}
    assert reached == hear
