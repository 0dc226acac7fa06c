"""What people do about alerts: taking them on, putting them off, dismissing them, and who did.

One story is one piece of work: what is done about an alert holds for the alerts of the same rule
about the same story, too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, or_, select

from core.alerting import MUTED, AlertChange, AlertState, Level, MessageKind, NotificationState
from core.errors import StorageError
from storage.changes import siblings, stored_change, write_change
from storage.engine import batches, insert_into
from storage.judging import Judging
from storage.messages import revise, tell_at_once
from storage.outlines import alert_outlines
from storage.records import AlertOutline, RuleOutcome, Silence, WorkDone
from storage.silences import silences_in_force
from storage.tables import (
    WAITING,
    AlertChangeRow,
    AlertRow,
    EscalationRow,
    MatchRow,
    NotificationRow,
    UsedLinkRow,
)

OURSELVES = "wirewatch"
_AHEAD, _DONE, _CANCELLED = "waiting", "done", "cancelled"
"""States of an escalation."""
Hushed = Callable[[AlertOutline, str, Sequence[Silence]], bool]
"""Whether any of the silences keeps from a receiver what is said of an alert by itself."""
_TAKEN_ON = (AlertState.ACKNOWLEDGED, AlertState.SNOOZED, AlertState.DISMISSED)


def _nobody_hushed(_: AlertOutline, __: str, ___: Sequence[Silence]) -> bool:
    return False


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
        any_rule: bool = False,
        keep: Collection[AlertState] = (),
        shown_by: Collection[str] = (),
    ) -> tuple[str, ...]:
        """Put an alert, and those of its rule about its story, into a state; return their ids.

        With `any_rule`, those of other rules about the story, too; those in a state to `keep` are
        left alone. The receivers `shown_by` change what they showed of these alerts before. `nonce`
        is of a link: one that was used before changes nothing. Raises StorageError when there is no
        such alert, or the link was used.
        """
        with self._writing() as session:
            if nonce is not None:
                used = insert_into(self.dialect, UsedLinkRow).on_conflict_do_nothing()
                if session.exec(used, params={"nonce": nonce, "at": at}).rowcount == 0:
                    raise LinkUsedError("this link was used before")
            alert = session.get(AlertRow, wanted)
            if alert is None:
                raise StorageError(f"there is no alert {wanted!r}")
            ids = siblings(session, alert, any_rule=any_rule)
            if keep:
                kept = col(AlertRow.state).in_([one.value for one in keep])
                left = session.exec(select(AlertRow.id).where(col(AlertRow.id).in_(ids), kept))
                ids = sorted(set(ids) - set(left))
                if not ids:
                    return ()
            escalations, _ = _held(session, ids)
            write_change(session, ids, state, by=by, at=at, reason=reason, until=until)
            if state in _TAKEN_ON:
                for row in escalations:
                    row.state = _CANCELLED if row.state == _AHEAD else row.state
            elif state is AlertState.OPEN:
                _count_anew(escalations, at)
            revise(session, self.dialect, ids, shown_by, at)
            return tuple(ids)

    def is_link_used(self, nonce: str) -> bool:
        """Tell whether somebody has acted by this link."""
        with self._reading() as session:
            return session.get(UsedLinkRow, nonce) is not None

    def do_work_due(
        self, now: datetime, hushed: Hushed = _nobody_hushed, shown_by: Collection[str] = ()
    ) -> WorkDone:
        """Escalate what nobody took on in time, and remind of what was put off until now.

        A story is escalated and called to mind once for each rule, with all its alerts. `hushed`
        says whether silences keep an alert from a receiver. The receivers `shown_by` change what
        they showed of these alerts before.
        """
        with self._reading() as session:
            if not _escalations_due(session, now, 1) and not _snoozed_due(session, now, 1):
                return WorkDone()
        with self._writing() as session:
            work = _Work(session, self.dialect, now, hushed, shown_by)
            escalated = sum(work.escalate(row) for row in _escalations_due(session, now, 100))
            reminded = sum(work.remind(alert) for alert in _snoozed_due(session, now, 100))
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
        reasons = (
            select(AlertChangeRow.alert_id, AlertChangeRow.reason)
            .where(
                or_(
                    AlertChangeRow.state == AlertState.DISMISSED.value,
                    AlertChangeRow.reason == MUTED,
                )
            )
            .order_by(col(AlertChangeRow.id))
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


class _Work:
    """One look at the work that is due."""

    def __init__(
        self,
        session: Session,
        dialect: str,
        now: datetime,
        hushed: Hushed,
        shown_by: Collection[str],
    ) -> None:
        self._session = session
        self._dialect = dialect
        self._now = now
        self._hushed = hushed
        self._shown_by = shown_by
        self._silences = silences_in_force(session, now)

    def escalate(self, row: EscalationRow) -> bool:
        """Tell others of a story that nobody took on; return whether anybody was told."""
        if row.state != _AHEAD:
            return False  # a copy's was due before, and said all
        alert = self._session.get_one(AlertRow, row.alert_id)
        if AlertState(alert.state) not in (AlertState.OPEN, AlertState.ESCALATED):
            row.state = _CANCELLED
            return False
        ids = siblings(self._session, alert)
        escalations = self._free(ids)
        if escalations is None:
            return False
        for other in escalations:
            if other.state == _AHEAD and set(other.receivers) <= set(row.receivers):
                other.state = _DONE
        # Nobody is late with what nobody was told: it was silenced, or another alert said it.
        told = _in_states(self._session, ids, NotificationState.SENT, NotificationState.WAITING)
        about = sorted(told, key=lambda one: (one != row.alert_id, one))
        receivers = self._hearing(alert.id, row.receivers)
        if not told or not receivers:
            row.state = _CANCELLED
            return False
        self._say(
            about,
            receivers,
            MessageKind.ESCALATION,
            f"escalation-{row.id}-{row.due_at.timestamp():.0f}",
        )
        write_change(self._session, ids, AlertState.ESCALATED, by=OURSELVES, at=self._now)
        return True

    def remind(self, alert: AlertRow) -> bool:
        """Tell again of a story that was put off; return whether it was."""
        if alert.state != AlertState.SNOOZED:
            return False  # it is of the same story as one that was due before
        ids = siblings(self._session, alert)
        escalations = self._free(ids)
        if escalations is None:
            return False
        told = _in_states(self._session, ids, NotificationState.SENT)
        heard = set().union(*told.values())
        about = sorted(told, key=lambda one: (one != alert.id, one)) or [alert.id]
        receivers = self._hearing(alert.id, sorted(heard))
        self._say(about, receivers, MessageKind.REMINDER, f"reminder-{self._now.timestamp():.0f}")
        why = "due again"
        write_change(self._session, ids, AlertState.OPEN, by=OURSELVES, at=self._now, reason=why)
        _count_anew(escalations, self._now)
        self._session.refresh(alert)
        return True

    def _free(self, ids: Sequence[str]) -> list[EscalationRow] | None:
        """Hold alerts with their escalations; None when somebody else works on them just now.

        Waiting for those could be waiting for each other. They are looked at again soon.
        """
        known = select(func.count(col(EscalationRow.id))).where(
            col(EscalationRow.alert_id).in_(ids)
        )
        escalations, alerts = _held(self._session, ids, wait=False)
        everything = self._session.exec(known).one() == len(escalations) and alerts == len(ids)
        return escalations if everything else None

    def _hearing(self, alert_id: str, receivers: Sequence[str]) -> list[str]:
        (outline,) = alert_outlines(self._session, col(AlertRow.id) == alert_id)
        return [name for name in receivers if not self._hushed(outline, name, self._silences)]

    def _say(
        self, alerts: Sequence[str], receivers: Sequence[str], kind: MessageKind, purpose: str
    ) -> None:
        self._session.flush()
        revise(self._session, self._dialect, alerts, self._shown_by, self._now)
        tell_at_once(
            self._session, self._dialect, alerts, receivers, self._now, kind=kind, purpose=purpose
        )


def _in_states(
    session: Session, ids: Sequence[str], *states: NotificationState
) -> dict[str, set[str]]:
    """Return which receivers hear of which alerts, for those that any does."""
    found: dict[str, set[str]] = {}
    for some in batches(ids):
        query = select(NotificationRow.alert_id, NotificationRow.receiver).where(
            col(NotificationRow.alert_id).in_(some),
            col(NotificationRow.state).in_([state.value for state in states]),
        )
        for one, receiver in session.exec(query):
            found.setdefault(one, set()).add(receiver)
    return found


def _held(
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
        .with_for_update(skip_locked=not wait)
    )
    return list(session.exec(escalations)), len(session.exec(alerts).all())


def _count_anew(escalations: Iterable[EscalationRow], now: datetime) -> None:
    """Let the time that an alert may stay open begin again."""
    for row in escalations:
        row.state = _AHEAD
        row.due_at = now + timedelta(seconds=row.after)


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
