"""Flatlines found and told: rules whose matches have stopped coming, or never came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

import structlog

from alerts.dispatch.deciders import DECIDERS
from alerts.dispatch.routing import facts_of, follow, recipients_for
from alerts.judging.counting import history_of
from alerts.judging.own_alerts import own_alert
from alerts.over_time import (
    FlatlineDecision,
    FlatlineFate,
    History,
    Sight,
    decide_flatline,
    is_rare_look,
    sight_of,
)
from core.alerting.matches import Match
from core.alerting.notifications import Recipient
from core.articles import Article
from core.config.sections.rules import RuleConfig
from core.config.watch import WatchConfig
from core.deciding.deciders import Deciders
from core.sources import SourceState
from storage.judging.judging_records import HealthAlert, RuleHistory

log = structlog.get_logger(__name__)


class Flatlines(Protocol):
    """The part of storage that finding flatlines needs."""

    def source_states(self) -> list[SourceState]:
        """Return all sources."""
        ...

    def has_backlog(self, sources: Sequence[str]) -> bool:
        """Tell whether anything of these sources waits to be fetched or judged."""
        ...

    def rule_history(self, rule_id: str) -> RuleHistory:
        """Return what a rule over time has counted and when it alerted."""
        ...

    def note_notified(self, rule_id: str, keys: Sequence[str], at: datetime) -> None:
        """Note a moment of a rule under keys."""
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

    def commit_flatline_without_match(
        self, rule_id: str, health_alert: HealthAlert, at: datetime, deciders: Deciders
    ) -> bool:
        """Alert about a rule that never matched, once; return whether this is a new alert."""
        ...


def raise_flatlines(store: Flatlines, config: WatchConfig, now: datetime) -> int:
    """Alert for every rule whose matches have stopped coming; return how many alerts are new.

    The alert shows the last article that matched. A rule that has never matched has none to show:
    its alert is one about the rule.
    """
    alerts = 0
    flatlines = [rule for rule in config.rules if rule.over_time and rule.over_time.flatline]
    states = {state.name: state for state in store.source_states()} if flatlines else {}
    for rule in flatlines:
        if rule.over_time is None or rule.over_time.flatline is None:
            continue
        history = history_of(store.rule_history(rule.id))
        sight = _sight(store, _watched(config, rule, states), history, now)
        decision = decide_flatline(rule.over_time.flatline, history, now, sight)
        if decision.notes:
            store.note_notified(rule.id, decision.notes, now)
        if decision.alerts:
            alerts += _told(store, config, rule, decision, now)
        elif decision.fate is FlatlineFate.UNREAD:
            # The alerts about the sources say it already, and say why.
            log.debug("flatline_not_told", rule=rule.id, reason=decision.reason)
    return alerts


def _watched(
    config: WatchConfig, rule: RuleConfig, states: Mapping[str, SourceState]
) -> list[SourceState]:
    """Return the sources that a rule looks at."""
    narrowed = rule.sources
    names = [
        source.name
        for source in config.sources
        if source.enabled
        and (
            narrowed is None
            or source.name in narrowed.names
            or not set(source.tags).isdisjoint(narrowed.tags)
        )
    ]
    return [states[name] for name in names if name in states]


def _sight(
    store: Flatlines, watched: Sequence[SourceState], history: History, now: datetime
) -> Sight:
    names = [state.name for state in watched]
    backlog = is_rare_look(history, now) and store.has_backlog(names)
    return sight_of(watched, now, backlog=backlog)


def _told(
    store: Flatlines,
    config: WatchConfig,
    rule: RuleConfig,
    decision: FlatlineDecision,
    now: datetime,
) -> bool:
    log.warning("rule_is_silent", rule=rule.id, reason=decision.reason)
    last = store.latest_match(rule.id)
    if last is None:
        about = _about_rule(config, rule, decision.reason, now)
        return store.commit_flatline_without_match(rule.id, about, now, DECIDERS)
    article, match = last
    facts = facts_of(match, article, config)
    recipients = recipients_for(facts, follow(facts, config), now)
    return store.commit_flatline(article, match, decision.reason, recipients, now, DECIDERS)


def _about_rule(config: WatchConfig, rule: RuleConfig, reason: str, now: datetime) -> HealthAlert:
    """Return an alert about a rule that never matched.

    Who is told: whoever the routes say; everybody, when they go by the source or the words of an
    article, of which there is none.
    """
    title = f"Nothing has matched \u201c{rule.title or rule.id}\u201d yet"
    text = f"{reason[:1].upper()}{reason[1:]}. No article has ever matched this rule."
    return own_alert(
        config,
        (rule.id, rule.title or rule.id),
        rule.level,
        title,
        text,
        now,
        otherwise=[receiver.name for receiver in config.receivers],
    )
