"""Who is on duty, read from an iCalendar file (RFC 5545). Pure: text and a time in, names out.

An event is a shift, and its summary names who has it: a receiver, or several with commas between.
Rules of recurrence, dates added and left out, shifts that were changed or cancelled, and time zones
count. A shift ends when the clock on the wall shows its end, so that the next one follows at once
where the clock changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from core.calendar import instant
from core.errors import WirewatchError

MAX_EVENTS = 5000
_READABLE = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
"""How often a shift may recur; looking for who has a shift of seconds would take minutes."""
_ONE_DAY = timedelta(days=1)
_CLOCK_CHANGE = timedelta(hours=3)


class DutyCalendarError(WirewatchError):
    """A file is no calendar, or cannot be read."""


@dataclass(frozen=True, slots=True)
class DutyEvent:
    """An event as it stands in the file, whoever it names."""

    summary: str
    line: int
    """Of its summary, or of its beginning."""
    trouble: str = ""
    """Why it cannot be read; empty when it can."""

    @property
    def names(self) -> tuple[str, ...]:
        """Whom it names."""
        return tuple(name for part in self.summary.split(",") if (name := part.strip()))


@dataclass(slots=True)
class _Shift:
    """A shift and all that recurs of it, in the time of its zone."""

    uid: str
    event: DutyEvent
    zone: tzinfo
    begin: datetime
    length: timedelta
    rule: Any = None
    """An `rrule`, or None."""
    added: set[datetime] = field(default_factory=set)
    left_out: set[datetime] = field(default_factory=set)
    instead_of: datetime | None = None
    """The occurrence that this one replaces."""
    and_later: bool = False
    cancelled: bool = False

    def covers(self, begin: datetime, length: timedelta, at: datetime) -> bool:
        """Tell whether an occurrence that begins so is on at a moment."""
        ends = instant(begin + length, self.zone, last=False)
        return instant(begin, self.zone) <= at < ends

    def begins(self, low: datetime, high: datetime) -> Iterator[datetime]:
        """Yield when occurrences begin between two times of its zone."""
        if self.rule is not None:
            yield from self.rule.between(low, high, inc=True)
        for begin in {self.begin, *self.added}:
            if low <= begin <= high:
                yield begin


class DutyCalendar:
    """The shifts of a file."""

    def __init__(self, events: tuple[DutyEvent, ...], shifts: Iterable[_Shift]) -> None:
        self.events = events
        self._shifts: list[_Shift] = []
        self._changes: dict[str, list[_Shift]] = {}
        for shift in shifts:
            if shift.instead_of is None:
                self._shifts.append(shift)
            else:
                self._changes.setdefault(shift.uid, []).append(shift)

    def on_duty(self, at: datetime) -> tuple[str, ...]:
        """Return whom the shifts name that are on at a moment, each once."""
        found = [event for shift in self._shifts for event in self._on(shift, at)]
        known = {shift.uid for shift in self._shifts}
        for uid, changes in self._changes.items():
            if uid not in known:  # the file holds the changed occurrence alone
                found += [each.event for each in changes if _is_on(each, at)]
        return tuple(dict.fromkeys(name for event in found for name in event.names))

    def _on(self, shift: _Shift, at: datetime) -> Iterator[DutyEvent]:
        changes = self._changes.get(shift.uid, [])
        single = {
            _in_zone(change.instead_of, shift)
            for change in changes
            if change.instead_of is not None and not change.and_later
        }
        for change in changes:
            if not change.and_later and _is_on(change, at):
                yield change.event
        local = at.astimezone(shift.zone).replace(tzinfo=None, fold=0)
        for low, high, delta, current in _parts(shift, changes):
            if current.cancelled:
                continue
            begins = shift.begins(
                local - delta - current.length - _CLOCK_CHANGE, local - delta + _CLOCK_CHANGE
            )
            for begin in begins:
                in_part = (low is None or begin >= low) and (high is None or begin < high)
                if not in_part or begin in single or begin in shift.left_out:
                    continue
                if current.covers(begin + delta, current.length, at):
                    yield current.event
                    break


def _is_on(change: _Shift, at: datetime) -> bool:
    return not change.cancelled and change.covers(change.begin, change.length, at)


def _parts(
    shift: _Shift, changes: Iterable[_Shift]
) -> Iterator[tuple[datetime | None, datetime | None, timedelta, _Shift]]:
    """Yield from when to when a shift is as which event says, and how much later it begins."""
    later = sorted(
        (
            (_in_zone(change.instead_of, shift), change)
            for change in changes
            if change.and_later and change.instead_of is not None
        ),
        key=lambda found: found[0],
    )
    bounds = [begin for begin, _ in later]
    yield None, bounds[0] if bounds else None, timedelta(0), shift
    for (low, change), high in zip(later, [*bounds[1:], None], strict=False):
        begin = change.begin.replace(tzinfo=change.zone).astimezone(shift.zone)
        delta = begin.replace(tzinfo=None, fold=0) - low
        yield low, high, delta, replace(change, zone=shift.zone)


def _in_zone(moment: datetime, shift: _Shift) -> datetime:
    """Return an occurrence's time, as the shift's own zone shows it."""
    if moment.tzinfo is None:
        return moment
    return moment.astimezone(shift.zone).replace(tzinfo=None, fold=0)


@lru_cache(maxsize=16)
def duty_calendar(text: str, zone: str | None) -> DutyCalendar:
    """Read a calendar. Times without a zone are of `zone`; None: of the calendar's, else UTC.

    An event that cannot be read is kept with what is wrong about it. Raises DutyCalendarError when
    the whole file cannot.
    """
    from icalendar import Calendar

    try:
        parsed = Calendar.from_ical(text)
        components = list(parsed.walk("VEVENT"))
    except Exception as error:  # whatever a stranger's file makes of the parser
        raise DutyCalendarError(f"not a calendar: {_first_line(error)}") from None
    if parsed.name != "VCALENDAR":
        raise DutyCalendarError("not a calendar: it has no BEGIN:VCALENDAR")
    if len(components) > MAX_EVENTS:
        raise DutyCalendarError(f"more than {MAX_EVENTS} events")
    own = _zone_named(zone or str(parsed.get("X-WR-TIMEZONE", "")))
    lines = _lines(text)
    events, shifts = [], []
    for component, line in zip(components, lines, strict=False):
        event = DutyEvent(str(component.get("SUMMARY", "")).strip(), line)
        try:
            shift = _shift(component, event, own)
        except Exception as error:  # as above
            event = replace(event, trouble=_first_line(error))
        else:
            shifts.append(shift)
        events.append(event)
    return DutyCalendar(tuple(events), shifts)


def _zone_named(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def _lines(text: str) -> list[int]:
    """Return the line of each event's summary, in the order of the file."""
    found: list[int] = []
    inside = False
    for number, line in enumerate(text.splitlines(), start=1):
        word = line.strip().upper()
        if word == "BEGIN:VEVENT":
            found.append(number)
            inside = True
        elif word == "END:VEVENT":
            inside = False
        elif inside and word.startswith(("SUMMARY:", "SUMMARY;")):
            found[-1] = number
    return found


