"""Entries of sources whose addresses change at every poll, known by what is left of their keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select as sql_select
from sqlmodel import Session, col, delete, select, update

from core.seen_before import SeenBefore
from storage.database.columns import key_hash
from storage.database.engine import Database, batches, insert_into
from storage.database.tables.crawl import EntryRow, FoldedKeyRow, SourceRow

_MOST = 3_000
"""Entries of a source that are looked through for a pattern."""


class FoldedKeys(Database):
    """Queries about keys without the parts that change."""

    def announced_lately(self, source: str, since: datetime) -> list[SeenBefore]:
        """Return what a source announced since a time, the oldest first, of many the newest."""
        columns = (EntryRow.key, EntryRow.title, EntryRow.published_at, EntryRow.article_id)
        query = (
            sql_select(*(col(column) for column in columns))
            .where(col(EntryRow.source) == source, col(EntryRow.discovered_at) >= since)
            .order_by(col(EntryRow.discovered_at).desc(), col(EntryRow.id).desc())
            .limit(_MOST)
        )
        with self._reading() as session:
            rows = session.connection().execute(query).all()
            return [SeenBefore(*tuple(row)) for row in reversed(rows)]

    def folded_keys(self, source: str, rests: Sequence[str]) -> dict[str, str]:
        """Return, by what is left of them, keys that were announced before."""
        by_hash = {key_hash(rest): rest for rest in rests}
        found: dict[str, str] = {}
        with self._reading() as session:
            for batch in batches(list(by_hash)):
                query = select(FoldedKeyRow.rest_hash, FoldedKeyRow.key).where(
                    FoldedKeyRow.source == source, col(FoldedKeyRow.rest_hash).in_(batch)
                )
                found.update({by_hash[digest]: key for digest, key in session.exec(query)})
        return found

    def keep_folded(self, source: str, keys: Mapping[str, str]) -> None:
        """Keep keys by what is left of them; what is kept already stays."""
        statement = insert_into(self.dialect, FoldedKeyRow).on_conflict_do_nothing()
        rows = [
            {"source": source, "rest_hash": key_hash(rest), "key": key}
            for rest, key in sorted(keys.items())
        ]
        with self._writing() as session:
            for batch in batches(rows):
                session.connection().execute(statement, list(batch))

    def keep_changing_parts(self, source: str, parts: str) -> None:
        """Keep which parts of a source's addresses change at every poll, in one line."""
        with self._writing() as session:
            session.exec(
                update(SourceRow).where(col(SourceRow.name) == source).values(changing_parts=parts)
            )


def forget_folded(session: Session, source: str) -> None:
    """Drop what is kept of a source's addresses: it has another, whose parts are to be learnt."""
    session.exec(delete(FoldedKeyRow).where(col(FoldedKeyRow.source) == source))
