"""What a page or a feed says of a day: as a date, or counted back from when it is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

LATE_LAST_YEAR = timedelta(days=92)
"""How long ago a day of last year may be that is written without its year: on most pages that means
this year, and in its first weeks the end of the last. Older ones announce a day to come."""
FRESH = timedelta(days=31)
"""How long ago such a day may be that has no time of day either: 9 May may be a feast."""
EAST = timedelta(hours=14)
"""How far a clock may be ahead of UTC, where it does not say: Kiribati's."""


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A day as it is written: of which year, at what time and by which clock, if that is said."""

    month: int
    day: int
    year: int | None
    clock: time | None
    zone: tzinfo | None

    def moment(self, seen_at: datetime | None = None) -> datetime | None:
        """Return the moment in UTC; None for a day that is none, or of a year that is not known.

        A day without its year is the latest one that was not to come when it was seen.
        """
        if self.year is not None:
            day = _day(self.year, self.month, self.day)
            return at_clock(day, self.clock, self.zone) if day else None
        if seen_at is None:
            return None
        latest = (seen_at + EAST).date()
        for year in (latest.year, latest.year - 1):
            day = _day(year, self.month, self.day)
            if day is not None and day <= latest:
                late = day.year == seen_at.year or latest - day <= LATE_LAST_YEAR
                fresh = self.clock is not None or latest - day <= FRESH
                return at_clock(day, self.clock, self.zone) if late and fresh else None
        return None


@dataclass(frozen=True, slots=True)
class CountedBack:
    """A time as it is counted back from the moment of reading: yesterday at five, two hours ago."""

    days: int = 0
    clock: time | None = None
    zone: tzinfo | None = None
    seconds: int | None = None
    """What is counted back from the moment itself, not from its day."""

    def moment(self, seen_at: datetime | None = None) -> datetime | None:
        """Return the moment in UTC; None if it is not known when this was read.

        Yesterday is that of the clock's zone, of UTC if none is named.
        """
        if seen_at is None:
            return None
        try:
            if self.seconds is not None:
                moment = seen_at.astimezone(UTC) - timedelta(seconds=self.seconds)
                return moment.replace(second=0, microsecond=0)
            today = seen_at.astimezone(self.zone or UTC).date()
            told = at_clock(today - timedelta(days=self.days), self.clock, self.zone)
            # An outlet's clock whose zone is not known may be ahead; what it tells of has been.
            return None if told is None else min(told, seen_at.astimezone(UTC))
        except OverflowError:
            return None


def at_clock(day: date, clock: time | None, zone: tzinfo | None) -> datetime | None:
    """Return a day's time in UTC: its start without a clock, by UTC without a zone."""
    try:
        return datetime.combine(day, clock or time(), zone or UTC).astimezone(UTC)
    except OverflowError:
        return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
