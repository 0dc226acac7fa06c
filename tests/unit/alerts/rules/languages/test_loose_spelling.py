"""How words begin that a grammar takes for forms of a stem."""

from __future__ import annotations

import pytest

from alerts.rules.languages import GRAMMARS
from alerts.rules.languages.loose_spelling import MOST_BEGINNINGS, spelled_beginnings


@pytest.mark.parametrize(
    ("language", "word", "text"),
    [
        ("kk", "қазақстан", "казакстандык"),
        ("kk", "қазақстан", "қазақстанның"),
        ("ky", "көчмөн", "көчмөндөр"),
        ("uz", "o'zbekiston", "ўзбекистонда"),
        ("uz", "шаҳар", "shaharlar"),
        ("uz", "шаҳар", "шахарлар"),
        ("uz", "film", "фильмлар"),
        ("tg", "муҳоҷир", "мухочирон"),
        ("tg", "ҳуқуқшинос", "хукукшиносон"),
        ("tg", "цирк", "тсиркҳо"),
    ],
)
def test_a_form_begins_as_one_of_the_beginnings(language: str, word: str, text: str) -> None:
    grammar = GRAMMARS[language]
    begun = [each for stem in grammar.stems(word) for each in grammar.beginnings(stem.text)]
    assert text.startswith(tuple(begun))


def test_a_stem_that_can_be_spelled_in_very_many_ways_is_cut_short() -> None:
    loose = {ord("a"): "x", ord("b"): "x", ord("c"): "x"}
    beginnings = spelled_beginnings("x" * 12, loose)
    assert len(beginnings) <= 2 * MOST_BEGINNINGS
    assert "abcabcabcabc".startswith(beginnings)
    assert "abc" not in beginnings


def test_a_grammar_without_loose_letters_has_its_stems_as_they_are() -> None:
    assert spelled_beginnings("көч", {}) == ("көч",)
