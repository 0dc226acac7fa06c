"""Opens the database that a configuration names: the door through which every question goes."""

from __future__ import annotations

from dataclasses import dataclass

from core.config import WatchConfig
from core.config.what_runs import database_is_there
from storage import Cursor, Page, Store, open_store

__all__ = ["Cursor", "Page", "SchemaState", "Store", "open_configured", "open_existing", "upgrade"]


@dataclass(frozen=True, slots=True)
class SchemaState:
    """The schema that a database is at."""

    database: str
    """Its address, without secrets."""
    current: str | None
    newest: str


def open_configured(config: WatchConfig, *, migrate: bool = True) -> Store:
    """Open the database of a loaded configuration. Raises StorageError when it cannot be.

    With `migrate` off the schema is left as it is, and a missing SQLite file is an error.
    """
    return open_store(config.database.get_secret_value(), migrate=migrate)


def open_existing(config: WatchConfig) -> Store | None:
    """Open the database of a configuration if there is one; make none. Raises StorageError."""
    url = config.database.get_secret_value()
    if not database_is_there(url):
        return None
    if not url.startswith("sqlite:"):
        with open_store(url, migrate=False) as store:
            if store.schema_revision()[0] is None:
                return None
    return open_store(url)


def upgrade(config: WatchConfig) -> SchemaState:
    """Bring a database to the schema of this version. Safe to repeat, even at the same time."""
    with open_configured(config) as store:
        current, newest = store.schema_revision()
        return SchemaState(store.url_without_secrets, current, newest)
