"""Escalations that are due and snoozes that have ended: asked about, and done as was decided."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from sqlmodel import Session, col, func, select

from core.alerting.alerts import AlertState
from core.alerting.message_kinds import MessageKind
from core.alerting.notifications import NotificationPurpose, NotificationState, Purpose
from core.deciding.deciders import Deciders, ScheduleLimits
from core.deciding.dispatch import AlertOutline, WorkDone
from core.deciding.escalation import (
    Breadth,
    DueEscalation,
    EndedSnooze,
    EscalationDecision,
    EscalationEffect,
    EscalationFate,
    EscalationState,
    OtherEscalation,
    SnoozeDecision,
    SnoozeFate,
    SnoozeReason,
)
from storage.alerts.outlines import alert_outlines
from storage.alerts.silences import silences_in_force
from storage.alerts.state_changes import (
    last_changes,
    repeat_change,
    scope_of,
    write_change,
)
from storage.database.engine import Database, batches
from storage.database.row import WAITING
from storage.database.tables.alerts import (
    AlertChangeRow,
    AlertRow,
    EscalationRow,
)
from storage.database.tables.delivery import DeliveryRow, NotificationRow
from storage.delivery.messages import NOT_GOT, notify_at_once, revise

OURSELVES = "wirewatch"


class WorkDecider(Protocol):
    """Says what becomes of work that is due."""

    def escalation(self, due: DueEscalation) -> EscalationDecision:
        """Return what becomes of an escalation whose time has come."""
        ...

    def snooze(self, ended: EndedSnooze) -> SnoozeDecision:
        """Return what becomes of an alert that was snoozed until now."""
        ...


class Escalations(Database):
    """Queries about escalations that are due and snoozes that have ended."""

    def do_work_due(
        self,
        now: datetime,
        decide: WorkDecider,
        deciders: Deciders,
        *,
        shown_by: Collection[str] = (),
    ) -> WorkDone:
        """Ask about escalations that are due and snoozes that have ended; do what was decided.

        A case is escalated and called to mind once, with all its alerts. The
        receivers `shown_by` change what they showed of these alerts before.
        """
        with self._reading() as session:  # most looks find nothing: those take no writer's lock
            if not _escalations_due(session, now, 1) and not _snoozed_due(session, now, 1):
                return WorkDone()
        with self._writing() as session:
            work = _Work(session, self.dialect, now, decide, deciders, shown_by)
            escalated = sum(work.escalate(row) for row in _escalations_due(session, now, 100))
            reminded = sum(work.remind(alert) for alert in _snoozed_due(session, now, 100))
            return WorkDone(escalated=escalated, reminded=reminded)

    def next_work_at(self) -> datetime | None:
        """Return when the next alert escalates unless somebody acknowledges it."""
        query = (
            select(EscalationRow.due_at)
            .where(col(EscalationRow.state) == WAITING)
            .order_by(col(EscalationRow.due_at))
            .limit(1)
        )
        with self._reading() as session:
            return session.exec(query).first()


class _Work:
    """One look at the work that is due."""

    def __init__(
        self,
        session: Session,
        dialect: str,
        now: datetime,
        decide: WorkDecider,
        deciders: Deciders,
        shown_by: Collection[str],
    ) -> None:
        self._session = session
        self._dialect = dialect
        self._now = now
        self._decide = decide
        self._deciders = deciders
        self._shown_by = shown_by
        self._silences = silences_in_force(session, now)

    def escalate(self, row: EscalationRow) -> bool:
        """Ask what becomes of an escalation and do it; return whether anybody was notified."""
        if row.state != EscalationState.WAITING:
            return False  # another of the case was due before, and said all
        alert = self._session.get_one(AlertRow, row.alert_id)
        ids = self._siblings(alert)
        escalations = self._free(ids)
        if escalations is None:
            return False
        decision = self._decide.escalation(self._due(row, ids, escalations))
        if decision.fate is EscalationFate.CANCEL:
            row.state = EscalationState.CANCELLED.value
            if decision.followed is not None:
                repeat_change(self._session, decision.followers, decision.followed)
            return False
        if decision.fate is EscalationFate.POSTPONE:
            row.due_at = decision.again_at or self._now
            return False
        for escalation in escalations:
            if escalation.id == row.id or escalation.id in decision.also_done:
                escalation.state = EscalationState.DONE.value
        if decision.fate is EscalationFate.DONE:
            return False
        due = round(row.due_at.timestamp())
        purpose = Purpose(NotificationPurpose.ESCALATION, due, str(row.id))
        self._say(decision.hears, MessageKind.ESCALATION, purpose)
        write_change(
            self._session, decision.escalated, AlertState.ESCALATED, by=OURSELVES, at=self._now
        )
        return True

    def remind(self, alert: AlertRow) -> bool:
        """Ask what becomes of a case that was snoozed and do it; return whether it is open."""
        if alert.state != AlertState.SNOOZED:
            return False  # it is of the same case as one that was due before
        ids = self._siblings(alert)
        escalations = self._free(ids)
        if escalations is None:
            return False
        notified = _in_states(self._session, ids, NotificationState.SENT)
        decision = self._decide.snooze(
            EndedSnooze(
                alert_id=alert.id,
                now=self._now,
                notified={name: frozenset(receivers) for name, receivers in notified.items()},
                outlines=self._outlines(notified),
                silences=self._silences,
            )
        )
        if decision.fate is SnoozeFate.POSTPONE:
            alert.snoozed_until = decision.again_at
            return False
        purpose = Purpose(NotificationPurpose.REMINDER, round(self._now.timestamp()))
        self._say(decision.hears, MessageKind.REMINDER, purpose)
        why = SnoozeReason.DUE_AGAIN.value
        write_change(self._session, ids, AlertState.OPEN, by=OURSELVES, at=self._now, reason=why)
        affect_escalations(self._deciders, escalations, AlertState.OPEN, self._now)
        self._session.refresh(alert)
        return True

    def _siblings(self, alert: AlertRow) -> list[str]:
        """Return the alerts that are one piece of work with this one."""
        scope = scope_of(self._session, alert)
        if scope.alert.set_aside:
            scope = replace(scope, breadth=Breadth.RULE)
        return list(self._deciders.touched(scope).ids)

    def _due(
        self, row: EscalationRow, ids: Sequence[str], escalations: Sequence[EscalationRow]
    ) -> DueEscalation:
        """Gather what is to be known for deciding about an escalation."""
        alerts = self._session.exec(
            select(AlertRow.id, AlertRow.rule_id, AlertRow.state).where(col(AlertRow.id).in_(ids))
        ).all()
        rules = {name: rule for name, rule, _ in alerts}
        notified = _in_states(self._session, ids, NotificationState.SENT, NotificationState.WAITING)
        return DueEscalation(
            alert_id=row.alert_id,
            receivers=tuple(row.receivers),
            now=self._now,
            states={name: AlertState(state) for name, _, state in alerts},
            same_rule=frozenset(
                name for name, rule in rules.items() if rule == rules[row.alert_id]
            ),
            changes=last_changes(self._session, ids),
            notified=self._outlines(notified),
            heard=_heard(self._session, ids),
            opened_at=_opened_at(self._session, ids),
            others=tuple(
                OtherEscalation(
                    id=other.id,
                    state=EscalationState(other.state),
                    receivers=tuple(other.receivers),
                )
                for other in escalations
                if other.id != row.id
            ),
            silences=self._silences,
        )

    def _free(self, ids: Sequence[str]) -> list[EscalationRow] | None:
        """Hold alerts with their escalations; None when somebody else works on them just now.

        Waiting for those could be waiting for each other. They are looked at again soon.
        """
        known = select(func.count(col(EscalationRow.id))).where(
            col(EscalationRow.alert_id).in_(ids)
        )
        escalations, alerts = held_with_escalations(self._session, ids, wait=False)
        everything = self._session.exec(known).one() == len(escalations) and alerts == len(ids)
        return escalations if everything else None

    def _outlines(self, alerts: Iterable[str]) -> dict[str, AlertOutline]:
        wanted = col(AlertRow.id).in_(sorted(alerts))
        return {outline.alert_id: outline for outline in alert_outlines(self._session, wanted)}

    def _say(self, hears: Mapping[str, Sequence[str]], kind: MessageKind, purpose: Purpose) -> None:
        """Notify each receiver of its alerts, and let earlier messages show it."""
        self._session.flush()
        about = sorted({alert for alerts in hears.values() for alert in alerts})
        revise(
            self._session, self._dialect, about, self._shown_by, self._now, self._deciders.revisions
        )
        for name, alerts in hears.items():
            notify_at_once(
                self._session, self._dialect, alerts, [name], self._now,
                kind=kind, purpose=purpose,
            )  # fmt: skip


def _opened_at(session: Session, ids: Sequence[str]) -> datetime | None:
    """Return when somebody last opened any of these alerts again."""
    opened: datetime | None = session.exec(
        select(func.max(AlertChangeRow.at)).where(
            col(AlertChangeRow.alert_id).in_(ids), AlertChangeRow.state == AlertState.OPEN.value
        )
    ).one()
    return opened


def _heard(session: Session, ids: Sequence[str]) -> tuple[tuple[str, datetime], ...]:
    """Return who heard that any of these alerts escalated, and when."""
    query = (
        select(DeliveryRow.receiver, DeliveryRow.created_at)
        .join(NotificationRow, col(NotificationRow.delivery_id) == DeliveryRow.id)
        .where(
            col(NotificationRow.alert_id).in_(ids),
            DeliveryRow.kind == MessageKind.ESCALATION.value,
            col(DeliveryRow.status).not_in(NOT_GOT),
        )
    )
    return tuple(session.exec(query).all())


def _in_states(
    session: Session, ids: Sequence[str], *states: NotificationState
) -> dict[str, set[str]]:
    """Return which receivers hear of which alerts, for those that any does."""
    found: dict[str, set[str]] = {}
    for batch in batches(ids):
        query = select(NotificationRow.alert_id, NotificationRow.receiver).where(
            col(NotificationRow.alert_id).in_(batch),
            col(NotificationRow.state).in_([state.value for state in states]),
        )
        for alert_id, receiver in session.exec(query):
            found.setdefault(alert_id, set()).add(receiver)
    return found


def held_with_escalations(
    session: Session, ids: Sequence[str], *, wait: bool = True
) -> tuple[list[EscalationRow], int]:
    """Hold the escalations of alerts, then the alerts: both in one order, so that none deadlocks.

    Returns the escalations, and how many alerts there are. What somebody else holds is left out
    unless this is to `wait` for it.
    """
    escalations = (
        select(EscalationRow)
        .where(col(EscalationRow.alert_id).in_(ids))
        .order_by(col(EscalationRow.id))
        .with_for_update(skip_locked=not wait)
    )
    alerts = (
        select(AlertRow.id)
        .where(col(AlertRow.id).in_(ids))
        .order_by(col(AlertRow.id))
        # Messages refer to alerts: making one must not wait for whoever changes their state.
        .with_for_update(skip_locked=not wait, key_share=True)
    )
    return list(session.exec(escalations)), len(session.exec(alerts).all())


def affect_escalations(
    deciders: Deciders, escalations: Iterable[EscalationRow], state: AlertState, now: datetime
) -> None:
    """Call escalations off, or let them count anew, as their alerts' new state has it."""
    effect = deciders.effect_on_escalations(state)
    for row in escalations:
        if effect is EscalationEffect.COUNT_ANEW:
            row.state = EscalationState.WAITING.value
            row.due_at = now + timedelta(seconds=row.after)
        elif effect is EscalationEffect.CANCEL and row.state == EscalationState.WAITING:
            row.state = EscalationState.CANCELLED.value


