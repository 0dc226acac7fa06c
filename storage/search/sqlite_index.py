"""The index of words beside a SQLite database: one contentless table of FTS5 a month.

A row's id is that of its version. Times are kept in microseconds beside it; the rest of a version
is in the database.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from typing_extensions import override

from core.searching import FoundVersions, IndexedVersion, Stretch, Wanted
from storage.search.fts_query import FtsLanguage
from storage.search.segments import Segment, spread
from storage.search.sqlite_file import DamagedIndexError, SearchFile, words_table
from storage.search.word_index import IndexState, Late, WordIndex

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STEPS = 2_000
"""Instructions of SQLite between two looks at the clock: about 0.1 ms."""
_PAGES_AT_ONCE = 500
"""Pages of a closed month that are put in order in one transaction: 2 MB."""
_SOMETHING_DONE = 2
"""Rows that change at least when pages were put in order, as the manual of FTS5 has it."""
_LARGEST_ID = 2**63 - 1


class SqliteIndex(WordIndex):
    """Words in a file of their own."""

    def __init__(self, file: SearchFile) -> None:
        self._file = file

    @override
    def close(self) -> None:
        self._file.close()

    @override
    def state(self) -> IndexState:
        with self._file.reading() as connection:
            return _state(connection)

    @override
    def begin(self, folding: str, instead_of: IndexState | None = None) -> None:
        try:
            self._begin(folding, instead_of)
        except DamagedIndexError:
            self._file.remove()
            self._begin(folding, None)

    def _begin(self, folding: str, instead_of: IndexState | None) -> None:
        with self._file.writing() as connection:
            if instead_of is not None and _state(connection) != instead_of:
                return
            for segment in _segments(connection):
                connection.execute(f"DROP TABLE {words_table(segment.number)}")
            for table in ("segment", "version", "noted", "state"):
                connection.execute(f"DELETE FROM {table}")
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
        with self._file.writing() as connection:
            if _state(connection).up_to != after:
                return False  # somebody else was quicker
            last = _segment(connection, None)
            if last is not None and last.filled_to < last.last_id:
                return False  # it is being made anew, and what it lacks comes first
            for segment, batch in spread(items, last):
                if last is None or segment.number != last.number:
                    _make_words(connection, segment.number)
                _fill(connection, segment, batch, noted)
            _put(connection, "up_to", str(up_to))
            if items:
                _put(connection, "content", content)
                _put(connection, "last", str(items[-1].version_id))
            return True

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
        with self._file.writing() as connection:
            segment = _segment(connection, number)
            if segment is None or segment.filled_to != after:
                return False
            filled = replace(
                segment, filled_to=up_to, versions=segment.versions + len(items), closed=False
            )
            _fill(connection, filled, items, noted)
            return True

    @override
    def late(self, seconds: float | None = None) -> Late:
        return Late((), self.state().up_to)  # one writer: what is seen last has the greatest id

    @override
    def to_refill(self) -> Segment | None:
        with self._file.reading() as connection:
            waiting = (each for each in _segments(connection) if each.filled_to < each.last_id)
            return min(waiting, key=lambda segment: segment.number, default=None)

    @override
    def forget(self, versions: Collection[int]) -> None:
        # What is deleted from a contentless table must be said word by word, and the words are gone
        # with the version: the whole part is made anew.
        with self._file.writing() as connection:
            for segment in _segments(connection):
                if any(segment.first_id <= version <= segment.last_id for version in versions):
                    _empty(connection, segment)

    @override
    def tend(self) -> bool:
        with self._file.reading() as connection:
            earlier = _segments(connection)[:-1]
        whole = (each for each in earlier if not each.closed and each.filled_to == each.last_id)
        segment = next(whole, None)
        if segment is None:
            return False
        with self._file.writing() as connection:
            table = words_table(segment.number)
            before = connection.total_changes
            # Of what there is, not of what is new alone: that is what less than nothing says.
            connection.execute(
                f"INSERT INTO {table}({table}, rank) VALUES ('merge', ?)", (-_PAGES_AT_ONCE,)
            )
            if connection.total_changes - before < _SOMETHING_DONE:
                connection.execute(
                    "UPDATE segment SET closed = 1 WHERE number = ?", [segment.number]
                )
        return True

    @override
    def find(self, wanted: Wanted, stretch: Stretch, limit: int, deadline: float) -> FoundVersions:
        with self._file.reading() as connection:
            search = _Search(connection, wanted, stretch, limit, deadline)
            return search.run()


class _Search:
    """One search: part by part, the newest first, until there is enough or time is over."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        wanted: Wanted,
        stretch: Stretch,
        limit: int,
        deadline: float,
    ) -> None:
        self._connection = connection
        self._wanted = wanted
        self._since = 0 if stretch.since is None else _micros(stretch.since)
        self._before = _LARGEST_ID if stretch.before is None else stretch.before
        self._limit = limit
        self._deadline = deadline
        self._found: list[tuple[int, int]] = []
        self._looked_to = self._before
        self._exact = True

    def run(self) -> FoundVersions:
        """Look through the parts."""
        enough = out_of_time = False
        for segment in reversed(_segments(self._connection)):
            if segment.first_id >= self._before or _micros(segment.latest) < self._since:
                continue
            enough, out_of_time = self._look_through(segment)
            if enough or out_of_time:
                break
        return FoundVersions(
            versions=tuple((id_, _EPOCH + timedelta(microseconds=at)) for id_, at in self._found),
            looked_to=self._looked_to,
            complete=not (enough or out_of_time),
            exact=self._exact,
            out_of_time=out_of_time,
        )

    def _look_through(self, segment: Segment) -> tuple[bool, bool]:
        """Look through one part; tell whether there is enough, and whether time is over."""
        asked = FtsLanguage(lambda mark: self._is_noted(segment, mark)).asked(self._wanted)
        low = segment.first_id if not self._since else self._first_since(segment)
        missing = self._limit - len(self._found)
        ids: list[int] = []
        # The first part is looked through until something is found, whatever it takes: who goes on
        # from where it ended must get farther every time.
        begun = bool(self._found) or self._looked_to < self._before
        over = False

        def is_over() -> bool:
            return (begun or bool(ids)) and time.monotonic() > self._deadline

        self._connection.set_progress_handler(is_over, _STEPS)
        try:
            self._collect(ids, segment, asked.text, low, missing)
        except sqlite3.OperationalError:
            if not is_over():
                raise
            over = True
        finally:
            self._connection.set_progress_handler(None, 0)
        self._exact &= asked.exact
        self._found += self._with_times(ids)
        enough = len(ids) >= missing
        self._looked_to = (ids[-1] if ids else self._looked_to) if enough or over else low
        return enough, over or (not enough and time.monotonic() > self._deadline)

    def _collect(
        self, ids: list[int], segment: Segment, match: str | None, low: int, limit: int
    ) -> None:
        """Add ids one by one, so that those are kept that came before an interruption."""
        values: tuple[object, ...] = (low, min(self._before, segment.last_id + 1), limit)
        if match is None:
            query = "SELECT id FROM version WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT ?"
        else:
            table = words_table(segment.number)
            query = (
                f"SELECT rowid FROM {table} WHERE {table} MATCH ? AND rowid >= ? AND rowid < ? "
                "ORDER BY rowid DESC LIMIT ?"
            )
            values = (match, *values)
        for (id_,) in self._connection.execute(query, values):
            ids.append(id_)

    def _is_noted(self, segment: Segment, mark: str) -> bool:
        """Tell whether every version of a part was examined for a mark."""
        row = self._connection.execute(
            "SELECT 1 FROM noted WHERE mark = ? AND segment = ? AND versions = ?",
            (mark, segment.number, segment.versions),
        )
        return row.fetchone() is not None

    def _first_since(self, segment: Segment) -> int:
        (first,) = self._connection.execute(
            "SELECT min(id) FROM version WHERE id BETWEEN ? AND ? AND at >= ?",
            (segment.first_id, segment.last_id, self._since),
        ).fetchone()
        return segment.last_id + 1 if first is None else int(first)

    def _with_times(self, ids: Sequence[int]) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        for start in range(0, len(ids), 500):
            some = ids[start : start + 500]
            listed = ",".join("?" * len(some))
            known = dict(
                self._connection.execute(f"SELECT id, at FROM version WHERE id IN ({listed})", some)
            )
            found += [(id_, known[id_]) for id_ in some if known.get(id_, -1) >= self._since]
        return found


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


