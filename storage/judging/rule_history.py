"""History of rules over time: what they counted and when they alerted, kept over restarts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import bindparam, update
from sqlmodel import Session, col, delete, select

from core.articles import FirstSight
from storage.database.engine import Database, batches, insert_into
from storage.database.row import metadata
from storage.database.tables.alerts import RuleEventRow, RuleNotifiedRow
from storage.database.tables.crawl import ArticleRow, EntryRow
from storage.judging.judging_records import RuleCount, RuleHistory


class RuleHistories(Database):
    """Queries about rules over time."""

    def rule_history(self, rule_id: str) -> RuleHistory:
        """Return everything that is kept of a rule."""
        events = (
            select(RuleEventRow.key, RuleEventRow.article_id, RuleEventRow.at, RuleEventRow.told)
            .where(RuleEventRow.rule_id == rule_id)
            .order_by(col(RuleEventRow.at), col(RuleEventRow.key))
        )
        notified = select(RuleNotifiedRow.key, RuleNotifiedRow.at).where(
            RuleNotifiedRow.rule_id == rule_id
        )
        with self._reading() as session:
            return RuleHistory(
                tuple((key, article, at, told) for key, article, at, told in session.exec(events)),
                tuple((key, at) for key, at in session.exec(notified)),
            )

    def note_notified(self, rule_id: str, keys: Sequence[str], at: datetime) -> None:
        """Note a moment of a rule under keys: when it was first watched, or looked at, say."""
        with self._writing() as session:
            put_notified(session, self.dialect, [(rule_id, key, at) for key in keys])

    def found_between(self, article_id: int) -> tuple[datetime, datetime] | None:
        """Return when an article's source was last read without it, and first with it.

        None for one that came by no poll, or by the first one of its source.
        """
        sight = self.first_sight(article_id)
        return None if sight is None or sight.read_before is None else (sight.read_before, sight.at)

    def first_sight(self, article_id: int) -> FirstSight | None:
        """Return when an article's source first showed it; None for one that came by no poll."""
        query = (
            select(EntryRow.discovered_at, EntryRow.found_after)
            .join(ArticleRow, col(ArticleRow.first_entry_id) == EntryRow.id)
            .where(ArticleRow.id == article_id)
        )
        with self._reading() as session:
            found = session.exec(query).one_or_none()
        return None if found is None else FirstSight(*found)


def put_counts(session: Session, dialect: str, counts: Sequence[tuple[int, RuleCount]]) -> None:
    """Add to the history of rules; each count comes with the id of its article."""
    # In order of their keys: judges of different versions may count the same articles, and each
    # insertion waits for the one of the other.
    events = [
        {"rule_id": count.rule_id, "key": key, "article_id": article_id, "at": count.at}
        for article_id, count in counts
        for key in count.keys
    ]
    if events:
        events.sort(key=lambda event: (event["rule_id"], event["key"], event["article_id"]))
        # An article counts once under a key, in whichever version and process it is judged.
        insertion = insert_into(dialect, RuleEventRow).on_conflict_do_nothing()
        for batch in batches(events):
            session.exec(insertion, params=list(batch))
    put_notified(
        session,
        dialect,
        [(count.rule_id, key, at) for _, count in counts for key, at in count.notified],
    )
    _tell(session, [(count.rule_id, *told) for _, count in counts for told in count.told])
    _forget(session, (count for _, count in counts))


def _tell(session: Session, told: Sequence[tuple[str, str, int]]) -> None:
    """Mark events as told of, in one order, as another judge may tell of the same."""
    if not told:
        return
    table = metadata.tables[str(RuleEventRow.__tablename__)]
    marked = (
        update(table)
        .where(
            table.c.rule_id == bindparam("of_rule"),
            table.c.key == bindparam("of_key"),
            table.c.article_id == bindparam("of_article"),
        )
        .values(told=True)
    )
    values = [
        {"of_rule": rule_id, "of_key": key, "of_article": article_id}
        for rule_id, key, article_id in sorted(set(told))
    ]
    session.connection().execute(marked, values)


def put_notified(
    session: Session, dialect: str, notified: Iterable[tuple[str, str, datetime]]
) -> None:
    """Note when rules alerted; the last of a rule and key stands."""
    last = {(rule_id, key): at for rule_id, key, at in notified}
    if not last:
        return
    insertion = insert_into(dialect, RuleNotifiedRow)
    session.exec(
        insertion.on_conflict_do_update(
            index_elements=["rule_id", "key"], set_={"at": insertion.excluded.at}
        ),
        params=[{"rule_id": r, "key": k, "at": at} for (r, k), at in sorted(last.items())],
    )


def _forget(session: Session, counts: Iterable[RuleCount]) -> None:
    before: dict[str, datetime] = {}
    for count in counts:
        if count.forget_before is not None:
            before[count.rule_id] = count.forget_before
    for rule_id, moment in sorted(before.items()):  # in one order, as others forget them too
        session.exec(
            delete(RuleEventRow).where(
                col(RuleEventRow.rule_id) == rule_id, col(RuleEventRow.at) < moment
            )
        )
