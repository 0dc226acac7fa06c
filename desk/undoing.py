"""Undo: what somebody has just done about a story is put back to what it was."""

from __future__ import annotations

from datetime import timedelta

from alerts.dispatch.deciders import DECIDERS
from core.alerting.alerts import AlertChange, AlertState
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

    Its escalations begin anew where it becomes open; a silence that came with the change ends. The
    record keeps both. Raises NotThereError, and NothingToUndoError.
    """
    alert_of(store, alert_id)
    changes = store.alert_changes(alert_id)
    if not changes:
        raise NothingToUndoError("nothing was done about it")
    last, before = changes[-1], changes[-2] if len(changes) > 1 else None
    if last.by != signed.by or signed.at - last.at > UNDO_WITHIN:
        raise NothingToUndoError("somebody else has changed it, or it is too long ago")
    if last.muted:
        _end_silence(store, alert_id, last, signed)
    until = None if before is None else before.until
    state = AlertState.OPEN if before is None else before.state
    if state is AlertState.ESCALATED or (
        state is AlertState.SNOOZED and (until is None or until <= signed.at)
    ):
        state, until = AlertState.OPEN, None
    return store.change_alert(
        alert_id,
        state,
        DECIDERS,
        by=signed.by,
        at=signed.at,
        reason="" if before is None else before.reason,
        until=until,
        breadth=Breadth.RULE if last.only_rule else Breadth.CASE,
        shown_by=signed.shown_by,
    )


def _end_silence(store: Store, alert_id: str, change: AlertChange, signed: Signature) -> None:
    alert = alert_of(store, alert_id)
    for silence in silences.listed(store, signed.at):
        mine = silence.author == change.by and silence.starts_at == change.at
        if mine and silence.match.story == alert.story:
            silences.end(store, silence.id, signed.at)
