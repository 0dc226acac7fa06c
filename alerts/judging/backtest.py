"""Tries rules on articles of the past: what they would find that was not found, and the reverse.

Versions are judged as they came, the first ones first, and alerts are planned by the same planner
that the daemon has: `on:` and `over_time:` count here as they do there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Protocol

from alerts.judging.counting import CountedRules
from alerts.judging.old_news import OldNews, SightOf
from alerts.judging.planning import Planner
from core.alerting.matches import Match
from core.articles import Article, ArticleData, ArticleEvent
from core.config.watch import WatchConfig
from storage.judging.judging_records import RuleHistory


class Rules(Protocol):
    """Compiled rules, as far as trying them needs them."""

    def match(self, article: ArticleData, now: datetime | None = None) -> tuple[Match, ...]:
        """Return the rules that fire on `article`."""
        ...


@dataclass(slots=True)
class RuleBacktest:
    """What one rule came to. Articles are listed in the order they came, the newest first."""

    rule_id: str
    fired: int = 0
    """Articles it fires on now, in any version."""
    fired_before: int = 0
    alerts: int = 0
    """Alerts it makes now: by `on:` and `over_time:` more or fewer than articles."""
    alerts_before: int = 0
    gained: list[Article] = field(default_factory=list)
    """Articles it fires on now and did not before."""
    lost: list[Article] = field(default_factory=list)
    by_day: Counter[date] = field(default_factory=Counter)
    """Alerts it makes now, by the day (UTC) their articles were first seen."""


@dataclass(frozen=True, slots=True)
class Backtest:
    """What rules came to on the archive."""

    articles: int
    first: date | None
    """Day (UTC) of the oldest article; None without any."""
    last: date | None
    rules: tuple[RuleBacktest, ...]

    @property
    def days(self) -> int:
        """Days from the first article to the last, both counted."""
        return (self.last - self.first).days + 1 if self.first and self.last else 0


@dataclass(frozen=True, slots=True)
class Fired:
    """What rules came to, by the id of the article."""

    rules: Mapping[int, set[str]]
    """Those that fired on any of its versions."""
    alerts: Mapping[int, Counter[str]]
    """How many alerts about it each rule made."""


Before = Callable[[Sequence[int]], Fired]
"""Says what came of articles before: what the daemon did, or what other rules do."""


class Rehearsal:
    """Rules at work on versions as they came, in memory: nothing is stored, nobody is notified."""

    def __init__(
        self,
        rules: Rules,
        config: WatchConfig,
        found_between: Callable[[int], tuple[datetime, datetime] | None],
        first_sight: SightOf = lambda _article_id: None,
    ) -> None:
        self._rules = rules
        self._old_news = OldNews(config, first_sight)
        self._planner = Planner(config, CountedRules(config, _NothingCounted(found_between)))
        self._earlier: defaultdict[int, dict[str, tuple[int, Match]]] = defaultdict(dict)
        self._alerts: defaultdict[int, set[tuple[str, str]]] = defaultdict(set)

    def judge(self, article: Article) -> None:
        """Judge a version; those before it were judged before."""
        known = self._earlier.get(article.id, {})
        earlier = {} if article.event is ArticleEvent.PUBLISHED else dict(known)
        if article.event is ArticleEvent.REMOVED:
            plan = self._planner.removed(article, earlier)
        else:
            matches = self._rules.match(article.data, article.first_seen_at)
            untold = self._old_news.untold(article) if matches else None
            plan = self._planner.matched(article, matches, earlier, untold)
            for match in matches:
                self._earlier[article.id][match.rule_id] = (article.version_id, match)
        for alert in plan.alerts:
            if alert.notified:  # once for each occasion, however many versions come to it
                self._alerts[article.id].add((alert.match.rule_id, alert.occasion))

    def fired(self, article_ids: Sequence[int]) -> Fired:
        """Return what came of articles so far."""
        return Fired(
            {known: set(self._earlier.get(known, ())) for known in article_ids},
            {
                known: Counter(rule for rule, _ in self._alerts.get(known, ()))
                for known in article_ids
            },
        )


@dataclass(frozen=True, slots=True)
class _NothingCounted:
    """The history of rules that never ran."""

    found_between: Callable[[int], tuple[datetime, datetime] | None]

    def rule_history(self, _rule_id: str) -> RuleHistory:
        """Return that nothing is known of a rule."""
        return RuleHistory((), ())


def backtest(
    versions: Iterable[Article],
    since: datetime,
    rules: Rehearsal,
    before: Before,
    wanted: Sequence[str],
    *,
    others: Rehearsal | None = None,
) -> Backtest:
    """Judge stored versions in the order they came, and compare with what came of them before.

    `wanted` are the ids of the rules to look at, in the order to report them. Articles first seen
    before `since` are judged for what rules over time count of them, and reported nowhere. `others`
    see the same versions. An article's age is taken from when it was first seen, as the daemon
    takes it.
    """
    articles: dict[int, Article] = {}
    for version in versions:
        for rehearsal in (rules, others):
            if rehearsal is not None:
                rehearsal.judge(version)
        if version.first_seen_at >= since:
            # Its text would fill the memory, and is shown nowhere.
            articles[version.id] = replace(version, data=replace(version.data, text=""))
    newest = sorted(articles.values(), key=lambda one: (one.first_seen_at, one.id), reverse=True)
    ids = [article.id for article in newest]
    now, then = rules.fired(ids), before(ids)
    of_rule = {rule_id: RuleBacktest(rule_id) for rule_id in wanted}
    for article in newest:
        for result in of_rule.values():
            _note(result, article, now, then)
    days = [article.first_seen_at.date() for article in newest]
    return Backtest(
        len(newest), min(days, default=None), max(days, default=None), tuple(of_rule.values())
    )


def _note(result: RuleBacktest, article: Article, now: Fired, then: Fired) -> None:
    rule_id = result.rule_id
    fires = rule_id in now.rules.get(article.id, ())
    fired = rule_id in then.rules.get(article.id, ())
    alerts = now.alerts[article.id][rule_id] if article.id in now.alerts else 0
    result.fired += fires
    result.fired_before += fired
    result.alerts += alerts
    if article.id in then.alerts:
        result.alerts_before += then.alerts[article.id][rule_id]
    if alerts:
        result.by_day[article.first_seen_at.date()] += alerts
    if fires and not fired:
        result.gained.append(article)
    if fired and not fires:
        result.lost.append(article)
