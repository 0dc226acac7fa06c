"""Messages and alerts that go to others instead: their receiver left, or somebody says so."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from itertools import groupby

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, or_, select

from core.alerting.deliveries import DeliveryStatus
from core.alerting.message_kinds import MessageKind
from core.alerting.notifications import NotificationPurpose, NotificationState, Purpose
from core.alerting.urgency import urgency
from core.deciding.deciders import Deciders
from core.deciding.losses import LostMessage
from core.deciding.readdressing import (
    OrphanedAlert,
    Readdress,
    ReaddressReason,
    ReaddressReport,
    SentElsewhere,
)
from core.reasons import Reason, ReasonKind
from storage.database.engine import Database
from storage.database.identifiers import delivery_id
from storage.database.row import PENDING, WAITING
from storage.database.tables.alerts import AlertRow
from storage.database.tables.delivery import DeliveryRow, NotificationGroupRow, NotificationRow
from storage.delivery.backlog import chosen
from storage.delivery.groups import ToNotify, by_code_point, notify, take_turn
from storage.delivery.losses import counting_on, escalations_at_stake, let_go, settle_loss
from storage.delivery.messages import delivery_values, insert_deliveries, notify_at_once
from storage.delivery.orphans import (
    Orphan,
    groups_of_others,
    had_by,
    messages_of_others,
    orphans_of,
    purpose_of,
)

DecideHeirs = Callable[[OrphanedAlert], Readdress]
"""Says who is notified of an orphaned alert instead."""
_KINDS = {
    NotificationPurpose.ESCALATION: MessageKind.ESCALATION,
    NotificationPurpose.REMINDER: MessageKind.REMINDER,
}
"""Kinds of messages that are sent at once, by what for."""


class Readdressings(Database):
    """Queries that let others be notified instead."""

    def readdress(
        self,
        known: Collection[str],
        now: datetime,
        decide: DecideHeirs,
        deciders: Deciders,
        *,
        limit: int = 100,
    ) -> ReaddressReport:
        """Ask who hears what waits for receivers other than those `known`, and put it on its way.

        What nobody hears becomes a message that was given up: it is listed as such, others are
        notified of it, and it can be sent to somebody. Looks at up to `limit` groups and messages.
        """
        messages = and_(
            messages_of_others(known),
            # What somebody tries just now may arrive yet.
            or_(col(DeliveryRow.leased_until).is_(None), col(DeliveryRow.leased_until) <= now),
        )
        with self._reading() as session:  # most looks find nothing: those take no writer's lock
            waits = session.exec(select(DeliveryRow.id).where(messages).limit(1)).first()
            groups = select(NotificationGroupRow.id).where(groups_of_others(known)).limit(1)
            if waits is None and session.exec(groups).first() is None:
                return ReaddressReport()
        with self._writing() as session:
            held = session.exec(
                select(DeliveryRow)
                .where(messages)
                .order_by(col(DeliveryRow.id))
                .limit(limit)
                .with_for_update(key_share=True)
            ).all()
            # Alone, as they decide who do: what joins these groups meanwhile would be missed.
            take_turn(session, self.dialect, alone=True)
            orphaned = session.exec(
                select(NotificationGroupRow)
                .where(groups_of_others(known))
                .order_by(*by_code_point(self.dialect))
                .limit(limit)
                .with_for_update()
            ).all()
            look = _Readdressing(session, self.dialect, now, decide, deciders)
            for message in held:
                look.message(message)
            for group in orphaned:
                look.group(group)
            look.put_on_its_way()
            return ReaddressReport(
                found=len(held) + len(orphaned), moved=look.moved, lost=look.lost
            )

    def send_elsewhere(
        self,
        receiver: str,
        now: datetime,
        deciders: Deciders,
        *,
        delivery_id: str | None = None,
        of: str | None = None,
        rule: str | None = None,
        since: datetime | None = None,
        dead_only: bool = False,
    ) -> SentElsewhere:
        """Send another receiver what was given up or is pending, and never this one any more.

        Restricted as `replay` is; with `dead_only`, to what was given up. What somebody tries just
        now is left alone.
        """
        free = and_(col(DeliveryRow.status) == PENDING, col(DeliveryRow.lease_token).is_(None))
        dead = col(DeliveryRow.status) == DeliveryStatus.DEAD.value
        wanted = and_(
            dead if dead_only else or_(dead, free),
            DeliveryRow.receiver != receiver,
            DeliveryRow.kind != MessageKind.REVISION.value,
            chosen(delivery_id, of, rule, since),
        )
        with self._reading() as session:
            ids = session.exec(select(DeliveryRow.id).where(wanted)).all()
        # One by one: what counted on a message takes locks that come before messages.
        found = [self._send_one(which, wanted, receiver, now, deciders) for which in sorted(ids)]
        return SentElsewhere(sent=found.count(True), had=found.count(False))

    def _send_one(
        self,
        which: str,
        wanted: ColumnElement[bool],
        receiver: str,
        now: datetime,
        deciders: Deciders,
    ) -> bool | None:
        """Send a message elsewhere; return whether it tells anything new there, None if it left."""
        with self._writing() as session:
            at_stake = escalations_at_stake(session, which, deciders)
            row = session.exec(
                select(DeliveryRow)
                .where(DeliveryRow.id == which, wanted)
                .execution_options(populate_existing=True)
                .with_for_update(key_share=True)
            ).one_or_none()
            if row is None:
                return None
            pending = row.status == DeliveryStatus.PENDING
            tells = _sent_to(session, self.dialect, row, receiver, now)
            if pending and tells:  # of what was given up that was done then
                settle_loss(session, self.dialect, row, at_stake, now, deciders)
                row.unreported = False
            return tells


class _Readdressing:
    """One look at what waits for receivers that are not configured."""

    def __init__(
        self,
        session: Session,
        dialect: str,
        now: datetime,
        decide: DecideHeirs,
        deciders: Deciders,
    ) -> None:
        self._session = session
        self._dialect = dialect
        self._now = now
        self._decide = decide
        self._deciders = deciders
        self._to_notify: list[ToNotify] = []
        self._at_once: dict[tuple[str, Purpose], list[str]] = {}
        self.moved = self.lost = 0

    def message(self, row: DeliveryRow) -> None:
        """Ask about every alert of a message that is on its way."""
        counting = counting_on(self._session, row)
        notified = col(NotificationRow.delivery_id) == row.id
        left = self._left(_ordered(self._session, notified))
        row.lease_owner = row.lease_token = row.leased_until = row.next_attempt_at = None
        if left:
            row.alert_id, row.size = left[0].row.alert_id, len(left)
            self._give_up(row)
        else:
            row.status = DeliveryStatus.READDRESSED.value
            row.last_detail = f"{row.receiver} is no longer configured"
        self._session.flush()
        # Should the receiver come back. What the message was to say for others waits again, and
        # is asked about with its group at the next look.
        let_go(self._session, self._dialect, row, counting, self._now, self._deciders)

    def group(self, row: NotificationGroupRow) -> None:
        """Ask about every alert that waits in a group."""
        row.dispatch_at = None
        waiting = and_(NotificationRow.group_id == row.id, col(NotificationRow.state) == WAITING)
        left = self._left(_ordered(self._session, waiting))
        if not left:
            return
        lead = left[0].row.alert_id
        new_id = delivery_id(lead, row.receiver)
        kind = MessageKind(row.kind)
        level = urgency(kind, (orphan.asked.outline.level for orphan in left))
        values = delivery_values(
            new_id, lead, row.receiver, self._now, kind=kind, level=level, size=len(left)
        )
        self._session.flush()
        insert_deliveries(self._session, self._dialect, [values])
        for orphan in left:
            orphan.row.state, orphan.row.delivery_id = NotificationState.SENT.value, new_id
            orphan.row.settled_at = self._now
        self._give_up(self._session.get_one(DeliveryRow, new_id, populate_existing=True))

    def put_on_its_way(self) -> None:
        """Notify others of what was found, in the company that their routes say."""
        self._session.flush()
        for (receiver, purpose), alerts in sorted(
            self._at_once.items(), key=lambda found: (found[0][0], found[0][1].key)
        ):
            notify_at_once(
                self._session, self._dialect, list(dict.fromkeys(alerts)), [receiver], self._now,
                kind=_KINDS[purpose.kind], purpose=purpose,
            )  # fmt: skip
        notify(self._session, self._dialect, self._to_notify, self._now, self._deciders.when_due)

    def _left(self, orphans: Sequence[Orphan]) -> list[Orphan]:
        """Let others hear of alerts; return those that nobody hears of, the leading one first."""
        left: list[Orphan] = []
        moved: list[NotificationRow] = []
        for orphan in orphans:
            decision = self._decide(orphan.asked)
            if decision.reason is ReaddressReason.NOBODY:
                left.append(orphan)
                continue
            self._moved(orphan, decision)
            moved.append(orphan.row)
        if left:
            for row in moved:
                row.delivery_id = None  # what is given up tells of the others only
        return sorted(left, key=lambda orphan: orphan.leading_first)

    def _moved(self, orphan: Orphan, decision: Readdress) -> None:
        row, alert = orphan.row, orphan.asked.outline
        self.moved += bool(decision.recipients or decision.receivers)
        row.state = NotificationState.READDRESSED.value
        row.reason = Reason(
            ReasonKind.RECEIVER_GONE, receiver=row.receiver, why=Reason(_WHY[decision.reason])
        )
        row.settled_at = self._now
        if decision.recipients:
            self._to_notify.append(
                ToNotify(
                    alert_id=row.alert_id, level=alert.level, recipients=decision.recipients
                )
            )  # fmt: skip
        purpose = Purpose(orphan.asked.purpose, row.number, row.about)
        for receiver in decision.receivers:
            self._at_once.setdefault((receiver, purpose), []).append(row.alert_id)

    def _give_up(self, row: DeliveryRow) -> None:
        row.status, row.next_attempt_at = DeliveryStatus.DEAD.value, None
        row.last_detail = f"{row.receiver} is no longer configured, and no route leads to others"
        row.unreported = _alarming(self._session, self._deciders, row)
        self.lost += 1


_WHY = {
    ReaddressReason.ROUTES: ReasonKind.ROUTES_LEAD_ELSEWHERE,
    ReaddressReason.OTHERS_HAVE_IT: ReasonKind.OTHERS_HAVE_IT,
    ReaddressReason.NOBODY: ReasonKind.NOBODY,
    ReaddressReason.NO_NEWS: ReasonKind.NO_NEWS,
}


def _alarming(session: Session, deciders: Deciders, row: DeliveryRow) -> bool:
    rule = session.exec(select(AlertRow.rule_id).where(AlertRow.id == row.alert_id)).one()
    return deciders.loss_of(LostMessage(MessageKind(row.kind), rule)).alarm


def _ordered(session: Session, which: ColumnElement[bool]) -> list[Orphan]:
    """Return notifications with what is asked about them, in the order they came."""
    query = select(NotificationRow).where(which).order_by(col(NotificationRow.id))
    return orphans_of(session, session.exec(query).all())


def _sent_to(
    session: Session, dialect: str, row: DeliveryRow, receiver: str, now: datetime
) -> bool:
    """Send another receiver a message; return whether it tells anything new there."""
    query = select(NotificationRow).where(NotificationRow.delivery_id == row.id)
    rows = [
        notified
        for notified in session.exec(query).all()
        if notified.purpose != NotificationPurpose.SUMMARY.value
    ]
    had = had_by(session, {notified.alert_id for notified in rows})
    fresh = [notified for notified in rows if receiver not in had.get(purpose_of(notified), set())]
    if not fresh:
        return False  # it stays what it is: nothing is sent instead
    for notified in session.exec(query).all():
        notified.state = NotificationState.READDRESSED.value
        notified.reason = Reason(ReasonKind.SENT_TO, receiver=receiver)
        notified.settled_at = now
    row.status, row.unreported = DeliveryStatus.READDRESSED.value, False
    row.next_attempt_at, row.last_detail = None, f"sent to {receiver} instead"
    session.flush()
    for purpose, alerts in _by_purpose(fresh, row.alert_id):
        kind = MessageKind(row.kind)
        if kind is MessageKind.UPDATE:
            kind = MessageKind.ALERT  # there it begins a conversation
        notify_at_once(
            session, dialect, alerts, [receiver], now,
            kind=_KINDS.get(purpose.kind, kind), purpose=purpose,
        )  # fmt: skip
    return True


def _by_purpose(rows: Iterable[NotificationRow], lead: str) -> list[tuple[Purpose, list[str]]]:
    """Return the alerts for each purpose, the leading one first."""

    def key(row: NotificationRow) -> tuple[str, int, str]:
        return row.purpose, row.number, row.about

    found = []
    for (kind, number, about), same in groupby(sorted(rows, key=key), key=key):
        alerts = sorted((row.alert_id for row in same), key=lambda alert: (alert != lead, alert))
        found.append((Purpose(NotificationPurpose(kind), number, about), alerts))
    return found
