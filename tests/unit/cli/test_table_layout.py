"""Tables fit any screen, and what names a row stays whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from cli.table_layout import (
    addresses,
    counts,
    shortened,
    table_lines,
    texts,
    title,
    whole,
    wrapped,
)

COLUMNS = (*whole("id", "state"), *counts("n"), title(), *texts("why"), *addresses("url"))
WORDS = st.text(st.sampled_from("ab-: мигрант移民👍🇰🇬e\u0301é"), max_size=60).map(
    lambda text: " ".join(text.split())
)
ROWS = st.lists(
    st.tuples(
        st.text("0123456789abcdef", min_size=8, max_size=8),
        st.sampled_from(["open", "acknowledged"]),
        st.integers(0, 10_000).map(str),
        WORDS,
        WORDS,
        WORDS.map(lambda word: f"https://a.example/{word.replace(' ', '-')}"),
    ),
    max_size=5,
)


@given(ROWS, st.integers(30, 160))
def test_no_line_is_wider_and_no_id_or_state_is_cut(
    rows: list[tuple[str, ...]], width: int
) -> None:
    lines = list(table_lines(COLUMNS, rows, width))
    assert max(map(cell_len, lines)) <= width
    for row in rows:
        assert any(line.startswith(row[0]) and row[1] in line.split() for line in lines)


@given(ROWS)
def test_without_a_width_each_row_is_a_line_with_all_of_it(rows: list[tuple[str, ...]]) -> None:
    _, _, *lines = table_lines(COLUMNS, rows, None)
    assert len(lines) == len(rows)
    for row, line in zip(rows, lines, strict=True):
        assert all(cell in line for cell in row)


def test_what_has_no_room_goes_below_its_row_as_its_heading_does() -> None:
    rows = [
        (
            "0123abcd",
            "open",
            "7",
            "A title of some length, to be read",
            "it is",
            "https://a.example/",
        )
    ]
    assert list(table_lines(COLUMNS, rows, 61)) == [
        "id        state  n  title                               why",
        "          url",
        "─" * 61,
        "0123abcd  open   7  A title of some length, to be read  it is",
        "          https://a.example/",
    ]
    narrow = list(table_lines(COLUMNS, rows, 40))
    assert narrow[3:] == [
        "─" * 18,
        "0123abcd  open   7",
        "          A title of some length, to be",
        "          read",
        "          it is  https://a.example/",
    ]


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("one two three", 7, ["one two", "three"]),
        ("one two three", None, ["one two three"]),
        ("新公民在邊境", 5, ["新公", "民在", "邊境"]),
        ("naturalized-migrants", 12, ["naturalized-", "migrants"]),
        ("e\u0301" * 6, 3, ["e\u0301" * 3] * 2),
        ("👨‍👩‍👧👨‍👩‍👧", 2, ["👨‍👩‍👧", "👨‍👩‍👧"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("", 3, [""]),
    ],
)
def test_lines_break_between_words_and_never_within_a_character(
    text: str, width: int | None, lines: list[str]
) -> None:
    assert wrapped(text, width) == lines


def test_a_text_of_too_many_lines_ends_with_an_ellipsis() -> None:
    assert wrapped("one two three four five", 7, most=2) == ["one two", "three…"]
    assert shortened("移民移民", 6) == "移民…"
    assert shortened("移民移民", 5) == "移民…"
    assert shortened("移民", 4) == "移民"
