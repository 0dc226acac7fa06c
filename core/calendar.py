"""Times that people name: cron expressions and hours of the day, in a zone with summer time.

Pure: the present comes in as an argument. A time that the clock jumps over in spring comes right
after the jump, one that it shows twice in autumn comes once (as Debian's cron has it); hours last
from the first time that the clock shows their beginning to the last that it shows their end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

_NEVER = timedelta(days=366 * 5)
_WEEK = timedelta(days=7)
_SECOND = timedelta(seconds=1)
_MONDAY = date(2026, 1, 12)
"""Of a week in which no clock changes."""


class NoSuchTimeError(ValueError):
    """A cron expression cannot be read, or names no time that ever comes."""


def next_time(cron: str, zone: str, after: datetime) -> datetime:
    """Return the first time after `after`, in UTC, that `cron` names in the time zone `zone`.

    Raises NoSuchTimeError when the expression cannot be read or names no time.
    """
    try:
        moment: datetime = next(CronSim(cron, after.astimezone(ZoneInfo(zone))))
    except (CronSimError, StopIteration, OverflowError) as error:
        raise NoSuchTimeError(str(error) or "this time never comes") from None
    if moment - after > _NEVER:
        raise NoSuchTimeError("this time does not come within five years")
    return moment.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class DailyHours:
    """A part of every day, or of some weekdays, in a time zone. It may run over midnight.

    One that begins and ends at the same time lasts a whole day.
    """

    start: time
    end: time
    zone: str
    days: frozenset[int] = frozenset(range(7))
    """Weekdays on which it begins; 0 is Monday."""

    def until(self, now: datetime) -> datetime | None:
        """Return when the hours that `now` lies in are over, in UTC; None outside of them."""
        zone = ZoneInfo(self.zone)
        today = now.astimezone(zone).date()
        for back in (1, 0):
            day = today - timedelta(days=back)
            if day.weekday() not in self.days:
                continue
            over = day + timedelta(days=int(self.end <= self.start))
            # Wall times first, instants after: a night may be an hour longer or shorter.
            begins = instant(datetime.combine(day, self.start), zone)
            ends = instant(datetime.combine(over, self.end), zone, last=True)
            if begins <= now < ends:
                return ends
        return None


def hours_until(hours: Iterable[DailyHours], now: datetime) -> datetime | None:
    """Return when all of these hours that `now` lies in, and that follow at once, are over.

    None outside of them. Hours that go on for longer than a week are taken to be never over:
    `now` plus more than a week is returned.
    """
    windows = tuple(hours)
    until: datetime | None = None
    while until is None or until - now <= _WEEK:
        ends = [end for window in windows if (end := window.until(until or now)) is not None]
        if not ends:
            return until
        until = max(ends)
    return until


def never_over(hours: Iterable[DailyHours]) -> bool:
    """Tell whether hours leave no time between them."""
    windows = tuple(hours)
    begin = datetime.combine(_MONDAY, time(0), UTC)
    until = hours_until(windows, begin)
    return until is not None and until - begin > _WEEK


def longest(hours: Iterable[DailyHours]) -> timedelta:
    """Return how long hours last that follow each other at once; a change of the clock included."""
    windows = tuple(hours)
    spans = [timedelta(0)]
    for window in windows:
        zone = ZoneInfo(window.zone)
        for day in window.days:
            begin = datetime.combine(_MONDAY + timedelta(days=day), window.start, zone)
            until = hours_until(windows, begin.astimezone(UTC))
            if until is not None:
                spans.append(until - begin.astimezone(UTC) + timedelta(hours=1))
    return max(spans)


def day_starts(last: date, days: int, zone: tzinfo) -> tuple[datetime, ...]:
    """Return, in UTC, when each of so many days began in a zone; `last` comes last."""
    back = range(days - 1, -1, -1)
    return tuple(instant(datetime.combine(last - timedelta(n), time(0)), zone) for n in back)


def instant(shown: datetime, zone: tzinfo, *, last: bool = False) -> datetime:
    """Return, in UTC, when a clock on the wall shows a time: the first moment, or the `last` one.

    A time that it jumps over is taken to be shown right after the jump.
    """
    local = shown.replace(tzinfo=zone, fold=int(last))
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None, fold=0) == local.replace(tzinfo=None, fold=0):
        return moment
    # In the gap: what it would be by the clock of after the jump is before the jump, and the other
    # way round.
    before, after = sorted(local.replace(fold=fold).astimezone(UTC) for fold in (1, 0))
    offset = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = (before + (after - before) // 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after
