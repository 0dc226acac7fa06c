"""Who hears of an alert, and in what company. Pure: facts and routes in, recipients out.

Routes are a tree. All routes of one level that apply are followed, until one of them says
`continue: false`. A route with routes of its own leaves to them what they take, and keeps the rest.
What an inner route does not say, it has from the one around it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from fnmatch import fnmatchcase

from alerts.dispatch.duty import NO_ROTAS, Rotas, rotas_of
from core.alerting.accounts import Account
from core.alerting.alerts import Escalation
from core.alerting.matches import Level, Match, SpanKind
from core.alerting.message_kinds import MessageKind
from core.alerting.notifications import GroupBy, Recipient
from core.articles import Article
from core.calendar import DailyHours, hours_until, next_time
from core.config.sections.health import OWN_RULES
from core.config.sections.hours import MaxPerHourConfig, hours_of
from core.config.sections.routes import (
    GROUP_INTERVAL,
    GROUP_WAIT,
    INDEPENDENT,
    EscalateConfig,
    RouteConfig,
    RouteMatch,
)
from core.config.watch import WatchConfig
from core.config.zones import zone_of_hours
from core.deciding.dispatch import AlertOutline

_DIGEST = "digest:"
"""Begins the key of a group that is a digest; its times and their zone follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFacts:
    """What routes, silences and inhibition judge an alert by."""

    rule: str
    level: Level
    source: str
    tags: frozenset[str] = frozenset()
    """Of the source."""
    topics: frozenset[str] = frozenset()
    """Of the rule."""
    entities: frozenset[str] = frozenset()
    """Ids of the entities that the article names."""
    language: str | None = None
    story: int | None = None
    """Id of the story; None for an article that is in none."""
    outlets: int = 1
    """Outlets that have the story by now, this one included."""
    others: tuple[frozenset[str], ...] = ()
    """Tags of each of the other outlets, where somebody asked who they are."""
    independent: int = 0
    """Independent outlets that have the story by now in words of their own."""


class Condition(StrEnum):
    """What a route may ask for, in the order in which it is looked at.

    What may come to hold later, when more outlets have the story, stands last: what fails by it
    fulfils all the rest.
    """

    LEVEL = "level"
    RULES = "rules"
    TOPICS = "topics"
    ENTITIES = "entities"
    SOURCES = "sources"
    TAGS = "tags"
    LANGUAGES = "languages"
    ONLY = "only"
    OUTLETS = "outlets"
    INDEPENDENT = "independent"


