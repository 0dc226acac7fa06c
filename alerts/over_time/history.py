"""What has been seen of a rule: its matches by key and time, and when it last alerted."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.alerting.matches import Match, SpanKind
from core.config.sections.over_time import OverTimeConfig

EVERYTHING = ""
"""The key under which every match of a rule is counted."""

WATCHED_SINCE = "since"
"""The key that notes when a rule was first watched."""


@dataclass(frozen=True, slots=True)
class Event:
    """An article that a rule matched, under one of the keys it is counted by."""

    key: str
    article_id: int
    at: datetime
    """When the article was first seen."""


@dataclass(slots=True)
class History:
    """The events and alerts of one rule, as far back as it looks."""

    events: dict[str, list[datetime]] = field(default_factory=dict)
    """Times of matches by key, oldest first."""
    notified: dict[str, datetime] = field(default_factory=dict)
    """When the rule last alerted about a key, and since when it is watched."""

    def add(self, event: Event) -> None:
        """Add an event in order of time."""
        times = self.events.setdefault(event.key, [])
        times.insert(bisect_right(times, event.at), event.at)

    def count(self, key: str, after: datetime, until: datetime) -> int:
        """Return how many events of `key` lie after `after` and not after `until`."""
        times = self.events.get(key, [])
        return bisect_right(times, until) - bisect_right(times, after)

    def first(self) -> datetime | None:
        """Return when the rule first matched, or was first watched."""
        known = [times[0] for times in self.events.values() if times]
        since = self.notified.get(WATCHED_SINCE)
        return min([*known, since] if since else known, default=None)


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
    """Return how far back a rule looks; None means to the beginning."""
    if config.frequency:
        return config.frequency.within
    if config.spike:
        return timedelta(weeks=config.spike.weeks) + config.spike.within
    if config.flatline:
        return 2 * config.flatline.within  # to tell whether enough came since the last alert
    return None
