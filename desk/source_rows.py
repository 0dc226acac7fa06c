"""Sources as the desk lists them, and all about one: what came, and what was to be expected.

Worst first: who looks wants to know what is missed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from core.rhythm import Rhythm
from core.source_counts import SourceFunnel
from core.sources import Health, Source, SourceState
from desk import overview
from desk import sources as desk_sources
from desk.context import Desk
from desk.errors import NotThereError
from desk.sources import HealthLine, SourceSheet

DAYS = 14
"""Days whose bars are shown."""
FUNNEL_DAYS = 7
_COUNTS_KEPT = 60.0
"""Seconds for which what was announced is kept: the bars of 200 sources cost a page's time."""
ASKED_FOR = "asked for at the desk"
"""Why a source is polled next, as the schedule says it."""


class Trouble(StrEnum):
    """How a source fares, as the tabs of the list sort it."""

    BLIND = "blind"
    REFUSED = "refused"
    SLOW = "slow"
    FINE = "fine"


TROUBLES = {
    Health.BLIND: Trouble.BLIND,
    Health.BLOCKED: Trouble.REFUSED,
    Health.DEGRADED: Trouble.SLOW,
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
    funnel: SourceFunnel
    days: Announced
    hours: Announced
    """By hour of the day, on the average of the days."""


def rows(
    desk: Desk,
    zone: tzinfo,
    *,
    trouble: Trouble | None = None,
    tag: str | None = None,
    language: str | None = None,
) -> tuple[SourceRow, ...]:
    """Return the watched sources, the worst first; each condition that is given must hold."""
    found = []
    running = desk.running()
    states = {state.name: state for state in desk.store.source_states()}
    since = _first_day(desk, zone)
    announced = overview.kept(
        desk,
        ("announced", since),
        _COUNTS_KEPT,
        lambda: desk.store.announced(since, timedelta(days=1)),
    )
    for line in overview.health(desk).lines:
        state, source = states.get(line.source), running.sources.get(line.source)
        of = TROUBLES[line.health]
        tags = running.tags_of(line.source)
        spoken = source.language if source else None
        if state is None or trouble not in (None, of):
            continue
        if tag not in (None, *tags) or language not in (None, spoken):
            continue
        found.append(
            SourceRow(
                name=line.source,
                title=running.outlet_of(line.source),
                language=spoken,
                tags=tags,
                trouble=of,
                line=line,
                state=state,
                days=_days(announced, line.source, state, since, desk.now()),
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
    sheet = desk_sources.sheet(desk.store, name)
    now = desk.now()
    since = _first_day(desk, zone)
    line = next((line for line in overview.health(desk).lines if line.source == name), None)
    running = desk.running()
    by_hour = desk.store.announced(since, timedelta(hours=1), source=name)
    hours = {number: count for (_, number), count in by_hour.items()}
    by_day = {(name, day): 0 for day in range(DAYS)}
    for number, count in hours.items():
        if 0 <= number < DAYS * 24:
            by_day[name, number // 24] += count
    return SourcePage(
        name=name,
        title=running.outlet_of(name),
        source=running.sources.get(name),
        trouble=TROUBLES[line.health] if line else None,
        line=line,
        sheet=sheet,
        funnel=desk.store.source_funnel(name, now - timedelta(days=FUNNEL_DAYS)),
        days=_days(by_day, name, sheet.state, since, now),
        hours=_hours(hours, sheet.state, since, now),
    )


def poll_soon(desk: Desk, name: str, *, full: bool = False) -> None:
    """Let the daemon poll a source next. Raises NotThereError when it is not watched."""
    if not desk.store.poll_soon(name, ASKED_FOR, desk.now(), full=full):
        raise NotThereError(f"source '{name}' that is watched")


def _first_day(desk: Desk, zone: tzinfo) -> datetime:
    """Return when the first day that is shown began. All steps have one length from there."""
    today = desk.now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=DAYS - 1)


def _days(
    announced: Mapping[tuple[str, int], int],
    name: str,
    state: SourceState,
    since: datetime,
    now: datetime,
) -> Announced:
    rhythm = Rhythm.kept(state.rhythm)
    counted = tuple(announced.get((name, day), 0) for day in range(DAYS))
    if rhythm is None:
        return Announced(counts=counted, expected=())
    starts = [since + timedelta(days=day) for day in range(DAYS)]
    usual = tuple(rhythm.expected(start, min(now, start + timedelta(days=1))) for start in starts)
    return Announced(counts=counted, expected=usual)


def _hours(
    announced: Mapping[int, int], state: SourceState, since: datetime, now: datetime
) -> Announced:
    """Sum the days up by hour; what is usual likewise, of the time that has passed."""
    counted = [0] * 24
    for number, count in announced.items():
        if number >= 0:
            counted[number % 24] += count
    rhythm = Rhythm.kept(state.rhythm)
    if rhythm is None:
        return Announced(counts=tuple(counted), expected=())
    usual = [0.0] * 24
    for number in range(DAYS * 24):
        start = since + timedelta(hours=number)
        usual[number % 24] += rhythm.expected(start, min(now, start + timedelta(hours=1)))
    return Announced(counts=tuple(counted), expected=tuple(usual))


def tags_and_languages(desk: Desk) -> tuple[Sequence[str], Sequence[str]]:
    """Return what the list can be narrowed by."""
    sources = desk.running().sources.values()
    tags = {tag for source in sources for tag in source.tags}
    languages = {source.language for source in sources if source.language}
    return sorted(tags), sorted(languages)
