"""Rules, or a changed configuration, against the stored articles: what would have been different.

Compared is with what fired at the time, or with the rules of another configuration.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from alerts.judging.backtest import Backtest, Before, RuleBacktest, Rules, fired_on
from alerts.judging.backtest import backtest as compare
from core.articles import Article
from desk.errors import UnknownNameError
from scheduler.running_config import RunningConfig
from storage import Store

__all__ = ["Backtest", "RuleBacktest", "backtest", "fired_by_day", "wanted_rules"]

_PAGE = 200


def wanted_rules(live: RunningConfig, rule: str | None) -> tuple[str, ...]:
    """Return the ids of the rules to try: one, or all. Raises UnknownNameError."""
    if rule is None:
        return tuple(live.rules.rule_ids)
    if rule not in live.rules.rule_ids:
        raise UnknownNameError("rule", rule, live.rules.rule_ids)
    return (rule,)


def backtest(
    store: Store,
    live: RunningConfig,
    since: datetime,
    *,
    rule: str | None = None,
    against: RunningConfig | None = None,
) -> Backtest:
    """Try the rules on the articles that were stored since a time. Changes nothing.

    Raises UnknownNameError when there is no such rule.
    """
    wanted = wanted_rules(live, rule)
    other = None if against is None else against.rules
    return compare(_batches(store, since, other), live.rules, wanted)


def fired_by_day(result: Backtest) -> dict[date, int]:
    """Return for every day how many articles fire some rule, each rule counted."""
    if result.first is None:
        return {}
    days = (result.first + timedelta(days=number) for number in range(result.days))
    return {day: sum(rule.by_day[day] for rule in result.rules) for day in days}


def _batches(
    store: Store, since: datetime, other: Rules | None
) -> Iterator[tuple[Sequence[Article], Before]]:
    after = None
    while True:
        page = store.articles(since=since, after=after, limit=_PAGE)
        if page.items:
            ids = [article.id for article in page.items]
            before = fired_on(page.items, other) if other else store.fired_rules(ids)
            yield page.items, before
        after = page.next
        if after is None:
            return
