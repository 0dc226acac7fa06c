"""Which names of a matched article are no entity yet.

A text is from the internet, and the model knows no limits: so only the beginning is read, piece by
piece, and no piece is begun after the deadline. Nothing that goes wrong here may keep an alert from
anybody: it is logged, counted, and the alert goes without.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import structlog

from alerts.new_names.base_forms import base_forms
from alerts.new_names.tagger import NameTagger, TaggedName
from core.alerting.matches import Field, Match, NameKind, NewName, SpanKind, head_length
from core.articles import ArticleData
from core.plain_text import one_line

log = structlog.get_logger(__name__)

READ = 8_000
"""Characters that are read of a text: who and what it is about stands at its beginning."""
PIECE = 2_000
"""Characters of one piece: on hostile texts up to 0.3 s of work. Smaller ones cost more in all, as
each asks the model anew."""
DEADLINE = 0.5
"""Seconds of work after which no further piece of a text is begun."""
MOST = 24
"""Names kept of an article."""
LONGEST = 80
"""Characters of a name: what is longer is hardly one."""
_SHORTEST = 3
_ENDS = re.compile(r"[.!?…]\s+|\n")
_AROUND = " \t\n«»\"'“”„,.;:()[]-–—"

_QUOTES = (("«", "»"), ("“", "”"), ('"', '"'))
"""A quotation mark that was taken off the end belongs to one inside."""

Known = Callable[[NewName], bool]
"""Tells whether a name is one of an entity of the configuration."""


class NewNames:
    """Finds new names in articles, by a tagger that is loaded when the first article asks."""

    def __init__(
        self,
        load: Callable[[], NameTagger],
        language: str,
        clock: Callable[[], float] = time.thread_time,
    ) -> None:
        """Take how the tagger of a language is loaded; `clock` counts seconds.

        Those of work, not of the wall: a busy machine must not cost names.
        """
        self._load = load
        self._language = language
        self._clock = clock
        self._tagger: NameTagger | None = None
        self._broken = False
        """Whether the tagger could not be loaded; it is not tried again."""
        self.failures = 0
        """Articles on which it failed."""

    def added(
        self, article: ArticleData, matches: tuple[Match, ...], known: Known
    ) -> tuple[Match, ...]:
        """Return the matches of an article with the new names in it; as they are on any failure."""
        if not matches or self._broken or article.language != self._language:
            return matches
        try:
            names = self._found(article, matches[0], known)
        except Exception as error:
            self._note(article, error)
            return matches
        return tuple(replace(match, new_names=names) for match in matches)

    def _note(self, article: ArticleData, error: Exception) -> None:
        self.failures += 1
        self._broken = self._tagger is None
        if self._broken:
            log.error("new_names_not_loaded", error=type(error).__name__, exc_info=error)
        elif self.failures in (1, 10, 100, 1_000, 10_000):
            log.error(
                "new_names_failed",
                url=article.url,
                error=type(error).__name__,
                exc_info=error,
                failures=self.failures,
            )

    def _found(self, article: ArticleData, match: Match, known: Known) -> tuple[NewName, ...]:
        if self._tagger is None:
            self._tagger = self._load()
        mentions: list[tuple[NameKind, str]] = []
        until = self._clock() + DEADLINE
        for field, text in ((Field.TITLE, article.title), (Field.TEXT, article.text[:READ])):
            marked = [
                (span.start, span.end)
                for span in match.spans
                if span.kind is SpanKind.ENTITY and span.field is field
            ]
            for start, end in pieces(text, PIECE):
                if self._clock() > until:
                    break
                for tagged in _joined(self._tagger.tag(text[start:end]), text[start:end]):
                    place = TaggedName(tagged.kind, tagged.start + start, tagged.end + start)
                    written = _written(text, place)
                    if written and not _is_marked(place, written, marked):
                        mentions.append((place.kind, written))
        return _distinct(mentions, known)


def pieces(text: str, size: int) -> Iterator[tuple[int, int]]:
    """Yield where pieces of a text begin and end: after a sentence, if one ends in time."""
    start = 0
    while start < len(text):
        end = min(start + size, len(text))
        if end < len(text):
            ends = [found.end() for found in _ENDS.finditer(text, start, end)]
            if ends:
                end = ends[-1]
        yield start, end
        start = end


def _joined(tagged: Sequence[TaggedName], text: str) -> Iterator[TaggedName]:
    """Yield the names, a body and the place right after it as one: the embassy is of a country."""
    waiting: TaggedName | None = None
    for name in tagged:
        if waiting is not None:
            between = text[waiting.end : name.start]
            if waiting.kind is NameKind.BODY and name.kind is NameKind.PLACE and between == " ":
                waiting = replace(waiting, end=name.end)
                continue
            yield waiting
        waiting = name
    if waiting is not None:
        yield waiting


def _written(text: str, place: TaggedName) -> str:
    """Return a name as it is written, or nothing when it hardly is one."""
    name = " ".join(one_line(text[place.start : place.end]).split()).strip(_AROUND)
    for opening, closing in _QUOTES:
        if name.count(opening) % 2 > (name.count(closing) % 2 if closing != opening else 0):
            name += closing
    letters = sum(char.isalpha() for char in name)
    if not _SHORTEST <= len(name) <= LONGEST or letters * 2 < len(name) or name == name.lower():
        return ""
    return name


def _is_marked(place: TaggedName, written: str, marked: Sequence[tuple[int, int]]) -> bool:
    """Tell whether a name is one of an entity that the rules have found there."""
    head = min(head_length(NewName(place.kind, written)), place.end - place.start)
    return any(start < place.start + head and place.start < end for start, end in marked)


def _distinct(mentions: Sequence[tuple[NameKind, str]], known: Known) -> tuple[NewName, ...]:
    """Return each name once, in the form that most of its mentions can have."""
    forms = [(kind, base_forms(written, kind)) for kind, written in mentions]
    votes = Counter((kind, form) for kind, possible in forms for form in possible)
    names: dict[tuple[NameKind, str], NewName] = {}
    for kind, possible in forms:
        name = max(possible, key=lambda form: votes[kind, form])
        names.setdefault((kind, name.casefold()), NewName(kind, name))
    parts = {
        word
        for kind, name in names
        if kind is NameKind.PERSON and len(words := name.split()) > 1
        for word in words
    }
    fresh = (
        name
        for (kind, folded), name in names.items()
        if not (kind is NameKind.PERSON and folded in parts)  # said in full elsewhere
        and not known(name)
    )
    return tuple(fresh)[:MOST]
