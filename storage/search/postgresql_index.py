"""The index of words in PostgreSQL: a partition a month, with an index of its own over the words.

What is asked has a time after which the server gives up. The newest versions are looked at one by
one, for a frequent word is among them; the rest of a month is asked of its index of words.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError
from typing_extensions import override

from core.searching import FoundVersions, IndexedVersion, Stretch, Wanted
from storage.database.engine import storage_errors
from storage.search.segments import Segment, spread
from storage.search.ts_query import TsLanguage, text_vector
from storage.search.word_index import IndexState, WordIndex

_ONE_BY_ONE = 1_000
"""Versions that are looked at one after the other before the index of words is asked."""
_ALWAYS = 5.0
"""Seconds that those may take: who goes on must get farther every time."""
_CANCELED = "57014"
_LOCK = 0x776F7264  # "word": any number that other software is unlikely to lock
_LARGEST_ID = 2**63 - 1
_LONGEST_MS = 2**31 - 1
"""The longest time that the server takes for a limit."""
_LATE = 2_000
"""Ids behind the last that are looked through for versions whose transaction ended late."""


class PostgresqlIndex(WordIndex):
    """Words in tables of the same database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @override
    def close(self) -> None:
        """Nothing is open but what the store itself closes."""

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with storage_errors(self._engine.url), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with storage_errors(self._engine.url), self._engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            yield connection

    @override
    def state(self) -> IndexState:
        with self._reading() as connection:
            return _state(connection)

    @override
    def begin(self, folding: str) -> None:
        with self._writing() as connection:
            for segment in _segments(connection):
                connection.execute(text(f"DROP TABLE IF EXISTS search_text_{segment.number:d}"))
            for table in ("search_segment", "search_noted", "search_state"):
                connection.execute(text(f"DELETE FROM {table}"))
            _put(connection, "folding", folding)

    @override
    def add(
        self,
        items: Sequence[IndexedVersion],
        *,
        after: int,
        up_to: int,
        content: str,
        noted: Collection[str],
    ) -> bool:
        with self._writing() as connection:
            if _state(connection).up_to != after:
                return False  # somebody else was quicker
            segments = _segments(connection)
            late = [item for item in items if item.version_id <= after]
            for item in late:
                begun = (each for each in reversed(segments) if each.first_id <= item.version_id)
                home = next(begun, segments[0] if segments else None)
                if home is not None:
                    _insert(connection, home.number, [item])
            last = segments[-1] if segments else None
            for segment, batch in spread(items[len(late) :], last):
                if last is None or segment.number != last.number:
                    _make_partition(connection, segment.number)
                _fill(connection, segment, batch, noted)
            if up_to > after:
                _put(connection, "up_to", str(up_to))
            if items[len(late) :]:
                _put(connection, "last", str(items[-1].version_id))
                _put(connection, "content", content)
            return True

    @override
    def late(self) -> tuple[int, ...]:
        with self._reading() as connection:
            up_to = _state(connection).up_to
            rows = connection.execute(
                text(
                    "SELECT version.id FROM article_version AS version "
                    "JOIN article ON article.id = version.article_id "
                    # Looked for in the last two months alone: what came with them, too, or all
                    # that lies in the months before would seem to be missing.
                    "WHERE version.id > :low AND version.id <= :up_to AND version.id >= ("
                    " SELECT coalesce(min(first_id), 0) FROM search_segment"
                    " WHERE number >= (SELECT max(number) - 1 FROM search_segment)) "
                    "AND NOT article.is_health_alert AND NOT EXISTS ("
                    " SELECT 1 FROM search_text WHERE version_id = version.id AND segment >= ("
                    "  SELECT coalesce(max(number), 0) - 1 FROM search_segment)) "
                    "ORDER BY version.id LIMIT 200"
                ),
                {"low": up_to - _LATE, "up_to": up_to},
            )
            return tuple(id_ for (id_,) in rows)

    @override
    def to_refill(self) -> Segment | None:
        return None

    @override
    def refill(
        self,
        number: int,
        items: Sequence[IndexedVersion],
        *,
        after: int,
        up_to: int,
        noted: Collection[str],
    ) -> bool:
        return False

    @override
    def forget(self, versions: Collection[int]) -> None:
        with self._writing() as connection:
            connection.execute(
                text("DELETE FROM search_text WHERE version_id = ANY(:ids)"),
                {"ids": list(versions)},
            )

    @override
    def tend(self) -> bool:
        return False

    @override
    def find(self, wanted: Wanted, stretch: Stretch, limit: int, deadline: float) -> FoundVersions:
        with self._reading() as connection:
            segments = _segments(connection)
            noted = _noted(connection)
        search = _Search(self, wanted, stretch, limit, deadline)
        for segment in reversed(segments):
            language = TsLanguage(noted.get(segment.number, set()).__contains__)
            if search.concerns(segment) and search.look_through(segment, language):
                break
        return search.found()

    def ask(
        self, query: str, values: Mapping[str, object], seconds: float
    ) -> list[tuple[int, datetime]] | None:
        """Return versions and their times; None when it took longer than it may."""
        try:
            with self._engine.connect() as connection:
                connection.execute(
                    text("SELECT set_config('statement_timeout', :ms, true)"),
                    {"ms": str(max(1, min(_LONGEST_MS, int(seconds * 1000))))},
                )
                return [(int(id_), at) for id_, at in connection.execute(text(query), values)]
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) == _CANCELED:
                return None
            with storage_errors(self._engine.url):
                raise
            raise AssertionError from error


