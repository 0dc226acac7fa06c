"""The newest cases by what was done about them, read from the end of an index.

Grouping all alerts by their case sorts what was ever alerted; the newest twenty cases are among
the newest few hundred alerts, nearly always.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import Session, col, func, select

from core.alerting.alerts import AlertState
from storage.alerts.raised_alerts import case_id_of_row
from storage.database.engine import batches
from storage.database.pages import Cursor
from storage.database.tables.alerts import AlertRow, StoryArticleRow

CasePlace = tuple[int, datetime]
"""A case's id, and the time of its newest alert in one of the states: its place in the list."""

_A_CASE = 4
_MORE = 100
"""Alerts of each state that are read for a case that is wanted, and beyond them."""


def newest_cases(
    session: Session,
    states: Collection[AlertState],
    after: Cursor | None,
    until: datetime | None,
    wanted: int,
) -> list[CasePlace] | None:
    """Return up to `wanted` cases in their order, after a place in the list.

    None when more alerts would have to be read than is worth it.
    """
    latest = min((at for at in (after.at if after else None, until) if at), default=None)
    newest: dict[int, datetime] = {}
    horizon: datetime | None = None
    for state in states:
        rows = _alerts_in(session, state, latest, wanted * _A_CASE + _MORE)
        for case_id, at in rows:
            newest[case_id] = max(newest.get(case_id, at), at)
        if len(rows) >= wanted * _A_CASE + _MORE:
            horizon = max(horizon or rows[-1][1], rows[-1][1])
    # At the horizon and before it there may be others that were not read.
    places = [(case, at) for case, at in newest.items() if horizon is None or at > horizon]
    if after is not None:
        places = _not_before(session, states, places, after, until)
    if len(places) < wanted and horizon is not None:
        return None
    return sorted(places, key=lambda place: (place[1], place[0]), reverse=True)[:wanted]


def _alerts_in(
    session: Session, state: AlertState, latest: datetime | None, most: int
) -> Sequence[CasePlace]:
    query = (
        select(case_id_of_row(), AlertRow.created_at)
        .join(
            StoryArticleRow,
            col(StoryArticleRow.article_id) == AlertRow.article_id,
            isouter=True,
        )
        .where(AlertRow.state == state.value)
        .order_by(col(AlertRow.created_at).desc(), col(AlertRow.id).desc())
        .limit(most)
    )
    if latest is not None:
        query = query.where(AlertRow.created_at <= latest)
    return session.exec(query).all()


def _not_before(
    session: Session,
    states: Collection[AlertState],
    places: Sequence[CasePlace],
    after: Cursor,
    until: datetime | None,
) -> list[CasePlace]:
    """Leave out the cases with a newer alert than was read: they stand on a page before."""
    found = _newest_of(session, states, [case for case, _ in places], until)
    return [(case, at) for case, at in found if (at, case) < (after.at, after.id)]


def _newest_of(
    session: Session,
    states: Collection[AlertState],
    cases: Sequence[int],
    until: datetime | None,
) -> list[CasePlace]:
    """Return some cases with the time of the newest alert in one of the states, where any is."""
    found: list[CasePlace] = []
    wanted = set(cases)
    for batch in batches(articles_of(session, cases)):
        query = (
            select(case_id_of_row(), func.max(AlertRow.created_at))
            .join(
                StoryArticleRow,
                col(StoryArticleRow.article_id) == AlertRow.article_id,
                isouter=True,
            )
            .where(
                col(AlertRow.article_id).in_(batch),
                col(AlertRow.state).in_(sorted(state.value for state in states)),
            )
            .group_by(case_id_of_row())
        )
        if until is not None:
            query = query.where(AlertRow.created_at <= until)
        found += [(case, at) for case, at in session.exec(query) if case in wanted]
    newest: dict[int, datetime] = {}
    for case, at in found:  # the articles of a case can be in several batches
        newest[case] = max(newest.get(case, at), at)
    return list(newest.items())


def articles_of(session: Session, cases: Collection[int]) -> list[int]:
    """Return the ids of the articles that can be in cases: of their stories, and single ones.

    Read by themselves: a condition on alerts that is "of these stories or of these articles" makes
    PostgreSQL read all alerts and all versions, half a second for 60,000 (`make bench-web`).
    """
    found = set(cases)
    for batch in batches(sorted(cases)):
        placed = select(StoryArticleRow.article_id).where(col(StoryArticleRow.story_id).in_(batch))
        found.update(session.exec(placed))
    return sorted(found)


def cases_with(session: Session, states: Collection[AlertState], cases: Sequence[int]) -> set[int]:
    """Return those of some cases that have an alert in one of the states."""
    return {case for case, _ in _newest_of(session, states, cases, None)}
