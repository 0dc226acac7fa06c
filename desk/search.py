"""Search over every version ever stored, in the language of the rules: the face of it.

An index says which versions can be meant, the rules' own engine says of those that are shown whether
they are, and where. A page has a budget: when it is spent, the page says how far it looked and how
to go on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from alerts.messages.snippet_pieces import Piece
from core.articles import Article
from core.config import WatchConfig
from core.config.sections.searches import SearchConfig
from core.errors import RuleError
from core.searching import SearchLag
from storage import Store


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


@dataclass(frozen=True, slots=True)
class Count:
    """How many versions were found."""

    number: int
    kind: CountKind

    def __str__(self) -> str:
        """Return it as people read it: `312`, `1,000+`, `up to 312`."""
        match self.kind:
            case CountKind.EXACT:
                return f"{self.number:,}"
            case CountKind.AT_LEAST:
                return f"{self.number:,}+"
            case CountKind.AT_MOST:
                return f"up to {self.number:,}"


@dataclass(frozen=True, slots=True)
class DayCount:
    """Versions of one day (UTC) that were found."""

    day: date
    versions: int


@dataclass(frozen=True, slots=True)
class Understood:
    """What a query was taken to mean."""

    text: str
    """In one line: `рейд (12 forms) within 10 words of мигрант (12 forms)`."""
    terms: tuple[TermUnderstood, ...] = ()


@dataclass(frozen=True, slots=True)
class TermUnderstood:
    """A word, phrase, concept or entity of a query."""

    written: str
    forms: int
    """Spellings that are listed; beginnings of words count as one each."""
    examples: tuple[str, ...] = ()


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


PAGE = 20
"""Hits of a page."""


class SearchDesk:
    """Searches one store. Keeps what it compiled, so one object serves many questions and threads."""

    def __init__(self, store: Store, config: Callable[[], WatchConfig]) -> None:
        """Take an opened store; `config` gives the configuration that runs."""
        self._store = store
        self._config = config

    def search(
        self,
        query: str,
        filters: SearchFilters | None = None,
        cursor: str | None = None,
        limit: int = PAGE,
    ) -> SearchPage:
        """Return a page of what is found, newest first; `cursor` is the `next` of the page before.

        Raises QueryError, and StorageError for a cursor that is none.
        """
        raise NotImplementedError

    def search_saved(
        self,
        name: str,
        filters: SearchFilters | None = None,
        cursor: str | None = None,
        limit: int = PAGE,
    ) -> SearchPage:
        """Search by a saved search; its own filters hold besides. Raises UnknownNameError."""
        raise NotImplementedError

    def saved(self) -> tuple[SearchConfig, ...]:
        """Return the saved searches, in the order of the configuration."""
        return self._config().searches

    def count_since(self, name: str, since: datetime) -> Count:
        """Return how many versions fetched since a time a saved search finds, up to 1,000.

        Raises UnknownNameError.
        """
        raise NotImplementedError
