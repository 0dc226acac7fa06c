"""What stands at an article's address without being it, told by shape and not by words. Pure.

A site that is down, asks for consent or checks for robots answers every address with one page,
often with status 200 and in words that nobody has listed. Such a page has nothing of what was
announced or said before. Nor has an article that was replaced as a whole; so it is a doubt, and
what stays for a number of looks is believed. The same holds for a text that breaks off.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from core.articles import ArticleData, Doubt
from core.similarity import containment, shingles
from core.sources import Entry

SHORT = 700
"""Characters of text up to which a page is no longer than notices are."""
MUCH_SHORTER = 0.5
"""Share of the text before up to which a text that has nothing of it is in doubt by that alone."""
ALMOST_NOTHING = 0.1
"""Containment up to which a text has nothing of another: chance phrases come to less."""
HALF = 0.5
"""Share of its words from which a headline is another's, or a text is an edited other."""
HARDLY_ANY = 0.2
"""Share of words up to which a page has nothing of what was announced."""
LONGEST_PROMPT = 200
"""Characters that ask to subscribe, to sign in or to read on elsewhere."""
LOST = 0.2
"""Share of a text that is missed where such a prompt stands."""
OPENING = 40
"""Characters by which two texts begin alike: half a sentence."""
FEWEST_WORDS = 3
"""A headline of fewer long words says too little to be missed."""
LOOKS_AGAIN = tuple(timedelta(minutes=minutes) for minutes in (10, 30, 120, 360, 720))
"""Pauses before what stands in an article's place is looked at again; it is believed in a day."""
LOOKS_AT_LONG = 2
"""How many of them a text gets that is as long as an article, and nowhere else; or that is what is
left of the one before: what an editor took away is news, and 40 minutes late."""
FIRST_LOOKS = 4
"""How often a new address is looked at before what it says is believed: over some five hours."""
FIRST_LOOKS_WITHIN = timedelta(hours=5)
"""What four looks at pages take at least; attempts that failed otherwise are no looks."""

_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
_STEM = 5
_LATIN = re.compile(r"[a-z]")


class Oddity(StrEnum):
    """Why what an address says is not believed at once."""

    SAME_ELSEWHERE = "same_elsewhere"
    """Another address of its host said just the same, minutes ago."""
    MUCH_SHORTER = "much_shorter"
    """It has nothing of the text before, and is much shorter."""
    NOTHING_SHARED = "nothing_shared"
    """It has nothing of the headline or the text before."""
    CUT_SHORT = "cut_short"
    """It begins as the text before and ends long before it: an answer that broke off, a paywall."""
    NOT_AS_ANNOUNCED = "not_as_announced"
    """It is short, and has nothing of what was announced."""


IN_WORDS = {
    Oddity.SAME_ELSEWHERE: "another address says the same",
    Oddity.MUCH_SHORTER: "it is much shorter and shares nothing with the text before",
    Oddity.NOTHING_SHARED: "it shares nothing with what was there before",
    Oddity.CUT_SHORT: "it begins as the text before and breaks off",
    Oddity.NOT_AS_ANNOUNCED: "it is short and has nothing of what was announced",
}


def odd_first_look(entry: Entry, found: ArticleData, *, elsewhere: bool) -> Oddity | None:
    """Return why a page may not be the article that was announced; None for nearly all.

    `elsewhere` tells that another address said the same, minutes ago. What is titled as announced
    is believed whatever its text, what marks itself as an article unless it is at two addresses.
    """
    plain = len(found.text) <= SHORT and not found.marked
    announced = _stems(f"{entry.title} {entry.summary}")
    said = _stems(f"{found.title} {found.text}")
    telling = len(_stems(entry.title)) >= FEWEST_WORDS and _one_script(announced, said)
    if not telling:
        return Oddity.SAME_ELSEWHERE if elsewhere and plain else None
    if _stems(entry.title) & said or _share(announced, said) > HARDLY_ANY:
        return None
    if elsewhere:
        return Oddity.SAME_ELSEWHERE
    return Oddity.NOT_AS_ANNOUNCED if plain else None


def odd_visit(before: ArticleData, found: ArticleData, *, elsewhere: bool) -> Oddity | None:
    """Return why a text may only stand in the place of the one before; None for every other edit.

    `elsewhere` is as for `odd_first_look`.
    """
    kept = containment(shingles(before.text), shingles(found.text))
    if elsewhere and kept < HALF:
        return Oddity.SAME_ELSEWHERE
    much_shorter = len(found.text) <= MUCH_SHORTER * len(before.text)
    opening = found.text[:OPENING].strip()
    if much_shorter and opening and before.text.startswith(opening):
        return Oddity.CUT_SHORT
    if _ends_in_a_prompt(before.text, found.text):
        return Oddity.CUT_SHORT
    if kept > ALMOST_NOTHING:
        return None
    if much_shorter:
        return Oddity.MUCH_SHORTER
    headline = _stems(before.title)
    # A page that has no title is given the one before, which says nothing of it; articles have one.
    given = found.title == before.title and len(found.text) <= SHORT
    own_title = "" if given else found.title
    if not headline or headline & _stems(f"{own_title} {found.text}"):
        return None
    return Oddity.NOTHING_SHARED


def _ends_in_a_prompt(before: str, found: str) -> bool:
    """Tell whether a text goes as the one before up to a short line of its own, then ends.

    An editor adds at the end, or takes away; what does both where much was lost is a paywall.
    """
    shared = next((n for n, c in enumerate(found) if before[n : n + 1] != c), len(found))
    lost, own = len(before) - shared, len(found) - shared
    return (
        shared >= OPENING and 0 < own <= LONGEST_PROMPT and lost >= max(2 * own, LOST * len(before))
    )


def is_announced(found: ArticleData, before: ArticleData, announced: Iterable[str]) -> bool:
    """Tell whether another text at an article's address is what a source announced there since."""
    said = _stems(found.title)
    return any(
        title != before.title
        and (title == found.title or _share(_stems(title), said) >= HALF)
        and not _share(_stems(title), _stems(before.title)) >= HALF
        for title in announced
    )


def look_again(
    oddity: Oddity, found: ArticleData, doubt: Doubt | None, now: datetime
) -> datetime | None:
    """Return when an odd text is looked at again; None when it has stayed and is believed.

    `doubt` is that of the looks before this one, if it is of the same kind.
    """
    looks = 0 if doubt is None else doubt.looks
    lasting = oddity is Oddity.SAME_ELSEWHERE or oddity is Oddity.MUCH_SHORTER
    briefly = len(found.text) > SHORT or oddity is Oddity.CUT_SHORT
    most = len(LOOKS_AGAIN) if lasting or not briefly else LOOKS_AT_LONG
    return now + LOOKS_AGAIN[looks] if looks < most else None


def _share(some: frozenset[str], others: frozenset[str]) -> float:
    fewer = min(len(some), len(others))
    return len(some & others) / fewer if fewer else 0.0


def _one_script(some: Sequence[str] | frozenset[str], others: frozenset[str]) -> bool:
    """Tell whether two sets of words can be compared: most outlets write one language twice."""
    return _is_latin(some) == _is_latin(others)


def _is_latin(words: Iterable[str]) -> bool:
    listed = list(words)
    return 2 * sum(bool(_LATIN.match(word)) for word in listed) > len(listed)


@lru_cache(maxsize=256)
def _stems(text: str) -> frozenset[str]:
    """Return the beginnings of the long words of a text, which inflection leaves alone."""
    folded = text.casefold().replace("ё", "е")
    return frozenset(word[:_STEM] for word in _LONG_WORD.findall(folded))
