"""Search over every version ever stored, in the language of the rules.

An index says which versions can be meant, the rules' own engine says of those that are shown
whether they are, and where. A page has a budget: when it is spent, the page says how far it looked
and how to go on.
"""

from __future__ import annotations

import re
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from alerts.messages.snippet_pieces import Piece, snippet_pieces
from alerts.rules import RuleSet
from alerts.rules.indexing import FOLDING
from alerts.rules.problems import QuerySyntaxError
from alerts.rules.searching import SearchEngine, SearchQuery
from core.alerting.matches import Field, Match, Snippet
from core.articles import Article
from core.cache import cache_directory
from core.config import WatchConfig
from core.config.sections.searches import SearchConfig
from core.searching import (
    MARKS_OF_LANGUAGE,
    MARKS_OF_SOURCE,
    Every,
    FoundVersions,
    Mark,
    Stretch,
    VersionFound,
    Wanted,
    mark,
)
from desk.errors import UnknownNameError
from desk.search_answers import (
    Count,
    CountKind,
    DayCount,
    Looked,
    QueryError,
    SearchFilters,
    SearchHit,
    SearchPage,
    Understood,
)
from desk.search_hidden import LaterVersions
from desk.search_places import SearchPlace
from storage import Cursor, Page, Store

__all__ = [
    "Count",
    "CountKind",
    "DayCount",
    "Looked",
    "Piece",
    "QueryError",
    "SearchDesk",
    "SearchFilters",
    "SearchHit",
    "SearchPage",
    "Understood",
    "articles_of",
]

PAGE = 20
"""Hits of a page."""
BUDGET = 0.150
"""Seconds of a page, once its query is compiled."""
_FOR_THE_INDEX = 0.100
"""Of them, those that looking through the index may take."""
MOST_COUNTED = 1_000
_READ_AT_ONCE = 10
_NO_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)
"""Of a cursor whose id alone counts."""
_WORD = re.compile(r"\w+(?:[-'’ʻʼ]\w+)*")
_OPERATORS = frozenset({"AND", "OR", "NOT", "NEAR", "ONEAR", "BESIDE", "ATLEAST"})
_COMPILED = 32
"""Queries kept compiled."""


