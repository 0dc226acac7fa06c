"""Repairs words that mix Latin and Cyrillic letters of the same shape.

Texts carry them by accident (a keyboard left in the wrong layout, a scan) and on purpose (to slip
past filters): `мобилизaция` with a Latin a reads the same and compares differently.
"""

from __future__ import annotations

import re

_LATIN = "ABCEHIKMOPTXYaceiopxyhkmtəÄäËëÏï"
_CYRILLIC = "АВСЕНІКМОРТХУасеіорхуһкмтәӒӓЁёЇї"

_TO_CYRILLIC = str.maketrans(_LATIN, _CYRILLIC)
_TO_LATIN = str.maketrans(_CYRILLIC + "ѕјԁԛԝЅЈ", _LATIN + "sjdqwSJ")

_LATIN_SCRIPT = r"A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u1e00-\u1eff"
_CYRILLIC_SCRIPT = r"\u0400-\u052f"
_ANY_LATIN = re.compile(f"[{_LATIN_SCRIPT}]")
_ANY_CYRILLIC = re.compile(f"[{_CYRILLIC_SCRIPT}]")
_PLAIN_LATIN = re.compile(f"[{_LATIN_SCRIPT}](?<![{_LATIN}])")
_PLAIN_CYRILLIC = re.compile(f"[{_CYRILLIC_SCRIPT}](?<![{_CYRILLIC}ѕјԁԛԝЅЈ])")


def repair(word: str) -> str:
    """Return `word` in one script, when look-alikes alone make it a mixture of two.

    Letters that exist in one script only decide which; a mixture of nothing but look-alikes is
    taken for Cyrillic. A word with letters of its own in both scripts is left as it is. The
    length never changes.
    """
    if not (_ANY_LATIN.search(word) and _ANY_CYRILLIC.search(word)):
        return word
    if not _PLAIN_LATIN.search(word):
        return word.translate(_TO_CYRILLIC)
    if not _PLAIN_CYRILLIC.search(word):
        return word.translate(_TO_LATIN)
    return word
