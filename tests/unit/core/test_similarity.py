"""Shingles: what makes two texts the same words, and how much of one stands in another."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.similarity import containment, resemblance, shingles, word_hashes

ROOT = Path(__file__).parents[3]
STORED = 7303906102556034320
SENTENCE = "Полиция провела рейд на рынке и задержала двадцать человек"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Ёлка ещё стоит на площади", "елка еще стоит на площади"),
        ("Полиция, — сказал он, — ушла.", "«Полиция» сказал он: ушла"),
        ("Oʻzbekiston gʻalaba qildi bugun", "O'zbekiston g‘alaba qildi bugun"),
        ("Ўзбекистон ғалаба қилди бугун", "ЎЗБЕКИСТОН ҒАЛАБА ҚИЛДИ БУГУН"),
        ("Қазақстан үкіметі жаңа заң", "ҚАЗАҚСТАН ҮКІМЕТІ ЖАҢА ЗАҢ"),
        ("Кыргызстандын өкмөтү жаңы мыйзам", "КЫРГЫЗСТАНДЫН ӨКМӨТҮ ЖАҢЫ МЫЙЗАМ"),
        ("Ҷумҳурии Тоҷикистон қарори нав", "ҶУМҲУРИИ ТОҶИКИСТОН ҚАРОРИ НАВ"),
        ("П’ять об'єктів їхніх ґанків", "П'ять об’єктів їхніх ґанків"),
        ("мо\u00adби\u200bли\u0301зация в области идёт", "мобилизация в области идет"),
        ("твои\u0306 новый дом там", "твой новый дом там"),
        ("STRASSE in the old town", "Straße in the old town"),
    ],
)
def test_spelling_and_typography_make_no_difference(first: str, second: str) -> None:
    assert word_hashes(first).tolist() == word_hashes(second).tolist()
    assert shingles(first).tolist() == shingles(second).tolist()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("мой дом стоит тут", "мои дом стоит тут"),
        ("қала мен дала арасы", "кала мен дала арасы"),
        ("убито 12 человек сегодня", "убито 21 человек сегодня"),
        ("один два три четыре", "четыре три два один"),
    ],
)
def test_letters_numbers_and_order_make_a_difference(first: str, second: str) -> None:
    assert containment(shingles(first), shingles(second)) == 0


def test_one_changed_word_costs_the_four_shingles_it_stands_in() -> None:
    changed = SENTENCE.replace("рынке", "стройке")
    assert len(shingles(SENTENCE)) == 6
    assert containment(shingles(SENTENCE), shingles(changed)) == pytest.approx(2 / 6)
    assert resemblance(shingles(SENTENCE), shingles(changed)) == pytest.approx(2 / 10)


def test_a_text_cut_short_is_contained_but_does_not_resemble() -> None:
    whole, lead = shingles(SENTENCE), shingles(" ".join(SENTENCE.split()[:5]))
    assert containment(whole, lead) == containment(lead, whole) == 1
    assert resemblance(whole, lead) == pytest.approx(2 / 6)


def test_hashes_are_the_same_in_every_process() -> None:
    program = f"from core.similarity import shingles; print(shingles({SENTENCE!r}).tolist())"
    environment = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, check=True, capture_output=True
    )
    assert done.stdout.decode().strip() == str(shingles(SENTENCE).tolist())


def test_hashes_never_change_since_stored_sketches_hold_them() -> None:
    assert shingles("один два три четыре").tolist() == [STORED]


@pytest.mark.parametrize("text", ["", " \n", "«…» — !", "ʻʻʻ", "\ud800\udfff", "___"])
def test_what_has_no_word_has_no_shingle(text: str) -> None:
    assert shingles(text).size == 0
    assert containment(shingles(text), shingles(SENTENCE)) == 0
    assert resemblance(shingles(text), shingles(text)) == 0


def test_fewer_words_than_a_shingle_are_one() -> None:
    assert shingles("Срочно").size == shingles("Срочно: взрыв").size == 1


def test_surrogates_separate_words() -> None:
    assert word_hashes("до\ud800ма").tolist() == word_hashes("до ма").tolist()


def test_one_word_of_two_megabytes_is_one_shingle() -> None:
    assert shingles("ж" * 2_000_000).size == 1


@given(st.text())
def test_any_text_gives_ascending_distinct_hashes_and_contains_itself(text: str) -> None:
    hashes = shingles(text)
    assert hashes.dtype == np.uint64
    assert np.all(hashes[1:] > hashes[:-1])
    assert containment(hashes, hashes) == bool(hashes.size)


@given(st.text(), st.text())
def test_measures_are_symmetric_and_resemblance_is_the_smaller(first: str, second: str) -> None:
    a, b = shingles(first), shingles(second)
    assert containment(a, b) == containment(b, a)
    assert 0 <= resemblance(a, b) == resemblance(b, a) <= containment(a, b) <= 1
