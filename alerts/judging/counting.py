"""Rules over time at work: their history read, their matches counted.

What is counted is committed together with the judgement it belongs to, so a process may be killed
at any moment: it has counted a match and judged its article, or neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from alerts.over_time import (
    EVERYTHING,
    WATCHED_SINCE,
    Decision,
    Event,
    History,
    decide,
    event_time,
    horizon,
    keys_of,
)
from core.alerting.matches import Match
from core.articles import Article
from core.config.sections.over_time import OverTimeConfig
from core.config.watch import WatchConfig
from storage.judging.judging_records import RuleCount, RuleHistory


@dataclass(frozen=True, slots=True)
class Counted:
    """What a match of a rule over time comes to."""

    count: RuleCount
    alerts: bool
    reason: str


@dataclass(slots=True)
class _Known:
    """The history of one rule, with the articles that each key has counted."""

    history: History
    counted: set[tuple[str, int]]


class Histories(Protocol):
    """The part of storage that counting needs."""

    def rule_history(self, rule_id: str) -> RuleHistory:
        """Return what a rule over time has counted and when it alerted."""
        ...

    def found_between(self, article_id: int) -> tuple[datetime, datetime] | None:
        """Return when an article's source was last read without it, and first with it."""
        ...


class CountedRules:
    """The rules over time of a configuration, with their histories, for one batch of articles."""

    def __init__(self, config: WatchConfig, store: Histories) -> None:
        self._rules = {rule.id: rule.over_time for rule in config.rules if rule.over_time}
        self._store = store
        self._known: dict[str, _Known] = {}

    def count(self, match: Match, article: Article, *, old: bool = False) -> Counted | None:
        """Count a match and decide; None when its rule alerts at every match.

        An article that is `old` counts when it was published, however long ago that is, and makes
        no number full that anybody is told of.
        """
        config = self._rules.get(match.rule_id)
        if config is None:
            return None
        known = self._known.get(match.rule_id)
        if known is None:
            known = self._known[match.rule_id] = _known(self._store.rule_history(match.rule_id))
        notified: tuple[tuple[str, datetime], ...] = ()
        if WATCHED_SINCE not in known.history.notified:
            # Noted for good: events that would tell are forgotten in time.
            since = min(known.history.first() or article.seen_at, article.seen_at)
            known.history.notified[WATCHED_SINCE] = since
            notified = ((WATCHED_SINCE, since),)
        at = (article.data.published_at if old else None) or self._event_time(config, article)
        new = []
        for key in (EVERYTHING, *keys_of(config, match, article.data.source)):
            # A first time is all that `new_term` asks about, so nothing more is kept of a key.
            repeated = config.new_term is not None and key in known.history.events
            if not repeated and (key, article.id) not in known.counted:
                event = Event(key, article.id, at)
                known.counted.add((key, article.id))
                known.history.add(event)
                new.append(event)
        if old:
            decision = Decision(False, "an old article makes no number full")
        else:
            decision = decide(config, known.history, tuple(new), article.seen_at)
        known.history.tell(decision.told)
        return Counted(
            RuleCount(
                match.rule_id,
                tuple(event.key for event in new),
                at,
                notified,
                _forget_before(config, article.seen_at),
                tuple((event.key, event.article_id) for event in decision.told),
            ),
            decision.alerts,
            decision.reason,
        )

    def _event_time(self, config: OverTimeConfig, article: Article) -> datetime:
        """Return when an article counts: for a wave when it was published, else when it came."""
        published, first_seen = article.data.published_at, article.seen_at
        if config.frequency is None and config.spike is None:
            return first_seen
        at = event_time(published, first_seen)
        if at != first_seen:
            return at
        between = self._store.found_between(article.id)
        return event_time(published, first_seen, found_between=between, article_id=article.id)


def history_of(stored: RuleHistory) -> History:
    """Return what is stored of a rule as its deciders take it."""
    history = History(notified=dict(stored.notified))
    for key, article_id, at, told in stored.events:
        history.add(Event(key, article_id, at, told))
    return history


def _known(stored: RuleHistory) -> _Known:
    return _Known(history_of(stored), {(key, article_id) for key, article_id, *_ in stored.events})


def _forget_before(config: OverTimeConfig, at: datetime) -> datetime | None:
    back = horizon(config)
    return None if back is None else at - back
