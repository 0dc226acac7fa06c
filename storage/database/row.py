"""What all tables stand on: one metadata, one base, and statuses as SQLite must see them spelt."""

from __future__ import annotations

from sqlalchemy import (
    ColumnElement,
    Index,
    MetaData,
    literal_column,
    text,
)
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


PENDING: ColumnElement[str] = literal_column("'pending'")
"""The status of entries and deliveries to be worked on. Spelt out in the statement, because SQLite
uses a partial index only for a condition that it can read."""

DEAD: ColumnElement[str] = literal_column("'dead'")
"""The same for deliveries that were given up."""
WAITING: ColumnElement[str] = literal_column("'waiting'")
"""The same for notifications and escalations."""


class Row(SQLModel, registry=registry(metadata=metadata)):
    """Base of all tables, with metadata of their own.

    An `id` is None only until the row is flushed, which no query shows to anyone.
    """

    metadata = metadata


def partial_index(name: str, *columns: str, where: str) -> Index:
    """Return an index over the rows for which a condition holds, on both databases.

    What waits is a handful among years of rows that are done, and is asked for every second. A
    query must say the condition as the index does, or it reads them all.
    """
    condition = text(where)
    return Index(name, *columns, sqlite_where=condition, postgresql_where=condition)