def _put(connection: sqlite3.Connection, name: str, value: str) -> None:
    connection.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", (name, value))


def _state(connection: sqlite3.Connection) -> IndexState:
    known = dict(connection.execute("SELECT name, value FROM state"))
    last = int(known.get("last", 0))
    row = connection.execute("SELECT at FROM version WHERE id = ?", (last,)).fetchone()
    return IndexState(
        folding=known.get("folding", ""),
        up_to=int(known.get("up_to", 0)),
        last=last,
        content=known.get("content", ""),
        last_at=None if row is None else _EPOCH + timedelta(microseconds=row[0]),
    )


_SEGMENT = (
    "SELECT number, month, first_id, last_id, filled_to, latest, versions, closed FROM segment"
)


def _segments(connection: sqlite3.Connection) -> list[Segment]:
    return [_read(row) for row in connection.execute(f"{_SEGMENT} ORDER BY number")]


def _segment(connection: sqlite3.Connection, number: int | None) -> Segment | None:
    """Return a part by its number, the last one without."""
    condition = "ORDER BY number DESC LIMIT 1" if number is None else "WHERE number = ?"
    values = () if number is None else (number,)
    row = connection.execute(f"{_SEGMENT} {condition}", values).fetchone()
    return None if row is None else _read(row)


def _read(row: Sequence[int | str]) -> Segment:
    number, month, first_id, last_id, filled_to, latest, versions, closed = row
    at = _EPOCH + timedelta(microseconds=int(latest))
    ids = (int(first_id), int(last_id), int(filled_to))
    return Segment(int(number), str(month), *ids, at, int(versions), bool(closed))


