"""Decides whether matches of a rule have stopped coming, or whether nobody could have seen them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from alerts.over_time.decisions import matches_text
from alerts.over_time.history import EVERYTHING, UNREAD_UNTIL, WATCHED_SINCE, History
from core.config.sections.over_time import FlatlineConfig
from core.config.values import duration_text
from core.sources import Health, SourceState

LOOKED_AT = "looked"
"""The key that notes when it was last decided whether matches of a rule have stopped coming."""

OVERDUE = timedelta(minutes=10)
"""How late a poll may be before its source counts as not read: it may wait for its host."""
FAILURES = 3
"""Failed polls in a row from which on a source is not read; one is an accident."""
RARE_LOOK = timedelta(minutes=5)
"""Time without a look after which there may be a backlog: the daemon looks every 30 seconds."""
LONGEST_BREAK = 0.25
"""Share of `within` for which nobody may have looked. A pass by hand comes every hour or so; after
more than that it cannot be told what was missed, and the time counts anew."""
_NOTE_EVERY = timedelta(minutes=1)
_MOMENTS = (WATCHED_SINCE, UNREAD_UNTIL, LOOKED_AT, EVERYTHING)

_UNREADABLE = frozenset({Health.BLIND, Health.BLOCKED})


class FlatlineFate(StrEnum):
    """What a look at a rule that waits for silence comes to."""

    ALERT = "alert"
    ENOUGH = "enough"
    """Matches come."""
    TOLD = "told"
    """It is flat, and an alert said so."""
    TOO_SOON = "too_soon"
    """It was not watched for as long as it waits."""
    UNREAD = "unread"
    """None of its sources is read: silence means nothing."""
    BACKLOG = "backlog"
    """What came while nobody looked is still being read."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What can be seen of the sources that a rule looks at."""

    read: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    """Those that fail, are refused, or were not polled when they were due."""
    backlog: bool = False
    """Whether anything of them waits to be fetched or judged."""

    @property
    def sources(self) -> int:
        """How many sources the rule looks at."""
        return len(self.read) + len(self.unread)


@dataclass(frozen=True, slots=True)
class FlatlineDecision:
    """What becomes of a look, and what is to be remembered of it."""

    fate: FlatlineFate
    reason: str
    notes: tuple[str, ...] = ()
    """Keys to note the moment of the look under."""

    @property
    def alerts(self) -> bool:
        """Whether somebody is to hear of it."""
        return self.fate is FlatlineFate.ALERT


def sight_of(states: Sequence[SourceState], now: datetime, *, backlog: bool = False) -> Sight:
    """Return what can be seen of sources now."""
    read = tuple(state.name for state in states if _is_read(state, now))
    unread = tuple(state.name for state in states if not _is_read(state, now))
    return Sight(read, unread, backlog)


def is_rare_look(history: History, now: datetime) -> bool:
    """Tell whether so long nobody looked that something may wait to be read."""
    return _missed(history, now) > RARE_LOOK


def decide_flatline(
    config: FlatlineConfig, history: History, now: datetime, sight: Sight
) -> FlatlineDecision:
    """Decide at `now` whether matches have stopped coming.

    Alerts once, until enough matches have come again; and only after the rule was watched for as
    long as it waits: since it was first loaded, and since any of its sources could be read again.
    """
    within = duration_text(config.within)
    if WATCHED_SINCE not in history.notified:
        words = f"watched for less than {within}"
        return FlatlineDecision(FlatlineFate.TOO_SOON, words, (WATCHED_SINCE, LOOKED_AT))
    ahead = tuple(key for key in _MOMENTS if history.notified.get(key, now) - now > _NOTE_EVERY)
    if ahead:
        # Until real time caught up with them nobody would hear of anything.
        return FlatlineDecision(FlatlineFate.TOO_SOON, "the clock was set back", ahead)
    missed = _missed(history, now)
    if sight.sources and missed > max(RARE_LOOK, config.within * LONGEST_BREAK):
        words = f"nobody looked for {duration_text(_minutes(missed))}"
        return FlatlineDecision(FlatlineFate.UNREAD, words, (UNREAD_UNTIL, LOOKED_AT))
    unread = sight.unread and not sight.read
    if is_rare_look(history, now) and (sight.backlog or unread):
        return FlatlineDecision(FlatlineFate.BACKLOG, "what came meanwhile is still being read")
    if unread:
        words = f"not read: {', '.join(sight.unread)}"
        return FlatlineDecision(FlatlineFate.UNREAD, words, (UNREAD_UNTIL, LOOKED_AT))
    note = (LOOKED_AT,) if missed >= _NOTE_EVERY or LOOKED_AT not in history.notified else ()
    fate, words = _counted(config, history, now)
    if fate is FlatlineFate.ALERT and sight.unread:
        words += f"; {len(sight.unread)} of its {sight.sources} sources not read"
    return FlatlineDecision(fate, words, note)


def _counted(config: FlatlineConfig, history: History, now: datetime) -> tuple[FlatlineFate, str]:
    within = duration_text(config.within)
    since = history.first() or now
    since = max(since, history.notified.get(UNREAD_UNTIL, since))
    if now - since < config.within:
        return FlatlineFate.TOO_SOON, f"watched for less than {within}"
    count = history.count(EVERYTHING, now - config.within, now)
    if count >= config.at_least:
        return FlatlineFate.ENOUGH, f"{matches_text(count)} within {within}"
    said = f"{matches_text(count)} within {within}, fewer than {config.at_least}"
    notified = history.notified.get(EVERYTHING)
    if notified is not None and history.count(EVERYTHING, notified, now) < config.at_least:
        return FlatlineFate.TOLD, f"{said}; told already"
    return FlatlineFate.ALERT, said


def _is_read(state: SourceState, now: datetime) -> bool:
    return (
        state.last_success_at is not None
        and state.consecutive_failures < FAILURES
        and now - state.next_poll_at <= OVERDUE
        and not (state.health and state.health.health in _UNREADABLE)
    )


def _missed(history: History, now: datetime) -> timedelta:
    return now - history.notified.get(LOOKED_AT, now)


def _minutes(length: timedelta) -> timedelta:
    return timedelta(minutes=length // timedelta(minutes=1))
