"""Heartbeats: which parts of the daemon were alive when, for those who look from outside."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from storage.database.engine import Database, insert_into
from storage.database.tables.delivery import HeartbeatRow


class Heartbeats(Database):
    """Queries about signs of life."""

    def heartbeat(self, name: str, at: datetime, detail: str = "") -> None:
        """Note that a part of the daemon is alive, and what it says."""
        with self._writing() as session:
            put_heartbeat(session, self.dialect, name, at, detail)

    def last_heartbeat(self, name: str) -> tuple[datetime, str] | None:
        """Return when a part of the daemon was last alive, and what it said; None for never."""
        with self._reading() as session:
            row = session.get(HeartbeatRow, name)
            return None if row is None else (row.at, row.detail)


def put_heartbeat(session: Session, dialect: str, name: str, at: datetime, detail: str) -> None:
    """Note that something is so since a time, and what it says."""
    insertion = insert_into(dialect, HeartbeatRow)
    session.exec(
        # Several daemons may share a database and beat under one name: an UPDATE that finds no row
        # and an INSERT after it would fail for the second of them.
        insertion.on_conflict_do_update(
            index_elements=["name"],
            set_={"at": insertion.excluded.at, "detail": insertion.excluded.detail},
        ),
        params={"name": name, "at": at, "detail": detail},
    )
