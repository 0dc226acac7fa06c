"""The file of words beside a SQLite database: how it is opened, and what is in it.

A file of its own, because a commit of many words would keep the writers of the database waiting. It
is derived: whatever is wrong with it, it can be made anew.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import queue
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.errors import StorageError

SUFFIX = "-search.db"

LAYOUT = 1
"""Grows with the tables below; a file of an earlier layout is made anew."""

_BUSY_TIMEOUT_MS = 10_000
_SHORT_WHILE = 0.01
_JOURNAL_SIZE_LIMIT = 64 * 1024 * 1024
_SPARE = 8
"""Connections kept for the next reader."""
_BESIDE = ("-wal", "-shm")
"""What SQLite puts beside a file, for which it takes whatever has that name."""

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


class UnknownLayoutError(DamagedIndexError):
    """A file of words was made by a newer version."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """A connection, and the file that it is one to: another may come to have its name."""

    connection: sqlite3.Connection
    file: tuple[int, int]


class SearchFile:
    """Connections to one file of words, for threads that read and one that writes."""

    def __init__(self, database: Path) -> None:
        """Name the database that it belongs to. Nothing is opened yet."""
        self._file = search_file(database)
        self._readers: queue.LifoQueue[_Opened] = queue.LifoQueue()
        self._turn = threading.Lock()
        self._writer: _Opened | None = None

    def close(self) -> None:
        """Close the connections; they are opened again when something is asked."""
        with self._turn:
            self._close_writer()
        with contextlib.suppress(queue.Empty):
            while True:
                self._readers.get_nowait().connection.close()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give a connection that sees one state of the file."""
        with self._errors():
            opened = self._reader()
            connection, sound = opened.connection, False
            try:
                connection.execute("BEGIN")
                yield connection
                sound = True
            finally:
                # One that something went wrong with may go on to be wrong.
                if sound and self._readers.qsize() < _SPARE:
                    connection.set_progress_handler(None, 0)
                    connection.rollback()
                    self._readers.put(opened)
                else:
                    connection.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give a connection whose changes are committed together, or not at all."""
        with self._turn, self._errors():
            if self._writer is not None and self._writer.file != self._identity():
                self._close_writer()
            if self._writer is None:
                self._writer = self._open()
            connection = self._writer.connection
            try:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.commit()
            except BaseException:
                self._close_writer()  # which takes back what was not committed
                raise

    def remove(self) -> None:
        """Put the file away, when it cannot be read any more."""
        self.close()
        with self._errors(), self._names():
            for suffix in ("", *_BESIDE):
                self._file.with_name(self._file.name + suffix).unlink(missing_ok=True)

    def _reader(self) -> _Opened:
        with contextlib.suppress(queue.Empty):
            while True:
                opened = self._readers.get_nowait()
                if opened.file == self._identity():
                    return opened
                opened.connection.close()
        return self._open()

    def _close_writer(self) -> None:
        if self._writer is not None:
            self._writer.connection.close()
            self._writer = None

    def _identity(self) -> tuple[int, int] | None:
        """Return which file has the name now."""
        try:
            status = self._file.stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino

    def _open(self) -> _Opened:
        while True:
            self._make_file()
            before = self._identity()
            connection = self._connected_in_turn()
            if before is not None and before == self._identity():
                return _Opened(connection, before)
            connection.close()  # somebody put another file there meanwhile

    def _make_file(self) -> None:
        with self._names(), contextlib.suppress(OSError):
            if not self._file.exists():
                # What is left of another file would be taken for a part of this one.
                for suffix in _BESIDE:
                    self._file.with_name(self._file.name + suffix).unlink(missing_ok=True)
            # Only a new file: closing one that SQLite works on in this process would free its
            # locks.
            flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC
            os.close(os.open(self._file, flags, 0o600))

    @contextmanager
    def _names(self) -> Iterator[None]:
        """Let nobody else make the file or put it away meanwhile."""
        folder = os.open(self._file.parent, os.O_RDONLY | os.O_CLOEXEC)
        try:
            with contextlib.suppress(OSError):  # a file system that knows no such locks
                fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)

    def _connected_in_turn(self) -> sqlite3.Connection:
        """Connect; SQLite waits for nobody who turns a new file to WAL at the same time."""
        until = time.monotonic() + _BUSY_TIMEOUT_MS / 1000
        while True:
            try:
                return self._connected()
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
            time.sleep(_SHORT_WHILE)

    def _connected(self) -> sqlite3.Connection:
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
            if _layout(connection) != LAYOUT:
                self._make_tables(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _make_tables(self, connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")
        layout = _layout(connection)
        if layout > LAYOUT:  # two versions that make it anew over each other would never end
            raise UnknownLayoutError(
                f"the index of words was made by a newer version ({self._file}; "
                "`wirewatch db reindex` makes it anew)"
            )
        if layout != LAYOUT:  # nobody else made them meanwhile
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
        except OSError as error:
            raise StorageError(f"the index of words: {error.strerror} ({self._file})") from None


def _layout(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


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
