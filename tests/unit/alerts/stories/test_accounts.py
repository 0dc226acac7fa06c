"""Who tells a story: whose words it is in, and since when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alerts.stories import Sketch
from alerts.stories.accounts import accounts_of
from core.alerting.accounts import Account, Copied, Telling
from demo.synthetic import synthetic_story

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def prose(number: int, words: int = 300) -> str:
    return synthetic_story("accounts", "ru", number, words).text


def told(number: int, source: str, text: str, **more: Any) -> Telling:
    return Telling(
        article=number,
        source=source,
        seen_at=NOW + number * MINUTE,
        sketch=Sketch.of(text).to_bytes(),
        **more,
    )


def copies(*tellings: Telling) -> dict[str, str | None]:
    accounts = accounts_of(tellings)
    return {one.source: one.copies.source if one.copies else None for one in accounts}


def test_outlets_stand_in_the_order_in_which_they_had_it() -> None:
    first, second = told(1, "kloop", prose(1)), told(2, "ria", prose(2))
    assert accounts_of([second, first]) == (
        Account(source="kloop", article=1, at=first.seen_at),
        Account(source="ria", article=2, at=second.seen_at),
    )


def test_who_repeats_another_outlet_names_it_and_is_no_voice() -> None:
    text = prose(1)
    (_, ria) = accounts_of([told(1, "kloop", text), told(2, "ria", text)])
    assert ria.copies == Copied("kloop", 1)


@pytest.mark.parametrize(
    ("words", "own", "repeats"),
    [(300, 0, True), (60, 0, True), (300, 60, True), (300, 200, False), (100, 300, False)],
)
def test_who_says_enough_besides_is_a_voice(words: int, own: int, repeats: bool) -> None:
    text = f"{' '.join(prose(1).split()[:words])} {prose(2, own) if own else ''}"
    found = copies(told(1, "kloop", prose(1)), told(2, "ria", text))
    assert found == {"kloop": None, "ria": "kloop" if repeats else None}


def test_an_editor_who_touches_a_word_here_and_there_repeats_all_the_same() -> None:
    words = prose(1).split()
    edited = [word if place % 20 else "иначе" for place, word in enumerate(words)]
    assert copies(told(1, "kloop", prose(1)), told(2, "ria", " ".join(edited)))["ria"] == "kloop"


def test_who_says_it_had_it_before_is_who_was_repeated() -> None:
    text = prose(1)
    seen_late = told(5, "kloop", text, published_at=NOW - 3 * MINUTE)
    assert copies(told(1, "ria", text), seen_late) == {"kloop": None, "ria": "kloop"}


def test_a_date_that_cannot_be_true_says_nothing() -> None:
    text = prose(1)
    planned = told(5, "kloop", text, published_at=NOW + 90 * MINUTE)
    archived = told(6, "tass", text, published_at=NOW - timedelta(days=400))
    assert copies(told(1, "ria", text), planned, archived) == {
        "ria": None, "kloop": "ria", "tass": "ria",
    }  # fmt: skip


def test_an_outlet_that_also_has_words_of_its_own_is_a_voice() -> None:
    text = prose(1)
    found = copies(told(1, "kloop", text), told(2, "ria", text), told(3, "ria", prose(3)))
    assert found["ria"] is None


def test_an_outlet_that_repeats_itself_repeats_nobody() -> None:
    text = prose(1)
    assert copies(told(1, "kloop", text), told(2, "kloop", text)) == {"kloop": None}


def test_a_caption_repeats_nobody() -> None:
    flash = "Взрыв на рынке, есть погибшие, сообщает министерство"
    assert copies(told(1, "kloop", flash), told(2, "ria", flash))["ria"] is None


def test_a_flash_does_not_hide_whom_a_long_report_repeats() -> None:
    text = prose(1)
    flash = " ".join(text.split()[:40])
    found = copies(told(1, "ria", flash), told(2, "kloop", text), told(3, "tass", text))
    assert found == {"ria": None, "kloop": None, "tass": "kloop"}


def test_a_long_and_a_short_text_are_compared_by_the_same_sample() -> None:
    long = prose(1, 9_000)
    part = " ".join(long.split()[:3_000])
    assert copies(told(1, "kloop", long), told(2, "ria", part)) == {"kloop": None, "ria": "kloop"}


def test_a_damaged_sketch_repeats_nobody_and_hides_no_one() -> None:
    text = prose(1)
    damaged = Telling(article=2, source="ria", seen_at=NOW + 2 * MINUTE, sketch=b"?")
    found = copies(told(1, "kloop", text), damaged, told(3, "tass", text))
    assert found == {"kloop": None, "ria": None, "tass": "kloop"}
