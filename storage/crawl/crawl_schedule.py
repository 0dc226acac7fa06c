"""Polls, fetches and visits put in order after a clock that ran ahead was set right.

Such a clock leaves marks in the future, and next times that nobody would live to see.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, exists, or_, select, update

from core.deciding.mending import CrawlLimits
from core.reasons import Reason, ReasonKind
from storage.database.engine import Database
from storage.database.row import PENDING
from storage.database.tables.crawl import ArticleRow, EntryRow, SourceRow, VersionRow
from storage.database.tables.delivery import HeartbeatRow

AT_ONCE = 16
"""Sources that are due at once; the rest follow `APART` from each other, as new ones do."""
APART = timedelta(seconds=0.25)

_MARKS = (
    "last_polled_at", "last_success_at", "last_full_at", "last_new_at", "last_gap_at",
    "health_since", "found_changed_at", "empty_since",
)  # fmt: skip
"""Columns of a source that say when something happened."""


class CrawlSchedules(Database):
    """Queries about times that a wrong clock wrote."""

    def ran_ahead(self, beyond: datetime) -> bool:
        """Tell whether the daemon or a poll left a mark that lies beyond a time."""
        with self._reading() as session:
            alive = select(HeartbeatRow.name).where(HeartbeatRow.at > beyond)
            polled = select(SourceRow.name).where(col(SourceRow.last_polled_at) > beyond)
            return any(session.exec(query.limit(1)).first() for query in (alive, polled))

    def mend_pages(self, now: datetime, limits: CrawlLimits, *, ran_ahead: bool) -> int:
        """Make fetches and visits due that lie too far ahead for a right clock; return how many.

        With `ran_ahead` it is known that a clock did, and less is taken for a server's wish.
        """
        with self._writing() as session:
            mended = _entries(session, now, limits, ran_ahead)
            return mended + _visits(session, now, limits, ran_ahead)

    def mend_polls(self, now: datetime, limits: CrawlLimits) -> int:
        """Make polls due that lie too far ahead for a right clock; return how many.

        A transaction of its own: a poll that is being recorded holds its source and takes entries.
        """
        with self._writing() as session:
            return _sources(session, now, limits)


def _entries(session: Session, now: datetime, limits: CrawlLimits, ran_ahead: bool) -> int:
    next_at, looks = col(EntryRow.next_attempt_at), col(EntryRow.looks)
    too_far: list[ColumnElement[bool]] = [next_at > now + limits.entry + limits.clocks_differ]
    if ran_ahead:
        last = len(limits.entry_pauses)
        for number, pause in enumerate(limits.entry_pauses, 1):
            made = looks >= number if number == last else looks == number
            too_far.append(and_(made, next_at > now + pause + limits.clocks_differ))
    held = (
        select(EntryRow.id)
        .where(col(EntryRow.status) == PENDING, or_(*too_far))
        .order_by(col(EntryRow.id))
        .with_for_update(key_share=True)
    )
    statement = update(EntryRow).where(col(EntryRow.id).in_(held)).values(next_attempt_at=now)
    return session.exec(statement.execution_options(synchronize_session=False)).rowcount


def _visits(session: Session, now: datetime, limits: CrawlLimits, ran_ahead: bool) -> int:
    next_at = col(ArticleRow.next_visit_at)
    too_far: list[ColumnElement[bool]] = [next_at > now + limits.visit + limits.clocks_differ]
    if ran_ahead:
        for age in limits.visit_ages:
            younger = exists().where(
                col(VersionRow.article_id) == ArticleRow.id,
                col(VersionRow.number) == ArticleRow.latest_version,
                col(VersionRow.fetched_at) > now - age,
            )
            too_far.append(and_(next_at > now + age + limits.clocks_differ, younger))
    held = (
        select(ArticleRow.id)
        .where(next_at.is_not(None), or_(*too_far))
        .order_by(col(ArticleRow.id))
        .with_for_update(key_share=True)
    )
    statement = update(ArticleRow).where(col(ArticleRow.id).in_(held)).values(next_visit_at=now)
    return session.exec(statement.execution_options(synchronize_session=False)).rowcount


def _sources(session: Session, now: datetime, limits: CrawlLimits) -> int:
    future = now + limits.clocks_differ
    columns = [getattr(SourceRow, name) for name in (*_MARKS, "next_poll_at", "burst_until")]
    query = (
        select(SourceRow)
        .where(or_(*(col(column) > future for column in columns)))
        .order_by(col(SourceRow.name))
        .with_for_update(key_share=True)
    )
    due = _one_after_the_other(now)
    mended = 0
    for row in session.exec(query):
        # A poll that ended in the future planned the next from there, however near that is to it.
        if (row.last_polled_at or now) > future or row.next_poll_at > _latest_poll(
            row, now, limits
        ):
            row.next_poll_at = next(due)
            row.next_poll_reason = Reason(ReasonKind.CLOCK_RAN_AHEAD)
            mended += 1
        for name in _MARKS:
            if (getattr(row, name) or now) > future:
                setattr(row, name, now)
        if row.burst_until is not None:
            row.burst_until = min(row.burst_until, now + limits.burst)
    return mended


def _latest_poll(row: SourceRow, now: datetime, limits: CrawlLimits) -> datetime:
    never_read = row.last_success_at is None and not row.consecutive_failures
    longest = limits.poll_of.get(row.name, limits.poll)
    return now + limits.clocks_differ + (limits.first_poll if never_read else longest)


def _one_after_the_other(now: datetime) -> Iterator[datetime]:
    number = 0
    while True:
        yield now + max(0, number - AT_ONCE) * APART
        number += 1
