"""The file of words beside a SQLite database: how it is opened, and what is in it.

A file of its own, because a commit of many words would keep the writers of the database waiting. It
is derived: whatever is wrong with it, it can be made anew.
"""

from __future__ import annotations

import contextlib
import os
import queue
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import StorageError

SUFFIX = "-search.db"

LAYOUT = "1"
"""Changes with the tables below; a file of another layout is made anew."""

_BUSY_TIMEOUT_MS = 10_000
_JOURNAL_SIZE_LIMIT = 64 * 1024 * 1024
_SPARE = 8
"""Connections kept for the next reader."""

_TABLES = """
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS segment (
    number INTEGER PRIMARY KEY, month TEXT NOT NULL, first_id INTEGER NOT NULL,
    last_id INTEGER NOT NULL, filled_to INTEGER NOT NULL, latest INTEGER NOT NULL,
    versions INTEGER NOT NULL, closed INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS version (id INTEGER PRIMARY KEY, at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS noted (
    mark TEXT NOT NULL, segment INTEGER NOT NULL, versions INTEGER NOT NULL,
    PRIMARY KEY (mark, segment)
) WITHOUT ROWID;
"""


def search_file(database: Path) -> Path:
    """Return where the words of a database are kept."""
    return database.with_name(database.name + SUFFIX)


def words_table(segment: int) -> str:
    """Return the name of the table that holds the words of a segment."""
    return f"words_{segment:d}"


class DamagedIndexError(StorageError):
    """A file of words cannot be read any more."""


class SearchFile:
    """Connections to one file of words, for threads that read and one that writes."""

    def __init__(self, database: Path) -> None:
        """Name the database that it belongs to. Nothing is opened yet."""
        self._file = search_file(database)
        self._readers: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue()
        self._turn = threading.Lock()
        self._writer: sqlite3.Connection | None = None

    def close(self) -> None:
        """Close the connections; they are opened again when something is asked."""
        with self._turn:
            if self._writer is not None:
                self._writer.close()
                self._writer = None
        with contextlib.suppress(queue.Empty):
            while True:
                self._readers.get_nowait().close()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give a connection that sees one state of the file."""
        with self._errors():
            try:
                connection = self._readers.get_nowait()
            except queue.Empty:
                connection = self._open()
            try:
                connection.execute("BEGIN")
                yield connection
            finally:
                connection.set_progress_handler(None, 0)
                if connection.in_transaction:
                    connection.rollback()
                if self._readers.qsize() < _SPARE:
                    self._readers.put(connection)
                else:
                    connection.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give a connection whose changes are committed together, or not at all."""
        with self._turn, self._errors():
            if self._writer is None:
                self._writer = self._open()
            connection = self._writer
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    def remove(self) -> None:
        """Put the file away, when it cannot be read any more."""
        self.close()
        for suffix in ("", "-wal", "-shm"):
            self._file.with_name(self._file.name + suffix).unlink(missing_ok=True)

    def _open(self) -> sqlite3.Connection:
        # Only a new file: closing one that SQLite works on in this process would free its locks.
        with contextlib.suppress(OSError):
            flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC
            os.close(os.open(self._file, flags, 0o600))
        connection = sqlite3.connect(
            self._file,
            timeout=_BUSY_TIMEOUT_MS / 1000,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            for pragma in (
                "synchronous = NORMAL",
                "cache_size = -16000",
                f"journal_size_limit = {_JOURNAL_SIZE_LIMIT}",
            ):
                connection.execute(f"PRAGMA {pragma}")
            if connection.execute("PRAGMA user_version").fetchone()[0] != int(LAYOUT):
                self._make_tables(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _make_tables(self, connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")
        drop_everything(connection)
        for statement in filter(str.strip, _TABLES.split(";")):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {LAYOUT}")
        connection.commit()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            said = " ".join(str(error).split())
            kind = DamagedIndexError if type(error) is sqlite3.DatabaseError else StorageError
            raise kind(
                f"the index of words: {said} ({self._file}; `wirewatch db reindex` makes it anew)"
            ) from None


def drop_everything(connection: sqlite3.Connection) -> None:
    """Drop every table of the file, within a transaction."""
    listed = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    names = {name for (name,) in listed}
    # The tables behind one of FTS5 go with it and cannot go alone.
    virtual = {name for name in names if name.startswith("words_") and name.count("_") == 1}
    for name in (*sorted(virtual), *sorted(n for n in names if not n.startswith("words_"))):
        connection.execute(f"DROP TABLE {name}")
