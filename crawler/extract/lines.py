"""Lines that repeat what the article's fields say: its headline, its day, its authors."""

from __future__ import annotations

import re

from crawler.extract.boilerplate_words import BYLINE_WORDS, DATE_WORDS

FIRST_LINES = 4
"""Lines from the top among which the headline, the day and the authors are looked for."""
LAST_LINES = 3
"""Lines from the end among which authors are looked for."""
LONGEST_LINE = 250
"""Characters beyond which a line is no headline, day or byline."""
FEWEST_WORDS = 4
"""Words that a headline needs to be known again by most of them."""
SAME_WORDS = 0.8
"""Share of the shorter headline's words from which two are the same."""
MOST_MORE = 8
"""Words that a kicker or a site's name adds to a headline."""

_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+\w{0,3}|\w{0,2}\d+")
_WORDS = frozenset(
    word for table in (DATE_WORDS, BYLINE_WORDS) for words in table.values() for word in words
)


def fold(text: str) -> str:
    """Reduce a text to its words, so that it is found again whatever stands between them."""
    return " ".join(_WORD.findall(text.casefold()))


def same_headline(line: str, headline: str) -> bool:
    """Tell whether a line is a headline once more, perhaps with a kicker or the site's name."""
    ours, theirs = fold(line), fold(headline)
    if not ours or not theirs:
        return False
    if ours == theirs:
        return True
    mine, other = ours.split(), theirs.split()
    fewer = min(len(mine), len(other))
    if fewer < FEWEST_WORDS or abs(len(mine) - len(other)) > MOST_MORE:
        return False
    return len(set(mine) & set(other)) >= SAME_WORDS * min(len(set(mine)), len(set(other)))


def without_repetitions(text: str, headlines: tuple[str, ...], authors: tuple[str, ...]) -> str:
    """Drop from the edges of a text the lines that only say what the article's fields say."""
    lines = text.split("\n")
    names = frozenset(word for name in authors for word in fold(name).split())
    top = [
        line
        for line in lines[:FIRST_LINES]
        if not _is_headline(line, headlines) and not says_when_or_who(line, names)
    ]
    rest = lines[FIRST_LINES:]
    kept = [*top, *rest] if top or rest else lines[:1]
    for _ in range(LAST_LINES):
        if len(kept) > 1 and says_when_or_who(kept[-1], names):
            kept.pop()
    return "\n".join(kept)


def says_when_or_who(line: str, names: frozenset[str]) -> bool:
    """Tell a line of nothing but numbers, words of dates and bylines, and the authors' names."""
    if len(line) > LONGEST_LINE:
        return False
    words = fold(line).split()
    told = [w for w in words if w in names or w in _WORDS or _NUMBER.fullmatch(w)]
    return bool(words) and len(told) == len(words) and any(not w.isdigit() for w in words)


def _is_headline(line: str, headlines: tuple[str, ...]) -> bool:
    return len(line) <= LONGEST_LINE and any(same_headline(line, each) for each in headlines)
