from __future__ import annotations

from core.sources import Entry, SkipReason
from crawler.decide.limits import (
    DEEPEST,
    MOST_A_DAY,
    MOST_QUERIES,
    PERMUTED,
    REPEATING,
    TOO_DEEP,
    TOO_MANY_A_DAY,
    left_out,
)

SITE = "https://outlet.example"


def verdicts(*paths: str, today: int = 0) -> list[SkipReason | None]:
    return left_out([Entry(url=SITE + path) for path in paths], today)


def test_articles_as_outlets_have_them_are_followed() -> None:
    paths = [
        "/",
        "/2026/11/20/ru/politics/a/",
        "/news?id=1",
        "/a/a/a",
        *(f"/n/{n}" for n in range(500)),
    ]
    assert verdicts(*paths) == [None] * len(paths)


def test_a_path_of_many_segments_or_one_that_repeats_itself_is_left_out() -> None:
    deep = "/" + "/".join(str(n) for n in range(DEEPEST + 1))
    assert verdicts(deep, "/ru/news" * 4, "/ok") == [TOO_DEEP, REPEATING, None]


def test_a_form_of_filters_is_left_out_beyond_a_number_of_combinations() -> None:
    filters = [f"/search?f{n}=1&f{n + 1}=2" for n in range(MOST_QUERIES + 5)]
    found = verdicts(*filters, "/search?f1=9&f2=9")
    assert found.count(None) == MOST_QUERIES + 1, "a combination that is known stays"
    assert found.count(PERMUTED) == 5


def test_many_articles_under_one_path_are_no_combinations() -> None:
    assert set(verdicts(*(f"/news?id={n}" for n in range(1_000)))) == {None}


def test_a_source_gives_so_many_new_addresses_a_day() -> None:
    found = verdicts(*(f"/calendar?day={n}" for n in range(10)), today=MOST_A_DAY - 4)
    assert found == [None] * 4 + [TOO_MANY_A_DAY] * 6
