"""Tables as files: for spreadsheets (CSV, XLSX) and for programs (a JSON object a line).

Rows are taken as they come and written as they come, so a table of any length needs the memory of
a few rows. What spreadsheets would run as a formula they are given as text.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from pathlib import Path
from typing import Any

from core.plain_text import encodable

BOM = "\ufeff"
"""At the start of a file, Excel knows by it that the text is UTF-8."""
_FORMULA = "=+\\-@＝＋－＠"
"""What makes a spreadsheet run a cell, full-width forms included, and behind what is not seen, too
(OWASP, "CSV Injection")."""
_UNSEEN = r"\s\x00-\x1f\u00ad\u200b-\u200f\u2060\ufeff"
_RUN = re.compile(
    rf"\A(?=[\t\r\n]|[{_UNSEEN}]*[{_FORMULA}])"
    # Excel cuts at what the machine's region says, LibreOffice at semicolons and tabs as well; and
    # where the comma is not what cuts, quotes hold nothing together.
    rf"|(?<=[;\t\r\n])(?=[{_UNSEEN}\"]*[{_FORMULA}])"
)
"""Where a cell begins that would be run: at the start of a text, or behind what may cut it."""
_TOGETHER = 200
"""Rows that are handed on at once."""
_CHUNK = 64 * 1024
LONGEST_CELL = 32_767
"""Characters that Excel takes in a cell."""
MOST_ROWS = 1_048_576
"""Rows of a sheet, its headings among them; what is more goes on in another sheet."""

Cell = str | int | datetime | None
Line = Mapping[str, Cell]
"""A row by the names of its columns."""


class FileFormat(StrEnum):
    """How a table is written into a file."""

    CSV = "csv"
    XLSX = "xlsx"
    JSONL = "jsonl"

    @property
    def media_type(self) -> str:
        """What a server says that it is."""
        return _MEDIA_TYPES[self]


_MEDIA_TYPES = {
    FileFormat.CSV: "text/csv; charset=utf-8",
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileFormat.JSONL: "application/x-ndjson",
}


def written(
    file_format: FileFormat,
    columns: Sequence[str],
    lines: Iterable[Line],
    *,
    zone: tzinfo | None = UTC,
    most_rows: int = MOST_ROWS,
) -> Iterator[bytes]:
    """Yield a file, piece by piece.

    Times are in `zone`, None for this machine's own: in a workbook as dates that can be sorted,
    else in ISO 8601.
    """
    match file_format:
        case FileFormat.CSV:
            yield BOM.encode()
            for text in csv_lines(columns, (_with_texts(line, zone) for line in lines)):
                yield text.encode("utf-8", "replace")
        case FileFormat.JSONL:
            for line in lines:
                text = json.dumps(_with_texts(line, zone), ensure_ascii=False)
                yield f"{text}\n".encode("utf-8", "replace")
        case FileFormat.XLSX:
            yield from _workbook(columns, lines, zone, most_rows)


def csv_lines(columns: Sequence[str], lines: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield lines as RFC 4180 has them; none of their cells is run by a spreadsheet."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, lineterminator="\r\n")
    writer.writeheader()
    left = iter(lines)
    while True:
        together = list(itertools.islice(left, _TOGETHER))
        for line in together:
            writer.writerow({name: harmless(value) for name, value in line.items()})
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        if len(together) < _TOGETHER:
            return


def harmless(value: object) -> object:
    """Return a cell's value; an apostrophe comes before what a spreadsheet would run."""
    return _RUN.sub("'", value) if isinstance(value, str) else value


def _with_texts(line: Line, zone: tzinfo | None) -> dict[str, str | int | None]:
    return {
        name: value.astimezone(zone).isoformat() if isinstance(value, datetime) else value
        for name, value in line.items()
    }


def _workbook(
    columns: Sequence[str], lines: Iterable[Line], zone: tzinfo | None, most_rows: int
) -> Iterator[bytes]:
    """Yield a workbook, which is only whole when its last row is known: it is made on disk."""
    from xlsxwriter import Workbook

    with tempfile.TemporaryDirectory(prefix="wirewatch-export-") as folder:
        file = Path(folder) / "export.xlsx"
        book = Workbook(
            str(file), {"constant_memory": True, "tmpdir": folder, "remove_timezone": True}
        )
        head = book.add_format({"bold": True})
        date = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        left = iter(lines)
        first = next(left, None)
        while True:
            begun = () if first is None else (first,)
            some = itertools.chain(begun, itertools.islice(left, most_rows - 2))
            _sheet(book.add_worksheet(), columns, some, zone, (head, date))
            first = next(left, None)
            if first is None:
                break
        book.close()
        with file.open("rb") as made:
            while chunk := made.read(_CHUNK):
                yield chunk


def _sheet(
    sheet: Any,
    columns: Sequence[str],
    lines: Iterable[Line],
    zone: tzinfo | None,
    formats: tuple[Any, Any],
) -> None:
    head, date = formats
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(columns):
        sheet.write_string(0, column, name, head)
    for row, line in enumerate(lines, start=1):
        for column, name in enumerate(columns):
            value = line[name]
            if isinstance(value, datetime):
                sheet.write_datetime(row, column, value.astimezone(zone), date)
            elif isinstance(value, int):
                sheet.write_number(row, column, value)
            elif value:
                # As a string, and so never as a formula, a link or a number.
                sheet.write_string(row, column, encodable(value)[:LONGEST_CELL])
