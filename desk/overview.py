"""The day at a glance: what came in, whether anything is blind, what was not delivered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import TypeVar

from core.alerting.alerts import AlertState
from core.alerting.deliveries import DeliveryStatus
from core.alerting.matches import Level
from core.calendar import day_starts
from core.sources import Health
from desk import rules as desk_rules
from desk import sources as desk_sources
from desk.context import Desk
from desk.rules import Report
from desk.sources import HealthLine, SourcesHealth
from desk.stories import STATES, Shelf

T = TypeVar("T")

MOST_COUNTED = 1000
"""Cases beyond which a count says `1,000+`: nobody acts on the exact number."""
NEEDS_JUDGED = 5
"""Alerts of a rule that somebody must have judged before its precision means anything."""
NEEDY_BELOW = 0.6
JUDGED_WITHIN = timedelta(days=90)
MOST_JUDGED = 5_000
"""The latest alerts by which rules are scored: reading more takes long, and says no more."""
_SCORES_KEPT = 600.0
_HEALTH_KEPT = 20.0
"""Seconds for which what is dear to work out is kept: pages are asked for more often."""
_OLDEST = 60.0
"""Seconds after which an answer of before is shown to nobody."""
_COUNTS_KEPT = 2.0


def kept(desk: Desk, key: Hashable, seconds: float, ask: Callable[[], T]) -> T:
    """Return what was asked for under a key in the last seconds, or ask now."""
    return desk.remembered.get(key, seconds, ask)


def health(desk: Desk) -> SourcesHealth:
    """Return how the sources fare, as of the last seconds."""
    return desk.remembered.stale(
        "health", _HEALTH_KEPT, lambda: desk_sources.health(desk.store, desk.now()), _OLDEST
    )


def lost_sources(desk: Desk) -> tuple[HealthLine, ...]:
    """Return the sources of which nothing reaches us."""
    return tuple(line for line in health(desk).lines if line.lost)


def open_count(desk: Desk) -> int:
    """Return how many stories are open, at most `MOST_COUNTED` + 1."""
    return shelf_count(desk, Shelf.OPEN)


def shelf_count(desk: Desk, shelf: Shelf) -> int:
    """Return how many stories lie on a shelf, at most `MOST_COUNTED` + 1."""
    return desk.remembered.get(
        shelf, _COUNTS_KEPT, lambda: desk.store.case_count(STATES[shelf], most=MOST_COUNTED)
    )


def forget_counts(desk: Desk) -> None:
    """Count anew: somebody has just acted."""
    desk.remembered.forget((*Shelf, "deliveries", "undelivered"))


@dataclass(frozen=True, slots=True)
class Since:
    """What came since somebody looked; for who never did, what is open."""

    since: datetime | None
    new: int
    high: int


def since_looked(desk: Desk, person: str) -> Since:
    """Note that somebody looks, and return what came since the visit before."""
    since = desk.store.visit(person, desk.now()).looked_at
    everything = list(AlertState)
    if since is None:
        high = desk.store.case_count(STATES[Shelf.OPEN], level=Level.HIGH, most=MOST_COUNTED)
        return Since(None, open_count(desk), high)
    new = desk.store.case_count(everything, since=since, most=MOST_COUNTED)
    if not new:
        return Since(since, 0, 0)
    high = desk.store.case_count(everything, since=since, level=Level.HIGH, most=MOST_COUNTED)
    return Since(since, new, high)


@dataclass(frozen=True, slots=True)
class Undelivered:
    """Messages that did not arrive."""

    waiting: int
    dead: int


def delivery_counts(desk: Desk) -> Mapping[tuple[str, DeliveryStatus], int]:
    """Return how many deliveries of each receiver stand where, as of the last seconds."""
    return desk.remembered.get("deliveries", _COUNTS_KEPT, desk.store.delivery_counts)


def undelivered(desk: Desk) -> Undelivered:
    """Return how many messages wait or were given up."""
    totals: Counter[DeliveryStatus] = Counter()
    counted = desk.remembered.get("undelivered", _COUNTS_KEPT, desk.store.undelivered_counts)
    for (_, status), number in counted.items():
        totals[status] += number
    return Undelivered(totals[DeliveryStatus.PENDING], totals[DeliveryStatus.DEAD])


def alerts_by_day(
    desk: Desk, days: int, zone: tzinfo, *, rule: str | None = None
) -> Mapping[date, Mapping[Level, int]]:
    """Return how many alerts each of the last days brought, by level; today comes last."""
    last = desk.now().astimezone(zone).date()
    first = last - timedelta(days=days - 1)
    since = day_starts(last, days, zone)[0]

    def counted() -> Mapping[date, Mapping[Level, int]]:
        counts: dict[date, Counter[Level]] = {
            first + timedelta(days=number): Counter() for number in range(days)
        }
        for (quarter, level), number in desk.store.alerts_by_quarter(since, rule=rule).items():
            of_day = counts.get(quarter.astimezone(zone).date())
            if of_day is not None:
                of_day[level] += number
        return counts

    key = ("alerts by day", since, days, str(zone), rule)
    return desk.remembered.stale(key, _HEALTH_KEPT, counted, _OLDEST)


@dataclass(frozen=True, slots=True)
class NeedyRule:
    """A rule that is often wrong, as people judged its alerts."""

    id: str
    title: str
    right: int
    """Per cent of the alerts that somebody judged."""
    wrong: int
    judged: int
    words: Sequence[str]
    """What its wrong alerts have in common, and none that was right."""


def rule_scores(desk: Desk) -> Report:
    """Return how the rules fare by what people did lately, as of the last minutes."""
    since = desk.now() - JUDGED_WITHIN
    return desk.remembered.stale(
        "scores", _SCORES_KEPT, lambda: desk_rules.report(desk.store, since, most=MOST_JUDGED)
    )


def needy_rules(desk: Desk, most: int = 3) -> tuple[NeedyRule, ...]:
    """Return the rules that are wrong most often, the worst first."""
    report = rule_scores(desk)
    titles = {rule.id: rule.title for rule in desk.config.rules}
    found = []
    for score in report.rules:
        judged = score.right + score.wrong
        if judged < NEEDS_JUDGED or score.right >= NEEDY_BELOW * judged:
            continue
        words = [veto.word for veto in report.vetoes if veto.rule == score.rule]
        title = titles.get(score.rule, score.rule)
        right = round(100 * score.right / judged)
        found.append(NeedyRule(score.rule, title, right, score.wrong, judged, words))
    return tuple(sorted(found, key=lambda rule: rule.right)[:most])


def is_fine(health: Health) -> bool:
    """Tell whether a source needs no look."""
    return health in (Health.HEALTHY, Health.QUIET, Health.GEO)
