"""Hours of the week, and limits in an hour, as they stand in several places of watch.yaml."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time, timedelta
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from core.alerting.matches import Level
from core.calendar import DailyHours, never_over
from core.config.fields import EndOfHours, Section, SomeTime, TimeOfDay, TimeZone, Weekday
from core.deciding.backlog import FloodGuard

WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class HoursConfig(Section):
    """Hours of the day, on some days or on all; days without hours are whole days."""

    model_config = ConfigDict(populate_by_name=True)

    from_: TimeOfDay | None = Field(
        None, alias="from", description="When they begin, such as `22:00`. Left out: whole days."
    )
    to: EndOfHours | None = Field(
        None, description="When they end, up to `24:00`; before `from` means the next day."
    )
    timezone: TimeZone | None = Field(
        None,
        description="Their zone, such as `Asia/Bishkek`. Left out: the `timezone` of the receiver, "
        "else that of the file, else `UTC`.",
    )
    days: tuple[Weekday, ...] = Field(
        WEEKDAYS, min_length=1, description="Days on which they begin: `mon` to `sun`."
    )

    @model_validator(mode="after")
    def _begin_and_end(self) -> HoursConfig:
        if (self.from_ is None) != (self.to is None):
            raise PydanticCustomError("hours_half", "`from` and `to` belong together")
        return self

    def hours_in(self, zone: str) -> DailyHours:
        """Return the hours themselves; without a zone of their own they are in this one."""
        days = frozenset(WEEKDAYS.index(day) for day in self.days)
        return DailyHours(self.from_ or time(0), self.to or time(0), self.timezone or zone, days)


class QuietHoursConfig(HoursConfig):
    """Hours in which a receiver is left in peace; what comes meanwhile is summed up after them."""

    break_through: Level | None = Field(
        Level.HIGH, description="Alerts of this level and above come through; `null`: none does."
    )


class MaxPerHourConfig(Section):
    """How many messages a receiver may get within an hour; what is more is summed up in one."""

    messages: int = Field(ge=1, le=10_000, description="Messages within an hour.")
    break_through: Level | None = Field(
        Level.HIGH, description="Alerts of this level and above pass the limit; `null`: none does."
    )


class FloodGuardConfig(Section):
    """More messages than anybody reads: from there on they are summed up in one."""

    messages: int = Field(
        30, ge=1, le=10_000, description="Messages within that time that come one by one."
    )
    within: SomeTime = Field(timedelta(minutes=10), description="The time; at most an hour.")
    break_through: Level | None = Field(
        Level.HIGH, description="Alerts of this level and above pass the guard; `null`: none does."
    )

    @model_validator(mode="after")
    def _at_most_an_hour(self) -> FloodGuardConfig:
        if self.within > timedelta(hours=1):
            raise PydanticCustomError("guard_within", "`within` may be an hour at most")
        return self

    @property
    def guard(self) -> FloodGuard:
        """The guard itself."""
        return FloodGuard(self.messages, self.within, self.break_through)


H = TypeVar("H", bound=HoursConfig)


def _listed(value: object) -> object:
    return [value] if isinstance(value, dict | HoursConfig) else () if value is None else value


def _that_end(windows: tuple[H, ...]) -> tuple[H, ...]:
    # In which zone they all are makes no difference here.
    if never_over(hours_of(windows, "UTC")):
        raise PydanticCustomError(
            "hours_for_ever", "such hours would never end: they leave no time between them"
        )
    return windows


def hours_of(windows: Iterable[HoursConfig], zone: str) -> tuple[DailyHours, ...]:
    """Return the hours of several sections; those without a zone of their own are in this one."""
    return tuple(window.hours_in(zone) for window in windows)


def _number_alone(value: object) -> object:
    return value if value is None or isinstance(value, dict | Section) else {"messages": value}


def _off(value: object) -> object:
    return None if value in ("off", False) else value


QuietHours = Annotated[
    tuple[QuietHoursConfig, ...], BeforeValidator(_listed), AfterValidator(_that_end)
]
MuteHours = Annotated[tuple[HoursConfig, ...], BeforeValidator(_listed), AfterValidator(_that_end)]
MaxPerHour = Annotated[MaxPerHourConfig | None, BeforeValidator(_number_alone)]
FloodGuardChoice = Annotated[FloodGuardConfig | None, BeforeValidator(_off)]
