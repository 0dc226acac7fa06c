"""The screen that somebody reads, and when: all that commands print for people goes through it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import Enum
from typing import TYPE_CHECKING

from cli.when import ago, stamp, until
from core.plain_text import one_line

if TYPE_CHECKING:
    from cli.table_layout import Column
    from core.config import WatchConfig

NOTHING = "–"
_NO_BREAK = "\u00a0"


@dataclass(frozen=True, slots=True)
class Screen:
    """Where somebody reads, and when."""

    now: datetime
    zone: tzinfo | None = None
    """In which times are shown; None is this machine's own."""
    width: int | None = None
    """Cells of a line; None where it is no terminal, and nothing is cut."""

    def ago(self, moment: datetime | None) -> str:
        """Return how long ago a moment was, or in how long it will be."""
        return NOTHING if moment is None else ago(moment, self.now, self.zone)

    def until(self, moment: datetime | None) -> str:
        """Return in how long something is due, or for how long it has been."""
        return NOTHING if moment is None else until(moment, self.now, self.zone)

    def when(self, moment: datetime | None) -> str:
        """Return a moment with its date and its zone, and how long ago it was."""
        if moment is None:
            return NOTHING
        whole, far = stamp(moment, self.zone), ago(moment, self.now, self.zone)
        if whole.startswith(far):  # a date says no more than the date
            return whole
        past = moment <= self.now and far != "now"
        # No line ends within it: those are spaces that do not break, and `_write` makes them plain.
        return f"{whole} ({far}{' ago' if past else ''})".replace(" ", _NO_BREAK)

    def cell(self, value: object) -> str:
        """Return a value as a table shows it, harmless and on one line; times to the second."""
        if isinstance(value, datetime):
            return stamp(value, self.zone).replace(" ", _NO_BREAK)
        return cell(value)

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> None:
        """Print rows under headings."""
        from cli.table_layout import table_lines

        cells = [[self.cell(value) for value in row] for row in rows]
        _write(table_lines(columns, cells, self.width))

    def entries(self, entries: Iterable[tuple[str, object]], *, label: int = 10) -> None:
        """Print what is known of one thing, each under its label; long texts go on beside it."""
        from cli.table_layout import wrapped

        for name, value in entries:
            text = self.when(value) if isinstance(value, datetime) else self.cell(value)
            room = None if self.width is None else max(self.width - label - 1, 20)
            for index, line in enumerate(wrapped(text, room)):
                _write([f"{name if not index else '':<{label}} {line}"])

    def paragraph(self, text: str) -> None:
        """Print a text of others, in lines that fit."""
        from cli.table_layout import wrapped

        _write(wrapped(one_line(text), self.width))

    def line(self, text: str = "", indent: int = 0) -> None:
        """Print a text of ours; where it does not fit it goes on below, further in."""
        from cli.output import laid_out
        from cli.table_layout import wrapped

        lead = " " * indent
        room = None if self.width is None else max(self.width - indent - 2, 20)
        first, *more = wrapped(laid_out(text), room)
        _write([lead + first, *(f"{lead}  {line}" for line in more)])


def cell(value: object) -> str:
    """Return a value that is no time as it is shown, harmless and on one line."""
    if value is None or value == "":
        return NOTHING
    return one_line(str(value.value if isinstance(value, Enum) else value))


def screen_of(config: WatchConfig) -> Screen:
    """Return the screen of this process, with the zone of a configuration."""
    from core.config.zones import zone_at_the_terminal

    return this_screen(zone_at_the_terminal(config))


def this_screen(zone: tzinfo | None = None) -> Screen:
    """Return the screen of this process."""
    from core.clock import utc_now

    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    return Screen(utc_now(), zone, width)


def _write(lines: Iterable[str]) -> None:
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in lines).replace(_NO_BREAK, " "))
