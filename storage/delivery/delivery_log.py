"""The delivery log: what was sent to whom, when, and what they answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, or_, select

from core.alerting.deliveries import (
    AttemptOutcome,
    Delivery,
    DeliveryAttempt,
    DeliveryStatus,
    LoggedAttempt,
)
from core.alerting.matches import Level
from core.alerting.message_kinds import MessageKind
from storage.alerts.outlines import WITHOUT_TEXT
from storage.database.engine import Database, batches
from storage.database.pages import Cursor, Page
from storage.database.paging import continues, ids_like, newest_first, page_of
from storage.database.tables.alerts import AlertRow, MatchRow
from storage.database.tables.crawl import VersionRow
from storage.database.tables.delivery import AttemptRow, DeliveryRow, NotificationRow

_PORTION = 500
_BEYOND = 2**62
"""Above every number of a row."""


class DeliveryLogs(Database):
    """Queries about what became of deliveries, attempt by attempt."""

    def deliveries(
        self,
        *,
        status: DeliveryStatus | None = None,
        receiver: str | None = None,
        alert_id: str | None = None,
        after: Cursor | None = None,
        limit: int = 50,
    ) -> Page[Delivery]:
        """Return deliveries, the newest first; with `alert_id`, those about that alert."""
        query = select(DeliveryRow).order_by(*newest_first(DeliveryRow.created_at, DeliveryRow.id))
        if status is not None:
            query = query.where(DeliveryRow.status == status.value)
        if receiver is not None:
            query = query.where(DeliveryRow.receiver == receiver)
        if alert_id is not None:
            query = query.where(
                or_(
                    col(DeliveryRow.alert_id) == alert_id,
                    col(DeliveryRow.id).in_(
                        select(NotificationRow.delivery_id).where(
                            NotificationRow.alert_id == alert_id
                        )
                    ),
                )
            )
        if after is not None:
            query = query.where(continues(DeliveryRow.created_at, DeliveryRow.id, after))
        with self._reading() as session:
            return page_of(
                session.exec(query.limit(limit + 1)).all(),
                limit,
                stored_delivery,
                lambda delivery: Cursor(delivery.created_at, delivery.id),
            )

    def delivery(self, wanted: str) -> Delivery | None:
        """Return the delivery with this id."""
        with self._reading() as session:
            row = session.get(DeliveryRow, wanted)
            return None if row is None else stored_delivery(row)

    def delivery_ids(self, prefix: str, limit: int) -> list[str]:
        """Return ids of deliveries that begin like this, at most `limit`."""
        with self._reading() as session:
            return ids_like(session, DeliveryRow.id, prefix, limit)

    def attempts(self, delivery_id: str) -> list[DeliveryAttempt]:
        """Return the attempts at a delivery in the order they were recorded."""
        with self._reading() as session:
            return attempts_at(session, delivery_id)

    def attempt_log(
        self,
        *,
        since: datetime | None = None,
        receiver: str | None = None,
        rule: str | None = None,
        alert_id: str | None = None,
        containing: str = "",
        newest_first: bool = False,
    ) -> Iterator[LoggedAttempt]:
        """Yield every attempt with its alerts, in the order they were recorded, or backwards.

        `rule` and `alert_id` ask for messages with such an alert in them, leading or not.
        `containing` asks for words, in any case, in the title, address or source of an article
        in the message, or in the receiver's answer.

        Read in portions, so that a log of years takes no more memory than one of a day; attempts
        that are recorded meanwhile come at the end.
        """
        wanted = containing.casefold()
        by_id = col(AttemptRow.id)
        query = (
            select(AttemptRow, DeliveryRow)
            .join(DeliveryRow, col(DeliveryRow.id) == AttemptRow.delivery_id)
            .order_by(by_id.desc() if newest_first else by_id)
            .limit(_PORTION)
        )
        if since is not None:
            query = query.where(AttemptRow.finished_at >= since)
        if receiver is not None:
            query = query.where(DeliveryRow.receiver == receiver)
        last = _BEYOND if newest_first else 0
        while True:
            portion = query.where(by_id < last if newest_first else by_id > last)
            with self._reading() as session:
                rows = session.exec(portion).all()
                notified = _alerts_of(session, [delivery for _, delivery in rows])
                found = [
                    _logged(attempt, delivery, notified[delivery.id])
                    for attempt, delivery in rows
                    if _is_about(notified[delivery.id], rule, alert_id)
                    and _contains(wanted, attempt, notified[delivery.id])
                ]
                last = rows[-1][0].id if rows else last
            yield from found
            if len(rows) < _PORTION:
                return


@dataclass(frozen=True, slots=True)
class _NotifiedAlert:
    """An alert of a message, as far as the log speaks of it."""

    alert_id: str
    rule_id: str
    level: Level
    source: str
    title: str
    url: str


def _alerts_of(
    session: Session, deliveries: Sequence[DeliveryRow]
) -> dict[str, list[_NotifiedAlert]]:
    """Return the alerts of each delivery, the leading one first."""
    if not deliveries:
        return {}
    members = {row.id: [row.alert_id] for row in deliveries}
    query = select(NotificationRow.id, NotificationRow.delivery_id, NotificationRow.alert_id).where(
        col(NotificationRow.delivery_id).in_(list(members))
    )
    for _, delivery, alert in sorted(session.exec(query)):
        if delivery is not None and alert not in members[delivery]:
            members[delivery].append(alert)
    alerts = {alert for in_message in members.values() for alert in in_message}
    known: dict[str, _NotifiedAlert] = {}
    for batch in batches(sorted(alerts), _PORTION):
        about = (
            select(AlertRow, MatchRow, VersionRow)
            .join(MatchRow, col(MatchRow.id) == AlertRow.match_id)
            .join(VersionRow, col(VersionRow.id) == MatchRow.version_id)
            .where(col(AlertRow.id).in_(batch))
            .options(WITHOUT_TEXT)
        )
        for alert_row, match, version in session.exec(about):
            known[alert_row.id] = _NotifiedAlert(
                alert_id=alert_row.id,
                rule_id=match.rule_id,
                level=Level(match.level),
                source=version.source,
                title=version.title,
                url=version.url,
            )
    return {
        delivery: [known[alert] for alert in in_message] for delivery, in_message in members.items()
    }


def _is_about(notified: Sequence[_NotifiedAlert], rule: str | None, alert_id: str | None) -> bool:
    return (rule is None or any(alert.rule_id == rule for alert in notified)) and (
        alert_id is None or any(alert.alert_id == alert_id for alert in notified)
    )


def _contains(wanted: str, attempt: AttemptRow, notified: Sequence[_NotifiedAlert]) -> bool:
    said = (text for alert in notified for text in (alert.title, alert.url, alert.source))
    return not wanted or any(wanted in text.casefold() for text in (attempt.detail, *said))


def _logged(
    attempt: AttemptRow, delivery: DeliveryRow, notified: Sequence[_NotifiedAlert]
) -> LoggedAttempt:
    lead = notified[0]
    return LoggedAttempt(
        attempt=stored_attempt(attempt),
        receiver=delivery.receiver,
        status=DeliveryStatus(delivery.status),
        kind=MessageKind(delivery.kind),
        alert_ids=tuple(alert.alert_id for alert in notified),
        rule_id=lead.rule_id,
        level=lead.level,
        source=lead.source,
        title=lead.title,
        url=lead.url,
    )


def stored_delivery(row: DeliveryRow) -> Delivery:
    """Return the domain type for a row."""
    return Delivery(
        id=row.id,
        alert_id=row.alert_id,
        receiver=row.receiver,
        status=DeliveryStatus(row.status),
        attempts=row.attempts,
        created_at=row.created_at,
        next_attempt_at=row.next_attempt_at,
        last_detail=row.last_detail,
        kind=MessageKind(row.kind),
        size=row.size,
        thread=row.thread,
        sequence=row.sequence,
        minimal=row.minimal,
    )


def attempts_at(session: Session, delivery_id: str) -> list[DeliveryAttempt]:
    """Return the attempts at a delivery in the order they were recorded."""
    query = (
        select(AttemptRow).where(AttemptRow.delivery_id == delivery_id).order_by(col(AttemptRow.id))
    )
    return [stored_attempt(row) for row in session.exec(query)]


def stored_attempt(row: AttemptRow) -> DeliveryAttempt:
    """Return the domain type for a row."""
    return DeliveryAttempt(
        delivery_id=row.delivery_id,
        number=row.number,
        started_at=row.started_at,
        finished_at=row.finished_at,
        outcome=AttemptOutcome(row.outcome),
        status_code=row.status_code,
        detail=row.detail,
        retry_after=row.retry_after,
    )
