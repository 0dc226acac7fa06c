"""What goes at the edges of pages, in a time that no page makes grow with its square."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from crawler.pdf.margins import without_margins
from crawler.pdf.values import Piece, Row, text_of

Pages = list[tuple[Row, ...]]


def row(text: str, base: float) -> Row:
    return (Piece(text, 60, 500, base, 11),)


def texts(pages: Pages) -> list[str]:
    return [text_of(rows) for rows in without_margins(pages)]


@pytest.mark.parametrize("number", ["1", "- 1 -", "стр. 1", "Page 1 of 9", "1 / 9", "[1]", "1-бет"])
def test_a_page_s_own_number_goes_from_its_first_or_last_line(number: str) -> None:
    assert texts([(row("Decree", 700), row("on the call-up", 600), row(number, 30))]) == [
        "Decree\non the call-up"
    ]


@pytest.mark.parametrize("other", ["2", "1 May", "Page 1 of the list of the called-up", "1 x"])
def test_another_number_at_the_edge_stays(other: str) -> None:
    pages: Pages = [(row("Decree", 700), row("on the call-up", 600), row(other, 30))]
    assert texts(pages) == [f"Decree\non the call-up\n{other}"]


def of_spaces(n: int) -> Pages:
    return [(row("Decree", 700), row("on the call-up", 600), row(f"5{' ' * n}x", 30))]


def of_many_rows(n: int) -> Pages:
    return [tuple(row("word", 800 - k / n) for k in range(n))]


def seconds(pages: Pages) -> float:
    times = []
    for _ in range(3):
        began = time.thread_time()
        without_margins(pages)
        times.append(time.thread_time() - began)
    return min(times)


@pytest.mark.parametrize(("make", "few"), [(of_spaces, 4_000), (of_many_rows, 1_000)])
def test_four_times_as_much_takes_no_more_than_it_should(
    make: Callable[[int], Pages], few: int
) -> None:
    # With a quadratic step it is sixteen times as long; a few milliseconds say nothing.
    assert seconds(make(4 * few)) < 10 * max(0.005, seconds(make(few)))
