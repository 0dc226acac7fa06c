"""Cases: alerts gathered by the story that they are about."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, tuple_
from sqlmodel import Session, col, func, literal, select

from core.alerting.alerts import Alert, AlertState
from core.alerting.cases import Case, case_of
from core.alerting.matches import Level
from core.errors import StorageError
from storage.alerts.case_pages import CasePlace, articles_of, cases_with, newest_cases
from storage.alerts.raised_alerts import (
    alert_conditions,
    alert_rows,
    case_id_of_row,
    stored_alert,
    with_stories,
)
from storage.alerts.state_changes import with_handling
from storage.database.columns import RowId, UtcDateTime
from storage.database.engine import Database, batches
from storage.database.pages import Cursor, Page
from storage.database.paging import ids_like
from storage.database.tables.alerts import AlertRow, MatchRow, StoryArticleRow
from storage.database.tables.crawl import ArticleRow


class Cases(Database):
    """Queries about cases."""

    def cases(
        self,
        *,
        rule: str | None = None,
        state: AlertState | Collection[AlertState] | None = None,
        language: str | None = None,
        level: Level | None = None,
        source: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        after: Cursor | None = None,
        limit: int = 50,
    ) -> Page[Case]:
        """Return cases, the one with the newest alert first.

        Of each case an alert must fulfil the conditions that are given; its time is that of the
        newest which does. The case comes whole all the same. `until` leaves out what is newer.
        """
        if after is not None and not isinstance(after.id, int):
            raise StorageError("the cursor belongs to another list")
        states = {state} if isinstance(state, AlertState) else state
        narrowed = any(one is not None for one in (rule, language, level, source, since))
        with self._reading() as session:
            found = None
            if states and not narrowed:
                found = newest_cases(session, states, after, until, limit + 1)
            if found is None:
                conditions = alert_conditions(rule, state, level, source, since, language)
                if until is not None:
                    conditions.append(col(AlertRow.created_at) <= until)
                found = _grouped(session, conditions, after, limit + 1)
            alerts = _alerts_of(session, [case_id for case_id, _ in found[:limit]])
            items = tuple(case_of(alerts[case_id]) for case_id, _ in found[:limit])
        if len(found) <= limit:
            return Page(items)
        case_id, at = found[limit - 1]
        return Page(items, Cursor(at, case_id))

    def case_ids(
        self,
        states: Collection[AlertState],
        limit: int,
        *,
        without: Collection[AlertState] = (),
    ) -> list[int]:
        """Return the ids of the newest cases with an alert in one of the states, of `limit`.

        Those with an alert in a state of `without` are left out. The order is that of `cases`,
        which costs more: it reads what they are.
        """
        with self._reading() as session:
            found = newest_cases(session, states, None, None, limit)
            if found is None:
                conditions = alert_conditions(None, states, None, None, None)
                found = _grouped(session, conditions, None, limit)
            ids = [case_id for case_id, _ in found]
            others = cases_with(session, without, ids) if without else set()
        return [case_id for case_id in ids if case_id not in others]

    def case(self, case_id: int) -> Case | None:
        """Return a case by its id, which may be that of any article in it."""
        with self._reading() as session:
            placed = session.get(StoryArticleRow, case_id)
            wanted = case_id if placed is None else placed.story_id
            alerts = _alerts_of(session, [wanted])
            return case_of(alerts[wanted]) if wanted in alerts else None

    def cases_of_articles(self, article_ids: Collection[int]) -> dict[int, Case]:
        """Return the cases that articles belong to, by the article; of those that alerted."""
        with self._reading() as session:
            of: dict[int, int] = {article_id: article_id for article_id in article_ids}
            for batch in batches(sorted(of)):
                placed = select(StoryArticleRow.article_id, StoryArticleRow.story_id).where(
                    col(StoryArticleRow.article_id).in_(batch)
                )
                of.update(session.exec(placed).all())
            alerts = _alerts_of(session, set(of.values()))
            cases = {case_id: case_of(found) for case_id, found in alerts.items()}
        return {article: cases[case_id] for article, case_id in of.items() if case_id in cases}

    def alert_ids(self, prefix: str, limit: int) -> list[str]:
        """Return ids of alerts that begin like this, at most `limit`."""
        with self._reading() as session:
            return ids_like(session, AlertRow.id, prefix, limit)


def _grouped(
    session: Session,
    conditions: Sequence[ColumnElement[bool]],
    after: Cursor | None,
    wanted: int,
) -> list[CasePlace]:
    """Return up to `wanted` cases in their order, of all alerts that fulfil the conditions."""
    last = func.max(AlertRow.created_at)
    query = (
        select(case_id_of_row(), last)
        .join(MatchRow, col(MatchRow.id) == AlertRow.match_id)
        .join(ArticleRow, col(ArticleRow.id) == AlertRow.article_id)
        .join(
            StoryArticleRow,
            col(StoryArticleRow.article_id) == AlertRow.article_id,
            isouter=True,
        )
        .where(*conditions)
        .group_by(case_id_of_row())
        .order_by(last.desc(), case_id_of_row().desc())
        .limit(wanted)
    )
    if after is not None:
        seen = tuple_(literal(after.at, UtcDateTime), literal(after.id, RowId))
        query = query.having(tuple_(last, case_id_of_row()) < seen)
    return [(case_id, at) for case_id, at in session.exec(query)]


def _alerts_of(session: Session, cases: Collection[int]) -> dict[int, list[Alert]]:
    """Return all alerts of cases, by the id of the case, with what was done about each."""
    found: dict[int, list[Alert]] = {}
    for batch in batches(articles_of(session, cases)):
        query = alert_rows().where(col(AlertRow.article_id).in_(batch))
        alerts = [stored_alert(*row) for row in session.exec(query)]
        for alert in with_handling(session, with_stories(session, alerts)):
            if alert.case_id in cases:
                found.setdefault(alert.case_id, []).append(alert)
    return found
