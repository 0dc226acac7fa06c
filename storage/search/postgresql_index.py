"""The index of words in PostgreSQL: a partition a month, with an index of its own over the words.

How it is searched is in `postgresql_search`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC
from typing import Any

from sqlalchemy import Connection, Engine, text
from typing_extensions import override

from core.searching import FoundVersions, IndexedVersion, Stretch, Wanted
from storage.database.engine import storage_errors
from storage.search.postgresql_search import PostgresqlSearch, ask_in_time
from storage.search.segments import Segment, spread
from storage.search.ts_query import CUT, LONG, TsLanguage, text_vector
from storage.search.word_index import IndexState, Late, WordIndex

_LOCK = 0x776F7264  # "word": any number that other software is unlikely to lock
_PATIENCE = {"ms": "5000"}
"""How long somebody else who writes or reads is waited for; a batch takes less than a second."""
_LONGEST_WAIT = 60.0
"""Seconds that who indexes waits for an answer; what is late is looked for again after a while."""
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
            connection.execute(text("SELECT set_config('lock_timeout', :ms, true)"), _PATIENCE)
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            yield connection

    @override
    def state(self) -> IndexState:
        with self._reading() as connection:
            return _state(connection)

    @override
    def begin(self, folding: str, instead_of: IndexState | None = None) -> None:
        with self._writing() as connection:
            if instead_of is not None and _state(connection) != instead_of:
                return
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
            new = [item for item in items if item.version_id > after]
            late = _missing(connection, items[: len(items) - len(new)])
            _fill_in(connection, late, noted)
            segments = _segments(connection)
            last = segments[-1] if segments else None
            for segment, batch in spread(new, last):
                if last is None or segment.number != last.number:
                    _make_partition(connection, segment.number)
                _fill(connection, segment, batch, noted)
            if up_to > after:
                _put(connection, "up_to", str(up_to))
            if new:
                _put(connection, "last", str(new[-1].version_id))
                _put(connection, "content", content)
            return True

    @override
    def late(self, seconds: float | None = None) -> Late:
        with self._reading() as connection:
            up_to = _state(connection).up_to
            low = max(0, up_to - _LATE)
            # Looked for in the parts alone that such ids can be in: there are many others.
            home = _home(_segments(connection), low + 1)
        rows = ask_in_time(
            self._engine,
            "SELECT version.id FROM article_version AS version "
            "JOIN article ON article.id = version.article_id "
            "WHERE version.id > :low AND version.id <= :up_to "
            "AND NOT article.is_health_alert AND NOT EXISTS ("
            " SELECT 1 FROM search_text"
            " WHERE version_id = version.id AND segment >= :home) "
            "ORDER BY version.id LIMIT 200",
            {"low": low, "up_to": up_to, "home": 0 if home is None else home.number},
            _LONGEST_WAIT if seconds is None else seconds,
        )
        if rows is None:
            return Late((), low)
        versions = tuple(int(id_) for (id_,) in rows)
        return Late(versions, min(versions) - 1 if versions else up_to)

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
            noted, wanting = _noted(connection), _wanting(connection)
        search = PostgresqlSearch(self._engine, wanted, stretch, limit, deadline)
        for segment in reversed(segments):
            language = TsLanguage(noted[segment.number].__contains__, wanting[segment.number])
            if search.concerns(segment) and search.look_through(segment, language):
                break
        return search.found()


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


def _home(segments: Sequence[Segment], version: int) -> Segment | None:
    """Return the part that an id belongs to: the last that begins by then, or the first of all."""
    begun = (each for each in reversed(segments) if each.first_id <= version)
    return next(begun, segments[0] if segments else None)


def _missing(connection: Connection, items: Sequence[IndexedVersion]) -> Sequence[IndexedVersion]:
    """Return those that nobody else has put in meanwhile."""
    if not items:
        return ()
    rows = connection.execute(
        text("SELECT version_id FROM search_text WHERE version_id = ANY(:ids)"),
        {"ids": [item.version_id for item in items]},
    )
    known = {id_ for (id_,) in rows}
    return [item for item in items if item.version_id not in known]


def _fill_in(
    connection: Connection, items: Sequence[IndexedVersion], noted: Collection[str]
) -> None:
    """Take versions between or before those that are there."""
    for item in items:
        home = _home(_segments(connection), item.version_id)
        if home is None:
            home, _ = next(iter(spread([item], None)))
            _make_partition(connection, home.number)
        else:
            home = replace(
                home,
                first_id=min(home.first_id, item.version_id),
                last_id=max(home.last_id, item.version_id),
                latest=max(home.latest, item.at),
                versions=home.versions + 1,
            )
        _fill(connection, home, [item], noted)


def _noted(connection: Connection) -> defaultdict[int, set[str]]:
    """Return by part the marks that every version of it was looked through for."""
    rows = connection.execute(
        text(
            "SELECT mark, segment FROM search_noted JOIN search_segment "
            "ON number = segment AND search_segment.versions = search_noted.versions"
        )
    )
    return _by_part(rows)


def _wanting(connection: Connection) -> defaultdict[int, set[str]]:
    """Return by part what some of its versions do not have: see `LONG` and `CUT`."""
    rows = connection.execute(
        text("SELECT mark, segment FROM search_noted WHERE mark = ANY(:marks)"),
        {"marks": [LONG, CUT]},
    )
    return _by_part(rows)


def _by_part(rows: Iterable[Any]) -> defaultdict[int, set[str]]:
    found: defaultdict[int, set[str]] = defaultdict(set)
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
    vectors = [text_vector(item) for item in items]
    connection.execute(
        text(
            "INSERT INTO search_text VALUES (:segment, :id, :at, CAST(:words AS tsvector)) "
            "ON CONFLICT DO NOTHING"
        ),
        [
            {"segment": number, "id": item.version_id, "at": item.at, "words": vector.written}
            for item, vector in zip(items, vectors, strict=True)
        ],
    )
    _note(connection, number, Counter(mark for vector in vectors for mark in vector.wanting))


def _note(connection: Connection, number: int, versions: Mapping[str, int]) -> None:
    """Add to how many versions of a part something is known of."""
    if versions:
        connection.execute(
            text(
                "INSERT INTO search_noted VALUES (:mark, :segment, :versions) "
                "ON CONFLICT (mark, segment) "
                "DO UPDATE SET versions = search_noted.versions + excluded.versions"
            ),
            [
                {"mark": mark, "segment": number, "versions": more}
                for mark, more in versions.items()
            ],
        )


def _fill(
    connection: Connection,
    segment: Segment,
    items: Sequence[IndexedVersion],
    noted: Collection[str],
) -> None:
    _insert(connection, segment.number, items)
    connection.execute(
        text(
            "INSERT INTO search_segment VALUES "
            "(:number, :month, :first_id, :last_id, :latest, :versions) "
            "ON CONFLICT (number) DO UPDATE SET first_id = excluded.first_id, "
            "last_id = excluded.last_id, "
            "latest = excluded.latest, versions = excluded.versions"
        ),
        {
            "number": segment.number, "month": segment.month, "first_id": segment.first_id,
            "last_id": segment.last_id, "latest": segment.latest, "versions": segment.versions,
        },
    )  # fmt: skip
    _note(connection, segment.number, dict.fromkeys(noted, len(items)))
