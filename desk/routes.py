"""Who would hear of an alert, by which route, and when. Nobody is notified."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from alerts.dispatch.route_trace import Hearing, trace
from alerts.dispatch.routing import AlertFacts, tags_of, topics_of
from core.alerting.matches import Level
from core.config import WatchConfig
from core.config.sections.health import OWN_RULES
from desk.errors import UnknownNameError

__all__ = ["Hearing", "who_hears"]


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
) -> tuple[Hearing, ...]:
    """Return who would hear of an alert that is raised at `now`; it may be one of our own.

    Without a level it has its rule's. `outlets` have its story. Raises UnknownNameError when there
    is no such rule.
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
        story=0,
    )
    return trace(facts, config, now)