def _make_words(connection: sqlite3.Connection, number: int) -> None:
    table = words_table(number)
    connection.execute(
        f"CREATE VIRTUAL TABLE {table} USING fts5("
        "title, body, meta, content='', columnsize=0, tokenize=\"ascii tokenchars '''=_'\")"
    )
    connection.execute(f"INSERT INTO {table}({table}, rank) VALUES('automerge', 2)")


def _fill(
    connection: sqlite3.Connection,
    segment: Segment,
    items: Sequence[IndexedVersion],
    noted: Collection[str],
) -> None:
    connection.executemany(
        f"INSERT INTO {words_table(segment.number)}(rowid, title, body, meta) VALUES (?, ?, ?, ?)",
        ((item.version_id, item.title, item.text, " ".join(item.marks)) for item in items),
    )
    connection.executemany(
        "INSERT OR REPLACE INTO version VALUES (?, ?)",
        ((item.version_id, _micros(item.at)) for item in items),
    )
    connection.execute(
        "INSERT OR REPLACE INTO segment VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            segment.number,
            segment.month,
            segment.first_id,
            segment.last_id,
            segment.filled_to,
            _micros(segment.latest),
            segment.versions,
            segment.closed,
        ),
    )
    connection.executemany(
        "INSERT INTO noted VALUES (?, ?, ?) "
        "ON CONFLICT (mark, segment) DO UPDATE SET versions = versions + excluded.versions",
        ((mark, segment.number, len(items)) for mark in noted),
    )


def _empty(connection: sqlite3.Connection, segment: Segment) -> None:
    connection.execute(f"DROP TABLE {words_table(segment.number)}")
    _make_words(connection, segment.number)
    stretch = (segment.first_id, segment.last_id)
    connection.execute("DELETE FROM version WHERE id BETWEEN ? AND ?", stretch)
    connection.execute("DELETE FROM noted WHERE segment = ?", (segment.number,))
    connection.execute(
        "UPDATE segment SET filled_to = first_id - 1, versions = 0, closed = 0 WHERE number = ?",
        (segment.number,),
    )
