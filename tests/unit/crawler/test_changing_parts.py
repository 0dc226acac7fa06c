"""Which part of a source's addresses changes at every poll, and what must not be taken for one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crawler.decide.changing_parts import Seen, folded, learn, told_by_fold

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
HOST = "https://outlet.example"
Address = Callable[[int, str], str]


def document(address: Address, session: str, *, dated: bool = True) -> list[Seen]:
    """Return twenty entries as one poll has them; a session of `~` is another in each address."""
    return [
        Seen(
            HOST + address(number, f"{session}{number}" if session.startswith("~") else session),
            f"Report {number}",
            NOON - number * timedelta(hours=1) if dated else None,
            None if dated else number,
        )
        for number in range(20)
    ]


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        pytest.param(lambda n, s: f"/a/{n}?s={s}", {"query:s"}, id="query"),
        pytest.param(lambda n, s: f"/{s}/a/{n}", {"path:0"}, id="path"),
        pytest.param(lambda n, s: f"/a/{n};sid={s}", {"matrix:sid"}, id="matrix"),
        pytest.param(lambda n, s: f"/a/{n}/{s}?t={s}", {"path:2", "query:t"}, id="two"),
        pytest.param(lambda n, s: f"/{'deep/' * (n % 2)}a/{n}/{s}", {"path:-1"}, id="at-the-end"),
    ],
)
@pytest.mark.parametrize("session", ["x", "~x"])
@pytest.mark.parametrize("dated", [True, False])
def test_what_changes_is_learnt_from_articles_that_came_again(
    address: Address, parts: set[str], session: str, dated: bool
) -> None:
    first, second = (document(address, f"{session}{n}", dated=dated) for n in range(2))
    third = [replace(seen, article_id=None) for seen in document(address, f"{session}3")]
    assert learn(third, set(), [*first, *second]) == parts
    rests = {folded(seen.key, parts): seen for seen in first}
    told = told_by_fold(third, frozenset(parts), rests)
    assert told == {seen.key: old.key for seen, old in zip(third, first, strict=True)}


@pytest.mark.parametrize(
    "address",
    [
        pytest.param(lambda n, s: f"/2026/03/{s}/column{n}", id="a-date-in-the-path"),
        pytest.param(lambda n, s: f"/column{n}?day={s}", id="a-date-in-the-query"),
    ],
)
def test_columns_that_share_their_titles_teach_nothing(address: Address) -> None:
    before = [
        replace(seen, published_at=NOON - (3 - day) * DAY, article_id=day * 100 + number)
        for day in range(3)
        for number, seen in enumerate(document(address, f"0{day}"))
    ]
    today = [replace(seen, published_at=NOON) for seen in document(address, "04")]
    assert learn(today, set(), before) == frozenset()


def test_an_article_in_two_sections_teaches_nothing() -> None:
    sections = [document(lambda n, s: f"/{s}/a/{n}", s, dated=False) for s in ("news", "world")]
    new = [replace(s, title=f"New {s.title}") for s in document(lambda n, _: f"/world/b/{n}", "")]
    assert learn(new, set(), [*sections[0], *sections[1]]) == frozenset()


def test_numbers_that_alone_tell_articles_apart_are_never_left_out() -> None:
    first, second = (
        document(lambda n, _, base=base: f"/news/{base + n}", "", dated=False)  # type: ignore[misc]
        for base in (100, 200)
    )
    third = document(lambda n, _: f"/news/{300 + n}", "")
    assert learn(third, set(), [*first, *second]) == frozenset()


def test_a_document_may_have_each_article_twice_at_an_address_of_its_own() -> None:
    polls = [
        document(lambda n, s: f"/a/{n}?s={s}", f"~{poll}{copy}", dated=False)
        for poll in range(2)
        for copy in range(3)
    ]
    page = [
        replace(seen, article_id=None)
        for copy in range(3)
        for seen in document(lambda n, s: f"/a/{n}?s={s}", f"~9{copy}", dated=False)
    ]
    before = [seen for poll in polls for seen in poll]
    assert learn(page, set(), before) == {"query:s"}
    # Where what is left has led to several articles, titles alone are no evidence.
    weather = [replace(seen, article_id=900 + place) for place, seen in enumerate(before[:60])]
    assert learn(page, set(), [*weather, *before[60:]]) == frozenset()


def test_a_few_articles_that_came_again_are_too_few() -> None:
    first = document(lambda n, s: f"/a/{n}?s={s}", "x")[:4]
    assert learn(document(lambda n, s: f"/a/{n}?s={s}", "y"), set(), first) == frozenset()


def test_the_digest_of_another_day_is_new_though_nothing_else_of_its_address_is() -> None:
    parts = frozenset({"path:0"})
    known = {folded(seen.key, parts): seen for seen in document(lambda n, s: f"/{s}/a/{n}", "x")}
    again = document(lambda n, s: f"/{s}/a/{n}", "y")
    again[0] = replace(again[0], published_at=NOON + DAY)
    assert again[0].key not in told_by_fold(again, parts, known)
    assert len(told_by_fold(again, parts, known)) == 19


def test_a_source_that_dates_everything_anew_at_each_poll_is_known_all_the_same() -> None:
    parts = frozenset({"path:0"})
    known = {folded(seen.key, parts): seen for seen in document(lambda n, s: f"/{s}/a/{n}", "x")}
    again = [
        replace(seen, published_at=NOON + DAY) for seen in document(lambda n, s: f"/{s}/a/{n}", "y")
    ]
    assert len(told_by_fold(again, parts, known)) == 20


def test_two_entries_of_one_document_are_told_apart_by_their_headlines() -> None:
    parts = frozenset({"path:0"})
    known = {folded(f"{HOST}/x/a", parts): Seen(f"{HOST}/x/a", "One")}
    twice = [Seen(f"{HOST}/y/a", "One"), Seen(f"{HOST}/z/a", "Two")]
    assert told_by_fold(twice, parts, known) == {}
