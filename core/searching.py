"""Searching: what an index of words is given and asked for, as plain values. Pure.

Words here are folded already, by whoever knows how the rules compare them. An index that is asked
answers with every version that can be meant and perhaps a few more; who asked looks at those.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from core.articles import Article


class Place(Enum):
    """Where in an article words are looked for."""

    ANYWHERE = "anywhere"
    TITLE = "title"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Words:
    """Any one of these words."""

    words: tuple[str, ...] = ()
    beginnings: tuple[str, ...] = ()
    """Words that begin like one of these count, too."""
    place: Place = Place.ANYWHERE


@dataclass(frozen=True, slots=True)
class InRow:
    """Words that follow each other directly, one for each part."""

    parts: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Close:
    """Two words at most `distance` apart, in either order; neighbours are 1 apart."""

    one: Words
    other: Words
    distance: int


@dataclass(frozen=True, slots=True)
class Mark:
    """What is known of an article besides its words: `s=kloop`, `l=ru`."""

    text: str
    beginning: bool = False
    """Whether a mark that begins so counts, too."""


@dataclass(frozen=True, slots=True)
class Noted:
    """A mark where it was looked for when the version was indexed, or else what it stands for."""

    mark: str
    otherwise: Callable[[], Wanted]


@dataclass(frozen=True, slots=True)
class Every:
    """All of these."""

    parts: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one of these."""

    parts: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """The one, and not the other."""

    kept: Wanted
    left_out: Wanted


@dataclass(frozen=True, slots=True)
class Roughly:
    """At least what is meant: something else may be found with it."""

    part: Wanted


@dataclass(frozen=True, slots=True)
class Anything:
    """Whatever there is: an index knows nothing of what is asked for."""


Wanted = Words | InRow | Close | Mark | Noted | Every | Some | Without | Roughly | Anything


@dataclass(frozen=True, slots=True)
class IndexedVersion:
    """A version as an index takes it: its words, folded, with a blank between two."""

    version_id: int
    at: datetime
    """When it was fetched."""
    title: str
    text: str
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ToIndex:
    """Versions that wait for an index, the oldest first."""

    articles: tuple[Article, ...]
    after: int
    """The id after which they begin."""
    up_to: int
    """The id up to which nothing waits once they are in it."""
    segment: int | None = None
    """The part of the index that is made anew; None while it follows."""


@dataclass(frozen=True, slots=True)
class SearchLag:
    """How far an index is behind what is stored."""

    indexed_up_to: int
    """Id of the last version that it knows; 0 for none."""
    waiting: int
    """Versions that it does not know yet, 2,000 at most."""
    indexed_at: datetime | None = None
    """When the last version that it knows was fetched."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which versions are looked through."""

    before: int | None = None
    """Only versions with a smaller id."""
    since: datetime | None = None
    """Only versions that were fetched then or later."""


@dataclass(frozen=True, slots=True)
class FoundVersions:
    """Versions that an index holds to be meant, newest first."""

    versions: tuple[tuple[int, datetime], ...]
    """Their ids, and when they were fetched."""
    looked_to: int
    """Every version of the stretch with this id or a later one was looked at."""
    complete: bool
    """Whether all of the stretch was looked at."""
    exact: bool = True
    """Whether each of them is meant, and not only may be."""
    out_of_time: bool = False
    """Whether the time that was given ended it, and not the number that was asked for."""


@dataclass(frozen=True, slots=True)
class VersionFound:
    """A version that was found, beside the number of its article's latest."""

    article: Article
    latest: int


MARKS_OF_SOURCE, MARKS_OF_LANGUAGE, MARKS_OF_TAG = "s=", "l=", "t="
MARKS_OF_CONCEPT, MARKS_OF_ENTITY = "c=", "e="


def is_newer_folding(one: str, other: str) -> bool:
    """Tell whether words are folded in a newer way; of two ways the newer one wins everywhere.

    A way is named by numbers: `2-15.0.0`. Any that has none is older than those that have.
    """
    return _age(one) > _age(other)


def _age(folding: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall("[0-9]+", folding))


_LONGEST_MARK = 120
_DIGEST = 12
_LONGEST_BEGINNING = _LONGEST_MARK - _DIGEST - 1


def mark(kind: str, value: str) -> str:
    """Return the mark of a value: one word for an index, whatever the value is.

    What begins alike has marks that begin alike, see `beginning`. Case makes no difference.
    """
    whole = _spelled(kind, value)
    if len(whole) <= _LONGEST_MARK:
        return whole
    digest = hashlib.sha256(whole.encode(errors="surrogatepass")).hexdigest()
    return f"{whole[:_LONGEST_BEGINNING]}={digest[:_DIGEST]}"


def beginning(kind: str, value: str) -> Mark | Roughly:
    """Return what is asked for all values that begin so."""
    whole = _spelled(kind, value)
    found = Mark(whole[:_LONGEST_BEGINNING], beginning=True)
    return found if len(whole) <= _LONGEST_BEGINNING else Roughly(found)


def _spelled(kind: str, value: str) -> str:
    letters = (letter if letter.isalnum() else f"_{ord(letter):x}_" for letter in value.lower())
    return kind + "".join(letters)
