"""One search in the index of words in PostgreSQL.

What is asked has a time after which the server gives up. The newest versions are looked at one by
one, for a frequent word is among them; the rest of a month is asked of its index of words.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from core.searching import FoundVersions, Stretch, Wanted
from storage.database.engine import storage_errors
from storage.search.asked import Asked
from storage.search.segments import Segment
from storage.search.ts_query import TsLanguage

_ONE_BY_ONE = 1_000
"""Versions that are looked at one after the other before the index of words is asked."""
_FEWER = 10
"""Part of them that is tried next, where time does not suffice."""
_ALWAYS = 4.0
"""Seconds that all this may take at first, whatever is left: who goes on must get farther."""
_LONGEST_QUERY = 500_000
"""Bytes of a condition: PostgreSQL takes 1 MB of words. With more, versions are read."""
_CANCELED = "57014"
_LARGEST_ID = 2**63 - 1
_LONGEST_MS = 2**31 - 1
"""The longest time that the server takes for a limit."""


class PostgresqlSearch:
    """One search: part by part, the newest first, until there is enough or time is over."""

    def __init__(
        self,
        engine: Engine,
        wanted: Wanted,
        stretch: Stretch,
        limit: int,
        deadline: float,
    ) -> None:
        """Take what is wanted, as `WordIndex.find` does."""
        self._engine = engine
        self._wanted = wanted
        self._since = stretch.since or datetime.min.replace(tzinfo=UTC)
        self._before = _LARGEST_ID if stretch.before is None else stretch.before
        self._limit = limit
        self._deadline = deadline
        self._always = time.monotonic() + _ALWAYS
        self._found: list[tuple[int, datetime]] = []
        self._looked_to = self._before
        self._exact = True
        self._enough = self._over = False

    def concerns(self, segment: Segment) -> bool:
        """Tell whether a part has anything of the stretch."""
        return segment.first_id < self._before and segment.latest >= self._since

    def found(self) -> FoundVersions:
        """Return what was found so far."""
        return FoundVersions(
            versions=tuple(self._found[: self._limit]),
            looked_to=self._looked_to,
            complete=not self._is_done(),
            exact=self._exact,
            out_of_time=self._over and not self._enough,
        )

    def look_through(self, segment: Segment, language: TsLanguage) -> bool:
        """Look through one part; tell whether there is enough, or time is over."""
        asked = language.asked(self._wanted)
        if asked.text is not None and len(asked.text.encode()) > _LONGEST_QUERY:
            asked = Asked(None, exact=False)
        self._exact &= asked.exact
        high = self._before
        if self._looked_to == self._before:
            high = self._one_by_one(segment, asked.text)
        while high > segment.first_id and not self._is_done():
            if asked.text is None:
                high = self._one_by_one(segment, None, high)
            else:
                high = self._by_words(segment, asked.text, high)
            self._over |= time.monotonic() > self._deadline
        return self._is_done()

    def _is_done(self) -> bool:
        return self._enough or self._over

    def _one_by_one(self, segment: Segment, asked: str | None, high: int | None = None) -> int:
        """Look at the newest versions below `high`; return the id of the last one.

        Of the first ones, fewer are looked at where time does not suffice for all.
        """
        high = self._before if high is None else high
        first = self._looked_to == self._before
        most = _ONE_BY_ONE
        rows = self._newest(segment, asked, high, most, first)
        while rows is None and first and most > 1:
            most //= _FEWER
            rows = self._newest(segment, asked, high, most, first)
        if rows is None:
            self._over = True
            return high
        low = rows[-1][0] if len(rows) == most else segment.first_id
        self._take([(id_, at) for id_, at, meant in rows if meant], low)
        return low

    def _newest(
        self, segment: Segment, asked: str | None, high: int, most: int, first: bool
    ) -> list[tuple[int, datetime, bool]] | None:
        """Return the newest versions below `high`, and of each whether it meets what is asked."""
        left = self._deadline - time.monotonic()
        if first:
            rest = self._always - time.monotonic()
            left = max(left, rest if most == 1 else rest / 2)
        meant = "true" if asked is None else "words @@ CAST(:asked AS tsquery)"
        rows = ask_in_time(
            self._engine,
            f"SELECT version_id, at, {meant} FROM ("
            "SELECT version_id, at, words FROM search_text "
            "WHERE segment = :segment AND version_id < :high ORDER BY version_id DESC LIMIT :most"
            ") AS newest ORDER BY version_id DESC",
            {"segment": segment.number, "high": high, "most": most, "asked": asked},
            left,
        )
        return None if rows is None else [(int(row[0]), row[1], bool(row[2])) for row in rows]

    def _by_words(self, segment: Segment, asked: str, high: int) -> int:
        """Ask the index of words for the rest of a part."""
        missing = self._limit - len(self._found)
        rows = ask_in_time(
            self._engine,
            "SELECT version_id, at FROM search_text WHERE segment = :segment "
            "AND version_id < :high AND words @@ CAST(:asked AS tsquery) AND at >= :since "
            "ORDER BY version_id + 0 DESC LIMIT :missing",
            {
                "segment": segment.number,
                "high": high,
                "asked": asked,
                "since": self._since,
                "missing": missing,
            },
            self._deadline - time.monotonic(),
        )
        if rows is None:
            self._over = True
            return high
        found = [(int(id_), at) for id_, at in rows]
        self._take(found, found[-1][0] if len(found) >= missing else segment.first_id)
        return segment.first_id

    def _take(self, rows: Sequence[tuple[int, datetime]], looked_to: int) -> None:
        kept = [(id_, at.astimezone(UTC)) for id_, at in rows if at >= self._since]
        missing = self._limit - len(self._found)
        self._found += kept[:missing]
        self._enough = len(kept) >= missing
        self._looked_to = self._found[-1][0] if self._enough else looked_to


def ask_in_time(
    engine: Engine, query: str, values: Mapping[str, object], seconds: float
) -> list[tuple[Any, ...]] | None:
    """Return the rows of a query; None when the server found no time for it.

    Time goes by as well while somebody else holds the tables.
    """
    if seconds <= 0:
        return None
    with storage_errors(engine.url):
        try:
            with engine.connect() as connection:
                connection.execute(
                    text("SELECT set_config('statement_timeout', :ms, true)"),
                    {"ms": str(max(1, min(_LONGEST_MS, int(seconds * 1000))))},
                )
                return [tuple(row) for row in connection.execute(text(query), values)]
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != _CANCELED:
                raise
    return None
