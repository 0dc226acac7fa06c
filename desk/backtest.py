"""Rules, or a changed configuration, against the stored articles: what would have been different.

Compared is with what fired at the time, or with the rules of another configuration.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial

from alerts.judging.backtest import Backtest, Fired, Rehearsal, RuleBacktest
from alerts.judging.backtest import backtest as compare
from alerts.over_time import horizon
from core.articles import Article
from core.config import WatchConfig
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
    rules = Rehearsal(live.rules, live.config, store.found_between, store.first_sight)
    compared, others = [live.config], None
    if against is not None:
        compared.append(against.config)
        others = Rehearsal(against.rules, against.config, store.found_between, store.first_sight)
    before = others.fired if others is not None else partial(_at_the_time, store)
    versions = _versions(store, _counts_from(compared, wanted, since))
    return compare(versions, since, rules, before, wanted, others=others)


def fired_by_day(result: Backtest) -> dict[date, int]:
    """Return for every day how many alerts there would be."""
    if result.first is None:
        return {}
    days = (result.first + timedelta(days=number) for number in range(result.days))
    return {day: sum(rule.by_day[day] for rule in result.rules) for day in days}


def _counts_from(
    configs: Sequence[WatchConfig], wanted: Sequence[str], since: datetime
) -> datetime | None:
    """Return from when on articles are judged, so that rules over time know what they count.

    None means all of them: what is there for the first time depends on everything before.
    """
    earliest = since
    for config in configs:
        for rule in config.rules:
            if rule.over_time is None or rule.id not in wanted:
                continue
            back = horizon(rule.over_time)
            if back is None:
                return None
            earliest = min(earliest, since - back)
    return earliest


def _versions(store: Store, since: datetime | None) -> Iterator[Article]:
    after = 0
    while page := store.versions_in_order(since=since, after=after, limit=_PAGE):
        yield from page
        after = page[-1].version_id


def _at_the_time(store: Store, article_ids: Sequence[int]) -> Fired:
    """Return what the daemon made of articles."""
    rules: dict[int, set[str]] = {}
    alerts: dict[int, Counter[str]] = {}
    for start in range(0, len(article_ids), _PAGE):
        batch = article_ids[start : start + _PAGE]
        rules |= store.fired_rules(batch)
        alerts |= store.alert_counts(batch)
    return Fired(rules, alerts)