class _Search:
    """One search: part by part, the newest first, until there is enough or time is over."""

    def __init__(
        self,
        index: PostgresqlIndex,
        wanted: Wanted,
        stretch: Stretch,
        limit: int,
        deadline: float,
    ) -> None:
        self._index = index
        self._wanted = wanted
        self._since = stretch.since or datetime.min.replace(tzinfo=UTC)
        self._before = _LARGEST_ID if stretch.before is None else stretch.before
        self._limit = limit
        self._deadline = deadline
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
        """Look at the newest versions below `high`; return the id of the last one."""
        high = self._before if high is None else high
        place = {"segment": segment.number, "high": high, "most": _ONE_BY_ONE}
        newest = (
            "SELECT version_id, at, words FROM search_text "
            "WHERE segment = :segment AND version_id < :high ORDER BY version_id DESC LIMIT :most"
        )
        rows = self._index.ask(f"SELECT version_id, at FROM ({newest}) AS newest", place, _ALWAYS)
        low = min((id_ for id_, _ in rows or ()), default=segment.first_id)
        if len(rows or ()) < _ONE_BY_ONE:
            low = segment.first_id
        if asked is not None:
            rows = self._index.ask(
                f"SELECT version_id, at FROM ({newest}) AS newest "
                "WHERE words @@ CAST(:asked AS tsquery) ORDER BY version_id DESC",
                {**place, "asked": asked},
                _ALWAYS,
            )
        self._take(sorted(rows or (), reverse=True), low)
        return low

    def _by_words(self, segment: Segment, asked: str, high: int) -> int:
        """Ask the index of words for the rest of a part."""
        missing = self._limit - len(self._found)
        rows = self._index.ask(
            "SELECT version_id, at FROM search_text WHERE segment = :segment "
            "AND version_id < :high AND words @@ CAST(:asked AS tsquery) AND at >= :since "
            "ORDER BY version_id + 0 DESC LIMIT :missing",
            {
                "segment": segment.number, "high": high, "asked": asked, "since": self._since,
                "missing": missing,
            },
            self._deadline - time.monotonic(),
        )  # fmt: skip
        if rows is None:
            self._over = True
            return high
        self._take(rows, rows[-1][0] if len(rows) >= missing else segment.first_id)
        return segment.first_id

    def _take(self, rows: Sequence[tuple[int, datetime]], looked_to: int) -> None:
        kept = [(id_, at.astimezone(UTC)) for id_, at in rows if at >= self._since]
        missing = self._limit - len(self._found)
        self._found += kept[:missing]
        self._enough = len(kept) >= missing
        self._looked_to = self._found[-1][0] if self._enough else looked_to


def _put(connection: Connection, name: str, value: str) -> None:
    connection.execute(
        text(
            "INSERT INTO search_state VALUES (:name, :value) "
            "ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        ),
        {"name": name, "value": value},
    )


def _state(connection: Connection) -> IndexState:
    known = {
        str(name): str(value)
        for name, value in connection.execute(text("SELECT name, value FROM search_state"))
    }
    last = int(known.get("last", 0))
    at = connection.execute(
        text("SELECT fetched_at FROM article_version WHERE id = :last"), {"last": last}
    ).scalar()
    return IndexState(
        folding=known.get("folding", ""),
        up_to=int(known.get("up_to", 0)),
        last=last,
        content=known.get("content", ""),
        last_at=None if at is None else at.astimezone(UTC),
    )


def _segments(connection: Connection) -> list[Segment]:
    rows = connection.execute(
        text(
            "SELECT number, month, first_id, last_id, latest, versions FROM search_segment "
            "ORDER BY number"
        )
    )
    return [
        Segment(number, month, first_id, last_id, last_id, latest.astimezone(UTC), versions)
        for number, month, first_id, last_id, latest, versions in rows
    ]


def _noted(connection: Connection) -> Mapping[int, set[str]]:
    """Return by part the marks that every version of it was looked through for."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    rows = connection.execute(
        text(
            "SELECT mark, segment FROM search_noted JOIN search_segment "
            "ON number = segment AND search_segment.versions = search_noted.versions"
        )
    )
    for mark, segment in rows:
        found[int(segment)].add(str(mark))
    return found


def _make_partition(connection: Connection, number: int) -> None:
    connection.execute(
        text(
            f"CREATE TABLE IF NOT EXISTS search_text_{number:d} "
            f"PARTITION OF search_text FOR VALUES IN ({number:d})"
        )
    )


def _insert(connection: Connection, number: int, items: Sequence[IndexedVersion]) -> None:
    connection.execute(
        text(
            "INSERT INTO search_text VALUES (:segment, :id, :at, CAST(:words AS tsvector)) "
            "ON CONFLICT DO NOTHING"
        ),
        [
            {"segment": number, "id": item.version_id, "at": item.at, "words": text_vector(item)}
            for item in items
        ],
    )


def _fill(
    connection: Connection,
    segment: Segment,
    items: Sequence[IndexedVersion],
    noted: Collection[str],
) -> None:
    _insert(connection, segment.number, items)
    segment = replace(segment, filled_to=segment.last_id)
    connection.execute(
        text(
            "INSERT INTO search_segment VALUES "
            "(:number, :month, :first_id, :last_id, :latest, :versions) "
            "ON CONFLICT (number) DO UPDATE SET last_id = excluded.last_id, "
            "latest = excluded.latest, versions = excluded.versions"
        ),
        {
            "number": segment.number, "month": segment.month, "first_id": segment.first_id,
            "last_id": segment.last_id, "latest": segment.latest, "versions": segment.versions,
        },
    )  # fmt: skip
    if noted:
        connection.execute(
            text(
                "INSERT INTO search_noted VALUES (:mark, :segment, :versions) "
                "ON CONFLICT (mark, segment) "
                "DO UPDATE SET versions = search_noted.versions + excluded.versions"
            ),
            [{"mark": mark, "segment": segment.number, "versions": len(items)} for mark in noted],
        )
