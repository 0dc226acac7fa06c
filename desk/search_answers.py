"""What a search over everything stored is asked, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from alerts.messages.snippet_pieces import Piece
from alerts.rules.languages.english import singular
from alerts.rules.understood import UnderstoodTerm
from core.articles import Article
from core.errors import RuleError
from core.searching import SearchLag


class QueryError(RuleError):
    """A query cannot be read."""

    def __init__(self, message: str, *, query: str, offset: int | None, hint: str | None) -> None:
        """Say what is wrong, where, and what may have been meant."""
        self.query = query
        self.offset = offset
        """Characters into the query; None when the whole of it is meant."""
        self.hint = hint
        at = "" if offset is None else f"column {offset + 1}: "
        super().__init__(f"{at}{message}" + (f" ({hint})" if hint else ""))
        self.plain = message
        """The message without the place and the hint."""

    @property
    def column(self) -> int | None:
        """Where it is wrong, counted from 1."""
        return None if self.offset is None else self.offset + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchFilters:
    """What narrows a search besides its query; each condition that is given must hold."""

    since: datetime | None = None
    """Versions that were fetched then or later."""
    source: str | None = None
    language: str | None = None
    versions: bool = False
    """Every version by itself; otherwise an article is shown once, in its newest that is meant."""


class CountKind(StrEnum):
    """How a count is to be read."""

    EXACT = "exact"
    AT_LEAST = "at least"
    """Counting stopped there: `1,000+`."""
    AT_MOST = "at most"
    """So many can be meant; whether each is would take reading all of them."""
    ROUGHLY = "roughly"
    """Counting stopped there, and not each of them may be meant."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many versions were found."""

    number: int
    kind: CountKind

    def __str__(self) -> str:
        """Return it as people read it: `312`, `1,000+`, `up to 312`, `about 1,000+`."""
        match self.kind:
            case CountKind.EXACT:
                return f"{self.number:,}"
            case CountKind.AT_LEAST:
                return f"{self.number:,}+"
            case CountKind.AT_MOST:
                return f"up to {self.number:,}"
            case CountKind.ROUGHLY:
                return f"about {self.number:,}+"


@dataclass(frozen=True, slots=True)
class DayCount:
    """Versions of one day (UTC) that were found."""

    day: date
    versions: int


@dataclass(frozen=True, slots=True)
class Understood:
    """What a query was taken to mean."""

    text: str
    """In one line: `рейд (10 forms) within 10 words of мигрант (10 forms)`."""
    terms: tuple[UnderstoodTerm, ...]
    """Its words, phrases, concepts and entities with their forms."""


def plurals_alone(understood: Understood) -> tuple[tuple[str, str], ...]:
    """Return English plurals that were taken as they are, each with the word that finds more.

    An inflected word of a rule means itself; who searches for `migrants` rarely does.
    """
    return tuple(
        (term.written, base)
        for term in understood.terms
        if len(term.forms) == 1 and (base := singular(term.written.lower())) is not None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHit:
    """A version that was found."""

    article: Article
    latest_version: int
    """Number of the latest version of its article."""
    still_there: bool
    """Whether the latest version is meant as well; False where it was edited out."""
    title: tuple[Piece, ...]
    """The title in pieces, harmless to show."""
    snippet: tuple[Piece, ...]
    """The passage in pieces, harmless to show."""


@dataclass(frozen=True, slots=True)
class Looked:
    """How far a page has looked."""

    back_to: datetime | None
    """Everything fetched since then was looked at; None when nothing was."""
    complete: bool
    """Whether nothing is left to look at: neither for more hits nor for want of time."""
    out_of_time: bool
    """Whether the budget ended it. With `next` it goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """A page of hits, newest first."""

    query: str
    items: tuple[SearchHit, ...]
    next: str | None
    """The cursor that continues it; None at the end."""
    count: Count | None
    """Of all that is found, on the first page only."""
    per_day: tuple[DayCount, ...]
    """Hits per day, as far as they were counted, the newest day first; on the first page only."""
    understood: Understood
    looked: Looked
    lag: SearchLag
    """How far the index is behind what is stored."""
