"""Statistics: what came in by rule, source, language and day, and the day in a few numbers.

Alerts about Wirewatch itself are no news and do not count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo

from core.alerting.matches import Level
from core.alerting.tallies import CountedBy
from core.calendar import instant
from core.config import WatchConfig
from desk import overview
from desk.context import Desk
from desk.overview import Undelivered
from desk.sources import HealthLine

__all__ = ["CountedBy", "Day", "Tally", "statistics", "today"]

BUSIEST = 5
"""Rules that the day names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How much there is of one kind."""

    key: str
    """A rule's id, a source's name, a language's code, or a day; empty where it is not known."""
    title: str = ""
    """The same for readers, where that is something else."""
    articles: int | None
    """None where articles are not counted: a rule sees them all."""
    levels: Mapping[Level, int] = field(default_factory=dict)
    """Alerts by their level."""

    @property
    def alerts(self) -> int:
        """How many alerts there are."""
        return sum(self.levels.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What came in since a time, and what is wrong now."""

    since: datetime
    until: datetime
    articles: int
    stories: Mapping[Level, int]
    """Stories that got an alert, by the highest level of those."""
    rules: tuple[Tally, ...]
    """Those that alerted most."""
    lost: tuple[HealthLine, ...]
    """Sources of which nothing reaches us."""
    network_down: bool
    undelivered: Undelivered


def today(desk: Desk, config: WatchConfig, since: datetime) -> Day:
    """Return what came in since a time, which sources are blind, and what was not delivered."""
    store = desk.store
    busiest = sorted(
        (tally for tally in _by_rule(desk, config, since) if tally.alerts),
        key=lambda tally: (-tally.alerts, tally.key),
    )
    return Day(
        since=since,
        until=desk.now(),
        articles=store.article_tallies(CountedBy.SOURCE, since).total(),
        stories=_every_level(store.cases_by_level(since)),
        rules=tuple(busiest[:BUSIEST]),
        lost=overview.lost_sources(desk),
        network_down=overview.health(desk).network_down,
        undelivered=overview.undelivered(desk),
    )


def statistics(
    desk: Desk, config: WatchConfig, by: CountedBy, since: datetime, zone: tzinfo | None
) -> tuple[Tally, ...]:
    """Return what came in since a time: days in their order, all else by its alerts.

    Configured rules and sources that brought nothing are among them. Days are those of `zone`,
    None for this machine's own; the first begins where `since` lies.
    """
    match by:
        case CountedBy.DAY:
            return tuple(_by_day(desk, since, zone))
        case CountedBy.RULE:
            found = _by_rule(desk, config, since)
        case CountedBy.SOURCE:
            titles = {source.name: source.title or source.name for source in config.sources}
            found = _of_articles(desk, by, since, titles)
        case CountedBy.LANGUAGE:
            found = _of_articles(desk, by, since, {})
    return tuple(
        sorted(found, key=lambda tally: (-tally.alerts, -(tally.articles or 0), tally.key))
    )


def _by_rule(desk: Desk, config: WatchConfig, since: datetime) -> list[Tally]:
    titles = {rule.id: rule.title or rule.id for rule in config.rules}
    alerts = desk.store.alert_tallies(CountedBy.RULE, since)
    return [
        Tally(
            key=rule,
            title=titles.get(rule, rule),
            articles=None,
            levels=_every_level(alerts.get(rule, Counter())),
        )
        for rule in {**titles, **alerts}
    ]


def _of_articles(
    desk: Desk, by: CountedBy, since: datetime, titles: Mapping[str, str]
) -> list[Tally]:
    articles = desk.store.article_tallies(by, since)
    alerts = desk.store.alert_tallies(by, since)
    return [
        Tally(
            key=key,
            title=titles.get(key, key),
            articles=articles[key],
            levels=_every_level(alerts.get(key, Counter())),
        )
        for key in {**titles, **articles, **alerts}
    ]


def _by_day(desk: Desk, since: datetime, zone: tzinfo | None) -> Iterable[Tally]:
    here = desk.now().astimezone(zone)
    first = since.astimezone(zone).date()
    start = datetime.combine(first, datetime.min.time())
    start = start.astimezone() if zone is None else instant(start, zone)
    articles: Counter[date] = Counter()
    for quarter, number in desk.store.articles_by_quarter(start).items():
        articles[quarter.astimezone(zone).date()] += number
    levels: dict[date, Counter[Level]] = {}
    for (quarter, level), number in desk.store.alerts_by_quarter(start, news_only=True).items():
        levels.setdefault(quarter.astimezone(zone).date(), Counter())[level] += number
    for number in range((here.date() - first).days + 1):
        day = first + timedelta(days=number)
        yield Tally(
            key=day.isoformat(),
            articles=articles[day],
            levels=_every_level(levels.get(day, Counter())),
        )


def _every_level(counts: Mapping[Level, int]) -> dict[Level, int]:
    return {level: counts.get(level, 0) for level in reversed(Level)}
