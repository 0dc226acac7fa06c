"""Which silences nobody should make by accident, and which deserve another look. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fnmatch import fnmatchcase

from core.alerting.matches import Level
from core.alerting.silences import Silence
from core.config.sections.routes import SilenceMatch
from core.config.watch import WatchConfig

USUAL = timedelta(days=30)
"""Longest silence that is made without saying that it is to be long."""
LONGEST = timedelta(days=366)
"""Longest silence at all: what nobody is to hear for years is a matter of rules and routes."""
OLD = timedelta(days=7)
"""Age from which on a silence is asked about: a week is what a mute of a story lasts."""

_WILD = frozenset("*?[")


class TooLong(StrEnum):
    """Why a silence is refused for its length."""

    UNUSUAL = "unusual"
    """Longer than `USUAL`, and nobody said that it is to be."""
    FOR_EVER = "for_ever"
    """Longer than `LONGEST`."""


class Concern(StrEnum):
    """Why a silence in force deserves another look."""

    BROAD = "broad"
    """It keeps all that is configured from a receiver, or from everybody."""
    LONG = "long"
    OLD = "old"


@dataclass(frozen=True, slots=True)
class ReviewedSilence:
    """A silence in force that deserves another look."""

    silence: Silence
    concerns: tuple[Concern, ...]
    kept: int
    """Alerts that it kept from somebody so far."""


def too_long(lasting: timedelta, *, long: bool) -> TooLong | None:
    """Return why a silence may not last so long; None when it may. `long`: it was asked for."""
    if lasting > LONGEST:
        return TooLong.FOR_EVER
    return TooLong.UNUSUAL if lasting > USUAL and not long else None


def is_everything(match: SilenceMatch, config: WatchConfig) -> bool:
    """Tell whether no condition of a silence leaves anything out, by patterns or by all levels.

    Who names every rule means each of them; who writes `*` may not know what all comes with it.
    """
    return (
        not _narrows(match)
        and (not match.rules or _is_any(match.rules, (rule.id for rule in config.rules)))
        and (not match.sources or _is_any(match.sources, (s.name for s in config.sources)))
        and not match.topics
        and not match.tags
        and not match.receivers
    )


def concerns(silence: Silence, config: WatchConfig, now: datetime) -> tuple[Concern, ...]:
    """Return why a silence in force deserves another look; nothing for most."""
    found = (
        (Concern.BROAD, _covers_all(silence.match, config)),
        (Concern.LONG, silence.ends_at - silence.starts_at > USUAL),
        (Concern.OLD, now - silence.starts_at > OLD),
    )
    return tuple(concern for concern, holds in found if holds)


def _narrows(match: SilenceMatch) -> bool:
    """Tell whether a silence asks for something that not every article has."""
    return (
        match.story is not None
        or bool(match.entities or match.languages)
        or match.outlets is not None
        or match.asks_who
        or not set(Level) <= set(match.level or Level)
    )


def _covers_all(match: SilenceMatch, config: WatchConfig) -> bool:
    rules = [rule.id for rule in config.rules]
    sources = [source.name for source in config.sources]
    tags, topics = set(match.tags), set(match.topics)
    return (
        not _narrows(match)
        and (not match.rules or _is_most(match.rules, rules))
        and (not match.sources or _is_most(match.sources, sources))
        and (not tags or not any(tags.isdisjoint(source.tags) for source in config.sources))
        and (not topics or not any(topics.isdisjoint(rule.topics) for rule in config.rules))
    )


def _is_any(patterns: Collection[str], names: Iterable[str]) -> bool:
    """Tell whether patterns, and not names that somebody wrote out, match everything there is."""
    wild = [pattern for pattern in patterns if not _WILD.isdisjoint(pattern)]
    return bool(wild) and _matches_all(wild, names)


def _is_most(patterns: Collection[str], names: Collection[str]) -> bool:
    """Tell whether all names are meant, and not because there is only the one that was named."""
    return _is_any(patterns, names) or (len(names) > 1 and _matches_all(patterns, names))


def _matches_all(patterns: Iterable[str], names: Iterable[str]) -> bool:
    return all(any(fnmatchcase(name, pattern) for pattern in patterns) for name in names)
