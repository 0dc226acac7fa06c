"""Alerts whose article turned out to be another outlet's: whose they are, and who hears of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from core.alerting.alerts import AlertState
from storage.database.tables.alerts import AlertRow
from storage.database.tables.delivery import NotificationRow
from storage.delivery.groups import ToNotify


@dataclass(frozen=True, slots=True)
class Correction:
    """An alert that may be there already, and what it is now."""

    alert: ToNotify
    match_id: int


def corrected_alerts(session: Session, corrections: Sequence[Correction]) -> list[ToNotify]:
    """Give alerts that exist to the match of the right outlet; return who is still to hear of them.

    Who heard before hears nothing more, and of an alert that somebody has settled nobody does.
    """
    if not corrections:
        return []
    ids = sorted(correction.alert.alert_id for correction in corrections)
    known = select(AlertRow.id).where(
        col(AlertRow.id).in_(ids), AlertRow.state == AlertState.OPEN.value
    )
    is_open = set(session.exec(known))
    # Alerts come before versions where locks are taken: one that is being handled stays as it is.
    held = select(AlertRow).where(col(AlertRow.id).in_(ids)).order_by(col(AlertRow.id))
    matches = {correction.alert.alert_id: correction.match_id for correction in corrections}
    for row in session.exec(held.with_for_update(key_share=True, skip_locked=True)):
        row.match_id = matches[row.id]
    told = select(NotificationRow.alert_id, NotificationRow.receiver)
    heard = set(session.exec(told.where(col(NotificationRow.alert_id).in_(ids))))
    return [
        replace(
            correction.alert,
            recipients=tuple(
                recipient
                for recipient in correction.alert.recipients
                if (correction.alert.alert_id, recipient.receiver) not in heard
            ),
        )
        for correction in corrections
        if correction.alert.alert_id in is_open
    ]