def _shift(component: Any, event: DutyEvent, own: tzinfo) -> _Shift:
    start = component.get("DTSTART")
    if start is None:
        raise DutyCalendarError("it has no DTSTART")
    begin, zone = _wall(start.dt, own)
    shift = _Shift(
        uid=str(component.get("UID", "")) or f"line {event.line}",
        event=event,
        zone=zone,
        begin=begin,
        length=_length(component, start.dt, begin, zone),
        cancelled=str(component.get("STATUS", "")).upper() == "CANCELLED",
    )
    if shift.length <= timedelta(0):
        raise DutyCalendarError("it ends before it begins")
    recurs = component.get("RECURRENCE-ID")
    if recurs is not None:
        shift.instead_of = _occurrence(recurs.dt, shift, own)
        shift.and_later = str(recurs.params.get("RANGE", "")).upper() == "THISANDFUTURE"
        return shift
    shift.rule = _rule(component, shift, own)
    shift.added = set(_dates(component, "RDATE", shift, own))
    shift.left_out = set(_dates(component, "EXDATE", shift, own))
    return shift


def _wall(value: date | datetime, own: tzinfo) -> tuple[datetime, tzinfo]:
    """Return what the clock of a value's zone shows, and the zone."""
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day), own  # noqa: DTZ001 - of a wall
    return value.replace(tzinfo=None, fold=0), value.tzinfo or own


def _length(component: Any, start: Any, begin: datetime, zone: tzinfo) -> timedelta:
    end, duration = component.get("DTEND"), component.get("DURATION")
    if end is not None:
        over, of = _wall(end.dt, zone)
        if of is not zone:
            over = over.replace(tzinfo=of).astimezone(zone).replace(tzinfo=None, fold=0)
        return over - begin
    if duration is not None:
        length: timedelta = duration.dt
        return length
    if isinstance(start, datetime):
        raise DutyCalendarError("it has no end")
    return _ONE_DAY


def _occurrence(value: date | datetime, shift: _Shift, own: tzinfo) -> datetime:
    """Return the time of an occurrence as the shift's clock shows it; days alone mean its hour."""
    if not isinstance(value, datetime):
        return datetime.combine(value, shift.begin.time())
    wall, zone = _wall(value, own)
    if value.tzinfo is None or zone is shift.zone:
        return wall
    return value.astimezone(shift.zone).replace(tzinfo=None, fold=0)


def _dates(component: Any, name: str, shift: _Shift, own: tzinfo) -> Iterator[datetime]:
    listed = component.get(name, [])
    for dates in listed if isinstance(listed, list) else [listed]:
        for each in dates.dts:
            value = each.dt[0] if isinstance(each.dt, tuple) else each.dt  # a period
            yield _occurrence(value, shift, own)


def _rule(component: Any, shift: _Shift, own: tzinfo) -> Any:
    from dateutil.rrule import rrulestr  # type: ignore[import-untyped]

    recurs = component.get("RRULE")
    if recurs is None:
        return None
    if isinstance(recurs, list):
        raise DutyCalendarError("it has two rules of recurrence")
    parts = {key: list(values) for key, values in recurs.items()}
    if not set(parts.get("FREQ", ())) <= _READABLE:
        raise DutyCalendarError("it recurs more often than daily")
    until = parts.pop("UNTIL", None)
    text = type(recurs)(parts).to_ical().decode()
    rule = rrulestr(text, dtstart=shift.begin, cache=True)
    if not until:
        return rule
    last = until[0]
    end = (
        _occurrence(last, shift, own)
        if isinstance(last, datetime)
        else datetime.combine(last, datetime.max.time())
    )
    return rule.replace(until=end)


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).strip().splitlines()[0][:200]
