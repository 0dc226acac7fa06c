"""Who hears of what goes to a schedule: whoever is on duty, or its fallback. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.config.sections.schedules import PREFIX, ScheduleConfig
from core.config.watch import WatchConfig
from core.duty_calendar import DutyCalendar, DutyCalendarError, duty_calendar


class DutyReason(StrEnum):
    """Why these receivers hear."""

    ON_DUTY = "on duty"
    NOBODY = "nobody is on duty"
    NO_RECEIVER = "who is on duty is no receiver"
    UNREADABLE = "the calendar cannot be read"
    NO_SCHEDULE = "there is no such schedule"


@dataclass(frozen=True, slots=True)
class Duty:
    """Who hears what goes to a schedule at a moment, and why."""

    schedule: str
    receivers: tuple[str, ...]
    reason: DutyReason
    detail: str = ""
    """What is to be known to mend it."""


@dataclass(frozen=True, slots=True)
class Rotas:
    """The schedules of a configuration."""

    schedules: tuple[ScheduleConfig, ...] = ()
    receivers: frozenset[str] = frozenset()
    """All that there are: a calendar may name others."""

    def hearing(self, names: Iterable[str], at: datetime) -> tuple[str, ...]:
        """Return receivers by name, with whoever is on duty in the place of each schedule."""
        heard: dict[str, None] = {}
        for name in names:
            if name.startswith(PREFIX):
                heard |= dict.fromkeys(self.on_duty(name.removeprefix(PREFIX), at).receivers)
            else:
                heard[name] = None
        return tuple(heard)

    def on_duty(self, name: str, at: datetime) -> Duty:
        """Return who hears what goes to a schedule at a moment.

        A schedule that left the configuration leads to everybody: what was to escalate by it must
        not come to nothing.
        """
        schedule = next((each for each in self.schedules if each.name == name), None)
        if schedule is None:
            return Duty(name, tuple(sorted(self.receivers)), DutyReason.NO_SCHEDULE)
        calendar = calendar_of(schedule)
        if isinstance(calendar, DutyCalendarError):
            return Duty(name, schedule.fallback, DutyReason.UNREADABLE, calendar.message)
        named = calendar.on_duty(at)
        known = tuple(each for each in named if each in self.receivers)
        if known:
            return Duty(name, known, DutyReason.ON_DUTY)
        if named:
            return Duty(name, schedule.fallback, DutyReason.NO_RECEIVER, ", ".join(named))
        return Duty(name, schedule.fallback, DutyReason.NOBODY)


NO_ROTAS = Rotas()


def rotas_of(config: WatchConfig) -> Rotas:
    """Return the schedules of a configuration."""
    if not config.schedules:
        return NO_ROTAS
    return Rotas(config.schedules, frozenset(receiver.name for receiver in config.receivers))


def addressable(config: WatchConfig) -> tuple[str, ...]:
    """Return all names that something can be on its way to: receivers, and schedules."""
    return (
        *(receiver.name for receiver in config.receivers),
        *(f"{PREFIX}{schedule.name}" for schedule in config.schedules),
    )


def calendar_of(schedule: ScheduleConfig) -> DutyCalendar | DutyCalendarError:
    """Return a schedule's calendar, or what is wrong with it."""
    if schedule.calendar is None:
        return DutyCalendarError("its file is not there, or may not be read")
    try:
        return duty_calendar(schedule.calendar, schedule.timezone)
    except DutyCalendarError as error:
        return error
