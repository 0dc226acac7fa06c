"""A stored archive with judged articles, for what reads and writes the outbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from alerts.dispatch.deciders import DECIDERS
from core.clock import FixedClock
from storage import Judgement, PlannedAlert, Store, open_store
from tests.integration.alerts.alert_desk import Desk
from tests.integration.empty_database import empty_database
from tests.unit.alerts import samples

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def store(tmp_path: Path, clock: FixedClock) -> Iterator[Store]:
    with open_store(empty_database(tmp_path / "archive.db"), clock=clock) as opened:
        yield opened


@pytest.fixture
def publish(store: Store) -> Callable[..., int]:
    """Store the sample article under a number and return its version's id."""

    def stored(number: int, title: str = samples.TITLE) -> int:
        url = f"https://outlet.example/news/{number}"
        data = replace(samples.article().data, url=url, title=title)
        return store.record(data, None, key=url).version_id

    return stored


@pytest.fixture
def alert_to(store: Store, publish: Callable[..., int]) -> Callable[..., None]:
    """Commit one alert for each number, to these receivers."""

    def committed(*receivers: str, numbers: range = range(1, 2)) -> None:
        store.commit_judgement(
            [
                Judgement(publish(number), "rules", (PlannedAlert(samples.match(), receivers),))
                for number in numbers
            ],
            DECIDERS,
        )

    return committed


@pytest.fixture
def desks(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """Make desks: on SQLite, or where the test says so on PostgreSQL."""
    opened: list[Desk] = []

    def made(*routes: dict[str, Any], **more: Any) -> Desk:
        if getattr(request, "param", "sqlite") == "postgresql":
            assert not opened, "there is one PostgreSQL database for a test"
            database = request.getfixturevalue("postgres_url")
        else:
            database = empty_database(tmp_path / f"{len(opened)}.db")
        opened.append(Desk(database, list(routes), **more))
        return opened[-1]

    yield made
    for desk in opened:
        desk.store.close()
