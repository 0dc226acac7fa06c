"""What a later telling of a story adds: names and numbers that nobody had before."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from alerts.stories.additions import MOST_ADDED, Added, additions
from core.alerting.accounts import Telling

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def told(number: int, text: str, *entities: tuple[str, str]) -> Telling:
    return Telling(article=number, source=f"s{number}", seen_at=NOW, text=text, entities=entities)


def numbers(text: str, before: str = "") -> tuple[str, ...]:
    return additions([told(1, before), told(2, text)])[2].numbers


def test_the_first_telling_adds_nothing() -> None:
    assert 1 not in additions([told(1, "40 мигрантов"), told(2, "40 мигрантов")])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("задержали 40 мигрантов", ("40 мигрантов",)),
        ("выросли на 12% за год", ("12%",)),
        ("штраф 1\u00a0200 сомов", ("1\u00a0200 сомов",)),
        ("losses of 3,5 million, or 1,200.", ("3,5 million", "1,200")),
        ("в 14:30, 20.11.2026 и 2026-11-20, на Т-72, G7, COVID-19", ()),
        ("40 мигрантов, а всего 40 человек", ("40 мигрантов",)),
        ("ничего", ()),
    ],
)
def test_numbers_are_taken_with_the_word_that_follows(text: str, found: tuple[str, ...]) -> None:
    assert numbers(text) == found


@pytest.mark.parametrize("before", ["1200 сомов", "1,200 soms", "1.200", "1 200"])
def test_one_number_however_it_is_written_was_there_before(before: str) -> None:
    assert numbers("штраф 1\u202f200 сомов", before) == ()


def test_a_number_of_any_earlier_telling_is_not_new() -> None:
    tellings = [told(1, "40 мигрантов"), told(2, "26 паспортов"), told(3, "40, 26 и 7 человек")]
    assert additions(tellings)[3].numbers == ("7 человек",)


def test_names_are_new_when_nobody_named_them() -> None:
    osh, bishkek = ("osh", "Оше"), ("bishkek", "Бишкеке")
    tellings = [told(1, "В Бишкеке", bishkek), told(2, "В Оше и Бишкеке", osh, bishkek)]
    assert additions(tellings)[2] == Added(names=(osh,))


def test_a_name_in_an_article_that_no_rule_fired_on_is_not_new() -> None:
    assert additions([told(1, "Съезд в ОШЕ"), told(2, "В Оше", ("osh", "Оше"))])[2].names == ()


def test_what_is_kept_is_bounded() -> None:
    many = " ".join(f"{number} человек" for number in range(100, 200))
    assert len(numbers(many)) == MOST_ADDED