OF_THE_STORY = frozenset({Condition.ONLY, Condition.OUTLETS, Condition.INDEPENDENT})
"""Conditions that ask who else has the story."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedRoute:
    """A route that took an alert, with everything that it inherited."""

    label: str
    """Its place in the file: `routes[0].routes[1]`."""
    to: tuple[str, ...]
    group_by: GroupBy = GroupBy.STORY
    wait: timedelta = GROUP_WAIT
    interval: timedelta = GROUP_INTERVAL
    digest: str | None = None
    zone: str = "UTC"
    """Of `digest`."""
    hours_zone: str = "UTC"
    """Of hours that name none themselves."""
    max_per_hour: MaxPerHourConfig | None = None
    mute: tuple[DailyHours, ...] = ()
    escalate: EscalateConfig | None = None
    rotas: Rotas = NO_ROTAS
    """Who is on duty, where `to` names schedules."""


def facts_of(
    match: Match,
    article: Article,
    config: WatchConfig,
    *,
    story: int | None = None,
    outlets: int = 1,
    accounts: Sequence[Account] = (),
) -> AlertFacts:
    """Return what an alert about `match` is judged by; `accounts` are those of its story.

    A source that left the configuration has no tags, a rule that left it has no topics.
    """
    data = article.data
    return AlertFacts(
        rule=match.rule_id,
        level=match.level,
        source=data.source,
        tags=tags_of(data.source, config),
        topics=topics_of(match.rule_id, config),
        entities=frozenset(s.label for s in match.spans if s.kind is SpanKind.ENTITY),
        language=data.language,
        story=story,
        outlets=outlets,
        others=_tags_of_others(data.source, accounts, config),
        independent=independent_voices(data.source, accounts, config),
    )


def facts_of_outline(
    alert: AlertOutline,
    config: WatchConfig,
    outlets: int = 1,
    accounts: Sequence[Account] = (),
) -> AlertFacts:
    """Return what an alert that was raised before is judged by, as the configuration is now."""
    return AlertFacts(
        rule=alert.rule,
        level=alert.level,
        source=alert.source,
        tags=tags_of(alert.source, config),
        topics=topics_of(alert.rule, config),
        entities=alert.entities,
        language=alert.language,
        story=alert.story,
        outlets=outlets,
        others=_tags_of_others(alert.source, accounts, config),
        independent=independent_voices(alert.source, accounts, config),
    )


def tags_of(source: str, config: WatchConfig) -> frozenset[str]:
    """Return the tags of a source."""
    return frozenset(tag for known in config.sources if known.name == source for tag in known.tags)


def topics_of(rule_id: str, config: WatchConfig) -> frozenset[str]:
    """Return the topics of a rule."""
    return frozenset(topic for rule in config.rules if rule.id == rule_id for topic in rule.topics)


def independent_voices(source: str, accounts: Sequence[Account], config: WatchConfig) -> int:
    """Count the independent outlets that have a story in words of their own.

    Sources with one title are one outlet. Of a story that nobody asked about, only the source of
    the article itself is known.
    """
    voices = [account.source for account in accounts if account.copies is None]
    titles = {known.name: known.title or known.name for known in config.sources}
    named = voices if accounts else [source]
    return len(
        {titles[name] for name in named if name in titles and INDEPENDENT in tags_of(name, config)}
    )


def _tags_of_others(
    source: str, accounts: Sequence[Account], config: WatchConfig
) -> tuple[frozenset[str], ...]:
    return tuple(tags_of(each.source, config) for each in accounts if each.source != source)


def asks_who(routes: Iterable[RouteConfig]) -> bool:
    """Tell whether a route asks who tells a story, which costs a look at its articles."""
    return any(route.when.asks_who or asks_who(route.routes) for route in routes)


_HOLDS: dict[Condition, Callable[[RouteMatch, AlertFacts], bool]] = {
    Condition.LEVEL: lambda when, facts: not when.level or facts.level in when.level,
    Condition.RULES: lambda when, facts: not when.rules or _like(facts.rule, when.rules),
    Condition.TOPICS: lambda when, facts: _any_of(when.topics, facts.topics),
    Condition.ENTITIES: lambda when, facts: _any_of(when.entities, facts.entities),
    Condition.SOURCES: lambda when, facts: not when.sources or _like(facts.source, when.sources),
    Condition.TAGS: lambda when, facts: _any_of(when.tags, facts.tags),
    Condition.LANGUAGES: lambda when, facts: not when.languages or facts.language in when.languages,
    Condition.ONLY: lambda when, facts: all(
        _any_of(when.only, tags) for tags in (facts.tags, *facts.others)
    ),
    Condition.OUTLETS: lambda when, facts: facts.outlets >= (when.outlets or 0),
    Condition.INDEPENDENT: lambda when, facts: facts.independent >= (when.independent or 0),
}


def unmet(when: RouteMatch, facts: AlertFacts) -> Condition | None:
    """Return the first condition that does not hold; None when all that are given do."""
    return next((condition for condition, holds in _HOLDS.items() if not holds(when, facts)), None)


def applies(when: RouteMatch, facts: AlertFacts) -> bool:
    """Tell whether every condition that is given holds."""
    return unmet(when, facts) is None


def follow(facts: AlertFacts, config: WatchConfig) -> tuple[FollowedRoute, ...]:
    """Return the routes that take an alert, in the order of the file.

    Without any route everybody hears everything. With routes of which none applies, nobody does;
    the match is kept all the same.
    """
    if not config.routes:
        return (
            FollowedRoute(
                label="no routes", to=tuple(receiver.name for receiver in config.receivers)
            ),
        )
    zone = zone_of_hours(config)
    around = FollowedRoute(label="", to=(), zone=zone, hours_zone=zone, rotas=rotas_of(config))
    return tuple(_followed(facts, config.routes, around))


def recipients_for(
    facts: AlertFacts, routes: Sequence[FollowedRoute], now: datetime
) -> tuple[Recipient, ...]:
    """Return who hears of an alert; each receiver once, by the first route that leads to it.

    A route that is mute when it would notify a receiver stands back for one that is not.
    """
    chosen: dict[str, Recipient] = {}
    mute: frozenset[str] = frozenset()
    for route in routes:
        for receiver in hearing(route, now):
            if receiver not in chosen or (receiver in mute and not is_mute(route, now)):
                chosen[receiver] = _recipient(receiver, route, facts, now)
                mute = mute | {receiver} if is_mute(route, now) else mute - {receiver}
    return tuple(chosen.values())


def hearing(route: FollowedRoute, now: datetime) -> tuple[str, ...]:
    """Return the receivers of a route, for an alert of now: whoever is on duty when it is told."""
    return route.rotas.hearing(route.to, _told_at(route, now))


def _told_at(route: FollowedRoute, now: datetime) -> datetime:
    if route.digest is not None:
        return next_time(route.digest, route.zone, now)
    return now + route.wait


def escalations_for(
    facts: AlertFacts, routes: Sequence[FollowedRoute], now: datetime
) -> tuple[Escalation, ...]:
    """Return who hears when nobody takes on the alert in time.

    What comes up while its route is mute does not escalate by it. What was notified before does,
    whatever hours have come since: somebody waits for an answer.
    """
    return tuple(
        dict.fromkeys(
            Escalation(after=route.escalate.after, receivers=route.escalate.to)
            for route in routes
            if route.escalate is not None
            and facts.level in route.escalate.level
            and hours_until(route.mute, now) is None
        )
    )


def is_mute(route: FollowedRoute, now: datetime) -> bool:
    """Tell whether a route is mute when it would tell of an alert of now."""
    return hours_until(route.mute, _told_at(route, now)) is not None


def _followed(
    facts: AlertFacts, routes: Iterable[RouteConfig], around: FollowedRoute
) -> Iterator[FollowedRoute]:
    prefix = f"{around.label}." if around.label else ""
    for index, route in enumerate(routes):
        if not applies(route.when, facts):
            continue
        here = _inherited(route, replace(around, label=f"{prefix}routes[{index}]"))
        inner = list(_followed(facts, route.routes, here))
        yield from inner or ([here] if here.to else [])
        if not route.continue_:
            return


def _inherited(route: RouteConfig, around: FollowedRoute) -> FollowedRoute:
    """Return the route's own settings over those of the route around it."""
    return FollowedRoute(
        label=around.label,
        to=route.to or around.to,
        group_by=around.group_by if route.group_by is None else route.group_by,
        wait=around.wait if route.group_wait is None else route.group_wait,
        interval=around.interval if route.group_interval is None else route.group_interval,
        digest=around.digest if route.digest is None else route.digest,
        zone=around.zone if route.timezone is None else route.timezone,
        hours_zone=around.hours_zone,
        max_per_hour=around.max_per_hour if route.max_per_hour is None else route.max_per_hour,
        mute=around.mute if route.mute is None else hours_of(route.mute, around.hours_zone),
        escalate=around.escalate if route.escalate is None else route.escalate,
        rotas=around.rotas,
    )


