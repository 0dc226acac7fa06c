from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.output import (
    complain,
    jsonable,
    print_json,
    print_json_line,
    print_line,
)
from cli.screen import Screen, cell
from cli.table_layout import whole


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True)
class Thing:
    name: str
    when: datetime
    secret: str = field(default="hidden", repr=False)


NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Colour.RED, "red"),
        (NOON, "2026-03-01T12:00:00Z"),
        (timedelta(minutes=1.5), 90.0),
        (b"12345", "5 bytes"),
        ({Colour.RED: (NOON,)}, {"red": ["2026-03-01T12:00:00Z"]}),
        (frozenset({"b", "a"}), ["a", "b"]),
        (Thing("a", NOON), {"name": "a", "when": "2026-03-01T12:00:00Z"}),
        (None, None),
    ],
)
def test_values_of_ours_become_json(value: object, shown: object) -> None:
    assert jsonable(value) == shown


@given(st.dictionaries(st.text(), st.text(alphabet=st.characters(codec=None)), max_size=4))
def test_json_survives_any_text_and_stays_harmless(value: dict[str, str]) -> None:
    import io
    from contextlib import redirect_stdout

    out = io.StringIO()
    with redirect_stdout(out):
        print_json_line(value)
    written = out.getvalue()
    written.encode()  # nothing in it that no encoding takes
    assert json.loads(written) == value
    assert not [
        character
        for character in written[:-1]
        if ord(character) < 32 or 127 <= ord(character) < 160
    ]


def test_json_for_people_is_indented_and_not_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"заголовок": "Мигранты"})
    assert capsys.readouterr().out == '{\n  "заголовок": "Мигранты"\n}\n'


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "–"),
        ("", "–"),
        (0, "0"),
        (Colour.RED, "red"),
        ("two\nlines \x1b[31mred", "two lines red"),
    ],
)
def test_cells_are_one_harmless_line(value: object, shown: str) -> None:
    assert cell(value) == shown


def test_lines_keep_our_layout_and_lose_their_tricks(capsys: pytest.CaptureFixture[str]) -> None:
    print_line("title      \x1b[31mRed\u202e")
    print_line()
    assert capsys.readouterr().out == "title      Red\n\n"


def test_tables_take_markup_for_text(capsys: pytest.CaptureFixture[str]) -> None:
    Screen(NOON).table(whole("a", "b"), [("[red]x[/red]", "\x1b[2J"), ("[/nothing]", None)])
    written = capsys.readouterr().out
    assert "[red]x[/red]" in written
    assert "[/nothing]" in written
    assert "\x1b" not in written


def test_complaints_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    complain("no\n")
    captured: Any = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "no\n")