def _escalations_due(session: Session, now: datetime, limit: int) -> Sequence[EscalationRow]:
    query = (
        select(EscalationRow)
        .where(col(EscalationRow.state) == WAITING, EscalationRow.due_at <= now)
        .order_by(col(EscalationRow.due_at), col(EscalationRow.id))
        .limit(limit)
        # By time, not by id as others hold them: this may only take what is free. What is skipped
        # is in the hands of somebody who changes it, and comes up again if it stays due.
        .with_for_update(skip_locked=True)
    )
    return session.exec(query).all()


def _snoozed_due(session: Session, now: datetime, limit: int) -> Sequence[AlertRow]:
    query = (
        select(AlertRow)
        .where(AlertRow.state == AlertState.SNOOZED.value, col(AlertRow.snoozed_until) <= now)
        .order_by(col(AlertRow.snoozed_until), col(AlertRow.id))
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True)  # as above
    )
    return session.exec(query).all()


def mend_escalations(session: Session, now: datetime, limits: ScheduleLimits) -> int:
    """Bring back escalations that a clock which ran ahead put too far away; return how many."""
    future = now + limits.clocks_differ
    query = (
        select(EscalationRow)
        .where(col(EscalationRow.state) == WAITING, EscalationRow.due_at > future)
        .order_by(col(EscalationRow.id))
        # In the order in which changes of alerts hold them, and held before they are looked at: a
        # change at the same moment may let them count anew or call them off.
        .with_for_update()
    )
    mended = 0
    for row in session.exec(query):
        latest = now + timedelta(seconds=row.after)
        if row.due_at > latest + limits.clocks_differ:
            row.due_at = latest
            mended += 1
    return mended