class SearchDesk:
    """Searches one store; keeps what it compiled, and serves many questions and threads."""

    def __init__(
        self,
        store: Store,
        config: Callable[[], WatchConfig],
        rules: Callable[[], RuleSet] | None = None,
        *,
        budget: float = BUDGET,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take an opened store; `config` gives the configuration that runs, and `rules` its rules.

        Without the rules each query compiles the concepts and entities that it names: seconds,
        where these are large.
        """
        self._store = store
        self._config = config
        self._rules = rules
        self._budget = budget
        self._monotonic = monotonic
        self._compiled: OrderedDict[str, SearchQuery] = OrderedDict()
        self._engine: SearchEngine | None = None
        self._engine_of: WatchConfig | None = None
        self._turn = threading.Lock()

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
        filters = filters or SearchFilters()
        after = None if cursor is None else SearchPlace.parse(cursor)
        compiled = self._query(query)
        # Asked first: what comes to the index meanwhile is not said to have been looked at.
        lag = self._store.search_lag(FOLDING, self._budget)
        search = _Search(self._store, compiled, filters, self._monotonic, self._budget)
        read = search.page(after or SearchPlace(None, lag.indexed_up_to), limit)
        return SearchPage(
            query=query,
            items=tuple(read.hits),
            next=None if read.next is None else str(read.next),
            count=None if after is not None else read.count,
            per_day=() if after is not None else _per_day(read.counted),
            understood=Understood(compiled.understood, compiled.terms),
            looked=read.looked,
            lag=lag,
        )

    def search_saved(
        self,
        name: str,
        filters: SearchFilters | None = None,
        cursor: str | None = None,
        limit: int = PAGE,
    ) -> SearchPage:
        """Search by a saved search; its own filters hold besides. Raises UnknownNameError."""
        saved = self._saved(name)
        return self.search(saved.query, _narrowed(saved, filters), cursor, limit)

    def saved(self) -> tuple[SearchConfig, ...]:
        """Return the saved searches, in the order of the configuration."""
        return self._config().searches

    def count_since(self, name: str, since: datetime) -> Count:
        """Return how many versions fetched since a time a saved search finds, up to 1,000.

        Raises UnknownNameError.
        """
        saved = self._saved(name)
        filters = replace(_narrowed(saved, None), since=since, versions=True)
        compiled = self._query(saved.query)
        search = _Search(self._store, compiled, filters, self._monotonic, self._budget)
        return search.page(SearchPlace(None, 0), MOST_COUNTED, only_count=True).count

    def _saved(self, name: str) -> SearchConfig:
        known = {search.name: search for search in self._config().searches}
        if name not in known:
            raise UnknownNameError("saved search", name, known)
        return known[name]

    def _query(self, text: str) -> SearchQuery:
        """Return a query compiled, perhaps from before. Raises QueryError."""
        engine = self._current_engine()
        with self._turn:
            known = self._compiled.get(text)
            if known is not None:
                self._compiled.move_to_end(text)
                return known
        try:
            compiled = engine.compile(_all_of(text))
        except QuerySyntaxError as error:
            raise QueryError(
                error.message, query=text, offset=error.offset, hint=error.hint
            ) from None
        with self._turn:
            if self._engine is engine:
                self._compiled[text] = compiled
                while len(self._compiled) > _COMPILED:
                    self._compiled.popitem(last=False)
        return compiled

    def _current_engine(self) -> SearchEngine:
        config = self._config()
        with self._turn:
            if self._engine is None or self._engine_of is not config:
                rules = None if self._rules is None else self._rules()
                self._compiled.clear()
                self._engine_of = config
                self._engine = SearchEngine(config, rules, cache_directory())
            return self._engine


def _all_of(text: str) -> str:
    """Return words with nothing between them as words that are all wanted, others as they are.

    A rule must say what it means; who searches types two words and means both.
    """
    words = text.split()
    plain = len(words) > 1 and all(_WORD.fullmatch(word) for word in words)
    # Who writes `or` in small letters means no word: what is said of the query helps more.
    asks = any(word.upper() in _OPERATORS for word in words)
    return " AND ".join(words) if plain and not asks else text


def articles_of(page: SearchPage) -> Page[Article]:
    """Return what a search found as a list of articles."""
    after = None if page.next is None else Cursor.parse(page.next)
    return Page(tuple(hit.article for hit in page.items), after)


@dataclass(slots=True)
class _Read:
    """A page while it is read."""

    count: Count
    looked: Looked
    next: Cursor | None = None
    hits: list[SearchHit] = field(default_factory=list)
    counted: list[datetime] = field(default_factory=list)


class _Search:
    """One question to the index, and the versions that are read because of it."""

    def __init__(
        self,
        store: Store,
        query: SearchQuery,
        filters: SearchFilters,
        monotonic: Callable[[], float],
        budget: float,
    ) -> None:
        self._store = store
        self._query = query
        self._filters = filters
        self._monotonic = monotonic
        self._deadline = monotonic() + budget
        self._index_deadline = monotonic() + budget * _FOR_THE_INDEX / BUDGET
        self._hits: list[SearchHit] = []
        self._meant: list[datetime] = []
        self._last: tuple[int, datetime] | None = None
        """The last version that was looked at."""

    def page(self, after: SearchPlace, limit: int, *, only_count: bool = False) -> _Read:
        """Read a page after a place."""
        before, first = after.before, after.before is None
        wanted = self._wanted()
        since = self._filters.since
        most = MOST_COUNTED + 1 if first else max(limit * 3, 60)
        found = counted = self._store.find_versions(
            wanted, Stretch(before, since), most, self._index_deadline, FOLDING
        )
        if only_count and found.exact:
            return _Read(_count(found, None), Looked(None, found.complete, found.out_of_time))
        newest = max((id_ for id_, _ in found.versions), default=0) if first else 0
        up_to = max(after.up_to, newest)
        later = LaterVersions(self._store, self._fits, self._holds, self._is_over, up_to)
        while True:
            finished = self._read(found, limit, later)
            if not finished or found.complete or self._is_over():
                break
            found = self._store.find_versions(
                wanted, Stretch(found.looked_to, since), max(limit * 3, 60), self._deadline, FOLDING
            )
        complete = finished and found.complete
        out_of_time = not complete and (finished or len(self._hits) < limit)
        everything = complete and first
        next_: Cursor | None = None
        if not complete:
            next_ = self._cursor(found, finished, up_to)
        return _Read(
            count=_count(counted, len(self._meant) if everything else None),
            looked=Looked(None if self._last is None else self._last[1], complete, out_of_time),
            next=next_,
            hits=self._hits,
            counted=self._meant if everything else [at for _, at in counted.versions],
        )

    def _cursor(self, found: FoundVersions, finished: bool, up_to: int) -> Cursor:
        """Return the place after all that was looked at."""
        if self._last is None:
            return SearchPlace(found.looked_to, up_to).cursor(_NO_MOMENT)
        id_, at = self._last
        return SearchPlace(found.looked_to if finished else id_, up_to).cursor(at)

    def _wanted(self) -> Wanted:
        filters, parts = self._filters, [self._query.wanted]
        if filters.source is not None:
            parts.append(Mark(mark(MARKS_OF_SOURCE, filters.source)))
        if filters.language is not None:
            parts.append(Mark(mark(MARKS_OF_LANGUAGE, filters.language)))
        return Every(tuple(parts))

    def _is_over(self) -> bool:
        return self._monotonic() > self._deadline

    def _read(self, found: FoundVersions, limit: int, later: LaterVersions) -> bool:
        """Read versions until a page is full or time is over; tell whether all were read."""
        ids = [id_ for id_, _ in found.versions]
        times = dict(found.versions)
        for start in range(0, len(ids), _READ_AT_ONCE):
            some = ids[start : start + _READ_AT_ONCE]
            known = {each.article.version_id: each for each in self._store.versions_found(some)}
            for id_ in some:
                if len(self._hits) >= limit or (self._last is not None and self._is_over()):
                    return False
                if id_ in known and not self._look_at(known[id_], later):
                    return False
                self._last = id_, times[id_]
        return True

    def _look_at(self, found: VersionFound, later: LaterVersions) -> bool:
        """Take a version if it is meant; tell whether there was time to find out."""
        article = found.article
        if not self._fits(article):
            return True
        match = self._query.match(article.data, article.first_seen_at)
        if match is None:
            return True
        said = later.of(found, hidden=not self._filters.versions, first=self._last is None)
        if said is None:
            return False
        self._meant.append(article.fetched_at)
        if not said.hides:
            self._hits.append(_hit(found, match, said.still_there))
        return True

    def _holds(self, article: Article) -> bool:
        return self._query.holds(article.data, article.first_seen_at)

    def _fits(self, article: Article) -> bool:
        filters, data = self._filters, article.data
        return (
            (filters.source is None or data.source == filters.source)
            and (filters.language is None or data.language == filters.language)
            and (filters.since is None or article.fetched_at >= filters.since)
        )


def _hit(found: VersionFound, match: Match, still_there: bool) -> SearchHit:
    title = tuple((span.start, span.end) for span in match.spans if span.field is Field.TITLE)
    return SearchHit(
        article=found.article,
        latest_version=found.latest,
        still_there=still_there,
        title=snippet_pieces(Snippet(found.article.data.title, title)),
        snippet=snippet_pieces(match.snippet),
    )


def _count(found: FoundVersions, meant: int | None) -> Count:
    """Return how many there are; `meant` when all of them were read."""
    if meant is not None:
        return Count(meant, CountKind.EXACT)
    number = min(len(found.versions), MOST_COUNTED)
    if found.complete:
        return Count(number, CountKind.EXACT if found.exact else CountKind.AT_MOST)
    return Count(number, CountKind.AT_LEAST if found.exact else CountKind.ROUGHLY)


def _per_day(times: Iterable[datetime]) -> tuple[DayCount, ...]:
    counted = Counter(at.astimezone(UTC).date() for at in times)
    return tuple(DayCount(day, number) for day, number in sorted(counted.items(), reverse=True))


def _narrowed(saved: SearchConfig, filters: SearchFilters | None) -> SearchFilters:
    filters = filters or SearchFilters()
    return replace(
        filters,
        source=filters.source or saved.source,
        language=filters.language or saved.language,
    )
