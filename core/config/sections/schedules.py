"""Who is on duty when, in watch.yaml: calendars that others keep."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, PrivateAttr

from core.config.fields import Identifier, Section, TimeZone

PREFIX = "schedule:"
"""What a name begins with that means whoever is on duty; names of receivers have no colon."""


class IcalConfig(Section):
    """An iCalendar file, as calendars export it; it is read again when it changes."""

    file: Path = Field(
        description="The file, relative to the configuration. The summary of an event names the "
        "receiver that is on duty, or several with commas between."
    )


class ScheduleConfig(Section):
    """Who is on duty when; `to: schedule:NAME` means whoever is."""

    name: Identifier = Field(description="Short unique name, for `schedule:NAME`.")
    ical: IcalConfig = Field(description="The calendar.")
    timezone: TimeZone | None = Field(
        None,
        description="Zone of events that name none, whole days too. Left out: the calendar's own, "
        "else `UTC`.",
    )
    fallback: tuple[str, ...] = Field(
        min_length=1,
        description="Receivers that hear, all of them, when nobody is on duty or the calendar "
        "cannot be read.",
    )
    _calendar: str | None = PrivateAttr(None)

    def with_calendar(self, text: str) -> ScheduleConfig:
        """Return the same with what its file holds."""
        read = self.model_copy()
        read._calendar = text  # noqa: SLF001 - its own class
        return read

    @property
    def calendar(self) -> str | None:
        """What its file held when the configuration was read; None: it could not be read."""
        return self._calendar
