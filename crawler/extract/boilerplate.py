"""Removes the boilerplate that extraction leaves between an article's paragraphs.

The words are in `boilerplate_words`; here is where in a text they may be taken for it. In doubt a
line stays: a stray "Tags" is ugly, a lost sentence is a missed alert.
"""

from __future__ import annotations

import re

from crawler.extract.boilerplate_words import (
    COMMENTS,
    CREDITS,
    GLUED,
    HEADINGS,
    NETWORK,
    OPENERS,
    PROMPTS,
    SECTIONS,
)
from crawler.extract.credits import is_credit

SHORT_LINE = 200
"""Characters up to which a line can be boilerplate at all."""
BARE = 2
"""Words of a heading that names no subject."""
LOOSE_TAIL = 12
"""Lines from the end within which a heading such as "Related stories" ends the article."""


_CLAUSE = r"(?:[^,.!?…:;–—]|[.,](?=\w)){0,60}"
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")


class _Patterns:
    """A table's patterns; a line in Latin letters is not held against the Cyrillic ones."""

    def __init__(self, table: dict[str, tuple[str, ...]]) -> None:
        every = [pattern for patterns in table.values() for pattern in patterns]
        latin = [p for p in every if not _CYRILLIC.search(p.replace(NETWORK, ""))]
        self._latin, self._all = self._compiled(latin), self._compiled(every)

    def of(self, line: str) -> re.Pattern[str]:
        """Return the patterns that can match a line."""
        return self._all if _CYRILLIC.search(line) else self._latin

    @staticmethod
    def _compiled(patterns: list[str]) -> re.Pattern[str]:
        pattern = "|".join(patterns).replace("~", ".{0,80}").replace("≈", _CLAUSE)
        return re.compile(f"(?:{pattern})", re.IGNORECASE)


_PROMPT = _Patterns(PROMPTS)
_HEADING = _Patterns(HEADINGS)
_SECTION = _Patterns(SECTIONS)
_OPENER = _Patterns(OPENERS)
_CREDIT = _Patterns(CREDITS)
_COMMENTS = _Patterns(COMMENTS)
_GLUED = re.compile(
    rf"(?<=[.!?…»”\")])\s*(?:{'|'.join(GLUED)})\s*(?:\(\d+\)|\d+)?[\s.!»>]*$", re.IGNORECASE
)
_GLUED_WITHIN = 60
_SENTENCE_END = re.compile(r"[.!?…](?:\s|$)")
_BARE_TIME = re.compile(r"[\d\s.:/,|–-]{4,25}")
_DECORATION = " \t\u00a0-–—•·|*»«›>→▶►#:.!…"


def drop_boilerplate(text: str) -> str:
    """Remove boilerplate from a text of one paragraph a line; sentences are left alone."""
    lines = [_unglued(line) for line in text.splitlines()]
    return trim_edges("\n".join(line for line in lines if line and not _is_boilerplate(line)))


def trim_edges(text: str) -> str:
    """Remove what only the edges of a text may lose: headings, days, lists of other stories."""
    kept = text.split("\n")
    start, end = 0, len(kept)
    while start < end and (_heads_nothing(kept[start]) or is_bare_time(kept[start])):
        start += 1
    while start < end and is_bare_time(kept[end - 1]):
        end -= 1
    if start < end and _heads_nothing(kept[end - 1]):
        end -= 1
    for index in range(max(start, end - LOOSE_TAIL), end):
        if is_heading(kept[index]) and all(map(_is_headline, kept[index + 1 : end])):
            end = index
            break
    return "\n".join(kept[start:end])


def _unglued(line: str) -> str:
    """Cut a prompt that follows a paragraph's last sentence: "…before winter.Add a Comment"."""
    head, tail = line[:-_GLUED_WITHIN], line[-_GLUED_WITHIN:]
    return (head + _GLUED.sub("", tail)).rstrip()


def _is_boilerplate(line: str) -> bool:
    if len(line) > SHORT_LINE:
        return False
    bare = line.strip(_DECORATION)
    if not bare or _PROMPT.of(bare).fullmatch(bare):
        return True
    # Two sentences are prose that happens to begin with a word like "Photo:".
    if len(_SENTENCE_END.findall(bare)) >= 2:
        return False
    if _OPENER.of(bare).match(bare):
        return True
    opener = _CREDIT.of(bare).match(bare)
    return opener is not None and is_credit(bare[opener.end() :])


def is_heading(line: str) -> bool:
    """Tell a line such as "Related stories" or "Tags" from text."""
    return len(line) <= SHORT_LINE and _matches(_HEADING, line)


def heads_section(line: str) -> bool:
    """Tell a line such as "Topics" or "More on the dead", under which the article may go on."""
    return len(line) <= SHORT_LINE and _matches(_SECTION, line)


def _heads_nothing(line: str) -> bool:
    """Tell a heading that is left over at an edge; one that says of what it is tells something."""
    return is_heading(line) or (len(line.split()) <= BARE and heads_section(line))


def heads_comments(line: str) -> bool:
    """Tell a line such as "Comments (12)" from text."""
    return len(line) <= SHORT_LINE and _matches(_COMMENTS, line)


def _matches(patterns: _Patterns, line: str) -> bool:
    bare = line.strip(_DECORATION)
    return patterns.of(bare).fullmatch(bare) is not None


def is_bare_time(line: str) -> bool:
    """Spot a date or time alone, as pages print above and below an article."""
    return _BARE_TIME.fullmatch(line) is not None


def _is_headline(line: str) -> bool:
    """Headlines are short and have no full stop at their end."""
    return len(line) <= SHORT_LINE and not line.endswith((".", "!", "…", ".”", ".»", '."'))
