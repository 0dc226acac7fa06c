"""Escalations that name a receiver which has left: others are to hear when they are due."""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlmodel import Session, col, select

from core.alerting.notifications import NotificationPurpose
from core.deciding.readdressing import OrphanedAlert
from storage.alerts.outlines import alert_outlines
from storage.database.engine import Database, batches
from storage.database.row import WAITING
from storage.database.tables.alerts import AlertRow, EscalationRow
from storage.delivery.orphans import outlets_of

EscalatesTo = Callable[[OrphanedAlert], tuple[str, ...]]
"""Says whom the routes name now for an alert that nobody takes on in time."""


class EscalationHeirs(Database):
    """Queries about whom escalations name."""

    def readdress_escalations(self, known: Collection[str], decide: EscalatesTo) -> int:
        """Let escalations name those whom the routes name now in place of others than `known`.

        Before they are due: by then all of a case must name the same, or each would be told apart.
        What the routes name nobody for stays as it is. Returns how many changed.
        """
        with self._reading() as session:  # most looks find nothing: those take no writer's lock
            wanted = _renamed(session, known, decide)
        if not wanted:
            return 0
        changed = 0
        with self._writing() as session:
            for batch in batches(sorted(wanted)):
                query = (
                    select(EscalationRow)
                    .where(col(EscalationRow.id).in_(batch), col(EscalationRow.state) == WAITING)
                    .order_by(col(EscalationRow.id))
                    .with_for_update()
                )
                for row in session.exec(query):
                    row.receivers = list(wanted[row.id])
                    changed += 1
        return changed


def _renamed(
    session: Session, known: Collection[str], decide: EscalatesTo
) -> dict[int, tuple[str, ...]]:
    """Return by waiting escalation whom it is to name, for those that are to name others."""
    waiting = session.exec(select(EscalationRow).where(col(EscalationRow.state) == WAITING)).all()
    orphaned = [row for row in waiting if not set(row.receivers) <= set(known)]
    outlines = {
        outline.alert_id: outline
        for batch in batches(sorted({row.alert_id for row in orphaned}))
        for outline in alert_outlines(session, col(AlertRow.id).in_(batch))
    }
    outlets = outlets_of(session, {outline.story for outline in outlines.values()})
    found: dict[int, tuple[str, ...]] = {}
    for row in orphaned:
        outline = outlines[row.alert_id]
        heirs = decide(
            OrphanedAlert(
                outline=outline,
                outlets=outlets.get(outline.story, 1),
                purpose=NotificationPurpose.ESCALATION,
                had=frozenset(),
            )
        )
        if heirs:
            stay = [name for name in row.receivers if name in known]
            found[row.id] = tuple(dict.fromkeys((*stay, *heirs)))
    return found
