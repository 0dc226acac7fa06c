"""How much of one text stands in another: sets of hashed word 4-shingles, and two measures on them.

A shingle is a run of four words. Two texts that share many have a common source; two that merely
tell of the same event share few. The method is Broder's ("On the resemblance and containment of
documents", 1997), who also named the two measures. Containment finds a copy that was cut short or
set into a longer text, where resemblance is low.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
"""Hashes of 64 bits; as a set: distinct ones in ascending order."""

SHINGLE_WORDS = 4
"""Measured best on edited and truncated news: three words meet by chance, five break too easily."""

_LONGEST_WORD = 64
"""Characters of a word that count: what is longer is no word, and is not kept in the cache."""

_CACHED_WORDS = 1 << 16
"""Distinct spellings remembered: those of a week of news in several languages, about 15 MB."""

_APOSTROPHES = "'`´ʹʻʼʽʾʿ‘’‛′＇"
"""Left out of words, since oʻzbek, o'zbek and o‘zbek are one; some are letters to Unicode."""

_INVISIBLE = "\u00ad\u034f\u200b-\u200f\u2060\ufeff"
_MARKS = rf"[{_APOSTROPHES}\u0300-\u036f{_INVISIBLE}]"
_LETTERS = rf"[^\W_{_APOSTROPHES}]"
_WORD = re.compile(rf"{_LETTERS}++(?:{_MARKS}++{_LETTERS}*+)*+")
_MARK = re.compile(_MARKS)

_PLACES = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93], np.uint64
)
"""An odd factor for each place in a shingle, so that the order of words counts. Any would do, but
they and the mixing below may never change: stored sketches hold hashes made with them."""


def word_hashes(text: str) -> Hashes:
    """Return a hash for each word of `text`, in order, the same in every process and version.

    Words are letters and digits of any script, folded: case, ё and е, apostrophes, stress marks,
    soft hyphens, zero-width characters and composed or decomposed letters make no difference; й
    stays й. Hyphens separate words.
    """
    found = [_hash(word[:_LONGEST_WORD]) for word in _WORD.findall(text)]
    return np.array(found, np.uint64)


def shingles(text: str) -> Hashes:
    """Return the hashes of the shingles of `text`, the same in every process and version.

    A text of fewer than four words is one shingle, a text without words none. Linear in the length.
    """
    hashes = word_hashes(text)
    if not hashes.size:
        return hashes
    length = min(SHINGLE_WORDS, hashes.size)
    windows = np.lib.stride_tricks.sliding_window_view(hashes, length)
    return np.unique(_mix((windows * _PLACES[:length]).sum(axis=1, dtype=np.uint64)))


def containment(a: Hashes, b: Hashes) -> float:
    """Return |A∩B| / min(|A|, |B|): how much of the smaller set is in the other; 0 to 1.

    0 where a set is empty.
    """
    smaller = min(a.size, b.size)
    return _common(a, b) / smaller if smaller else 0.0


def resemblance(a: Hashes, b: Hashes) -> float:
    """Return |A∩B| / |A∪B|, the Jaccard index: how near the sets are to being equal; 0 to 1.

    0 where both sets are empty.
    """
    common = _common(a, b)
    united = a.size + b.size - common
    return common / united if united else 0.0


def _common(a: Hashes, b: Hashes) -> int:
    return int(np.intersect1d(a, b, assume_unique=True).size)


def _fold(word: str) -> str:
    # Composed first, so that the breve of a decomposed й is not taken for a stress mark; case may
    # take letters apart again (İ).
    folded = unicodedata.normalize("NFC", _MARK.sub("", unicodedata.normalize("NFC", word)))
    return _MARK.sub("", folded.casefold()).replace("ё", "е")


@lru_cache(maxsize=_CACHED_WORDS)
def _hash(word: str) -> int:
    digest = hashlib.blake2b(_fold(word).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def _mix(values: Hashes) -> Hashes:
    """Spread every bit over all others, for samples are taken by the leading bits.

    The finalizer of SplitMix64 (Steele, Lea and Flood, 2014) with Stafford's constants.
    """
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
