"""Short ways through words that need little: they end where the long way ends."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.rules import analysis
from alerts.rules.analysis import WORD, fold, words_in
from alerts.rules.lexicon import Lexicon
from alerts.rules.words import Form, WordPattern

_LETTERS = "aZ09_мЁёіқҳӣў'’ʻʼ`´-–—.,!»«„“”…()\u00ad\u0301\u200bñßİ東٣²"
_SIMPLE_LETTERS = [
    chr(code)
    for code in range(0x400, 0x530)
    if re.fullmatch(analysis._SIMPLE, chr(code))  # what the short way is taken for
]


@given(st.text(_LETTERS, max_size=8))
def test_words_of_a_piece_are_those_that_are_found_in_it(piece: str) -> None:
    assert words_in(piece) == WORD.findall(piece)


@pytest.mark.parametrize("letter", _SIMPLE_LETTERS)
def test_simple_letters_are_folded_as_all_others(letter: str) -> None:
    # An invisible character leads the long way round, and is left out there.
    for word in (letter, f"{letter}а", f"а{letter}", f"{letter}{letter}"):
        assert fold(word) == fold(f"{word}\u00ad")


@given(
    st.lists(st.text("аеиклқ", min_size=1, max_size=7), min_size=1, max_size=12, unique=True),
    st.lists(st.text("аеиклқ", min_size=1, max_size=8), min_size=1, max_size=12),
)
def test_prefixes_are_found_in_the_words_that_begin_so(keys: list[str], words: list[str]) -> None:
    lexicon = Lexicon()
    for number, key in enumerate(keys):
        lexicon.add(number, WordPattern(key, Form.PREFIX), ())
    positions: dict[int, list[int]] = {}
    assert lexicon.scan(" ".join(words), 0, positions) == len(words)
    expected = {
        number: [place for place, word in enumerate(words) if word.startswith(key)]
        for number, key in enumerate(keys)
    }
    assert positions == {number: places for number, places in expected.items() if places}


@given(st.lists(st.sampled_from(("один", "один-два", "— ", "три", "а-один-б", "...")), max_size=8))
def test_places_are_counted_through_pieces_of_several_words_and_of_none(pieces: list[str]) -> None:
    lexicon = Lexicon()
    lexicon.add(1, WordPattern("один", Form.EXACT), ())
    text = " ".join(pieces)
    positions: dict[int, list[int]] = {}
    words = WORD.findall(text)
    assert lexicon.scan(text, 5, positions) == 5 + len(words)
    expected = [place for place, word in enumerate(words, start=5) if word == "один"]
    assert positions.get(1, []) == expected
