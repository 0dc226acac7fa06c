"""Endings are looked up as a regular expression of the same table would find them."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable

import pytest

from alerts.rules.languages import GRAMMARS
from alerts.rules.languages.endings import Endings, Harmony, Paradigm, Slot, Sound, can_follow
from alerts.rules.languages.suffixes import SuffixGrammar


class Expression:
    """The same tables, read the plain way."""

    def __init__(self, grammar: SuffixGrammar) -> None:
        self._grammar = grammar

    def of(self, paradigms: Iterable[Paradigm], harmony: Harmony) -> re.Pattern[str]:
        sequences = ("".join(self._slot(slot, harmony) for slot in one) for one in paradigms)
        return re.compile("|".join(sequences))

    def _slot(self, slot: Slot, harmony: Harmony) -> str:
        endings = "|".join(self._spelled(ending, harmony) for ending in slot.endings)
        return f"(?:{endings}){'' if slot.required else '?'}"

    def _spelled(self, ending: str, harmony: Harmony) -> str:
        return "".join(self._letter(letter, harmony) for letter in ending)

    def _letter(self, letter: str, harmony: Harmony) -> str:
        loosen = self._grammar.loosen
        if sounds := self._grammar.sounds.get(letter):
            return f"(?:{'|'.join(self._sound(sound, harmony) for sound in sounds)})"
        if letters := harmony.get(letter):
            return f"[{loosen(letters)}]"
        return loosen(letter)

    def _sound(self, sound: Sound, harmony: Harmony) -> str:
        loosen = self._grammar.loosen
        after = f"(?<=[{loosen(sound.after)}])" if sound.after else ""
        before = f"(?=[{loosen(sound.before)}])" if sound.before else ""
        return after + self._spelled(sound.written, harmony) + before


def words(grammar: SuffixGrammar, paradigm: Paradigm, chance: random.Random) -> Iterable[str]:
    """Yield words that a table nearly allows: its endings, with sounds and harmonies mixed."""
    harmonies = list(grammar.harmonies.values())
    for last in "абдзлмнрстуыі":
        word = last
        for slot in paradigm:
            if slot.required or chance.random() < 0.5:
                for letter in chance.choice(slot.endings):
                    sounds = grammar.sounds.get(letter)
                    written = chance.choice(sounds).written if sounds else letter
                    harmony = chance.choice(harmonies)
                    word += "".join(chance.choice(harmony.get(each, each)) for each in written)
        loose = grammar.loosen(word)
        yield loose
        at = chance.randrange(len(loose))
        yield loose[:1] + loose[1:at] + loose[at + 1 :]
        yield loose + chance.choice("аеінлдто")


@pytest.mark.parametrize("code", sorted(GRAMMARS))
def test_what_a_table_allows_is_what_its_regular_expression_matches(code: str) -> None:
    grammar, chance = GRAMMARS[code], random.Random(code)  # noqa: S311  the same words every time
    endings, expression = Endings(grammar.sounds, grammar.loosen), Expression(grammar)
    accepted = 0
    for name in sorted(grammar.paradigms):
        # Whole tables take minutes to compile as expressions: some of their sequences, then.
        paradigms = grammar.paradigms[name]
        some = chance.sample(paradigms, min(2, len(paradigms)))
        for harmony in list(grammar.harmonies.values())[:2]:
            start, pattern = endings.sequences(some, harmony), expression.of(some, harmony)
            for word in (word for paradigm in some for word in words(grammar, paradigm, chance)):
                matched = pattern.fullmatch(word, 1) is not None
                assert can_follow(start, word, 1) is matched, (name, word)
                accepted += matched
    assert accepted > 20


HARMONY = {"A": "ae"}


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("k", True),
        ("kta", True),
        ("lda", True),
        ("lta", False),
        ("kte", True),
        ("ktas", True),
        ("ktasi", False),
        ("kn", True),
        ("knta", False),
        ("ks", True),
    ],
)
def test_sounds_look_at_their_neighbours_over_the_seams_of_endings(
    word: str, expected: bool
) -> None:
    sounds = {
        "D": (Sound("d", after="l"), Sound("t", after="k")),
        "N": (Sound("n", after="k"), Sound("", after="ae", before="s")),
    }
    paradigm = (Slot("case", ("DA",)), Slot("link", ("N",)), Slot("end", ("s",)))
    start = Endings(sounds, str).sequences([paradigm], HARMONY)
    assert can_follow(start, word, 1) is expected


def test_a_required_slot_cannot_be_left_out_and_what_follows_none_must_end() -> None:
    paradigms = [(Slot("case", ("x",), required=True), Slot("end", ("y",))), (Slot("end", ("y",)),)]
    start = Endings({}, str).sequences(paradigms, {})
    allowed = {
        word for word in ("", "x", "y", "xy", "yx", "xx") if can_follow(start, "k" + word, 1)
    }
    assert allowed == {"", "x", "y", "xy"}


def test_a_sound_that_wants_a_letter_behind_it_does_not_end_a_word() -> None:
    paradigm = (Slot("case", ("V",), required=True), Slot("end", ("s",)))
    start = Endings({"V": (Sound("a", before="s"),)}, str).sequences([paradigm], {})
    assert not can_follow(start, "ka", 1)
    assert can_follow(start, "kas", 1)
