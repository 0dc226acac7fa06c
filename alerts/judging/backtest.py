"""Tries rules on articles of the past: what they would find that was not found, and the reverse."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from core.alerting.matches import Match
from core.articles import Article, ArticleData


class Rules(Protocol):
    """Compiled rules, as far as trying them needs them."""

    def match(self, article: ArticleData, now: datetime | None = None) -> tuple[Match, ...]:
        """Return the rules that fire on `article`."""
        ...


@dataclass(slots=True)
class RuleBacktest:
    """What one rule came to. Articles are listed in the order they were given."""

    rule_id: str
    fired: int = 0
    """Articles it fires on now."""
    fired_before: int = 0
    gained: list[Article] = field(default_factory=list)
    """Articles it fires on now and did not before."""
    lost: list[Article] = field(default_factory=list)
    by_day: Counter[date] = field(default_factory=Counter)
    """Articles it fires on now, by the day (UTC) they were first seen."""


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


Before = Mapping[int, Collection[str]]
"""Ids of the rules that fired on an article, by the article's id."""


def backtest(
    batches: Iterable[tuple[Sequence[Article], Before]], rules: Rules, wanted: Sequence[str]
) -> Backtest:
    """Run `rules` on batches of stored articles, and compare with what fired on them before.

    `wanted` are the ids of the rules to look at, in the order to report them. An article's age is
    taken from when it was first seen, as the daemon takes it.
    """
    of_rule = {rule_id: RuleBacktest(rule_id) for rule_id in wanted}
    seen: set[date] = set()
    count = 0
    for articles, before in batches:
        for article in articles:
            count += 1
            day = article.first_seen_at.date()
            seen.add(day)
            now = {match.rule_id for match in rules.match(article.data, article.first_seen_at)}
            then = set(before.get(article.id, ()))
            for rule_id in (now | then) & of_rule.keys():
                _note(of_rule[rule_id], article, day, now=rule_id in now, then=rule_id in then)
    return Backtest(
        count, min(seen, default=None), max(seen, default=None), tuple(of_rule.values())
    )


def _note(result: RuleBacktest, article: Article, day: date, *, now: bool, then: bool) -> None:
    result.fired += now
    result.fired_before += then
    if now:
        result.by_day[day] += 1
    if now and not then:
        result.gained.append(article)
    if then and not now:
        result.lost.append(article)


def fired_on(articles: Sequence[Article], rules: Rules) -> Before:
    """Return what other rules find in the same articles, to compare two configurations."""
    fired: dict[int, set[str]] = defaultdict(set)
    for article in articles:
        for match in rules.match(article.data, article.first_seen_at):
            fired[article.id].add(match.rule_id)
    return fired
