"""Trying rules on a real archive: gained, lost, and how many alerts a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from alerts.judging.backtest import Backtest
from alerts.judging.flatlines import raise_flatlines
from alerts.judging.versions import judge_versions
from alerts.rules import RuleSet
from cli.backtest import histogram
from core.clock import FixedClock
from core.config.watch import WatchConfig
from desk import backtest as desk
from desk.errors import UnknownNameError
from scheduler.running_config import live_of
from storage import Store
from tests.integration.alerts.conftest import NOW


def compiled(when: str) -> tuple[RuleSet, WatchConfig]:
    config = WatchConfig.model_validate({"rules": [{"id": "r", "when": when}]})
    return RuleSet.compile(config), config


def tried(
    store: Store,
    tried_now: tuple[RuleSet, WatchConfig],
    *,
    against: tuple[RuleSet, WatchConfig] | None = None,
) -> Backtest:
    other = None if against is None else live_of(against[1])
    return desk.backtest(store, live_of(tried_now[1]), NOW, against=other)


def test_gained_and_lost_are_counted_against_what_fired_at_the_time(
    store: Store, publish: Callable[..., int], clock: FixedClock
) -> None:
    for number, title in enumerate(("Облава на рынке", "Облава в порту", "Рейд в порту")):
        publish(number, title=title)
        clock.advance(timedelta(days=1))
    old, config = compiled("title:облава")
    judge_versions(store, old, config, now=NOW)
    result = tried(store, compiled("title:порт"))
    (rule,) = result.rules
    assert (rule.fired, rule.fired_before) == (2, 2)
    assert [article.data.title for article in rule.gained] == ["Рейд в порту"]
    assert [article.data.title for article in rule.lost] == ["Облава на рынке"]
    assert (result.articles, result.days) == (3, 3)
    assert list(histogram(result)) == [
        "2026-11-20  0",
        f"2026-11-21 {'█' * 40} 1",
        f"2026-11-22 {'█' * 40} 1",
    ]


def test_two_configurations_can_be_compared_without_any_judgement(
    store: Store, publish: Callable[..., int]
) -> None:
    publish(1, title="Облава на рынке")
    new, old = compiled("title:рынок"), compiled("title:порт")
    (rule,) = tried(store, new, against=old).rules
    assert (rule.fired, rule.fired_before, len(rule.gained), len(rule.lost)) == (1, 0, 1, 0)


EDITED = {"id": "r", "when": "title:облава", "on": ["published", "edited", "removed"]}
CONFIGS = [
    pytest.param({"id": "r", "when": "title:облава"}, id="published"),
    pytest.param(EDITED, id="edited-and-removed"),
    pytest.param(
        {**EDITED, "over_time": {"frequency": {"count": 2, "within": "1h"}}}, id="frequency"
    ),
]


@pytest.mark.parametrize("rule", CONFIGS)
def test_an_unchanged_file_gains_and_loses_nothing_and_alerts_as_often(
    store: Store, publish: Callable[..., int], rule: dict[str, Any]
) -> None:
    config = WatchConfig.model_validate({"rules": [rule]})
    compiled_rules = RuleSet.compile(config)
    for number, title in (
        (1, "Облава на рынке"),
        (1, "На рынке спокойно, сообщили власти города"),
        (2, "Рейд в порту, сообщили очевидцы"),
        (2, "Облава в порту, сообщили очевидцы"),
        (1, "Облава вечером: сорок человек на рынке"),
    ):
        publish(number, title=title)
        judge_versions(store, compiled_rules, config, now=NOW)
    (result,) = desk.backtest(store, live_of(config), NOW).rules
    assert (result.gained, result.lost) == ([], [])
    assert (result.fired, result.fired_before) == (2, 2)
    made = len(store.alerts().items)
    assert (result.alerts, result.alerts_before) == (made, made)
    assert sum(result.by_day.values()) == made
    assert made >= 1


def test_rules_over_time_know_what_came_before(
    store: Store, publish: Callable[..., int], clock: FixedClock
) -> None:
    rule = {
        "id": "r",
        "when": "title:облава",
        "over_time": {"frequency": {"count": 3, "within": "1d"}},
    }
    live = live_of(WatchConfig.model_validate({"rules": [rule]}))
    for number in range(3):
        publish(number, title="Облава")
        clock.advance(timedelta(hours=1))
    late = desk.backtest(store, live, NOW + timedelta(hours=2))
    assert (late.articles, late.rules[0].fired, late.rules[0].alerts) == (1, 1, 1)


def test_articles_about_ourselves_are_not_tried(store: Store, clock: FixedClock) -> None:
    rule = {"id": "r", "when": "облава", "over_time": {"flatline": {"within": "1h"}}}
    config = WatchConfig.model_validate({"rules": [rule]})
    for _ in range(3):
        raise_flatlines(store, config, clock())
        clock.advance(timedelta(hours=1))
    assert len(store.alerts().items) == 1
    assert desk.backtest(store, live_of(config), NOW).articles == 0


def test_the_archive_is_read_page_by_page_from_a_day_on(
    store: Store, publish: Callable[..., int], clock: FixedClock
) -> None:
    publish(0, title="Облава на рынке")
    clock.advance(timedelta(days=1))
    for number in range(1, 203):
        publish(number, title="Облава в порту")
    _, config = compiled("title:облава")
    live = live_of(config)
    assert desk.backtest(store, live, NOW).rules[0].fired == 203
    late = desk.backtest(store, live, NOW + timedelta(days=1), against=live)
    assert (late.rules[0].fired, late.rules[0].gained, late.rules[0].lost) == (202, [], [])
    assert desk.fired_by_day(late) == {(NOW + timedelta(days=1)).date(): 202}


def test_a_rule_that_is_not_there_is_refused(store: Store) -> None:
    live = live_of(compiled("title:облава")[1])
    with pytest.raises(UnknownNameError):
        desk.backtest(store, live, NOW, rule="s")


def test_an_empty_archive_has_no_days(store: Store) -> None:
    result = tried(store, compiled("title:облава"))
    assert (result.articles, result.days, list(histogram(result))) == (0, 0, [])
