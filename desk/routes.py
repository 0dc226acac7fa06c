"""Who would hear of an alert, by which route, and when. Nobody is notified."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.dispatch.route_trace import Hearing, trace
from alerts.dispatch.routing import AlertFacts, tags_of, topics_of
from core.alerting.matches import Level
from core.alerting.silences import Silence
from core.config import WatchConfig
from core.config.sections.health import OWN_RULES
from desk.database import open_configured
from desk.errors import UnknownNameError
from desk.silences import listed, story_named

__all__ = ["Hearing", "KnownSilences", "known_silences", "who_hears"]


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


def who_hears(
    config: WatchConfig,
    now: datetime,
    *,
    rule: str,
    level: Level | None = None,
    source: str = "",
    entities: Iterable[str] = (),
    language: str | None = None,
    outlets: int = 1,
    story: int | None = None,
    silences: Sequence[Silence] = (),
) -> tuple[Hearing, ...]:
    """Return who would hear of an alert that is raised at `now`; it may be one of our own.

    Without a level it has its rule's. `outlets` have its story, which is `story` or a new one. Whom
    one of the `silences` would keep it from is named with that silence. Raises UnknownNameError
    when there is no such rule.
    """
    known = {configured.id: configured.level for configured in config.rules} | dict.fromkeys(
        OWN_RULES, Level.HIGH
    )
    if rule not in known:
        raise UnknownNameError("rule", rule, known)
    facts = AlertFacts(
        rule=rule,
        level=level or known[rule],
        source=source,
        tags=tags_of(source, config),
        topics=topics_of(rule, config),
        entities=frozenset(entities),
        language=language,
        outlets=outlets,
        story=0 if story is None else story,
    )
    return trace(facts, config, now, silences)
