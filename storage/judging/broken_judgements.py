"""Versions on which the rules broke down: which are to be judged again, and when.

The version itself is marked judged, so that it holds up no other; a row here says that it must be
judged again, and goes when a judgement succeeds.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, and_, col, delete, func, or_, select

from storage.crawl.stored_articles import article_rows, stored_article
from storage.crawl.url_stages import VersionBroken
from storage.database.engine import Database, batches, insert_into
from storage.database.tables.alerts import BrokenJudgementRow
from storage.database.tables.crawl import VersionRow
from storage.judging.judging_records import BrokenVersion, Judgement


class BrokenJudgements(Database):
    """Queries about judgements that broke down."""

    def broken(
        self, ruleset: str, now: datetime, limit: int, *, rested_since: datetime
    ) -> list[BrokenVersion]:
        """Return versions to be judged again by `ruleset`: their time has come, or it is new.

        New rules try what broke down at `rested_since` or before: two processes with different
        rules would else take turns without a pause. What broke down longest ago comes first.
        """
        query = (
            article_rows()
            .join(BrokenJudgementRow, col(BrokenJudgementRow.version_id) == VersionRow.id)
            .add_columns(col(BrokenJudgementRow.ruleset), col(BrokenJudgementRow.attempts))
            .where(
                or_(
                    col(BrokenJudgementRow.next_at) <= now,
                    and_(
                        col(BrokenJudgementRow.ruleset) != ruleset,
                        col(BrokenJudgementRow.failed_at) <= rested_since,
                    ),
                )
            )
            .order_by(col(BrokenJudgementRow.failed_at), col(BrokenJudgementRow.version_id))
            .limit(limit)
        )
        with self._reading() as session:
            return [
                BrokenVersion(stored_article(article, version), broken_with, attempts)
                for article, version, broken_with, attempts in session.execute(query)
            ]

    def broken_count(self) -> int:
        """Return on how many versions the rules have broken down and not been right since."""
        with self._reading() as session:
            return session.exec(select(func.count()).select_from(BrokenJudgementRow)).one()


def still_broken(session: Session, version_ids: Sequence[int]) -> set[int]:
    """Return those of the versions that are to be judged again."""
    found: set[int] = set()
    for ids in batches(version_ids):
        query = select(BrokenJudgementRow.version_id)
        found.update(session.exec(query.where(col(BrokenJudgementRow.version_id).in_(ids))))
    return found


def put_breakdowns(
    session: Session,
    dialect: str,
    judgements: Sequence[Judgement],
    again: Sequence[int],
    now: datetime,
) -> None:
    """Note which judgements broke down; of the versions `again`, forget those that did not."""
    failed = [
        {
            "version_id": judgement.version_id,
            "ruleset": judgement.ruleset,
            "error": judgement.breakdown.error,
            "attempts": judgement.breakdown.attempts,
            "failed_at": now,
            "next_at": judgement.breakdown.next_at,
        }
        for judgement in judgements
        if judgement.breakdown is not None
    ]
    if failed:
        insertion = insert_into(dialect, BrokenJudgementRow)
        # It may have broken down before, and is then one row all the same.
        named = ("ruleset", "error", "attempts", "failed_at", "next_at")
        session.exec(
            insertion.on_conflict_do_update(
                index_elements=["version_id"],
                set_={name: insertion.excluded[name] for name in named},
            ),
            params=failed,
        )
    healed = sorted({*again} - {row["version_id"] for row in failed})
    for ids in batches(healed):
        session.exec(delete(BrokenJudgementRow).where(col(BrokenJudgementRow.version_id).in_(ids)))


def breakdowns_of(session: Session, article_id: int) -> tuple[VersionBroken, ...]:
    """Return the versions of an article that are to be judged again."""
    query = (
        select(VersionRow.number, BrokenJudgementRow)
        .join(BrokenJudgementRow, col(BrokenJudgementRow.version_id) == VersionRow.id)
        .where(VersionRow.article_id == article_id)
        .order_by(col(VersionRow.number))
    )
    return tuple(
        VersionBroken(number, row.error, row.attempts, row.failed_at, row.next_at)
        for number, row in session.exec(query)
    )
