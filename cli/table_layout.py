"""How a table fits a screen: what names a row is always whole, and the rest takes what is left.

Where a column has no room beside the others it goes below its row, as its heading does. Widths are
those of a terminal's cells: wide characters take two, and what joins the one before takes none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from rich.cells import cell_len, chop_cells

_GAP = 2
LEAST = 20
"""Cells that a text needs beside other columns: three words of a headline."""
_UNBROKEN = 10_000
MOST_LINES = 3
"""Lines that a text may take; whoever wants all of it looks at the thing itself."""


class Fit(Enum):
    """What becomes of a column where the screen is narrow."""

    WHOLE = "whole"
    """It never shrinks: an id, a time, a state, a name."""
    COUNT = "count"
    """The same, to the right."""
    TEXT = "text"
    """It goes on in more lines, and ends with an ellipsis."""
    ADDRESS = "address"
    """It is whole, or below its row; there it ends with an ellipsis."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    fit: Fit = Fit.WHOLE
    least: int = LEAST
    """Cells that a text needs beside other columns."""
    most: int | None = MOST_LINES
    """Lines that a text takes; None: as many as it needs."""


def whole(*names: str) -> tuple[Column, ...]:
    """Return columns that never shrink."""
    return tuple(Column(name) for name in names)


def counts(*names: str) -> tuple[Column, ...]:
    """Return columns of numbers."""
    return tuple(Column(name, Fit.COUNT) for name in names)


def texts(*names: str) -> tuple[Column, ...]:
    """Return columns of texts, which may wrap."""
    return tuple(Column(name, Fit.TEXT) for name in names)


def names(*columns: str) -> tuple[Column, ...]:
    """Return columns of long names: whole, and below their row where there is no room."""
    return tuple(Column(name, Fit.TEXT, least=_UNBROKEN) for name in columns)


def title() -> Column:
    """Return a column of titles, which get more room than what else is said."""
    return Column("title", Fit.TEXT, least=30)


def reason(name: str) -> Column:
    """Return a column of reasons, which are never cut: they are what one looks for."""
    return Column(name, Fit.TEXT, least=30, most=None)


def addresses(*names: str) -> tuple[Column, ...]:
    """Return columns of web addresses."""
    return tuple(Column(name, Fit.ADDRESS) for name in names)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Which columns stand beside each other, how wide, and which below."""

    beside: tuple[tuple[int, int], ...]
    """Index and width."""
    below: tuple[tuple[tuple[int, int], ...], ...]
    """The same of each line below, further in."""
    indent: int
    width: int | None


def table_lines(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int | None
) -> Iterator[str]:
    """Yield the lines of a table for a screen of a width; None: as wide as need be, uncut."""
    names = [column.name for column in columns]
    layout = _layout(columns, [names, *rows], width)
    head = list(_row(columns, names, layout))
    yield from head
    yield "─" * (sum(wide for _, wide in layout.beside) + _GAP * (len(layout.beside) - 1))
    for row in rows:
        yield from _row(columns, row, layout)


def wrapped(text: str, width: int | None, most: int | None = None) -> list[str]:
    """Return a text in lines of at most a width, broken between words where that is possible.

    With `most` lines, the last of them ends with an ellipsis when there would be more.
    """
    if width is None or cell_len(text) <= width:
        return [text]
    lines = [""]
    for word in text.split(" "):
        room = width - cell_len(lines[-1]) - bool(lines[-1])
        if cell_len(word) <= room:
            lines[-1] += f" {word}" if lines[-1] else word
        elif cell_len(word) <= width:
            lines.append(word)
        else:
            lines += _broken(word, width)
    lines = [line for line in lines if line]
    if most is not None and len(lines) > most:
        lines = [*lines[: most - 1], shortened(" ".join(lines[most - 1 :]), width)]
    return lines


def shortened(text: str, width: int) -> str:
    """Return a text of at most a width, with an ellipsis where it was cut."""
    if cell_len(text) <= width:
        return text
    kept = chop_cells(text, width - 1)[0] if width > 1 else ""
    return kept.rstrip(" ,;:–—-") + "…"


def _broken(word: str, width: int) -> list[str]:
    """Return a word that is wider than a line in pieces, after its hyphens where it has some."""
    pieces = [""]
    for part in word.replace("-", "-\0").split("\0"):
        for chunk in chop_cells(part, width) or [""]:
            if cell_len(pieces[-1] + chunk) <= width:
                pieces[-1] += chunk
            else:
                pieces.append(chunk)
    return pieces


def _layout(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int | None) -> _Layout:
    natural = [max(cell_len(row[index]) for row in rows) for index in range(len(columns))]
    indent = natural[0] + _GAP
    everything = range(len(columns))
    if width is None:
        return _Layout(tuple((index, natural[index]) for index in everything), (), indent, None)
    least = [
        min(natural[index], max(column.least, cell_len(column.name)))
        if column.fit is Fit.TEXT
        else natural[index]
        for index, column in enumerate(columns)
    ]
    beside, below = list(everything), []
    while len(beside) > 1 and sum(least[index] + _GAP for index in beside) - _GAP > width:
        leaves = _leaves(columns, natural, beside)
        beside.remove(leaves)
        below.append(leaves)
    widths = dict(zip(beside, (least[index] for index in beside), strict=True))
    _share_out(width - sum(widths.values()) - _GAP * (len(beside) - 1), widths, natural)
    # One that is alone and too wide all the same is broken.
    placed = tuple((index, min(wide, width)) for index, wide in widths.items())
    indent = min(indent, width * 2 // 5)
    return _Layout(placed, _packed(sorted(below), natural, width - indent), indent, width)


def _packed(
    below: Sequence[int], natural: Sequence[int], room: int
) -> tuple[tuple[tuple[int, int], ...], ...]:
    """Return columns in as few lines as they fit in, each whole or alone."""
    lines: list[list[tuple[int, int]]] = []
    left = 0
    for index in below:
        wide = min(natural[index], room)
        if not lines or left < wide + _GAP:
            lines.append([])
            left = room + _GAP
        lines[-1].append((index, wide))
        left -= wide + _GAP
    return tuple(map(tuple, lines))


def _leaves(columns: Sequence[Column], natural: Sequence[int], beside: Sequence[int]) -> int:
    """Return which column goes below: an address, else the last text, else the widest."""
    for fit in (Fit.ADDRESS, Fit.TEXT):
        last = [index for index in beside[1:] if columns[index].fit is fit]
        if last:
            return last[-1]
    return max(beside[1:], key=lambda index: natural[index])


def _share_out(rest: int, widths: dict[int, int], natural: Sequence[int]) -> None:
    """Give columns that want more the cells that are left, to each the same."""
    while rest > 0:
        wanting = [index for index, wide in widths.items() if wide < natural[index]]
        if not wanting:
            return
        for index in wanting[:rest]:
            widths[index] += 1
        rest -= len(wanting[:rest])


def _row(columns: Sequence[Column], row: Sequence[str], layout: _Layout) -> Iterator[str]:
    yield from _beside(columns, row, layout.beside, cut=layout.width is not None)
    for line in layout.below:
        if any(row[index] not in ("", "–") for index, _ in line):
            for text in _beside(columns, row, line, cut=True):
                yield " " * layout.indent + text


def _beside(
    columns: Sequence[Column], row: Sequence[str], placed: Sequence[tuple[int, int]], *, cut: bool
) -> Iterator[str]:
    cells = [
        _lines_of(columns[index], row[index], wide) if cut else [row[index]]
        for index, wide in placed
    ]
    for number in range(max(map(len, cells))):
        pieces = []
        for (index, wide), lines in zip(placed, cells, strict=True):
            piece = lines[number] if number < len(lines) else ""
            blank = " " * (wide - cell_len(piece))
            pieces.append(blank + piece if columns[index].fit is Fit.COUNT else piece + blank)
        yield (" " * _GAP).join(pieces).rstrip()


def _lines_of(column: Column, text: str, wide: int) -> list[str]:
    if column.fit is Fit.ADDRESS:
        return [shortened(text, wide)]
    return wrapped(text, wide, column.most if column.fit is Fit.TEXT else None)
