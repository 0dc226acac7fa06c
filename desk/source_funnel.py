"""The way from an announcement to people, of each source and weekday: what left it where, and why.

What came is held against what was to be expected by the source's own rhythm.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from core.calendar import instant
from core.config import WatchConfig
from core.rhythm import Rhythm
from core.source_counts import Funnel, Stage
from core.sources import SourceState
from desk.errors import NotThereError
from storage import Store

MOST_DAYS = 366
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftCount:
    """Entries that went no further than a stage, for one reason."""

    stage: Stage
    why: str
    """A value of EntryCause or Halt."""
    waiting: bool
    """Whether they are tried again."""
    failure: str | None
    failure_status: int | None
    stub: str | None
    words: str
    """The reason for people."""
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelCounts:
    """How many entries came how far. Each is in exactly one of `left`, or was told."""

    expected: float | None
    """Entries to be expected by the rhythm of the source; None while nothing is learnt of it."""
    seen: int
    """Those announced, without those from before the source was watched."""
    announced: int
    fetched: int
    text: int
    judged: int
    matched: int
    told: int
    left: tuple[LeftCount, ...]
    """The most frequent first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekdayFunnel:
    """What came on one weekday."""

    weekday: str
    days: float
    """How many such days the time holds; the first and the last may be a part of one."""
    counts: FunnelCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFunnel:
    """What became of what one source announced."""

    source: str
    since: datetime
    """When it began to be watched, if that is later than what was asked for."""
    until: datetime
    total: FunnelCounts
    weekdays: tuple[WeekdayFunnel, ...]
    """From Monday on, without those that the time does not hold."""


def funnels(
    store: Store, config: WatchConfig, now: datetime, since: datetime, zone: tzinfo | None
) -> tuple[SourceFunnel, ...]:
    """Return the way of every source: of those configured, and of what else has announced anything.

    Weekdays are those of `zone`, None for this machine's own. At most a year is looked back.
    """
    starts = _starts(since, now, zone)
    found = store.funnels(starts)
    configured = {source.name for source in config.sources if source.enabled}
    wanted = configured | {name for name, _ in found}
    return tuple(
        _of_source(store, state, found, starts, now, zone)
        for state in store.source_states()
        if state.name in wanted
    )


def funnel(
    store: Store, name: str, now: datetime, since: datetime, zone: tzinfo | None
) -> SourceFunnel:
    """Return the way of one source. Raises NotThereError when the database has it not."""
    states = store.source_states([name])
    if not states:
        raise NotThereError(f"source '{name}' in the database")
    starts = _starts(since, now, zone)
    return _of_source(store, states[0], store.funnels(starts, name), starts, now, zone)


def counts_of(funnel: Funnel, expected: float | None) -> FunnelCounts:
    """Return the numbers of a funnel, beside what was to be expected."""
    return FunnelCounts(
        expected=expected,
        seen=funnel.seen,
        announced=funnel.reached(Stage.ANNOUNCED),
        fetched=funnel.reached(Stage.FETCHED),
        text=funnel.reached(Stage.TEXT),
        judged=funnel.reached(Stage.JUDGED),
        matched=funnel.reached(Stage.MATCHED),
        told=funnel.reached(Stage.TOLD),
        left=tuple(
            LeftCount(
                stage=left.end.stage,
                why=left.end.why.value,
                waiting=left.end.waiting,
                failure=left.end.failure.value if left.end.failure else None,
                failure_status=left.end.failure_status,
                stub=left.end.stub.value if left.end.stub else None,
                words=left.end.words,
                count=left.count,
            )
            for left in funnel.ends
            if left.end.why is not None
        ),
    )


def _starts(since: datetime, now: datetime, zone: tzinfo | None) -> tuple[datetime, ...]:
    """Return when each day of the time began in a zone; the first begins where the time does."""
    since = max(min(since, now), now - timedelta(days=MOST_DAYS))
    starts = [since]
    day = since.astimezone(zone).date()
    last = now.astimezone(zone).date()
    while day < last:
        day += timedelta(days=1)
        midnight = datetime.combine(day, time(0))
        begins = midnight.astimezone() if zone is None else instant(midnight, zone)
        if begins > starts[-1]:
            starts.append(begins)
    return tuple(starts)


def _of_source(
    store: Store,
    state: SourceState,
    found: dict[tuple[str, int], Funnel],
    starts: Sequence[datetime],
    now: datetime,
    zone: tzinfo | None,
) -> SourceFunnel:
    steps = [found.get((state.name, number), Funnel()) for number in range(len(starts))]
    watched = max(starts[0], min(store.first_entry_at(state.name) or now, now))
    rhythm = Rhythm.kept(state.rhythm)
    usual = [
        None if rhythm is None else rhythm.expected(max(start, watched), max(end, watched))
        for start, end in zip(starts, (*starts[1:], now), strict=True)
    ]
    of_weekday: dict[int, list[int]] = {}
    for number, start in enumerate(starts):
        of_weekday.setdefault(start.astimezone(zone).weekday(), []).append(number)
    ends = (*starts[1:], now)
    return SourceFunnel(
        source=state.name,
        since=watched,
        until=now,
        total=_summed(steps, usual, range(len(starts))),
        weekdays=tuple(
            WeekdayFunnel(
                weekday=WEEKDAYS[weekday],
                days=round(
                    sum((ends[n] - starts[n]) / timedelta(days=1) for n in of_weekday[weekday]), 1
                ),
                counts=_summed(steps, usual, of_weekday[weekday]),
            )
            for weekday in sorted(of_weekday)
        ),
    )


def _summed(
    steps: Sequence[Funnel], usual: Sequence[float | None], chosen: Iterable[int]
) -> FunnelCounts:
    numbers = list(chosen)
    expected = [usual[number] for number in numbers]
    return counts_of(
        Funnel.of(left for number in numbers for left in steps[number].ends),
        round(sum(one or 0.0 for one in expected), 1) if None not in expected else None,
    )
