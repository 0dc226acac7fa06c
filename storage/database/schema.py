"""Which schema a database has, and how it gets the present one. Alembic is loaded only to migrate.

Several processes may open a new database at once: each takes the writer's lock, looks again, and
finds the work done by the first. DDL is transactional on both databases, so a migration that is
killed leaves nothing behind.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from core.errors import StorageError
from storage.database.engine import BUSY_TIMEOUT_MS, WRITERS, sqlite_file, storage_errors

REVISIONS = (
    "0008",
    "0009",
    "0010",
    "0011",
    "0012",
    "0013",
    "0014",
    "0015",
    "0016",
    "0017",
    "0018",
    "0019",
    "0020",
    "0021",
    "0022",
    "0023",
    "0024",
    "0025",
    "0026",
    "0027",
    "0028",
    "0029",
    "0031",
    "0032",
)
"""Every revision of the schema, oldest first; a test holds this against the migration scripts."""
HEAD = REVISIONS[-1]
_UNRELEASED = frozenset({"0001", "0002", "0003", "0004", "0005", "0006", "0007"})
"""Steps to the first of them, which are one by now."""

MIGRATIONS = Path(__file__).parent / "migrations"
_TAKEN = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
"""What SQLite answers while another connection holds what is wanted; the low byte of its codes."""
_MIGRATION_LOCK = 0x57697265  # "Wire": any number that other software is unlikely to lock


def current_revision(connection: Connection) -> str | None:
    """Return the revision a database is at, None for one without our tables."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if revision is None else str(revision)


def prepare_schema(engine: Engine, *, migrate: bool) -> None:
    """Bring the database to HEAD; raise StorageError when it is too new or too old for that.

    With `migrate` off nothing is changed: an older schema is left as it is, and a SQLite file that
    does not exist is an error rather than created.
    """
    file = sqlite_file(engine.url)
    if file is not None and not migrate and not file.exists():
        raise StorageError(f"there is no database at {file}")
    with storage_errors(engine.url):
        if file is not None and migrate:
            _create(file)
            _use_write_ahead_log(engine)
        with engine.connect() as connection:
            revision = current_revision(connection)
        if revision in _UNRELEASED:
            raise StorageError(
                f"the database has schema revision {revision}, of a version before the first "
                f"release: open it once with a version that knows revision {REVISIONS[0]} "
                "(`wirewatch db upgrade`), or begin with a new one"
            )
        if revision not in (None, *REVISIONS):
            raise StorageError(
                f"the database has schema revision {revision}, this program knows up to {HEAD}: "
                "it was written by a newer version"
            )
        if migrate and revision != HEAD:
            _upgrade(engine)


def _create(file: Path) -> None:
    """Make a new database that only its owner may read; SQLite gives its WAL the same rights."""
    # Only a new file: closing one that SQLite works on in this process would free SQLite's locks.
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
    except OSError:
        return  # it is there already, or SQLite says in its own words why it cannot be


def _use_write_ahead_log(engine: Engine) -> None:
    """Switch the file to WAL, once in its life. The switch does not wait for locks by itself."""
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        raw = engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _TAKEN or time.monotonic() > deadline:
                raise
        else:
            return
        finally:
            raw.close()
        time.sleep(0.02)


def _upgrade(engine: Engine) -> None:
    from alembic import command
    from alembic.config import Config

    with (
        engine.execution_options(**WRITERS).connect() as connection,
        _unlinked(connection),
        connection.begin(),
    ):
        if connection.dialect.name == "postgresql":
            # SQLite queues at BEGIN. Here two would both find the old revision and make the same
            # tables; the lock goes with the transaction, however that ends.
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
        if current_revision(connection) == HEAD:
            return
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
            if broken is not None:
                raise StorageError(f"migrating would break references of table {broken[0]}")


@contextmanager
def _unlinked(connection: Connection) -> Iterator[None]:
    """Let SQLite rebuild tables that others refer to, which is how it changes a constraint.

    The switch works between transactions only, so it is set past SQLAlchemy, which would begin one.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    raw = connection.connection.driver_connection
    if raw is None:
        raise StorageError("the connection was lost")
    raw.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys = ON")
