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
"""Share of a headline's words from which a line that has them is the headline."""
MOST_MORE = 8
"""Words that a kicker adds to a headline."""
MOST_OF_IT = 0.6
"""Share of a headline that follows its kicker."""
ENDING = 10
"""Characters at the end of a line that are looked at for the end of a sentence."""
LONGEST_SITE = 3
"""Words of a site's name behind a headline."""

_ENDS_SENTENCE = re.compile(r"[.!…][\"»”)']*\s*$")
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+\w{0,3}|\w{0,2}\d+")
_WORDS = frozenset(
    word for table in (DATE_WORDS, BYLINE_WORDS) for words in table.values() for word in words
)


def fold(text: str) -> str:
    """Reduce a text to its words, so that it is found again whatever stands between them."""
    return " ".join(_WORD.findall(text.casefold()))


def same_headline(line: str, headline: str, *, first: bool = False) -> bool:
    """Tell whether a line is a headline once more, perhaps with a kicker or the site's name.

    The `first` line of a text may be most of a headline that has its kicker in front; further down
    that would be a heading which takes up the headline's question.
    """
    sentence = _is_sentence(line) and not _is_sentence(headline)
    return len(line) <= LONGEST_LINE and _same(fold(line), fold(headline), sentence, first)


def _same(ours: str, theirs: str, sentence: bool, first: bool) -> bool:
    if not ours or not theirs or ours == theirs:
        return bool(ours) and ours == theirs
    if sentence:
        return False
    mine, other = ours.split(), theirs.split()
    if len(mine) < FEWEST_WORDS or len(other) < FEWEST_WORDS:
        return False
    if theirs.startswith(f"{ours} "):
        return len(other) - len(mine) <= LONGEST_SITE
    if first and theirs.endswith(f" {ours}"):
        return len(other) - len(mine) <= MOST_MORE and len(mine) >= MOST_OF_IT * len(other)
    shared = len(set(mine) & set(other))
    return shared >= SAME_WORDS * len(set(other)) and len(mine) - len(other) <= MOST_MORE


def _is_sentence(text: str) -> bool:
    return _ENDS_SENTENCE.search(text[-ENDING:]) is not None


def without_repetitions(text: str, headlines: tuple[str, ...], authors: tuple[str, ...]) -> str:
    """Drop from the edges of a text the lines that only say what the article's fields say."""
    lines = text.split("\n")
    names = frozenset(word for name in authors for word in fold(name).split())
    known = {fold(headline): _is_sentence(headline) for headline in headlines}
    top = []
    for index, line in enumerate(lines[:FIRST_LINES]):
        if len(line) <= LONGEST_LINE:
            folded, sentence = fold(line), _is_sentence(line)
            if any(_same(folded, h, sentence and not s, index == 0) for h, s in known.items()):
                continue
            if says_when_or_who(line, names):
                continue
        top.append(line)
    rest = lines[FIRST_LINES:]
    kept = [*top, *rest] if top or rest else lines[:1]
    for _ in range(LAST_LINES):
        if len(kept) > 1 and (says_when_or_who(kept[-1], names) or _is_about(authors, kept)):
            kept.pop()
    return "\n".join(kept)


def _is_about(authors: tuple[str, ...], lines: list[str]) -> bool:
    """Tell whether the last line speaks of an author, of whom the text says nothing else."""
    last = lines[-1].casefold()
    return any(
        len(name.split()) > 1
        and last.startswith(name.casefold())
        and not any(name.split()[-1].casefold() in line.casefold() for line in lines[:-1])
        for name in authors
    )


def says_when_or_who(line: str, names: frozenset[str]) -> bool:
    """Tell a line of nothing but numbers, words of dates and bylines, and the authors' names."""
    if len(line) > LONGEST_LINE:
        return False
    words = fold(line).split()
    told = [w for w in words if w in names or w in _WORDS or _NUMBER.fullmatch(w)]
    return bool(words) and len(told) == len(words) and any(not w.isdigit() for w in words)
