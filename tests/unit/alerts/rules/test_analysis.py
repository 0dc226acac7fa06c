"""What counts as a word, and as the same word."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.rules.analysis import WORD, fold, possessive_length

SOFT_HYPHEN, ZERO_WIDTH, STRESS = "\u00ad", "\u200b", "\u0301"


def words(text: str) -> list[str]:
    return [match[0] for match in WORD.finditer(text)]


@pytest.mark.parametrize(
    ("spelling", "other"),
    [
        ("МИГРАНТ", "мигрант"),
        ("приёмка", "приемка"),
        ("ПРИЁМКА", "приемка"),
        (f"мигра{STRESS}нт", "мигрант"),
        (f"миг{SOFT_HYPHEN}рант", "мигрант"),
        (f"миг{ZERO_WIDTH}рант", "мигрант"),
        (unicodedata.normalize("NFD", "приёмка"), "приемка"),
        (unicodedata.normalize("NFD", "Андрей"), "андрей"),
        (unicodedata.normalize("NFD", "їжак"), "їжак"),
        (f"и{SOFT_HYPHEN}\u0306", "й"),
        ("Oʻzbekiston", "o'zbekiston"),
        ("O‘zbekiston", "o'zbekiston"),
        ("O’zbekiston", "o'zbekiston"),
        ("O`zbekiston", "o'zbekiston"),
        ("обовʼязок", "обов'язок"),
        ("Putin’s", "putin"),
        ("PUTIN'S", "putin"),
        ("İstanbul", "istanbul"),
    ],
)
def test_spellings_of_one_word_fold_alike(spelling: str, other: str) -> None:
    assert fold(spelling) == fold(other) == other


@pytest.mark.parametrize(
    ("letter", "another"),
    [
        ("май", "маи"),  # й is a letter of its own
        ("қала", "кала"),
        ("ҳаво", "хаво"),
        ("ғарб", "гарб"),
        ("oʻt", "ot"),
        ("мука", "муха"),
    ],
)
def test_different_letters_stay_different(letter: str, another: str) -> None:
    assert fold(letter) != fold(another)


@pytest.mark.parametrize(
    ("word", "length"),
    [
        ("people's", 2),
        ("PEOPLE’S", 2),
        ("pe\u0301ople'\u00ads\u00ad", 4),
        ("o's", 0),
        ("boʻlsa", 0),
    ],
)
def test_the_possessive_is_measured_in_the_original(word: str, length: int) -> None:
    assert possessive_length(word) == length


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Алма-Ата, пресс-секретарь", ["Алма", "Ата", "пресс", "секретарь"]),
        ("«Мигранты» 'leave' (now).", ["Мигранты", "leave", "now"]),
        ("Gʻafur bogʻ, toʻgʻri", ["Gʻafur", "bog", "toʻgʻri"]),
        ("сафарбарӣ ҷанг ққ", ["сафарбарӣ", "ҷанг", "ққ"]),
        ("Т-34 и 15 000", ["Т", "34", "и", "15", "000"]),
        ("snake_case", ["snake", "case"]),
        ("“Russia’s” war", ["Russia’s", "war"]),
        (f"ми{STRESS}р{SOFT_HYPHEN}ный", [f"ми{STRESS}р{SOFT_HYPHEN}ный"]),
        ("", []),
        ("— … !", []),
    ],
)
def test_words_of_a_text(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    for word in words(text):
        assert fold(fold(word)) == fold(word)


@given(st.text(alphabet="aA'’ʻsS\u0301\u00ad\u0306иеёІoʻ gʻ-"))
def test_folding_near_the_edges_is_stable_too(text: str) -> None:
    for word in words(text):
        assert fold(fold(word)) == fold(word)


def test_hostile_runs_of_marks_take_linear_time() -> None:
    assert len(words("а" + STRESS * 200_000 + "'" * 200_000)) == 1
