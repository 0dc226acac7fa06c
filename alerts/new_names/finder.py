"""Which names of a matched article are no entity yet.

A text is from the internet, and the model knows no limits: so only the beginning is read, piece by
piece, and neither a piece nor a base form is begun after its deadline. A batch of versions has one
budget, as all their alerts wait for the last of them. Nothing that goes wrong here may keep an
alert from anybody: it is logged, counted, and the alert goes without.
"""

from __future__ import annotations

import itertools
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import structlog

from alerts.new_names.base_forms import base_forms
from alerts.new_names.outcome import NamingOutcome
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
READING = 0.3
"""Seconds of work after which no further piece of a text is begun."""
DEADLINE = 0.5
"""Seconds of work after which no further name is put into its base form or compared."""
BUDGET = 2.0
"""Seconds of work for a batch of versions, whose alerts go out together."""
MOST = 24
"""Names kept of an article."""
MOST_WRITTEN = 96
"""Spellings that are looked at: 24 names in four forms each."""
LONGEST = 80
"""Characters of a name: what is longer is hardly one."""
_SHORTEST = 3
_ENDS = re.compile(r"[.!?…]\s+|\n")
_AROUND = " \t\n«»\"'“”„,.;:()[]-–—"

_QUOTES = (("«", "»"), ("“", "”"), ('"', '"'))
"""A quotation mark that was taken off the end belongs to one inside."""

Known = Callable[[NewName], bool]
"""Tells whether a name is one of an entity of the configuration."""
Late = Callable[[], bool]
"""Tells whether a deadline is over."""
Mention = tuple[NameKind, str]


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
        self.language = language
        self.clock = clock
        self._tagger: NameTagger | None = None
        self._broken = False
        """Whether the tagger could not be loaded; it is not tried again."""
        self.failures = 0
        """Articles on which it failed."""

    def batch(self, known: Known) -> NamingBatch:
        """Return what adds names to the matches of one batch of versions."""
        return NamingBatch(self, known)

    def tagger(self) -> NameTagger | None:
        """Return the tagger, loaded by now; None when it cannot be, which is said once."""
        if self._tagger is None and not self._broken:
            try:
                self._tagger = self._load()
            except Exception as error:
                self._broken = True
                log.error("new_names_not_loaded", error=type(error).__name__, exc_info=error)
        return self._tagger

    def failed_on(self, article: ArticleData, error: Exception) -> None:
        """Note that an article could not be read; it is logged more and more seldom."""
        self.failures += 1
        if self.failures in (1, 10, 100, 1_000, 10_000):
            log.error(
                "new_names_failed",
                url=article.url,
                error=type(error).__name__,
                exc_info=error,
                failures=self.failures,
            )


class NamingBatch:
    """Adds new names to the matches of a batch of versions, within one budget."""

    def __init__(self, names: NewNames, known: Known) -> None:
        self._names = names
        self._known = known
        self._left = BUDGET
        self.outcomes: Counter[NamingOutcome] = Counter()
        """What became of the articles in the model's language."""

    def __call__(self, article: ArticleData, matches: tuple[Match, ...]) -> tuple[Match, ...]:
        """Return the matches of an article with the new names in it; as they are on any failure."""
        if not matches or article.language != self._names.language:
            return matches
        found, outcome = self._found(article, matches[0])
        self.outcomes[outcome] += 1
        return tuple(replace(match, new_names=found) for match in matches) if found else matches

    def _found(
        self, article: ArticleData, match: Match
    ) -> tuple[tuple[NewName, ...], NamingOutcome]:
        if self._left <= 0:
            return (), NamingOutcome.PASSED_OVER
        tagger, clock = self._names.tagger(), self._names.clock
        if tagger is None:
            return (), NamingOutcome.FAILED
        began = clock()
        reading, all_of_it = (began + min(most, self._left) for most in (READING, DEADLINE))
        try:
            mentions = _mentions(tagger, article, match, lambda: clock() > reading)
            found = _distinct(mentions, self._known, lambda: clock() > all_of_it)
        except Exception as error:
            self._names.failed_on(article, error)
            return (), NamingOutcome.FAILED
        finally:
            self._left -= clock() - began
        return found, NamingOutcome.READ


def _mentions(
    tagger: NameTagger, article: ArticleData, match: Match, late: Late
) -> Counter[Mention]:
    """Return the names of an article as they are written, in their order, and how often."""
    mentions: Counter[Mention] = Counter()
    for field, text in ((Field.TITLE, article.title), (Field.TEXT, article.text[:READ])):
        marked = [
            (span.start, span.end)
            for span in match.spans
            if span.kind is SpanKind.ENTITY and span.field is field
        ]
        for start, end in pieces(text, PIECE):
            if late():
                break
            for tagged in _joined(tagger.tag(text[start:end]), text[start:end]):
                place = TaggedName(tagged.kind, tagged.start + start, tagged.end + start)
                written = _written(text, place)
                if written and not _is_marked(place, written, marked):
                    mentions[place.kind, written] += 1
    return mentions


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


def _distinct(mentions: Counter[Mention], known: Known, late: Late) -> tuple[NewName, ...]:
    """Return each name once, in the form that most of its mentions can have.

    Those that are not reached in time, and spellings beyond MOST_WRITTEN, are left out.
    """
    forms: list[tuple[NameKind, tuple[str, ...]]] = []
    votes: Counter[Mention] = Counter()
    for (kind, written), times in itertools.islice(mentions.items(), MOST_WRITTEN):
        if late():
            break
        possible = base_forms(written, kind)
        forms.append((kind, possible))
        for form in possible:
            votes[kind, form] += times
    names: dict[Mention, NewName] = {}
    for kind, possible in forms:
        name = max(possible, key=lambda form: votes[kind, form])
        names.setdefault((kind, name.casefold()), NewName(kind, name))
    parts = {
        word
        for kind, name in names
        if kind is NameKind.PERSON and len(words := name.split()) > 1
        for word in words
    }
    fresh: list[NewName] = []
    for (kind, folded), new in names.items():
        if len(fresh) == MOST or late():
            break
        said_in_full = kind is NameKind.PERSON and folded in parts
        if not said_in_full and not known(new):
            fresh.append(new)
    return tuple(fresh)
