"""Rules over time at work: their history read, their matches counted, their flatlines found.

What is counted is committed together with the judgement it belongs to, so a process may be killed
at any moment: it has counted a match and judged its article, or neither.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog

from alerts.dispatch.deciders import DECIDERS
from alerts.dispatch.routing import facts_of, follow, recipients_for
from alerts.over_time import (
    EVERYTHING,
    WATCHED_SINCE,
    Event,
    History,
    decide,
    decide_flatline,
    horizon,
    keys_of,
)
from core.alerting.matches import Match
from core.alerting.notifications import Recipient
from core.articles import Article
from core.config.sections.over_time import OverTimeConfig
from core.config.sections.rules import RuleConfig
from core.config.watch import WatchConfig
from core.deciding.deciders import Deciders
from core.sources import Health, SourceState
from storage.judging.judging_records import RuleCount, RuleHistory

log = structlog.get_logger(__name__)
_UNREADABLE = frozenset({Health.BLIND, Health.BLOCKED})


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


class CountedRules:
    """The rules over time of a configuration, with their histories, for one batch of articles."""

    def __init__(self, config: WatchConfig, load: Callable[[str], RuleHistory]) -> None:
        self._rules = {rule.id: rule.over_time for rule in config.rules if rule.over_time}
        self._load = load
        self._known: dict[str, _Known] = {}

    def count(self, match: Match, article: Article) -> Counted | None:
        """Count a match and decide; None when its rule alerts at every match."""
        config = self._rules.get(match.rule_id)
        if config is None:
            return None
        known = self._known.get(match.rule_id)
        if known is None:
            known = self._known[match.rule_id] = _known(self._load(match.rule_id))
        at = article.first_seen_at
        notified: tuple[str, ...] = ()
        if WATCHED_SINCE not in known.history.notified:
            # Noted for good: events that would tell are forgotten in time.
            known.history.notified[WATCHED_SINCE] = at
            notified = (WATCHED_SINCE,)
        new = []
        for key in (EVERYTHING, *keys_of(config, match, article.data.source)):
            # A first time is all that `new_term` asks about, so nothing more is kept of a key.
            repeated = config.new_term is not None and key in known.history.events
            if not repeated and (key, article.id) not in known.counted:
                event = Event(key, article.id, at)
                known.counted.add((key, article.id))
                known.history.add(event)
                new.append(event)
        decision = decide(config, known.history, tuple(new))
        if decision.alerts:
            known.history.notified.update(dict.fromkeys(decision.keys, at))
        return Counted(
            RuleCount(
                match.rule_id,
                tuple(event.key for event in new),
                at,
                (*notified, *decision.keys) if decision.alerts else notified,
                _forget_before(config, at),
            ),
            decision.alerts,
            decision.reason,
        )


def _known(stored: RuleHistory) -> _Known:
    history = History(notified=dict(stored.notified))
    for key, article_id, at in stored.events:
        history.add(Event(key, article_id, at))
    return _Known(history, {(key, article_id) for key, article_id, _ in stored.events})


def _forget_before(config: OverTimeConfig, at: datetime) -> datetime | None:
    back = horizon(config)
    return None if back is None else at - back


def _all_blind(
    config: WatchConfig, rule: RuleConfig, states: Mapping[str, SourceState]
) -> tuple[str, ...]:
    """Return the sources that a rule looks at, if none of them can be read; else nothing."""
    narrowed = rule.sources
    names = [
        source.name
        for source in config.sources
        if narrowed is None
        or source.name in narrowed.names
        or not set(source.tags).isdisjoint(narrowed.tags)
    ]
    known = [states[name] for name in names if name in states]
    if known and all(source.health and source.health.health in _UNREADABLE for source in known):
        return tuple(source.name for source in known)
    return ()


class Flatlines(Protocol):
    """The part of storage that finding flatlines needs."""

    def source_states(self) -> list[SourceState]:
        """Return all sources."""
        ...

    def rule_history(self, rule_id: str) -> RuleHistory:
        """Return what a rule over time has counted and when it alerted."""
        ...

    def note_notified(self, rule_id: str, key: str, at: datetime) -> None:
        """Note that a rule was first watched, or alerted about a key, at a time."""
        ...

    def latest_match(self, rule_id: str) -> tuple[Article, Match] | None:
        """Return the newest article that a rule fired on, in the version it fired on."""
        ...

    def commit_flatline(
        self,
        article: Article,
        match: Match,
        reason: str,
        recipients: Sequence[Recipient],
        at: datetime,
        deciders: Deciders,
    ) -> bool:
        """Alert about the silence after `match`, once; return whether this is a new alert."""
        ...


def raise_flatlines(store: Flatlines, config: WatchConfig, now: datetime) -> int:
    """Alert for every rule whose matches have stopped coming; return how many alerts are new.

    The alert shows the last article that matched. A rule that has never matched has none to show:
    its silence is logged.
    """
    alerts = 0
    flatlines = [rule for rule in config.rules if rule.over_time and rule.over_time.flatline]
    states = {state.name: state for state in store.source_states()} if flatlines else {}
    for rule in flatlines:
        if rule.over_time is None or rule.over_time.flatline is None:
            continue
        history = _known(store.rule_history(rule.id)).history
        if WATCHED_SINCE not in history.notified:
            store.note_notified(rule.id, WATCHED_SINCE, now)
            continue
        decision = decide_flatline(rule.over_time.flatline, history, now)
        if not decision.alerts:
            continue
        last = store.latest_match(rule.id)
        if last is None:
            log.warning("rule_is_silent", rule=rule.id, reason=decision.reason)
            store.note_notified(rule.id, EVERYTHING, now)
            continue
        article, match = last
        blind = _all_blind(config, rule, states)
        if blind:
            # The alerts about the sources say it already, and say why.
            log.debug("flatline_not_told", rule=rule.id, reason=f"blind: {', '.join(blind)}")
            continue
        facts = facts_of(match, article, config)
        recipients = recipients_for(facts, follow(facts, config), now)
        alerts += store.commit_flatline(article, match, decision.reason, recipients, now, DECIDERS)
    return alerts
