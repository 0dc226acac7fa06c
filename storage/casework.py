"""What people do about alerts: taking them on, putting them off, dismissing them, and who did.

One story is one piece of work: what is done about an alert holds for the alerts of the same rule
about the same story, too.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import Session, col, insert, select, update

from core.alerting import AlertChange, AlertState, Level, MessageKind
from core.errors import StorageError
from storage.changes import stored_change
from storage.engine import insert_into
from storage.judging import Judging
from storage.messages import revise, tell_at_once
from storage.records import RuleOutcome, WorkDone
from storage.tables import (
    WAITING,
    AlertChangeRow,
    AlertRow,
    EscalationRow,
    MatchRow,
    NotificationRow,
    StoryArticleRow,
    UsedLinkRow,
)

OURSELVES = "wirewatch"
_TAKEN_ON = (AlertState.ACKNOWLEDGED, AlertState.SNOOZED, AlertState.DISMISSED)


class Casework(Judging):
    """Queries about the work on alerts."""

    def change_alert(
        self,
        wanted: str,
        state: AlertState,
        *,
        by: str,
        at: datetime,
        reason: str = "",
        until: datetime | None = None,
        nonce: str | None = None,
        shown_by: Collection[str] = (),
    ) -> tuple[str, ...]:
        """Put an alert, and those of its rule about its story, into a state; return their ids.

        The receivers `shown_by` change what they showed of these alerts before. `nonce` is of a
        link: one that was used before changes nothing. Raises StorageError when there is no such
        alert, or the link was used.
        """
        with self._writing() as session:
            if nonce is not None:
                used = insert_into(self.dialect, UsedLinkRow).on_conflict_do_nothing()
                if session.exec(used, params={"nonce": nonce, "at": at}).rowcount == 0:
                    raise LinkUsedError("this link was used before")
            alert = session.get(AlertRow, wanted)
            if alert is None:
                raise StorageError(f"there is no alert {wanted!r}")
            ids = _siblings(session, alert)
            _change(session, ids, state, by=by, at=at, reason=reason, until=until)
            revise(session, self.dialect, ids, shown_by, at)
            if state in _TAKEN_ON:
                session.exec(
                    update(EscalationRow)
                    .where(
                        col(EscalationRow.alert_id).in_(ids),
                        col(EscalationRow.state) == WAITING,
                    )
                    .values(state="cancelled")
                )
            return tuple(ids)

    def is_link_used(self, nonce: str) -> bool:
        """Tell whether somebody has acted by this link."""
        with self._reading() as session:
            return session.get(UsedLinkRow, nonce) is not None

    def do_work_due(self, now: datetime, shown_by: Collection[str] = ()) -> WorkDone:
        """Escalate what nobody took on in time, and remind of what was put off until now.

        The receivers `shown_by` change what they showed of these alerts before.
        """
        with self._reading() as session:
            if not _escalations_due(session, now, 1) and not _snoozed_due(session, now, 1):
                return WorkDone()
        with self._writing() as session:
            escalated = reminded = 0
            for row in _escalations_due(session, now, 100):
                row.state = "done"
                alert = session.get_one(AlertRow, row.alert_id)
                if AlertState(alert.state) not in (AlertState.OPEN, AlertState.ESCALATED):
                    row.state = "cancelled"
                    continue
                session.flush()
                revise(session, self.dialect, [alert.id], shown_by, now)
                tell_at_once(
                    session,
                    self.dialect,
                    alert.id,
                    row.receivers,
                    now,
                    kind=MessageKind.ESCALATION,
                    purpose=f"escalation-{row.id}",
                )
                _change(session, [alert.id], AlertState.ESCALATED, by=OURSELVES, at=now)
                escalated += 1
            for alert in _snoozed_due(session, now, 100):
                told = session.exec(
                    select(NotificationRow.receiver).where(NotificationRow.alert_id == alert.id)
                )
                revise(session, self.dialect, [alert.id], shown_by, now)
                tell_at_once(
                    session,
                    self.dialect,
                    alert.id,
                    told.all(),
                    now,
                    kind=MessageKind.REMINDER,
                    purpose=f"reminder-{now.timestamp():.0f}",
                )
                _change(
                    session, [alert.id], AlertState.OPEN, by=OURSELVES, at=now, reason="due again"
                )
                reminded += 1
            return WorkDone(escalated=escalated, reminded=reminded)

    def next_work_at(self) -> datetime | None:
        """Return when the next alert escalates unless somebody takes it on."""
        query = (
            select(EscalationRow.due_at)
            .where(col(EscalationRow.state) == WAITING)
            .order_by(col(EscalationRow.due_at))
            .limit(1)
        )
        with self._reading() as session:
            return session.exec(query).first()

    def alert_changes(self, wanted: str) -> list[AlertChange]:
        """Return what was done about an alert, the oldest first."""
        query = (
            select(AlertChangeRow)
            .where(AlertChangeRow.alert_id == wanted)
            .order_by(col(AlertChangeRow.id))
        )
        with self._reading() as session:
            return [stored_change(row) for row in session.exec(query)]

    def rule_outcomes(self, since: datetime | None = None) -> list[RuleOutcome]:
        """Return alerts with what people made of them, for all that somebody worked on."""
        query = (
            select(AlertRow, MatchRow)
            .join(MatchRow, col(MatchRow.id) == AlertRow.match_id)
            .order_by(col(AlertRow.created_at))
        )
        if since is not None:
            query = query.where(AlertRow.created_at >= since)
        reasons = select(AlertChangeRow.alert_id, AlertChangeRow.reason).where(
            AlertChangeRow.state == AlertState.DISMISSED.value
        )
        with self._reading() as session:
            why = dict(session.exec(reasons).all())
            return [
                RuleOutcome(
                    alert_id=alert.id,
                    rule=alert.rule_id,
                    level=Level(match.level),
                    state=AlertState(alert.state),
                    reason=why.get(alert.id, ""),
                    labels=tuple(dict.fromkeys(span[3] for span in match.spans)),
                    snippet=match.snippet,
                    highlights=tuple((start, end) for start, end in match.highlights),
                )
                for alert, match in session.exec(query)
            ]


class LinkUsedError(StorageError):
    """A link that works once was used before."""


def _siblings(session: Session, alert: AlertRow) -> list[str]:
    """Return the ids of the alerts of the same rule about the same story."""
    story = session.exec(
        select(StoryArticleRow.story_id).where(StoryArticleRow.article_id == alert.article_id)
    ).one_or_none()
    if story is None:
        return [alert.id]
    query = (
        select(AlertRow.id)
        .join(StoryArticleRow, col(StoryArticleRow.article_id) == AlertRow.article_id)
        .where(StoryArticleRow.story_id == story, AlertRow.rule_id == alert.rule_id)
        .order_by(col(AlertRow.id))
    )
    return sorted({alert.id, *session.exec(query)})


def _change(
    session: Session,
    ids: Sequence[str],
    state: AlertState,
    *,
    by: str,
    at: datetime,
    reason: str = "",
    until: datetime | None = None,
) -> None:
    session.exec(
        update(AlertRow)
        .where(col(AlertRow.id).in_(ids))
        .values(state=state.value, snoozed_until=until)
    )
    session.exec(
        insert(AlertChangeRow),
        params=[
            {
                "alert_id": one,
                "at": at,
                "by": by,
                "state": state.value,
                "reason": reason,
                "until": until,
            }
            for one in ids
        ],
    )


def _escalations_due(session: Session, now: datetime, limit: int) -> Sequence[EscalationRow]:
    query = (
        select(EscalationRow)
        .where(col(EscalationRow.state) == WAITING, EscalationRow.due_at <= now)
        .order_by(col(EscalationRow.due_at), col(EscalationRow.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return session.exec(query).all()


def _snoozed_due(session: Session, now: datetime, limit: int) -> Sequence[AlertRow]:
    query = (
        select(AlertRow)
        .where(AlertRow.state == AlertState.SNOOZED.value, col(AlertRow.snoozed_until) <= now)
        .order_by(col(AlertRow.snoozed_until), col(AlertRow.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return session.exec(query).all()
