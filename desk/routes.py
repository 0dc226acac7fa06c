"""Who would hear of an alert, by which route, and when. Nobody is notified."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.dispatch.route_trace import Hearing, PassedOver, passed_over, trace
from alerts.dispatch.routing import (
    OF_THE_STORY,
    AlertFacts,
    Condition,
    independent_voices,
    tags_of,
    topics_of,
)
from core.alerting.accounts import Account
from core.alerting.matches import Level
from core.alerting.silences import Silence
from core.config import WatchConfig
from core.config.sections.health import OWN_RULES
from desk.database import open_configured
from desk.errors import UnknownNameError
from desk.silences import listed, story_named

__all__ = [
    "OF_THE_STORY",
    "Condition",
    "Hearing",
    "KnownSilences",
    "PassedOver",
    "RouteTrial",
    "known_silences",
    "who_hears",
]


@dataclass(frozen=True, slots=True)
class KnownSilences:
    """The silences that hold from a moment on, and the story that an alert is part of."""

    silences: tuple[Silence, ...]
    story: int | None = None


def known_silences(config: WatchConfig, at: datetime, story_of: str | None) -> KnownSilences:
    """Return silences to try routes with; nothing is changed, and no database made.

    `story_of` names an alert whose story is meant. Raises StorageError without a database,
    NotThereError without such an alert or story.
    """
    with open_configured(config, migrate=False) as store:
        silences = listed(store, at)
        if story_of is None:
            return KnownSilences(silences)
        return KnownSilences(silences, story_named(store, story_of))


@dataclass(frozen=True, slots=True)
class RouteTrial:
    """What the routes say of an alert that is tried."""

    hears: tuple[Hearing, ...]
    passed_over: tuple[PassedOver, ...]
    """The routes that are not followed, each with the condition that does not hold."""


def who_hears(
    config: WatchConfig,
    now: datetime,
    *,
    rule: str,
    level: Level | None = None,
    source: str = "",
    others: Iterable[str] = (),
    entities: Iterable[str] = (),
    language: str | None = None,
    outlets: int = 1,
    story: int | None = None,
    silences: Sequence[Silence] = (),
) -> RouteTrial:
    """Return who would hear of an alert that is raised at `now`; it may be one of our own.

    Without a level it has its rule's. `outlets` have its story, which is `story` or a new one:
    `others` are those that had it before, in words of their own. Whom one of the `silences` would
    keep it from is named with that silence. Raises UnknownNameError when there is no such rule, or
    no such source among the others.
    """
    known = {configured.id: configured.level for configured in config.rules} | dict.fromkeys(
        OWN_RULES, Level.HIGH
    )
    if rule not in known:
        raise UnknownNameError("rule", rule, known)
    sources = [configured.name for configured in config.sources]
    before = [name for name in dict.fromkeys(others) if name != source]
    for name in before:
        if name not in sources:
            raise UnknownNameError("source", name, sources)
    accounts = [Account(source=name, article=0, at=now) for name in (*before, source)]
    facts = AlertFacts(
        rule=rule,
        level=level or known[rule],
        source=source,
        tags=tags_of(source, config),
        topics=topics_of(rule, config),
        entities=frozenset(entities),
        language=language,
        outlets=max(outlets, len(accounts)),
        story=0 if story is None else story,
        others=tuple(tags_of(name, config) for name in before),
        independent=independent_voices(source, accounts, config),
    )
    return RouteTrial(trace(facts, config, now, silences), passed_over(facts, config))
