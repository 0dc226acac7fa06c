"""Lists of deliveries with what they tell of and what was answered, for people to look through."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from core.alerting.deliveries import DeliveryStatus, ListedDelivery
from core.alerting.matches import Level
from storage.alerts.outlines import WITHOUT_TEXT
from storage.alerts.raised_alerts import case_id_of_row
from storage.database.engine import Database
from storage.database.pages import Cursor, Page
from storage.database.paging import continues, newest_first, page_of
from storage.database.tables.alerts import AlertRow, MatchRow, StoryArticleRow
from storage.database.tables.crawl import VersionRow
from storage.database.tables.delivery import AttemptRow, DeliveryRow
from storage.delivery.delivery_log import stored_attempt, stored_delivery

_PORTION = 200


class DeliveryLists(Database):
    """Queries for lists of deliveries."""

    def listed_deliveries(
        self,
        *,
        status: Collection[DeliveryStatus] = (),
        receiver: str | None = None,
        rule: str | None = None,
        since: datetime | None = None,
        containing: str = "",
        after: Cursor | None = None,
        limit: int = 50,
        most: int = 2000,
    ) -> Page[ListedDelivery]:
        """Return deliveries, the newest first; each condition that is given must hold.

        `rule` is that of the leading alert. `containing` asks for words, in any case, in the title,
        the address or the source of its article, or in the last answer: databases do not know the
        case of all letters, so that is looked at here, in at most `most` deliveries. A page that
        ends there is shorter, and goes on all the same.
        """
        query = (
            select(DeliveryRow, MatchRow, VersionRow, case_id_of_row())
            .join(AlertRow, col(AlertRow.id) == DeliveryRow.alert_id)
            .join(MatchRow, col(MatchRow.id) == AlertRow.match_id)
            .join(VersionRow, col(VersionRow.id) == MatchRow.version_id)
            .join(
                StoryArticleRow,
                col(StoryArticleRow.article_id) == AlertRow.article_id,
                isouter=True,
            )
            .options(WITHOUT_TEXT)
            .order_by(*newest_first(DeliveryRow.created_at, DeliveryRow.id))
        )
        if status:
            query = query.where(col(DeliveryRow.status).in_(sorted(one.value for one in status)))
        if receiver is not None:
            query = query.where(DeliveryRow.receiver == receiver)
        if rule is not None:
            query = query.where(AlertRow.rule_id == rule)
        if since is not None:
            query = query.where(DeliveryRow.created_at >= since)
        wanted = containing.casefold()

        def read(place: Cursor | None, count: int) -> Sequence[_Found]:
            portion = query.limit(count)
            if place is not None:
                portion = portion.where(continues(DeliveryRow.created_at, DeliveryRow.id, place))
            return [(row[0], row[1], row[2], row[3]) for row in session.exec(portion)]

        with self._reading() as session:
            if not wanted:
                page = page_of(read(after, limit + 1), limit, _itself, _cursor)
            else:
                page = _searched(read, lambda row: _contains(wanted, row), after, limit, most)
            return Page(_listed(session, page.items), page.next)


_Found = tuple[DeliveryRow, MatchRow, VersionRow, int]


def _searched(
    read: Callable[[Cursor | None, int], Sequence[_Found]],
    holds: Callable[[_Found], bool],
    after: Cursor | None,
    limit: int,
    most: int,
) -> Page[_Found]:
    """Look through portions until a page is full, or enough was looked at."""
    found: list[_Found] = []
    looked = 0
    while looked < most:
        rows = read(after, _PORTION)
        for row in rows:
            after = _cursor(row)
            if holds(row):
                found.append(row)
                if len(found) == limit:
                    return Page(tuple(found), after)
        looked += len(rows)
        if len(rows) < _PORTION:
            return Page(tuple(found))
    return Page(tuple(found), after)


def _itself(row: _Found) -> _Found:
    return row


def _cursor(row: _Found) -> Cursor:
    return Cursor(row[0].created_at, row[0].id)


def _contains(wanted: str, row: _Found) -> bool:
    delivery, _, version, _ = row
    said = (version.title, version.url, version.source, delivery.last_detail)
    return any(wanted in text.casefold() for text in said)


def _listed(session: Session, rows: Sequence[_Found]) -> tuple[ListedDelivery, ...]:
    ids = [delivery.id for delivery, _, _, _ in rows]
    attempts: dict[str, list[AttemptRow]] = {}
    query = select(AttemptRow).where(col(AttemptRow.delivery_id).in_(ids))
    for row in session.exec(query.order_by(col(AttemptRow.id))):
        attempts.setdefault(row.delivery_id, []).append(row)
    return tuple(
        ListedDelivery(
            delivery=stored_delivery(delivery),
            case=case,
            rule_id=match.rule_id,
            rule_title=match.rule_title,
            level=Level(match.level),
            source=version.source,
            title=version.title,
            url=version.url,
            attempts=tuple(map(stored_attempt, attempts.get(delivery.id, ()))),
        )
        for delivery, match, version, case in rows
    )
