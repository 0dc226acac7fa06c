"""Undo: what somebody has just done about a story is put back to what it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.dispatch.deciders import DECIDERS
from core.alerting.alerts import Alert, AlertChange, AlertState
from core.alerting.cases import neediest
from core.deciding.escalation import Breadth
from core.errors import WirewatchError
from desk import silences
from desk.alerts import Signature, alert_of
from storage import Store

UNDO_WITHIN = timedelta(hours=1)
"""What was done longer ago is changed by doing something else, on record."""


class NothingToUndoError(WirewatchError):
    """Somebody else has changed it since, or it is too long ago."""


def undo(store: Store, alert_id: str, deed_at: datetime, signed: Signature) -> tuple[str, ...]:
    """Put a case back to what it was before somebody's deed; return the alerts' ids.

    `deed_at` is the moment that the deed was signed with; what it did not change stays as it is.
    Where its alerts were in several states, all get the one that asks most of people: what was open
    is never hidden by an undo. Who saw to it before sees to it again. Escalations begin anew where
    it becomes open; a silence that came with the deed ends. Raises NotThereError, and
    NothingToUndoError.
    """
    alert = alert_of(store, alert_id)
    if signed.at - deed_at > UNDO_WITHIN:
        raise NothingToUndoError("it is too long ago")
    silence = _silence_of(store, alert, deed_at, signed)
    case = store.case(alert.case_id)
    known = {one.id: store.alert_changes(one.id) for one in (case.alerts if case else (alert,))}
    touched = {
        one: changes
        for one, changes in known.items()
        if changes and (changes[-1].by, changes[-1].at) == (signed.by, deed_at)
    }
    if alert_id not in touched:
        if silence is not None:  # a story that was muted though it was seen to already
            silences.end(store, silence, signed.at)
            return ()
        raise NothingToUndoError("somebody has changed it since")
    before = [_before(changes, signed) for changes in touched.values()]
    wanted = neediest(earlier.state for earlier in before)
    earlier = next(one for one in before if one.state is wanted)
    undone = store.change_alert(
        alert_id,
        wanted,
        DECIDERS,
        by=earlier.by,
        at=signed.at,
        reason=earlier.reason,
        until=earlier.until,
        breadth=Breadth.RULE if touched[alert_id][-1].only_rule else Breadth.CASE,
        shown_by=signed.shown_by,
        last_changed_at=deed_at,
        among=frozenset(touched),
    )
    if not undone:
        raise NothingToUndoError("somebody has changed it at this moment")
    if silence is not None:
        silences.end(store, silence, signed.at)
    return undone


@dataclass(frozen=True, slots=True)
class _Earlier:
    """What an alert was."""

    state: AlertState
    by: str
    reason: str = ""
    until: datetime | None = None


def _before(changes: Sequence[AlertChange], signed: Signature) -> _Earlier:
    """Return what an alert was before its last change; what has run out since is open."""
    if len(changes) < 2:
        return _Earlier(AlertState.OPEN, signed.by)
    earlier = changes[-2]
    past = earlier.until is None or earlier.until <= signed.at
    if earlier.state is AlertState.ESCALATED or (earlier.state is AlertState.SNOOZED and past):
        return _Earlier(AlertState.OPEN, signed.by)
    reason = earlier.reason
    # Why an alert was dismissed is one of a few reasons, which teach the rules.
    if earlier.state in (AlertState.ACKNOWLEDGED, AlertState.SNOOZED) and earlier.by != signed.by:
        reason = "; ".join(filter(None, (reason, f"put back by {signed.by}")))
    return _Earlier(earlier.state, earlier.by, reason, earlier.until)


def _silence_of(store: Store, alert: Alert, deed_at: datetime, signed: Signature) -> str | None:
    """Return the silence that came with a deed."""
    for silence in silences.listed(store, signed.at):
        if (silence.author, silence.starts_at) != (signed.by, deed_at):
            continue
        if alert.story is not None and silence.match.story == alert.story:
            return silence.id
    return None
