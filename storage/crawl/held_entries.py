"""Entries that are held for a transaction, and what is written into one then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import LargeBinary, UpdateBase, bindparam, case
from sqlmodel import Session, col, delete, select, update
from sqlmodel.sql.expression import Select

from core.articles import Recorded, RecordOutcome, WordsFrom
from core.errors import StorageError
from core.sources import EntryCause, EntryStatus
from storage.database.columns import CleanText, UtcDateTime
from storage.database.tables.crawl import ArticleRow, EntryRow, EntryWordsRow, VersionRow

PlanPageVisit = Callable[[datetime], datetime | None]
"""Says when the page of an article that was last told of at a time is asked for; None for never."""


def locked_entry(session: Session, entry_id: int) -> EntryRow:
    """Return the row of an entry, held for this transaction; raise StorageError if unknown."""
    # Held before its status is looked at: an entry may be fetched twice at once, for two sources
    # or after a restart, and what the first has settled must stay.
    query = select(EntryRow).where(EntryRow.id == entry_id).with_for_update(key_share=True)
    row = session.exec(query).one_or_none()
    if row is None:
        raise StorageError(f"there is no entry {entry_id}")
    return row


def hold_entry(session: Session, entry_id: int) -> tuple[int | None, str]:
    """Hold an entry for this transaction; return the id of its article, if any, and its source.

    Raises StorageError if it is unknown.
    """
    found = session.exec(_lock_entry(), params={"entry_id": entry_id}).one_or_none()
    if found is None:
        raise StorageError(f"there is no entry {entry_id}")
    return found[1], found[2]


def give_article(
    session: Session, entry_id: int, article_id: int, words: bytes | None = None
) -> None:
    """Write into a held entry that waits which article is made of what was announced of it."""
    session.exec(
        update(EntryRow)
        .where(col(EntryRow.id) == entry_id, col(EntryRow.article_id).is_(None))
        .values(article_id=article_id, words_sha256=words)
    )
    forget_words(session, entry_id)


def forget_words(session: Session, entry_id: int) -> None:
    """Drop what a feed said of an article: it is stored now."""
    session.exec(_forget_words(), params={"of_entry": entry_id})


@cache
def _forget_words() -> UpdateBase:
    return delete(EntryWordsRow).where(col(EntryWordsRow.entry_id) == bindparam("of_entry"))


def settle_as_stored(
    session: Session,
    entry_id: int,
    recorded: Recorded,
    now: datetime,
    words: bytes | None = None,
) -> None:
    """Write into a held entry that its article is stored; what was settled so stays as it was.

    `words` is the sign of what its feed says, if the article is made of that.
    """
    duplicate = recorded.outcome is RecordOutcome.DUPLICATE
    session.exec(
        _settle_entry(),
        params={
            "entry_id": entry_id,
            "stored_as": recorded.article_id,
            "why": "duplicate" if duplicate else "",
            "because": EntryCause.DUPLICATE.value if duplicate else None,
            "now": now,
            "words": words,
        },
    )
    forget_words(session, entry_id)


@cache
def _lock_entry() -> Select[int, int | None, str]:
    return (
        select(EntryRow.id, EntryRow.article_id, EntryRow.source)
        .where(EntryRow.id == bindparam("entry_id"))
        .with_for_update(key_share=True)
    )


@cache
def _settle_entry() -> UpdateBase:
    """Build one UPDATE for both cases: it costs a quarter of loading the row and changing it."""
    stored = EntryStatus.STORED.value
    is_stored = col(EntryRow.status) == stored

    def unless_stored(column: Any, value: Any) -> Any:
        return case((is_stored, column), else_=value)

    return (
        update(EntryRow)
        .where(col(EntryRow.id) == bindparam("entry_id"))
        .values(
            status=stored,
            article_id=bindparam("stored_as"),
            attempts=EntryRow.attempts + case((is_stored, 0), else_=1),
            reason=unless_stored(EntryRow.reason, bindparam("why", type_=CleanText)),
            detail=unless_stored(EntryRow.detail, ""),
            cause=unless_stored(EntryRow.cause, bindparam("because", type_=CleanText)),
            failure=None,
            failure_status=None,
            stub=None,
            words_sha256=bindparam("words", type_=LargeBinary),
            settled_at=unless_stored(EntryRow.settled_at, bindparam("now", type_=UtcDateTime)),
            next_attempt_at=None,
        )
        .execution_options(synchronize_session=False)
    )


def settle(row: EntryRow, status: EntryStatus, at: datetime, *, reason: str = "") -> None:
    """Write the end of an entry's way into its row."""
    row.status = status.value
    row.reason = reason
    row.settled_at = at
    row.next_attempt_at = None


def visit_page(session: Session, row: EntryRow, plan_visit: PlanPageVisit | None) -> None:
    """Plan when the page of an entry that was given up is asked for, if its feed speaks for it."""
    if plan_visit is None or row.article_id is None:
        return
    query = select(ArticleRow).where(ArticleRow.id == row.article_id)
    article = session.exec(query.with_for_update(key_share=True)).one()
    said = select(VersionRow.words_from, VersionRow.fetched_at).where(
        VersionRow.article_id == article.id, VersionRow.number == article.latest_version
    )
    words_from, changed_at = session.exec(said).one()
    if words_from == WordsFrom.FEED.value:
        article.next_visit_at = plan_visit(changed_at)
