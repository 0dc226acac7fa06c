"""The calendars of schedules, read with the configuration.

What is wrong with one is a warning: it is kept by others, often by a program, and an alert must
reach somebody all the same. The schedule's `fallback` hears then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.config.problems import Mark, Problem, did_you_mean
from core.config.secrets import why
from core.config.sections.schedules import ScheduleConfig
from core.config.watch import WatchConfig
from core.config.yaml_tree import MAX_BYTES, Node, locate
from core.duty_calendar import DutyCalendarError, duty_calendar


@dataclass(frozen=True, slots=True)
class Calendars:
    """A configuration with its calendars, and how they were found."""

    config: WatchConfig
    files: tuple[Path, ...]
    """Read, or looked for: a change in one is a reason to reload."""
    problems: tuple[Problem, ...]
    lines: dict[str, list[str]]
    digest: bytes


def with_calendars(config: WatchConfig, root: Node) -> Calendars:
    """Read the calendars of a configuration's schedules."""
    files: list[Path] = []
    problems: list[Problem] = []
    lines: dict[str, list[str]] = {}
    digest = hashlib.sha256()
    read: list[ScheduleConfig] = []
    receivers = {receiver.name for receiver in config.receivers}
    for schedule in config.schedules:
        mark = locate(root, ("schedules", schedule.name, "ical", "file"))
        path = Path(mark.file).parent / schedule.ical.file.expanduser()
        files.append(path)
        try:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
        except (OSError, ValueError) as error:
            said = why(error) if isinstance(error, OSError) else "this is not a path"
            problems.append(_warning(mark, f"{path} cannot be read: {said}"))
            read.append(schedule)
            continue
        digest.update(data)
        text = data.decode("utf-8-sig", errors="replace") if len(data) <= MAX_BYTES else ""
        found = schedule.with_calendar(text)
        read.append(found)
        lines[str(path)] = text.splitlines()
        problems += _problems(found, path, receivers)
    if not files:
        return Calendars(config, (), (), {}, b"")
    return Calendars(
        config.model_copy(update={"schedules": tuple(read)}),
        tuple(files),
        tuple(problems),
        lines,
        digest.digest(),
    )


def _problems(schedule: ScheduleConfig, path: Path, receivers: set[str]) -> Iterator[Problem]:
    start = Mark(str(path), 1, 1)
    try:
        calendar = duty_calendar(schedule.calendar or "", schedule.timezone)
    except DutyCalendarError as error:
        yield _warning(start, error.message)
        return
    if not calendar.events:
        yield _warning(start, "no event in it: nobody is ever on duty")
    for event in calendar.events:
        mark = Mark(str(path), event.line, 1)
        if event.trouble:
            yield _warning(mark, f"event '{event.summary}' cannot be read: {event.trouble}")
        if not event.names:
            yield _warning(mark, "an event without a summary names nobody")
        for name in event.names:
            if name not in receivers:
                message = f"event '{event.summary}' names no receiver: there is no '{name}'"
                yield _warning(mark, message, did_you_mean(name, receivers))


def _warning(mark: Mark, message: str, hint: str | None = None) -> Problem:
    return Problem(mark, message, hint, "warning")
