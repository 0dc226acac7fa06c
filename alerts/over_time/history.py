"""What has been seen of a rule: its matches by key and time, and which of them it has told of."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from alerts.over_time.event_time import LATEST
from core.alerting.matches import Match, SpanKind
from core.config.sections.over_time import OverTimeConfig

EVERYTHING = ""
"""The key under which every match of a rule is counted."""

WATCHED_SINCE = "since"
"""The key that notes when a rule was first watched."""

UNREAD_UNTIL = "unread"
"""The key that notes until when none of the sources that a rule looks at was read."""


@dataclass(frozen=True, slots=True)
class Event:
    """An article that a rule matched, under one of the keys it is counted by."""

    key: str
    article_id: int
    at: datetime
    """When the article was published, or first seen; see `event_time`."""
    told: bool = False
    """Whether an alert was about it: it makes no other number full."""


@dataclass(slots=True)
class History:
    """The events and alerts of one rule, as far back as it looks."""

    events: dict[str, list[Event]] = field(default_factory=dict)
    """Matches by key, oldest first."""
    notified: dict[str, datetime] = field(default_factory=dict)
    """When the rule last alerted that matches stopped coming, and since when it is watched."""

    def add(self, event: Event) -> None:
        """Add an event in order of time, whenever it comes."""
        events = self.events.setdefault(event.key, [])
        events.insert(bisect_right(events, event.at, key=_at), event)

    def between(self, key: str, after: datetime, until: datetime) -> Sequence[Event]:
        """Return the events of `key` that lie after `after` and not after `until`."""
        events = self.events.get(key, [])
        return events[bisect_right(events, after, key=_at) : bisect_right(events, until, key=_at)]

    def count(self, key: str, after: datetime, until: datetime) -> int:
        """Return how many events of `key` lie after `after` and not after `until`."""
        events = self.events.get(key, [])
        return bisect_right(events, until, key=_at) - bisect_right(events, after, key=_at)

    def tell(self, told: Iterable[Event]) -> None:
        """Mark events as told of."""
        for event in told:
            events = self.events[event.key]
            events[events.index(event)] = replace(event, told=True)

    def first(self) -> datetime | None:
        """Return since when the rule is watched: from its first match on, if nobody noted more."""
        known = [events[0].at for events in self.events.values() if events]
        return self.notified.get(WATCHED_SINCE) or min(known, default=None)


def keys_of(config: OverTimeConfig, match: Match, source: str) -> tuple[str, ...]:
    """Return the keys that a match is counted by, besides EVERYTHING."""
    entities = dict.fromkeys(
        f"entity:{span.label}" for span in match.spans if span.kind is SpanKind.ENTITY
    )
    if config.new_term or (config.frequency and config.frequency.by == "entity"):
        return tuple(entities)
    if config.frequency and config.frequency.by == "source":
        return (f"source:{source}",)
    return ()


def horizon(config: OverTimeConfig) -> timedelta | None:
    """Return how far back a rule looks; None means to the beginning.

    A match may come as late as any date is believed, and then needs what lay around it.
    """
    if config.frequency:
        return config.frequency.within + LATEST
    if config.spike:
        return timedelta(weeks=config.spike.weeks) + config.spike.within + LATEST
    if config.flatline:
        return 2 * config.flatline.within  # to tell whether enough came since the last alert
    return None


def _at(event: Event) -> datetime:
    return event.at
