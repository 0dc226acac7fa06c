"""Silences: times in which some alerts notify nobody, with who wanted that and why."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, func, select

from core.alerting.notifications import NotificationState
from core.alerting.silences import ID_PREFIX, NewSilence, Silence
from core.config.sections.routes import SilenceMatch
from core.deciding.deciders import ScheduleLimits
from core.errors import StorageError
from storage.database.engine import Database
from storage.database.paging import ids_like
from storage.database.tables.alerts import SilenceRow
from storage.database.tables.delivery import NotificationRow


class Silences(Database):
    """Queries about silences."""

    def add_silence(
        self,
        match: SilenceMatch,
        *,
        author: str,
        reason: str,
        starts_at: datetime,
        ends_at: datetime,
    ) -> Silence:
        """Keep alerts that `match` from notifying anybody for a time."""
        wanted = NewSilence(
            match=match, author=author, reason=reason, starts_at=starts_at, ends_at=ends_at
        )
        with self._writing() as session:
            return write_silence(session, wanted)

    def silences(self, *, after: datetime | None = None) -> list[Silence]:
        """Return silences, those that end last first; with `after` only what ends later."""
        query = select(SilenceRow).order_by(col(SilenceRow.ends_at).desc(), col(SilenceRow.id))
        if after is not None:
            query = query.where(SilenceRow.ends_at > after)
        with self._reading() as session:
            return [_silence(row) for row in session.exec(query)]

    def silence_ids(self, prefix: str, limit: int) -> list[str]:
        """Return ids of silences that begin like this, at most `limit`."""
        with self._reading() as session:
            return ids_like(session, SilenceRow.id, prefix, limit)

    def end_silence(self, silence_id: str, now: datetime) -> Silence:
        """End a silence now; one that has not begun never does. It stays on record."""
        with self._writing() as session:
            # Held, since its times are worked out from what they were: the first end stands.
            row = session.get(SilenceRow, silence_id, with_for_update=True)
            if row is None:
                raise StorageError(f"there is no silence {silence_id!r}")
            row.ends_at = min(row.ends_at, now)
            row.starts_at = min(row.starts_at, row.ends_at)
            session.flush()
            return _silence(row)

    def mend_silences(self, now: datetime, limits: ScheduleLimits) -> int:
        """Let silences that began in the future hold from now on, as long; return how many.

        A silence begins when somebody wants it: that it did in the future, a wrong clock said.
        """
        future = now + limits.clocks_differ
        query = (
            select(SilenceRow)
            .where(SilenceRow.starts_at > future)
            .order_by(col(SilenceRow.id))
            .with_for_update()
        )
        with self._writing() as session:
            begun = session.exec(query).all()
            for row in begun:
                ahead = row.starts_at - now
                row.starts_at, row.ends_at = now, row.ends_at - ahead
            return len(begun)

    def kept_by_silences(self, ids: Sequence[str]) -> dict[str, int]:
        """Return by silence how many alerts it kept from somebody."""
        query = (
            select(NotificationRow.silence_id, func.count(col(NotificationRow.alert_id).distinct()))
            .where(
                NotificationRow.state == NotificationState.SILENCED.value,
                col(NotificationRow.silence_id).in_(ids),
            )
            .group_by(col(NotificationRow.silence_id))
        )
        with self._reading() as session:
            return {silence: count for silence, count in session.exec(query) if silence}


def write_silence(session: Session, wanted: NewSilence) -> Silence:
    """Store a silence with what else the transaction does."""
    if wanted.ends_at <= wanted.starts_at:
        raise StorageError("a silence must end after it begins")
    row = SilenceRow(
        id=f"{ID_PREFIX}{secrets.token_hex(4)}",
        match=wanted.match.model_dump(mode="json", exclude_unset=True),
        author=wanted.author,
        reason=wanted.reason,
        starts_at=wanted.starts_at,
        ends_at=wanted.ends_at,
    )
    session.add(row)
    session.flush()
    return _silence(row)


def silences_in_force(session: Session, now: datetime) -> tuple[Silence, ...]:
    """Return the silences that hold at a moment."""
    query = (
        select(SilenceRow)
        .where(SilenceRow.starts_at <= now, SilenceRow.ends_at > now)
        .order_by(col(SilenceRow.id))
    )
    return tuple(_silence(row) for row in session.exec(query))


def _silence(row: SilenceRow) -> Silence:
    return Silence(
        id=row.id,
        match=SilenceMatch.model_validate(row.match),
        author=row.author,
        reason=row.reason,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )
