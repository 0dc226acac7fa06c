"""From text to comparable words: where words begin and end, and what counts as the same word.

Words are found in the original text and folded one by one, so positions need no mapping back.
The decisions here are part of the rule language; docs/rules.md states them for users.
"""

from __future__ import annotations

import re
import unicodedata

from alerts.rules.lookalikes import repair

_APOSTROPHES = "'`´ʹʻʼʽʾʿ‘’‛′＇"
"""All spellings of the Uzbek, Tajik, Ukrainian and English apostrophe met in news text."""

_INVISIBLE = "\u00ad\u200b-\u200f\u2060\ufeff"
"""Soft hyphen, zero-width spaces and joiners, direction marks, word joiner, byte order mark."""

_LETTER = rf"[^\W_{re.escape(_APOSTROPHES)}]"
_LETTER_OR_MARK = rf"(?:{_LETTER}|[\u0300-\u036f{_INVISIBLE}])"
_MARK = rf"[\u0300-\u036f{_INVISIBLE}]"

WORD = re.compile(
    rf"{_LETTER}{_LETTER_OR_MARK}*"
    rf"(?:[{re.escape(_APOSTROPHES)}]{_MARK}*{_LETTER}{_LETTER_OR_MARK}*)*"
)
"""A word: letters and digits of any script, with apostrophes inside. Hyphens separate words."""

INVISIBLE = re.compile(f"[{_INVISIBLE}]")
"""What `fold` leaves out: nobody sees these characters."""
_FOLD = str.maketrans(
    {
        **dict.fromkeys(_APOSTROPHES, "'"),
        "ё": "е",
        "ѐ": "е",  # a grave marks stress in some reference texts
        "ѝ": "и",
        "\u0300": None,
        "\u0301": None,  # stress; where it makes a letter of its own, NFC has composed it before
        "\u0307": None,  # what lower-casing İ leaves behind
    }
)
_SIMPLE = re.compile("[А-Яа-яЁёӘәҒғҚқҢңӨөҰұҮүҺһІіЇїЄєҐґЎўҲҳҶҷӢӣӮӯ]+")
"""Words that need nothing but lower case: nearly all of a text in Cyrillic letters."""
_BESIDE = '.,:;!?…()[]{}<>«»„“”"—–-/'
"""What stands around words and is no part of any."""
_POSSESSIVE = re.compile(r"(?<=[a-z]{2})(?:'s)+$")
_APOSTROPHE = re.compile(f"[{_APOSTROPHES}]")


def words_in(piece: str) -> list[str]:
    """Return the words of a piece of text, as `WORD` finds them; most pieces are a single one."""
    bare = piece.strip(_BESIDE)
    if _SIMPLE.fullmatch(bare) or (bare.isascii() and bare.isalnum()):
        return [bare]
    return WORD.findall(piece)


def fold(word: str) -> str:
    """Return the form under which `word` is compared.

    Case, ё and е, stress marks, invisible characters, spellings of the apostrophe, composed or
    decomposed letters, look-alikes of another script and the English possessive `'s` after two
    Latin letters make no difference; й stays й. Idempotent.
    """
    return _POSSESSIVE.sub("", _fold_letters(word))


def possessive_length(word: str) -> int:
    """Return how many characters at the end of `word` are a possessive that `fold` drops."""
    if not _APOSTROPHE.search(word):
        return 0
    found = _POSSESSIVE.search(_fold_letters(word))
    if found is None:
        return 0
    apostrophes = [match.start() for match in _APOSTROPHE.finditer(word)]
    return len(word) - apostrophes[-found[0].count("'")]


def _fold_letters(word: str) -> str:
    if word.isascii():
        return word.lower().replace("`", "'")
    if _SIMPLE.fullmatch(word):
        return word.lower().replace("ё", "е")
    visible = repair(unicodedata.normalize("NFC", INVISIBLE.sub("", word)))
    lowered = unicodedata.normalize("NFC", visible.casefold())
    return unicodedata.normalize("NFC", lowered.translate(_FOLD))
