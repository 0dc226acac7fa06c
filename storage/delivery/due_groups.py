"""One look at the groups that are due: each is decided about, and what was decided is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, func, select, update

from core.alerting.alerts import AlertState
from core.alerting.matches import Level
from core.alerting.message_kinds import MessageKind
from core.alerting.notifications import NotificationState
from core.alerting.urgency import urgency
from core.calendar import DailyHours
from core.deciding.dispatch import (
    AlertOutline,
    DispatchDecision,
    DispatchReport,
    DueGroup,
    Held,
    WaitingNotification,
)
from core.deciding.groups import Home
from storage.alerts.outlines import WITHOUT_TEXT, alert_outlines, entities_of
from storage.alerts.silences import silences_in_force
from storage.alerts.state_changes import DISMISSED
from storage.database.engine import batches
from storage.database.identifiers import delivery_id
from storage.database.row import WAITING
from storage.database.tables.alerts import AlertRow, MatchRow, StoryArticleRow
from storage.database.tables.crawl import VersionRow
from storage.database.tables.delivery import DeliveryRow, NotificationGroupRow, NotificationRow
from storage.delivery.groups import conversation_of, groups_held
from storage.delivery.messages import NOT_GOT, delivery_values, insert_deliveries
from storage.delivery.mute_hours import mute_hours

_HOUR = timedelta(hours=1)


Decide = Callable[[DueGroup], DispatchDecision]


class GroupDispatching:
    """One look at the groups that are due."""

    def __init__(
        self, session: Session, dialect: str, now: datetime, look_back: timedelta | None
    ) -> None:
        self._session = session
        self._dialect = dialect
        self._now = now
        self._look_back = look_back
        self._silences = silences_in_force(session, now)
        self._messages = self._held = self._settled = 0
        self._notified_to: dict[str, tuple[AlertOutline, ...]] = {}
        self._not_notified: set[tuple[str, str]] = set()
        """Receivers, and the alerts that this look decided not to notify them of."""

    def report(self, groups: int) -> DispatchReport:
        """Return what this look at so many groups came to."""
        return DispatchReport(
            groups=groups, messages=self._messages, held=self._held, settled=self._settled
        )

    def settle(self, group: NotificationGroupRow, decide: Decide) -> None:
        """Ask what becomes of a group, and write it down."""
        waiting = _waiting(self._session, group.id)
        group.dispatch_at = None
        if not waiting:
            return
        decision = decide(
            DueGroup(
                receiver=group.receiver,
                key=group.key,
                kind=MessageKind(group.kind),
                waiting=waiting,
                sequence=group.sequence,
                dispatched_at=group.dispatched_at,
                lasting=group.lasting,
                max_per_hour=group.max_per_hour,
                break_through=None if group.break_through is None else Level(group.break_through),
                recent=_recent(self._session, group.receiver, self._now),
                silences=self._silences,
                inhibitors=self._inhibitors(group.receiver),
            )
        )
        alerts = {notification.id: notification.alert_id for notification in waiting}
        for settled in decision.settled:
            self._settled += len(settled.ids)
            self._not_notified |= {
                (group.receiver, alerts[settled_id]) for settled_id in settled.ids
            }
            self._mark(
                settled.ids,
                settled.state,
                settled.reason,
                silence=settled.silence,
                inhibitor=settled.inhibitor,
            )
        for held in decision.held:
            self._hold(group, held)
        if decision.send:
            place = group if decision.home is None else self._held_group(decision.home)
            self._send(place, waiting, decision)
            for told_of in decision.told_of:
                home = self._held_group(told_of.id)
                home.level = told_of.level
                home.thread = home.thread if told_of.goes_on else ""
                home.sequence = max(home.sequence if told_of.goes_on else 0, 1)
                home.dispatched_at = self._now

    def _held_group(self, group_id: int) -> NotificationGroupRow:
        # In whatever order decisions name them: only under the turn may groups be held like this.
        return self._session.get_one(NotificationGroupRow, group_id, with_for_update=True)

    def _send(
        self,
        group: NotificationGroupRow,
        waiting: Sequence[WaitingNotification],
        decision: DispatchDecision,
    ) -> None:
        by_id = {notification.id: notification for notification in waiting}
        lead = by_id[decision.send[0]]
        update_of = decision.kind is MessageKind.UPDATE
        new_id = delivery_id(lead.alert_id, group.receiver)
        group.sequence = group.sequence + 1 if update_of else 1
        group.thread = group.thread if update_of and group.thread else new_id
        levels = [by_id[sent_id].level.rank for sent_id in decision.send]
        group.level = max([group.level, *levels] if update_of else levels)
        group.dispatched_at = self._now
        values = delivery_values(
            new_id,
            lead.alert_id,
            group.receiver,
            self._now,
            kind=decision.kind,
            level=urgency(decision.kind, (by_id[sent_id].level for sent_id in decision.send)),
            size=len(decision.send),
            thread=group.thread,
            sequence=group.sequence,
        )
        self._session.flush()
        # The id hangs on the alert and the receiver alone: repeated after a kill, it is no second
        # message.
        insert_deliveries(self._session, self._dialect, [values])
        self._mark(decision.send, NotificationState.SENT, "", delivery=new_id)
        self._messages += 1

    def _hold(self, group: NotificationGroupRow, held: Held) -> None:
        """Move alerts to a group that becomes a summary."""
        wanted = {
            "receiver": group.receiver,
            "key": held.key,
            "kind": MessageKind.SUMMARY.value,
            "max_per_hour": None,
            "break_through": None,
            "lasting": False,
            "sequence": 0,
            "level": 0,
            "thread": "",
        }
        place = (group.receiver, held.key)
        summary = groups_held(self._session, self._dialect, {place: wanted})[place]
        earliest = summary.dispatch_at
        if earliest is None or not self._now < earliest < held.until:
            summary.dispatch_at = held.until
        for batch in batches(held.ids):
            self._session.exec(
                update(NotificationRow)
                .where(col(NotificationRow.id).in_(batch))
                .values(
                    group_id=summary.id,
                    home_id=func.coalesce(col(NotificationRow.home_id), group.id),
                    reason=held.reason,
                )
            )
        self._held += len(held.ids)

    def _mark(
        self,
        ids: Sequence[int],
        state: NotificationState,
        reason: str,
        delivery: str | None = None,
        silence: str | None = None,
        inhibitor: str | None = None,
    ) -> None:
        for batch in batches(ids):
            self._session.exec(
                update(NotificationRow)
                .where(col(NotificationRow.id).in_(batch))
                .values(
                    state=state.value,
                    reason=reason,
                    settled_at=self._now,
                    delivery_id=delivery,
                    silence_id=silence,
                    inhibitor=inhibitor,
                )
            )

    def _inhibitors(self, receiver: str) -> tuple[AlertOutline, ...]:
        """Return alerts that a receiver was notified of, or soon is: they may inhibit others.

        Looked up once for all groups of this look.
        """
        if self._look_back is None:
            return ()
        if receiver not in self._notified_to:
            # What is held for a summary may yet be silenced or dismissed before it is sent.
            soon = select(NotificationGroupRow.id).where(
                NotificationGroupRow.receiver == receiver,
                NotificationGroupRow.kind == MessageKind.ALERT.value,
            )
            got = select(DeliveryRow.id).where(
                DeliveryRow.id == NotificationRow.delivery_id,
                col(DeliveryRow.status).not_in(NOT_GOT),
            )
            notified = self._outlines(
                receiver,
                and_(col(NotificationRow.state) == NotificationState.SENT.value, got.exists()),
            )
            coming = self._outlines(
                receiver,
                and_(
                    col(NotificationRow.state) == WAITING, col(NotificationRow.group_id).in_(soon)
                ),
            )
            mute = self._mute(receiver, [outline.alert_id for outline in coming])
            self._notified_to[receiver] = (
                *notified,
                *(
                    replace(outline, notified=False, mute=mute.get(outline.alert_id, ()))
                    for outline in coming
                ),
            )
        return tuple(
            outline
            for outline in self._notified_to[receiver]
            if (receiver, outline.alert_id) not in self._not_notified
        )

    def _mute(self, receiver: str, alerts: Sequence[str]) -> dict[str, tuple[DailyHours, ...]]:
        """Return when the routes are mute by which alerts are on their way to a receiver."""
        found: dict[str, tuple[DailyHours, ...]] = {}
        for batch in batches(alerts):
            query = select(NotificationRow.alert_id, NotificationRow.mute).where(
                col(NotificationRow.alert_id).in_(batch),
                NotificationRow.receiver == receiver,
                col(NotificationRow.state) == WAITING,
            )
            found |= {alert_id: mute_hours(mute) for alert_id, mute in self._session.exec(query)}
        return found

    def _outlines(self, receiver: str, state: ColumnElement[bool]) -> tuple[AlertOutline, ...]:
        """Return alerts of late whose notification of a receiver is in a state."""
        notified = (
            select(NotificationRow.id)
            .where(
                col(NotificationRow.alert_id) == col(AlertRow.id),
                NotificationRow.receiver == receiver,
                state,
            )
            .exists()
        )
        return alert_outlines(
            self._session,
            col(AlertRow.created_at) >= self._now - (self._look_back or timedelta(0)),
            col(AlertRow.state) != AlertState.DISMISSED.value,
            notified,
        )


def _waiting(session: Session, group_id: int) -> tuple[WaitingNotification, ...]:
    """Return what waits in a group, in the order it came."""
    query = (
        select(NotificationRow, MatchRow, VersionRow, StoryArticleRow.story_id)
        .join(AlertRow, col(AlertRow.id) == NotificationRow.alert_id)
        .join(MatchRow, col(MatchRow.id) == AlertRow.match_id)
        .join(VersionRow, col(VersionRow.id) == MatchRow.version_id)
        .join(StoryArticleRow, col(StoryArticleRow.article_id) == AlertRow.article_id, isouter=True)
        .where(NotificationRow.group_id == group_id, col(NotificationRow.state) == WAITING)
        .order_by(col(NotificationRow.id))
        .options(WITHOUT_TEXT)
    )
    rows = session.exec(query).all()
    stories: set[int | None] = {story for *_, story in rows}  # None: in no story
    dismissed = _dismissed(session, {story for story in stories if story is not None})
    states = _states(session, [row.alert_id for row, *_ in rows])
    homes = _homes(session, {row.home_id for row, *_ in rows if row.home_id is not None})
    return tuple(
        WaitingNotification(
            id=row.id,
            alert_id=row.alert_id,
            rule=match.rule_id,
            level=Level(match.level),
            source=version.source,
            language=version.language,
            entities=entities_of(match),
            story=story,
            created_at=row.created_at,
            dismissed=states[row.alert_id] == DISMISSED or (match.rule_id, story) in dismissed,
            mute=mute_hours(row.mute),
            home=None if row.home_id is None else homes[row.home_id],
        )
        for row, match, version, story in rows
    )


def _homes(session: Session, ids: set[int]) -> dict[int, Home]:
    """Return the groups that notifications were held back from."""
    homes: dict[int, Home] = {}
    for batch in batches(sorted(ids)):
        query = select(NotificationGroupRow).where(col(NotificationGroupRow.id).in_(batch))
        for group in session.exec(query):
            conversation = conversation_of(group)
            kind = MessageKind(group.kind)
            homes[group.id] = Home(id=group.id, kind=kind, conversation=conversation)
    return homes


def _states(session: Session, alerts: Sequence[str]) -> dict[str, str]:
    states: dict[str, str] = {}
    for batch in batches(alerts):
        query = select(AlertRow.id, AlertRow.state).where(col(AlertRow.id).in_(batch))
        states.update(session.exec(query).all())
    return states


def _dismissed(session: Session, stories: set[int]) -> set[tuple[str, int]]:
    """Return by which rules an alert about which of these stories was dismissed."""
    if not stories:
        return set()
    query = (
        select(AlertRow.rule_id, StoryArticleRow.story_id)
        .join(StoryArticleRow, col(StoryArticleRow.article_id) == AlertRow.article_id)
        .where(col(StoryArticleRow.story_id).in_(stories), AlertRow.state == DISMISSED)
    )
    return set(session.exec(query))


def _recent(session: Session, receiver: str, now: datetime) -> tuple[datetime, ...]:
    query = (
        select(DeliveryRow.created_at)
        .where(
            DeliveryRow.receiver == receiver,
            DeliveryRow.created_at > now - _HOUR,
            DeliveryRow.created_at <= now,
            DeliveryRow.kind != MessageKind.REVISION.value,  # nobody is called by it
            col(DeliveryRow.status).not_in(NOT_GOT),
        )
        .order_by(col(DeliveryRow.created_at))
    )
    return tuple(session.exec(query))
