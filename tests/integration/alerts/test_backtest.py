"""Trying rules on a real archive: gained, lost, and how many alerts a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from alerts.judging.backtest import Backtest, backtest, fired_on
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


def tried(store: Store, rules: RuleSet, *, against: RuleSet | None = None) -> Backtest:
    articles = store.articles().items
    before = (
        store.fired_rules([article.id for article in articles])
        if against is None
        else fired_on(articles, against)
    )
    return backtest([(articles, before)], rules, rules.rule_ids)


def test_gained_and_lost_are_counted_against_what_fired_at_the_time(
    store: Store, publish: Callable[..., int], clock: FixedClock
) -> None:
    for number, title in enumerate(("Облава на рынке", "Облава в порту", "Рейд в порту")):
        publish(number, title=title)
        clock.advance(timedelta(days=1))
    old, config = compiled("title:облава")
    judge_versions(store, old, config, now=NOW)
    new, _ = compiled("title:порт")
    result = tried(store, new)
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
    new, _ = compiled("title:рынок")
    old, _ = compiled("title:порт")
    (rule,) = tried(store, new, against=old).rules
    assert (rule.fired, rule.fired_before, len(rule.gained), len(rule.lost)) == (1, 0, 1, 0)


def test_an_edit_that_fired_counts_for_its_article(
    store: Store, publish: Callable[..., int]
) -> None:
    rules, config = compiled("title:облава")
    publish(1, title="Облава на рынке")
    judge_versions(store, rules, config, now=NOW)
    publish(1, title="На рынке спокойно")
    judge_versions(store, rules, config, now=NOW)
    (rule,) = tried(store, rules).rules
    assert (rule.fired, rule.fired_before, len(rule.lost)) == (0, 1, 1)


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
    rules, _ = compiled("title:облава")
    result = tried(store, rules)
    assert (result.articles, result.days, list(histogram(result))) == (0, 0, [])
