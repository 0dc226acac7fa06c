"""Times that people name: cron expressions and hours of the day, in a zone with summer time.

Pure: the present comes in as an argument. A time that the clock jumps over in spring comes right
after the jump, one that it shows twice in autumn comes once (as Debian's cron has it).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

_NEVER = timedelta(days=366 * 5)


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
    """A part of every day, or of some weekdays, in a time zone. It may run over midnight."""

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
            begins = datetime.combine(day, self.start, zone).astimezone(UTC)
            ends = datetime.combine(over, self.end, zone).astimezone(UTC)
            if begins <= now < ends:
                return ends
        return None
