"""Undo: what somebody has just done about a story is put back to what it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.dispatch.deciders import DECIDERS
from core.alerting.alerts import AlertChange, AlertState
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


def undo(store: Store, alert_id: str, signed: Signature) -> tuple[str, ...]:
    """Put a case back to what it was before a person's last change; return the alerts' ids.

    Where its alerts were in several states, all get the one that asks most of people: what was open
    is never hidden by an undo. Its escalations begin anew where it becomes open; a silence that
    came with the change ends. The record keeps both. Raises NotThereError, and NothingToUndoError.
    """
    alert = alert_of(store, alert_id)
    changes = store.alert_changes(alert_id)
    if not changes:
        raise NothingToUndoError("nothing was done about it")
    last = changes[-1]
    if last.by != signed.by or signed.at - last.at > UNDO_WITHIN:
        raise NothingToUndoError("somebody else has changed it, or it is too long ago")
    case = store.case(alert.case_id)
    others = () if case is None else tuple(one.id for one in case.alerts if one.id != alert_id)
    before = [_before(changes, signed.at)]
    for other in others:
        known = store.alert_changes(other)
        if known and (known[-1].by, known[-1].at) == (last.by, last.at):
            before.append(_before(known, signed.at))
    wanted = neediest(earlier.state for earlier in before)
    earlier = next(one for one in before if one.state is wanted)
    if last.muted:
        _end_silence(store, alert_id, last, signed)
    return store.change_alert(
        alert_id,
        wanted,
        DECIDERS,
        by=signed.by,
        at=signed.at,
        reason=earlier.reason,
        until=earlier.until,
        breadth=Breadth.RULE if last.only_rule else Breadth.CASE,
        shown_by=signed.shown_by,
    )


@dataclass(frozen=True, slots=True)
class _Earlier:
    """What an alert was."""

    state: AlertState
    reason: str = ""
    until: datetime | None = None


def _before(changes: Sequence[AlertChange], now: datetime) -> _Earlier:
    """Return what an alert was before its last change; what has run out since is open."""
    if len(changes) < 2:
        return _Earlier(AlertState.OPEN)
    earlier = changes[-2]
    past = earlier.until is None or earlier.until <= now
    if earlier.state is AlertState.ESCALATED or (earlier.state is AlertState.SNOOZED and past):
        return _Earlier(AlertState.OPEN)
    return _Earlier(earlier.state, earlier.reason, earlier.until)


def _end_silence(store: Store, alert_id: str, change: AlertChange, signed: Signature) -> None:
    alert = alert_of(store, alert_id)
    for silence in silences.listed(store, signed.at):
        mine = silence.author == change.by and silence.starts_at == change.at
        if mine and silence.match.story == alert.story:
            silences.end(store, silence.id, signed.at)
