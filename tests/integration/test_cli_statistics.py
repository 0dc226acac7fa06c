"""`today` and `stats`: what came in, what is blind, and what was not delivered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from alerts.dispatch.deciders import DECIDERS
from cli.statistics import BAR, bar
from core.alerting.matches import Level
from core.clock import FixedClock
from core.config.watch import WatchConfig
from desk import overview, rule_rows
from desk.context import Desk, desk_alone
from desk.statistics import CountedBy, statistics, today
from storage import open_store
from tests.integration.children import wirewatch_here, write_config
from tests.integration.empty_database import empty_database
from tests.integration.storage.samples import DEAD, HOUR, NOON, alerted, attempt, claim, source

CONFIG = WatchConfig.model_validate(
    {
        "sources": [
            {"name": "kloop", "title": "Kloop", "feed": "https://kloop.example/f"},
            {"name": "azattyk", "feed": "https://azattyk.example/f"},
        ],
        "rules": [
            {"id": "drafts", "title": "Drafts", "when": "draft"},
            {"id": "silent", "when": "nothing"},
        ],
    }
)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def desk(tmp_path: Path, clock: FixedClock) -> Iterator[Desk]:
    with open_store(empty_database(tmp_path / "wirewatch.db"), clock=clock) as store:
        store.sync_sources([source(), source("azattyk")])
        yield desk_alone(store, CONFIG, clock)


def test_what_brought_nothing_is_among_the_rules_and_sources(desk: Desk) -> None:
    alerted(desk.store)
    rules = statistics(desk, CONFIG, CountedBy.RULE, NOON, None)
    assert [(rule.key, rule.title, rule.alerts) for rule in rules] == [
        ("drafts", "Drafts", 1), ("silent", "silent", 0)
    ]  # fmt: skip
    sources = statistics(desk, CONFIG, CountedBy.SOURCE, NOON, None)
    assert [(found.key, found.title, found.articles, found.alerts) for found in sources] == [
        ("kloop", "Kloop", 1, 1), ("azattyk", "azattyk", 0, 0)
    ]  # fmt: skip


def test_days_are_those_of_the_reader(desk: Desk, clock: FixedClock) -> None:
    clock.advance(timedelta(hours=7))  # 19:00 in UTC is 01:00 of the next day in Bishkek
    alerted(desk.store)
    days = statistics(desk, CONFIG, CountedBy.DAY, NOON, ZoneInfo("Asia/Bishkek"))
    assert [(day.key, day.articles, day.alerts) for day in days] == [
        ("2026-03-01", 0, 0), ("2026-03-02", 1, 1)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("zone", "minutes"), [("Asia/Kolkata", 30), ("Asia/Kathmandu", 15), ("America/St_Johns", 30)]
)
def test_days_begin_within_an_hour_where_the_clock_says_so(
    desk: Desk, clock: FixedClock, zone: str, minutes: int
) -> None:
    there = ZoneInfo(zone)
    midnight = datetime(2026, 3, 2, tzinfo=there)
    assert midnight.astimezone(UTC).minute == minutes
    for moment in (midnight - timedelta(minutes=10), midnight + timedelta(minutes=10)):
        clock.advance(moment - clock())
        alerted(desk.store)
    for since in (NOON, midnight):
        days = statistics(desk, CONFIG, CountedBy.DAY, since, there)
        counted = [(day.key, day.articles, day.alerts) for day in days]
        assert counted[-1] == ("2026-03-02", 1, 1)
        assert counted[:-1] in ([], [("2026-03-01", 1, 1)])
    by_day = overview.alerts_by_day(desk, 2, there)
    assert [sum(levels.values()) for levels in by_day.values()] == [1, 1]


def test_a_day_of_23_hours_moves_no_alert_into_its_neighbour(desk: Desk, clock: FixedClock) -> None:
    kyiv = ZoneInfo("Europe/Kyiv")  # whose clock was put forward on 29 March
    clock.advance(datetime(2026, 4, 2, 0, 30, tzinfo=kyiv) - clock())
    alerted(desk.store)
    (row, _silent) = rule_rows.rows(desk, kyiv)
    assert (row.id, row.days[-2:]) == ("drafts", (0, 1))


def test_the_first_day_is_counted_whole(desk: Desk, clock: FixedClock) -> None:
    alerted(desk.store)
    clock.advance(24 * HOUR)
    days = statistics(desk, CONFIG, CountedBy.DAY, NOON + HOUR, None)
    assert [day.articles for day in days] == [1, 0]


def test_the_day_says_what_came_and_what_was_not_delivered(desk: Desk, clock: FixedClock) -> None:
    alerted(desk.store)
    clock.advance(HOUR)
    for _ in range(2):
        alerted(desk.store)
    (claimed, *_) = claim(desk.store, now=clock())
    desk.store.record_attempt(claimed.lease_token, attempt(claimed), DEAD, DECIDERS)
    day = today(desk, CONFIG, NOON + HOUR)
    assert day.articles == 2
    assert day.stories == {Level.HIGH: 2, Level.NORMAL: 0, Level.LOW: 0}
    assert [(rule.title, rule.alerts) for rule in day.rules] == [("Drafts", 2)]
    assert (day.undelivered.waiting, day.undelivered.dead) == (2, 1)


@pytest.mark.parametrize(
    ("count", "most", "cells"), [(0, 9, 0), (0, 0, 0), (1, 1_000_000, 1), (5, 10, 8), (9, 9, BAR)]
)
def test_a_bar_is_as_long_as_its_number_and_never_vanishes(
    count: int, most: int, cells: int
) -> None:
    assert len(bar(count, most).strip()) == cells


def test_the_commands_print_tables_and_json(tmp_path: Path) -> None:
    config = write_config(tmp_path, sources=[{"name": "kloop", "feed": "https://kloop.example/f"}])
    with open_store(empty_database(tmp_path / "wirewatch.db")) as store:
        alerted(store)
    shown = wirewatch_here("today", "-c", str(config), cwd=tmp_path)
    assert shown.status == 0
    assert "1 high" in shown.out
    day = wirewatch_here("today", "--format", "json", "-c", str(config), cwd=tmp_path).json()
    assert day["stories"] == {"high": 1, "normal": 0, "low": 0}
    assert day["undelivered"] == {"waiting": 1, "dead": 0}
    later = ("today", "--since", "2999-01-01T00:00", "--format", "json", "-c", str(config))
    assert wirewatch_here(*later, cwd=tmp_path).json()["articles"] == 0
    for by in CountedBy:
        words = ("stats", "--by", by.value, "--since", "2d", "-c", str(config))
        assert by.value in wirewatch_here(*words, cwd=tmp_path).out.splitlines()[0]
        found = wirewatch_here(*words, "--format", "json", cwd=tmp_path).json()
        assert (found["by"], sum(sum(item["levels"].values()) for item in found["items"])) == (
            by.value, 1
        )  # fmt: skip
    for since in ("soon", "2026-99-99T00:00"):
        assert wirewatch_here("today", "--since", since, cwd=tmp_path).status == 2
