"""What people do about alerts: taking them on, putting them off, dismissing them, and who did.

One story is one piece of work: what is done about an alert holds for the alerts of the same rule
about the same story, too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from core.alerting import AlertChange, AlertState, Level, MessageKind, NotificationState
from core.errors import StorageError
from storage.changes import last_changes, siblings, stored_change, write_change
from storage.engine import batches, insert_into
from storage.groups import CLOCKS_DIFFER
from storage.judging import Judging
from storage.messages import revise, tell_at_once
from storage.outlines import alert_outlines
from storage.records import AlertOutline, NewSilence, RuleOutcome, Silence, WorkDone
from storage.silences import silences_in_force, write_silence
from storage.tables import (
    WAITING,
    AlertChangeRow,
    AlertRow,
    DeliveryRow,
    EscalationRow,
    MatchRow,
    NotificationRow,
    UsedLinkRow,
)

OURSELVES = "wirewatch"
_ASK_AGAIN = timedelta(minutes=5)
"""How soon it is asked again whether a silence is over."""
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
        silence: NewSilence | None = None,
    ) -> tuple[str, ...]:
        """Put an alert, and those of its rule about its story, into a state; return their ids.

        With `any_rule`, those of other rules about the story, too; those in a state to `keep` are
        left alone. The receivers `shown_by` change what they showed of these alerts before. A
        `silence` begins with it. `nonce` is of a link: one that was used before changes nothing.
        Raises StorageError when there is no such alert, or the link was used.
        """
        with self._writing() as session:
            if nonce is not None:
                used = insert_into(self.dialect, UsedLinkRow).on_conflict_do_nothing()
                if session.exec(used, params={"nonce": nonce, "at": at}).rowcount == 0:
                    raise LinkUsedError("this link was used before")
            alert = session.get(AlertRow, wanted)
            if alert is None:
                raise StorageError(f"there is no alert {wanted!r}")
            if silence is not None:
                write_silence(session, silence)
            ids = siblings(session, alert, any_rule=any_rule)
            if keep:
                kept = col(AlertRow.state).in_([one.value for one in keep])
                left = session.exec(select(AlertRow.id).where(col(AlertRow.id).in_(ids), kept))
                ids = sorted(set(ids) - set(left))
                if not ids:
                    return ()
            escalations, _ = _held(session, ids)
            write_change(
                session, ids, state, by=by, at=at, reason=reason, until=until, muted=any_rule
            )
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
        with self._reading() as session:
            found = session.exec(query).all()
            worked_on = [alert.id for alert, _ in found if alert.state != AlertState.OPEN.value]
            last = last_changes(session, worked_on)
            return [
                RuleOutcome(
                    alert_id=alert.id,
                    rule=alert.rule_id,
                    level=Level(match.level),
                    state=AlertState(alert.state),
                    reason=last[alert.id].reason if alert.id in last else "",
                    muted=alert.id in last and last[alert.id].muted,
                    labels=tuple(dict.fromkeys(span[3] for span in match.spans)),
                    snippet=match.snippet,
                    highlights=tuple((start, end) for start, end in match.highlights),
                )
                for alert, match in found
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
        ids = siblings(self._session, alert)
        escalations = self._free(ids)
        if escalations is None:
            return False
        if self._taken_on(ids) or alert.state in _TAKEN_ON:
            row.state = _CANCELLED
            return False
        told = _in_states(self._session, ids, NotificationState.SENT, NotificationState.WAITING)
        if row.alert_id not in told:
            # Nobody is late with what nobody was told: it was silenced, or another alert said it.
            row.state = _CANCELLED
            return False
        receivers = set(row.receivers) - self._escalated_to(ids)
        heard = self._hearing(sorted(told, key=lambda one: (one != row.alert_id, one)), receivers)
        if receivers and not heard:
            row.due_at = self._now + _ASK_AGAIN  # they are not to be told at the moment
            return False
        row.state = _DONE
        for other in escalations:
            if other.state == _AHEAD and set(other.receivers) <= set(row.receivers):
                other.state = _DONE
        if not heard:
            return False  # all of them were told by another one of the story
        purpose = f"escalation-{row.id}-{row.due_at.timestamp():.0f}"
        self._say(heard, MessageKind.ESCALATION, purpose)
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
        receivers = set().union(*told.values())
        heard = {
            receiver: [one for one in about if receiver in told[one]]
            for receiver, about in self._hearing(
                sorted(told, key=lambda one: (one != alert.id, one)), receivers
            ).items()
        }
        if receivers and not any(heard.values()):
            alert.snoozed_until = self._now + _ASK_AGAIN
            return False
        self._say(heard, MessageKind.REMINDER, f"reminder-{self._now.timestamp():.0f}")
        why = "due again"
        write_change(self._session, ids, AlertState.OPEN, by=OURSELVES, at=self._now, reason=why)
        _count_anew(escalations, self._now)
        self._session.refresh(alert)
        return True

    def _taken_on(self, ids: Sequence[str]) -> bool:
        """Tell whether somebody took a story on; copies that were made at that moment follow."""
        taken = [state.value for state in _TAKEN_ON]
        query = select(AlertRow.id).where(col(AlertRow.id).in_(ids), col(AlertRow.state).in_(taken))
        handled = list(self._session.exec(query))
        if not handled:
            return False
        change = max(last_changes(self._session, handled).values(), key=lambda one: one.at)
        others = sorted(set(ids) - set(handled))
        if others:
            write_change(
                self._session,
                others,
                change.state,
                by=change.by,
                at=change.at,
                reason=change.reason,
                until=change.until,
                muted=change.muted,
            )
        return True

    def _escalated_to(self, ids: Sequence[str]) -> set[str]:
        """Return who was told that nobody took a story on, since it was last opened."""
        opened = self._session.exec(
            select(func.max(AlertChangeRow.at)).where(
                col(AlertChangeRow.alert_id).in_(ids),
                AlertChangeRow.state == AlertState.OPEN.value,
            )
        ).one()
        query = (
            select(DeliveryRow.receiver)
            .join(NotificationRow, col(NotificationRow.delivery_id) == DeliveryRow.id)
            .where(
                col(NotificationRow.alert_id).in_(ids),
                DeliveryRow.kind == MessageKind.ESCALATION.value,
            )
        )
        if opened is not None:
            query = query.where(DeliveryRow.created_at > opened)
        return set(self._session.exec(query))

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

    def _hearing(self, alerts: Sequence[str], receivers: Collection[str]) -> dict[str, list[str]]:
        """Return which alerts each receiver may hear of, for those that may hear of any."""
        outlines = {
            one.alert_id: one for one in alert_outlines(self._session, col(AlertRow.id).in_(alerts))
        }
        heard = {
            name: [one for one in alerts if not self._hushed(outlines[one], name, self._silences)]
            for name in sorted(receivers)
        }
        return {name: about for name, about in heard.items() if about}

    def _say(self, heard: Mapping[str, Sequence[str]], kind: MessageKind, purpose: str) -> None:
        """Tell each receiver of its alerts, and let earlier messages show it."""
        self._session.flush()
        about = sorted({one for alerts in heard.values() for one in alerts})
        revise(self._session, self._dialect, about, self._shown_by, self._now)
        for name, alerts in heard.items():
            if alerts:
                tell_at_once(
                    self._session, self._dialect, alerts, [name], self._now,
                    kind=kind, purpose=purpose,
                )  # fmt: skip


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
        # Messages refer to alerts: making one must not wait for whoever changes their state.
        .with_for_update(skip_locked=not wait, key_share=True)
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
        .with_for_update(skip_locked=True, key_share=True)
    )
    return session.exec(query).all()


def mend_escalations(session: Session, now: datetime) -> int:
    """Bring back escalations that a clock which ran ahead put too far away; return how many."""
    future = now + CLOCKS_DIFFER
    query = select(EscalationRow).where(
        col(EscalationRow.state) == WAITING, EscalationRow.due_at > future
    )
    mended = 0
    for row in session.exec(query):
        latest = now + timedelta(seconds=row.after)
        if row.due_at > latest + CLOCKS_DIFFER:
            row.due_at = latest
            mended += 1
    return mended