def _recipient(receiver: str, route: FollowedRoute, facts: AlertFacts, now: datetime) -> Recipient:
    if route.digest is not None:
        return Recipient(
            receiver=receiver,
            group=f"{_DIGEST}{route.digest} {route.zone}",
            kind=MessageKind.DIGEST,
            dispatch_at=_told_at(route, now),
            mute=route.mute,
        )
    group, lasting = _group(route.group_by, facts)
    # News of ourselves is rare, and its end matters as much as its beginning.
    own = facts.rule in OWN_RULES
    limit = route.max_per_hour
    return Recipient(
        receiver=receiver,
        group=group,
        wait=timedelta(0) if own else route.wait,
        interval=timedelta(0) if own else route.interval,
        max_per_hour=None if limit is None else limit.messages,
        break_through=Level.HIGH if limit is None else limit.break_through,
        mute=route.mute,
        lasting=lasting,
    )


def next_digest(group: str, now: datetime) -> datetime:
    """Return when the digest with this key is due next."""
    times, _, zone = group.removeprefix(_DIGEST).rpartition(" ")
    return next_time(times, zone, now)


def _group(by: GroupBy, facts: AlertFacts) -> tuple[str, bool]:
    """Return the key of the group, and whether its conversation goes on for ever.

    The key is empty for an alert that has a message to itself.
    """
    if facts.rule in OWN_RULES:
        return f"{facts.rule}:{facts.source}", False
    match by:
        case GroupBy.STORY if facts.story is not None:
            return f"story:{facts.story}", True
        case GroupBy.RULE:
            return f"rule:{facts.rule}", False
        case GroupBy.SOURCE:
            return f"source:{facts.source}", False
        case _:
            return "", True


def _any_of(wanted: Sequence[str], known: frozenset[str]) -> bool:
    return not wanted or not known.isdisjoint(wanted)


def _like(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
