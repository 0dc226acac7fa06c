"""How far the article of an entry came, as columns beside the entry: what its end is told by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, literal, null, select
from sqlmodel import col, func

from core.alerting.deliveries import DeliveryStatus
from core.alerting.notifications import NotificationState
from core.articles import StubKind
from core.failures import FailureKind
from core.source_counts import TELLING, Halt, Journey, telling_of
from core.sources import EntryCause, EntryStatus
from storage.database.tables.alerts import AlertRow, BrokenJudgementRow, MatchRow
from storage.database.tables.crawl import EntryRow, VersionRow
from storage.database.tables.delivery import DeliveryRow, NotificationRow


def article_facts() -> tuple[ColumnElement[Any], ...]:
    """Return the columns that `journey_of` reads after those of the entry itself."""
    version = col(VersionRow.article_id) == EntryRow.article_id
    # A version that the rules broke down on is marked judged, and is not.
    broken = exists().where(col(BrokenJudgementRow.version_id) == VersionRow.id)
    judged = exists().where(version, col(VersionRow.judged_at).is_not(None), ~broken)
    broke = exists().where(version, col(BrokenJudgementRow.version_id) == VersionRow.id)
    matched = exists().where(version, col(MatchRow.version_id) == VersionRow.id)
    untold = exists().where(version, col(VersionRow.untold).is_not(None))
    facts = (literal(True), judged, broke, matched, untold)
    return (
        *(case((_is_article(), fact), else_=literal(False)).label(f"fact{n}")
          for n, fact in enumerate(facts)),
        case((and_(_is_article(), matched), _telling()), else_=null()).label("telling"),
    )  # fmt: skip


def journey_of(facts: Sequence[Any]) -> Journey:
    """Return what a row says: status, cause, failure with its status, stub, and the facts above."""
    status, cause, failure, code, stub, article, judged, broke, matched, untold, telling = facts
    return Journey(
        status=EntryStatus(status),
        cause=EntryCause(cause) if cause else None,
        failure=FailureKind(failure) if failure else None,
        failure_status=code,
        stub=StubKind(stub) if stub else None,
        article=bool(article),
        judged=bool(judged),
        broken=bool(broke) and not judged,
        matched=bool(matched),
        untold=bool(untold),
        telling=None if telling is None else TELLING[telling],
    )


def _is_article() -> ColumnElement[bool]:
    return and_(
        col(EntryRow.article_id).is_not(None),
        col(EntryRow.cause).is_distinct_from(EntryCause.DUPLICATE.value),
    )


def _telling() -> ColumnElement[int]:
    """Return the place in `TELLING` of the best that became of telling people of an article."""
    state, sent = col(NotificationRow.state), NotificationState.SENT
    unsent = [
        (state == one.value, _rank(one, None)) for one in NotificationState if one is not sent
    ]
    ranks = [
        (and_(state == sent.value, col(DeliveryRow.status) == one.value), _rank(sent, one))
        for one in DeliveryStatus
    ]
    nobody = literal(TELLING.index(Halt.NO_RECEIVER))
    unknown = literal(TELLING.index(Halt.NOT_SENT))
    rank = case((col(NotificationRow.id).is_(None), nobody), *unsent, *ranks, else_=unknown)
    return (
        select(func.max(rank))
        .select_from(AlertRow)
        .outerjoin(NotificationRow, col(NotificationRow.alert_id) == AlertRow.id)
        .outerjoin(DeliveryRow, col(DeliveryRow.id) == NotificationRow.delivery_id)
        .where(col(AlertRow.article_id) == EntryRow.article_id)
        .correlate(EntryRow)
        .scalar_subquery()
    )


def _rank(state: NotificationState, message: DeliveryStatus | None) -> ColumnElement[int]:
    return literal(TELLING.index(telling_of(state, message)))
