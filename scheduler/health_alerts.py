"""Judges all sources now and then, keeps how they fare, and notifies people of what turned bad.

The state that people were last notified of is kept with the source, so that nobody hears of one
thing twice, whatever restarts in between.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from alerts.dispatch.deciders import DECIDERS
from alerts.dispatch.outages import news_of
from alerts.dispatch.routing import facts_of as alert_facts
from alerts.dispatch.routing import follow, recipients_for
from alerts.judging.own_alerts import own_alert
from core.alerting.matches import Level, Match, Snippet
from core.alerting.message_kinds import MessageKind
from core.articles import Article, ArticleData
from core.config.sections.health import HEALTH_RULE, RECEIVER_RULE
from core.config.watch import WatchConfig
from core.deciding.deciders import Deciders
from core.deciding.outages import ReceiverNews, ReceiverState
from core.reasons import Reason, ReasonKind
from core.rhythm import Rhythm
from core.sources import Health, Outcomes, SourceHealth, SourceState
from scheduler.health import HealthFacts, Verdict, judge, network_is_down
from storage.judging.judging_records import HealthAlert

log = structlog.get_logger(__name__)

RECENT = timedelta(days=2)
"""Entries that shares are judged by."""

_LEVELS = {
    Health.BLIND: Level.HIGH,
    Health.BLOCKED: Level.HIGH,
    Health.DEGRADED: Level.NORMAL,
    Health.GEO: Level.LOW,
    Health.QUIET: Level.LOW,
    Health.HEALTHY: Level.LOW,
}
_READ = frozenset({Health.HEALTHY, Health.QUIET, Health.GEO})
"""States in which nothing is missed."""
_WORDS = {
    Health.BLOCKED: ReasonKind.BLOCKED,
    Health.BLIND: ReasonKind.BLIND,
    Health.DEGRADED: ReasonKind.DEGRADED,
    Health.QUIET: ReasonKind.QUIET,
    Health.GEO: ReasonKind.FROM_SOME_PLACES,
    Health.HEALTHY: ReasonKind.HEALTHY,
}


class Sources(Protocol):
    """The part of storage that judging sources needs."""

    def source_states(self) -> list[SourceState]:
        """Return all sources."""
        ...

    def recent_outcomes(self, since: datetime) -> dict[str, Outcomes]:
        """Return what became of the entries of each source found since a time."""
        ...

    def commit_health(
        self,
        source: str,
        health: SourceHealth,
        health_alert: HealthAlert | None,
        deciders: Deciders,
    ) -> bool:
        """Keep how a source fares, and alert about it; return whether there is a new alert."""
        ...


def facts_of(store: Sources, now: datetime) -> list[HealthFacts]:
    """Return what each active source is judged by."""
    recent = store.recent_outcomes(now - RECENT)
    return [
        HealthFacts(now, state, Rhythm.kept(state.rhythm), recent.get(state.name, Outcomes()))
        for state in store.source_states()
        if state.active
    ]


def update_source_health(store: Sources, config: WatchConfig, now: datetime) -> int:
    """Judge every source and commit what changed; return how many alerts are new.

    When most sources cannot be reached, the fault is on our side: nothing new is then said of any.
    """
    sources = facts_of(store, now)
    if network_is_down([source.state for source in sources]):
        log.warning("most sources cannot be reached: is this machine's network down?")
        return 0
    return sum(_look(store, config, source, judge(source)) for source in sources)


def _look(store: Sources, config: WatchConfig, facts: HealthFacts, verdict: Verdict) -> bool:
    state, before = facts.state, facts.state.health
    if before is not None and before.health is verdict.health:
        return False
    notified = before.notified if before else None
    now_notified, health_alert = notified, None
    if verdict.health in config.health.tell and verdict.health is not notified:
        now_notified = verdict.health
        health_alert = _source_alert(config, state, facts.now, verdict)
    elif notified is not None and verdict.health in _READ:
        now_notified = None
        health_alert = _source_alert(config, state, facts.now, verdict, was=notified)
    log.info("source_health", source=state.name, health=verdict.health, reason=verdict.reason)
    health = SourceHealth(verdict.health, verdict.reason, facts.now, now_notified)
    return store.commit_health(state.name, health, health_alert, DECIDERS)


def _source_alert(
    config: WatchConfig,
    state: SourceState,
    now: datetime,
    verdict: Verdict,
    was: Health | None = None,
) -> HealthAlert:
    source = next((source for source in config.sources if source.name == state.name), None)
    name = (source.title if source else "") or state.name
    kind = ReasonKind.SOURCE_IS if was is None else ReasonKind.SOURCE_IS_NO_LONGER
    title = Reason(kind, name=name, health=Reason(_WORDS[was or verdict.health]))
    text = Reason(ReasonKind.NEWS_OF_A_SOURCE, title=title, why=verdict.reason)
    data = ArticleData(
        url=source.to_source().url if source else f"https://{state.name}.invalid/",
        title=str(title),
        text=str(text),
        source=state.name,
        published_at=now,
        language="en",
    )
    match = Match(
        rule_id=HEALTH_RULE,
        rule_title="Health of sources",
        level=_LEVELS[verdict.health],
        spans=(),
        snippet=Snippet(f"{verdict.reason[:1].upper()}{verdict.reason[1:]}."),
    )
    article = Article(
        id=0, version=1, version_id=0, data=data, first_seen_at=now, fetched_at=now,
        content_sha256="",
    )  # fmt: skip
    about = alert_facts(match, article, config)
    recipients = recipients_for(about, follow(about, config), now)
    return HealthAlert(data, match, recipients, said=text)


class Receivers(Protocol):
    """The part of storage that looking after receivers needs."""

    def receiver_states(self) -> list[ReceiverState]:
        """Return how receivers fare that ever failed, in order of their names."""
        ...

    def not_taken(self, receiver: str, since: datetime) -> int:
        """Count what waits for a receiver, and what was made and given up since a time."""
        ...

    def commit_receiver_trouble(
        self,
        receiver: str,
        since: datetime,
        health_alert: HealthAlert,
        now: datetime,
        deciders: Deciders,
    ) -> bool:
        """Alert about a receiver that takes nothing, once."""
        ...

    def receiver_recovered(
        self, receiver: str, health_alert: HealthAlert, now: datetime, deciders: Deciders
    ) -> bool:
        """Alert that it does again, if others knew."""
        ...


def update_receiver_health(store: Receivers, config: WatchConfig, now: datetime) -> int:
    """Tell others of receivers that take nothing, and of their recovery; return the new alerts."""
    known = {receiver.name for receiver in config.receivers}
    reports = [(state, news_of(state, now).news) for state in store.receiver_states()]
    alerts = 0
    for state, news in reports:
        if news is ReceiverNews.TROUBLE and state.receiver in known:
            alerts += _tell_trouble(store, config, state, now)
    for state, news in reports:
        if news is ReceiverNews.RECOVERY:
            alerts += _tell_recovery(store, config, state, now)
    return alerts


def _tell_trouble(
    store: Receivers, config: WatchConfig, state: ReceiverState, now: datetime
) -> bool:
    name, since = state.receiver, state.failing_since
    if since is None:
        return False
    waiting = store.not_taken(name, since)
    s = "s" * (waiting != 1)
    text = (
        f"It has taken nothing since {since:%d %b %H:%M} UTC. {waiting} "
        f"message{s} not delivered so far. It said: {state.detail or 'nothing'}"
    )
    log.error("receiver_in_trouble", receiver=name, detail=state.detail)
    health_alert = receiver_alert(config, name, f"Receiver {name} takes no alerts", text, now)
    return store.commit_receiver_trouble(name, since, health_alert, now, DECIDERS)


def _tell_recovery(
    store: Receivers, config: WatchConfig, state: ReceiverState, now: datetime
) -> bool:
    name, notified = state.receiver, state.notified_since
    if notified is None:
        return False
    text = f"It had taken nothing since {notified:%d %b %H:%M} UTC."
    title = f"Receiver {name} takes alerts again"
    health_alert = receiver_alert(config, name, title, text, now, level=Level.LOW)
    return store.receiver_recovered(name, health_alert, now, DECIDERS)


def receiver_alert(
    config: WatchConfig,
    receiver: str,
    title: str,
    text: str,
    now: datetime,
    level: Level = Level.HIGH,
    *,
    matter: str = "receiver",
    interval: timedelta = timedelta(0),
) -> HealthAlert:
    """Return an alert about a receiver, on its way past that receiver.

    Who is told: whoever the routes say; when they lead to nobody else, everybody else. `matter`
    names the conversation, whose messages are `interval` apart.
    """
    rule = (RECEIVER_RULE, "Health of receivers")
    alert = own_alert(config, rule, level, title, text, now, otherwise=())
    # One conversation, so that the end of a trouble never comes before its beginning.
    others = tuple(
        replace(recipient, group=f"{matter}:{receiver}", interval=interval, lasting=False)
        if recipient.kind is MessageKind.ALERT
        else recipient
        for recipient in alert.recipients
        if recipient.receiver != receiver
    )
    everybody = tuple(known.name for known in config.receivers if known.name != receiver)
    return replace(alert, recipients=others, receivers=() if others else everybody)
