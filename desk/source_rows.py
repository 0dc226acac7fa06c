"""Sources as the desk lists them, and all about one: what came, and what was to be expected.

Worst first: who looks wants to know what is missed.
"""

from __future__ import annotations

import functools
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from core.calendar import day_starts
from core.reasons import Reason, ReasonKind
from core.rhythm import Rhythm
from core.sources import Health, Source, SourceState
from desk import overview
from desk import sources as desk_sources
from desk.context import Desk
from desk.errors import NotThereError
from desk.source_funnel import FunnelCounts, funnel
from desk.sources import HealthLine, SourceSheet

DAYS = 14
"""Days whose bars are shown."""
FUNNEL_DAYS = 7
_COUNTS_KEPT = 60.0
"""Seconds for which what was announced is kept: the bars of 200 sources cost a page's time."""
ASKED_FOR = Reason(ReasonKind.ASKED_AT_THE_DESK)
"""Why a source is polled next, as the schedule says it."""


class Trouble(StrEnum):
    """How a source fares, as the tabs of the list sort it."""

    BLIND = "blind"
    REFUSED = "refused"
    SLOW = "slow"
    GEO = "geo"
    FINE = "fine"


TROUBLES = {
    Health.BLIND: Trouble.BLIND,
    Health.BLOCKED: Trouble.REFUSED,
    Health.DEGRADED: Trouble.SLOW,
    Health.GEO: Trouble.GEO,
    Health.QUIET: Trouble.FINE,
    Health.HEALTHY: Trouble.FINE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """What a source announced in steps of time, and what is usual; the last step comes last."""

    counts: tuple[int, ...]
    expected: tuple[float, ...]
    """Empty while nothing is learnt of its rhythm. Of the step that still lasts, up to now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """A source in the list."""

    name: str
    title: str
    language: str | None
    tags: tuple[str, ...]
    trouble: Trouble
    line: HealthLine
    state: SourceState
    days: Announced


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePage:
    """All about one source."""

    name: str
    title: str
    source: Source | None
    """As it is configured; None of one that left the configuration."""
    trouble: Trouble | None
    line: HealthLine | None
    sheet: SourceSheet
    funnel: FunnelCounts
    days: Announced
    hours: Announced
    """By hour of the day, on the average of the days."""


def listed(
    desk: Desk,
    *,
    trouble: Trouble | None = None,
    tag: str | None = None,
    language: str | None = None,
) -> tuple[HealthLine, ...]:
    """Return the watched sources, the worst first; each condition that is given must hold."""
    running = desk.running()
    found = []
    for line in overview.health(desk).lines:
        source = running.sources.get(line.source)
        if trouble not in (None, TROUBLES[line.health]):
            continue
        if tag is not None and (source is None or tag not in source.tags):
            continue
        if language is not None and (source is None or source.language != language):
            continue
        found.append(line)
    return tuple(found)


def rows(desk: Desk, zone: tzinfo, lines: Iterable[HealthLine]) -> tuple[SourceRow, ...]:
    """Return those of the sources that are shown, with their bars: these take the time."""
    running = desk.running()
    shown = list(lines)
    states = {
        state.name: state for state in desk.store.source_states([line.source for line in shown])
    }
    starts = _day_starts(desk, zone)
    everything = [line.source for line in overview.health(desk).lines]
    announced = overview.kept(
        desk,
        ("announced", tuple(starts)),
        _COUNTS_KEPT,
        lambda: _announced(desk, starts, everything),
    )
    found = []
    for line in shown:
        state, source = states.get(line.source), running.sources.get(line.source)
        if state is None:
            continue
        found.append(
            SourceRow(
                name=line.source,
                title=running.outlet_of(line.source),
                language=source.language if source else None,
                tags=running.tags_of(line.source),
                trouble=TROUBLES[line.health],
                line=line,
                state=state,
                days=_days(announced, state, starts, desk.now()),
            )
        )
    return tuple(found)


def counts(desk: Desk) -> Mapping[Trouble, int]:
    """Return how many sources fare how."""
    found = dict.fromkeys(Trouble, 0)
    for line in overview.health(desk).lines:
        found[TROUBLES[line.health]] += 1
    return found


def page(desk: Desk, name: str, zone: tzinfo) -> SourcePage:
    """Return all about one source. Raises NotThereError."""
    sheet = desk_sources.sheet(desk.store, name, overview.health(desk))
    now, line = desk.now(), sheet.health
    starts = _day_starts(desk, zone)
    running = desk.running()
    by_quarter = desk.store.announced_by_quarter(name, starts[0])
    by_day: Counter[tuple[str, int]] = Counter()
    for quarter, count in by_quarter.items():
        by_day[name, bisect_right(starts, quarter) - 1] += count
    known = _Known(by_day, {name: desk.store.first_entry_at(name)})
    return SourcePage(
        name=name,
        title=running.outlet_of(name),
        source=running.sources.get(name),
        trouble=TROUBLES[line.health] if line else None,
        line=line,
        sheet=sheet,
        funnel=funnel(desk.store, name, now, now - timedelta(days=FUNNEL_DAYS), zone).total,
        days=_days(known, sheet.state, starts, now),
        hours=_hours(by_quarter, known.watched(name, starts[0]), sheet.state, starts, now, zone),
    )


def poll_soon(desk: Desk, name: str, *, full: bool = False) -> None:
    """Let the daemon poll a source next. Raises NotThereError when it is not watched."""
    if not desk.store.poll_soon(name, ASKED_FOR, desk.now(), full=full):
        raise NotThereError(f"source '{name}' that is watched")


def _day_starts(desk: Desk, zone: tzinfo) -> tuple[datetime, ...]:
    """Return when the days that are shown began, today last."""
    return day_starts(desk.now().astimezone(zone).date(), DAYS, zone)


def _announced(desk: Desk, starts: Sequence[datetime], sources: Iterable[str]) -> _Known:
    counted = desk.store.announced(starts)
    # Whoever announced something on the first day was watched before.
    young = [name for name in sources if not counted.get((name, 0))]
    return _Known(counted, {name: desk.store.first_entry_at(name) for name in young})


@dataclass(frozen=True, slots=True)
class _Known:
    """What sources announced by day, and since when those are watched that may be new."""

    by_day: Mapping[tuple[str, int], int]
    first: Mapping[str, datetime | None]

    def watched(self, name: str, since: datetime) -> datetime:
        """Return from when on something could be expected of a source."""
        return max(since, self.first.get(name) or since)


def _days(
    known: _Known, state: SourceState, starts: tuple[datetime, ...], now: datetime
) -> Announced:
    counted = tuple(known.by_day.get((state.name, number), 0) for number in range(DAYS))
    watched = known.watched(state.name, starts[0])
    usual = _usual(state.rhythm, watched, starts, _lately(now))
    return Announced(counts=counted, expected=usual)


def _hours(
    by_quarter: Mapping[datetime, int],
    watched: datetime,
    state: SourceState,
    starts: Sequence[datetime],
    now: datetime,
    zone: tzinfo,
) -> Announced:
    """Sum the days up by the hour that a clock of the zone shows; what is usual likewise."""
    counted = [0] * 24
    for quarter, count in by_quarter.items():
        counted[quarter.astimezone(zone).hour] += count
    hours = [starts[0]]
    while (after := hours[-1] + timedelta(hours=1)) < now:
        hours.append(after)
    usual = _usual(state.rhythm, watched, tuple(hours), _lately(now))
    expected = [0.0] * 24
    for hour, number in zip(hours, usual, strict=False):  # none while nothing is learnt
        expected[hour.astimezone(zone).hour] += number
    return Announced(counts=tuple(counted), expected=tuple(expected) if usual else ())


def _lately(now: datetime) -> datetime:
    """Return a moment of the last minutes that stays the same for some."""
    return now.replace(minute=now.minute // 10 * 10, second=0, microsecond=0)


@functools.lru_cache(maxsize=2000)
def _usual(
    packed: bytes | None,
    watched: datetime,
    starts: tuple[datetime, ...],
    until: datetime,
) -> tuple[float, ...]:
    """Return what is usual of the part of each step in which a source was watched.

    A step lasts up to the next, and the last one up to now.
    Remembered: it takes more than all else of a list.
    """
    rhythm = Rhythm.kept(packed)
    if rhythm is None:
        return ()
    ends = (*starts[1:], until)
    return tuple(
        rhythm.expected(max(start, watched), min(until, end))
        for start, end in zip(starts, ends, strict=True)
    )


def tags_and_languages(desk: Desk) -> tuple[Sequence[str], Sequence[str]]:
    """Return what the list can be narrowed by."""
    sources = desk.running().sources.values()
    tags = {tag for source in sources for tag in source.tags}
    languages = {source.language for source in sources if source.language}
    return sorted(tags), sorted(languages)
