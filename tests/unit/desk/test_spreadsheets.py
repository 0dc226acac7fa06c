"""Tables as files: whole, harmless to whoever opens them, and of any length."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest

from desk.spreadsheets import LONGEST_CELL, FileFormat, Line, written

COLUMNS = ("date", "title", "size")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BISHKEK = ZoneInfo("Asia/Bishkek")
CELL = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def line(title: str = "A title", size: int = 3) -> Line:
    return {"date": NOON, "title": title, "size": size}


def file(file_format: FileFormat, *lines: Line, most_rows: int = 1000) -> bytes:
    return b"".join(written(file_format, COLUMNS, lines, zone=BISHKEK, most_rows=most_rows))


def sheets(book: bytes) -> list[list[list[str | None]]]:
    """Return the cells of a workbook's sheets: of each its text, or its number."""
    found = []
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        assert parts.testzip() is None
        names = sorted(name for name in parts.namelist() if name.startswith("xl/worksheets/sheet"))
        for name in names:
            tree = ET.fromstring(parts.read(name))  # noqa: S314 - it is our own
            assert not list(tree.iter(f"{CELL}f")), "a formula"
            assert not list(tree.iter(f"{CELL}hyperlink"))
            found.append(
                [
                    [
                        next((part.text for part in cell.iter() if part.text), None)
                        for cell in row.iter(f"{CELL}c")
                    ]
                    for row in tree.iter(f"{CELL}row")
                ]
            )
    return found


HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    " =1+1",
    "\u00a0=1+1",
    "＝1+1",
    '=HYPERLINK("http://evil.example","x")',
    '=cmd|" /C calc"!A0',
    "\ufeff=1+1",
    "\u200b\u200b@SUM(A1)",
]


@pytest.mark.parametrize("title", HOSTILE)
def test_a_title_is_never_a_formula_in_a_csv(title: str) -> None:
    text = file(FileFormat.CSV, line(title)).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert row["title"] == f"'{title}"


@pytest.mark.parametrize("title", ["\t=1+1", "\ttabs cut", "\rlines cut", "\nlines cut"])
def test_what_cuts_cells_begins_none(title: str) -> None:
    text = file(FileFormat.CSV, line(title)).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert row["title"].startswith("'")


@pytest.mark.parametrize("cut", [";", "\t"])
@pytest.mark.parametrize(
    "title",
    [
        "A raid;=1+1",
        "A raid; -1;quiet",
        "A raid\t@SUM(A1)",
        'A raid, as they say;=HYPERLINK("http://evil.example";"x")',
        "A raid, in short;=cmd|' /C calc'!A0;",
        'A raid;"=1+1"',
        "A raid;;\t ＝1+1",
        "A raid\r\n;+1",
    ],
)
def test_a_title_is_no_formula_where_something_else_than_commas_cuts(title: str, cut: str) -> None:
    text = file(FileFormat.CSV, line(title)).decode("utf-8-sig")
    by_quotes = csv.reader(io.StringIO(text, newline=""), delimiter=cut)
    by_cuts = csv.reader(io.StringIO(text, newline=""), delimiter=cut, quoting=csv.QUOTE_NONE)
    cells = [cell for rows in (by_quotes, by_cuts) for row in rows for cell in row]
    assert [cell for cell in cells if cell.strip(' \t\r\n"').startswith(tuple("=+-@＝"))] == []


@pytest.mark.parametrize("title", ["a; b", "a-b; c = d", "1 + 1; 2", "a;'=b", "", "no-one@home"])
def test_a_title_that_nothing_would_run_stays_as_it_is(title: str) -> None:
    text = file(FileFormat.CSV, line(title)).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert row["title"] == title


@pytest.mark.parametrize("title", [*HOSTILE, "https://evil.example/", "mailto:a@evil.example"])
def test_a_title_is_nothing_but_text_in_a_workbook(title: str) -> None:
    ((_, row),) = sheets(file(FileFormat.XLSX, line(title)))
    assert row[1] == title


def test_a_csv_says_by_its_first_bytes_that_it_is_utf_8() -> None:
    text = file(FileFormat.CSV, line("Мобилизация, «муҳоҷирон»"))
    assert text.startswith(b"\xef\xbb\xbfdate,title,size\r\n")
    assert text.endswith('2026-03-01T18:00:00+06:00,"Мобилизация, «муҳоҷирон»",3\r\n'.encode())


def test_a_workbook_has_dates_that_can_be_sorted_in_the_zone_of_its_reader() -> None:
    (rows,) = sheets(file(FileFormat.XLSX, line()))
    assert rows[0] == list(COLUMNS)
    assert rows[1][0] is not None
    assert float(rows[1][0]) == 46082.75  # days since 1899-12-30: 2026-03-01 18:00
    assert rows[1][2] == "3"


def test_json_lines_keep_what_is_written() -> None:
    (text,) = file(FileFormat.JSONL, line("=1+1")).splitlines()
    assert json.loads(text) == {"date": "2026-03-01T18:00:00+06:00", "title": "=1+1", "size": 3}


@pytest.mark.parametrize("file_format", FileFormat)
def test_half_characters_and_control_characters_break_no_file(file_format: FileFormat) -> None:
    book = file(file_format, line("a\x00\x08\ud800b"))
    if file_format is FileFormat.XLSX:
        assert len(sheets(book)[0]) == 2
    else:
        assert "b" in book.decode()


def test_a_text_that_no_cell_takes_is_cut() -> None:
    (rows,) = sheets(file(FileFormat.XLSX, line("x" * (LONGEST_CELL + 5))))
    assert rows[1][1] == "x" * LONGEST_CELL


@pytest.mark.parametrize(("count", "lengths"), [(0, [1]), (3, [4]), (4, [4, 2]), (7, [4, 4, 2])])
def test_what_a_sheet_has_no_room_for_goes_on_in_the_next(count: int, lengths: list[int]) -> None:
    book = file(FileFormat.XLSX, *(line(f"{n}") for n in range(count)), most_rows=4)
    found = sheets(book)
    assert [len(rows) for rows in found] == lengths
    assert [row[1] for rows in found for row in rows[1:]] == [f"{n}" for n in range(count)]


@pytest.mark.parametrize("file_format", FileFormat)
def test_a_long_table_takes_no_more_memory_than_a_short_one(file_format: FileFormat) -> None:
    def lines(count: int) -> Iterator[Line]:
        for number in range(count):
            yield line(f"A title of some length, number {number}", number)

    def peak(count: int) -> int:
        tracemalloc.start()
        for _ in written(file_format, COLUMNS, lines(count), zone=UTC):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)  # what is imported and kept is taken once
    assert peak(12_000) < peak(1_000) + 300_000
