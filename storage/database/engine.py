"""Connections and transactions: one way in for reading, one for writing, one kind of error out.

SQLite has a single writer. Threads of one process queue at a lock here, which costs nothing,
instead of spinning inside SQLite; other processes are waited for by `busy_timeout`. A writer takes
its lock at BEGIN, because a reader that upgrades later fails at once whatever the timeout says.

PostgreSQL has many writers, which wait for each other's rows. They take them in the order of
decision 15 (`docs/decisions/0015-lock-order.md`), so that no two wait for each other.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlmodel import Session

from core.clock import Clock
from core.errors import StorageError
from storage.database.row import Row, metadata

T = TypeVar("T")

BUSY_TIMEOUT_MS = 30_000
"""How long SQLite waits for the writer of another process; our transactions take milliseconds."""
_JOURNAL_SIZE_LIMIT = 64 * 1024 * 1024
WRITERS = {"wirewatch_writes": True}
"""Execution options of a connection whose transactions take the writer's lock at BEGIN."""


class Database:
    """Transactions over one engine. The query classes build on it."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._writers = engine.execution_options(**WRITERS)
        self.dialect = engine.dialect.name
        """`sqlite` or `postgresql`."""
        self.url_without_secrets = shown(engine.url)
        self._own_file = _identity(engine)
        # Not reentrant: a query within a transaction of the same thread would wait for itself, on
        # PostgreSQL, too, if both want one row. What is part of a transaction gets its session.
        self._write_turn: AbstractContextManager[object] = (
            threading.Lock() if self.dialect == "sqlite" else nullcontext()
        )

    def is_in_place(self) -> bool:
        """Tell whether the database is still where it was opened.

        A file of SQLite may be deleted or replaced under a process that has it open: what it writes
        then is gone with the file, and nothing fails. A server says so itself.
        """
        return self._own_file is None or _identity(self._engine) == self._own_file

    def close(self) -> None:
        """Close the connections; the database must not be used afterwards."""
        self._engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        """Give a session that sees one state of the database; on SQLite it never waits."""
        with storage_errors(self._engine.url), Session(self._engine) as session:
            yield session

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        """Give a session whose changes are committed together, or not at all."""
        with (
            self._write_turn,
            storage_errors(self._engine.url),
            Session(self._writers) as session,
            session.begin(),
        ):
            yield session


def _identity(engine: Engine) -> tuple[int, int] | None:
    """Return what tells an SQLite file from every other; None where there is none."""
    name = engine.url.database
    if engine.dialect.name != "sqlite" or not name or name == ":memory:":
        return None
    try:
        found = Path(name).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def insert_into(dialect: str, row: type[Row]) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT that knows ON CONFLICT; the two dialects spell it alike.

    Values are given as parameters when it is executed: building a statement costs more than
    running it, so those of the hot paths are built once.
    """
    table = metadata.tables[str(row.__tablename__)]
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def batches(items: Sequence[T], size: int = 500) -> Iterator[Sequence[T]]:
    """Cut `items` into pieces short enough for the parameters of one statement."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


@contextmanager
def storage_errors(url: URL) -> Iterator[None]:
    """Turn what the database layer raises into StorageError.

    The original is left out of the printed chain: it carries whole statements, and some drivers
    quote the connection string with its password.
    """
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, OverflowError) as error:
        said = error.orig if isinstance(error, DBAPIError) and error.orig else error
        message = " ".join(str(said).split("\n[SQL:")[0].split()) or type(said).__name__
        for secret in (url.password, url.query.get("password")):
            message = message.replace(str(secret), "***") if secret else message
        raise StorageError(f"{message[:500]} (database {shown(url)})") from None


def shown(url: URL) -> str:
    """Return an address fit to be shown: options may hold secrets too, only the host is kept."""
    host = {name: value for name, value in url.query.items() if name in ("host", "port")}
    return url.set(query=host).render_as_string(hide_password=True)


def create_database_engine(url: str) -> Engine:
    """Return an engine for a SQLite or PostgreSQL address; raise StorageError for any other.

    Nothing is connected yet. Messages never quote the address as given, since a mistyped one may
    have its password anywhere.
    """
    try:
        parsed = make_url(url)
    except (SQLAlchemyError, ValueError):
        raise StorageError("the database address is not a URL") from None
    match parsed.drivername:
        case "sqlite" | "sqlite+pysqlite":
            return _sqlite_engine(parsed)
        case "postgresql" | "postgresql+psycopg":
            return _postgresql_engine(parsed.set(drivername="postgresql+psycopg"))
    raise StorageError(
        f"`{parsed.drivername}` databases are not known; "
        "use sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME"
    )


def sqlite_file(url: URL) -> Path | None:
    """Return the file of a SQLite address, None for another database."""
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def _sqlite_engine(url: URL) -> Engine:
    file = sqlite_file(url)
    if file is None or str(file) == ":memory:":
        raise StorageError("a SQLite database needs a file: sqlite:///FILE")
    if not file.absolute().parent.is_dir():
        raise StorageError(f"there is no folder {file.absolute().parent} to keep the database in")
    engine = create_engine(
        url, hide_parameters=True, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000}
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # pysqlite's own BEGIN would be a deferred one
        for pragma in (
            f"busy_timeout = {BUSY_TIMEOUT_MS}",
            "synchronous = NORMAL",  # with WAL, a commit survives the death of the process
            "foreign_keys = ON",
            f"journal_size_limit = {_JOURNAL_SIZE_LIMIT}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = WRITERS.items() <= connection.get_execution_options().items()
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql_engine(url: URL) -> Engine:
    return create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 10, "application_name": "wirewatch"},
    )
