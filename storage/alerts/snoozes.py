"""Snoozes that a clock which ran ahead began: counted from now once it is set right."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select

from core.alerting.alerts import AlertState
from core.deciding.deciders import ScheduleLimits
from storage.database.engine import Database
from storage.database.tables.alerts import AlertChangeRow, AlertRow


class Snoozes(Database):
    """Queries about when alerts are called to mind again."""

    def mend_snoozes(self, now: datetime, limits: ScheduleLimits) -> int:
        """Let snoozes that began in the future last from now on; return how many."""
        future = now + limits.clocks_differ
        query = (
            select(AlertRow)
            .where(AlertRow.state == AlertState.SNOOZED.value, col(AlertRow.snoozed_until) > future)
            .order_by(col(AlertRow.id))
            .with_for_update(key_share=True)
        )
        mended = 0
        with self._writing() as session:
            for row in session.exec(query).all():
                began = session.exec(
                    select(AlertChangeRow.at)
                    .where(AlertChangeRow.alert_id == row.id, AlertChangeRow.state == row.state)
                    .order_by(col(AlertChangeRow.id).desc())
                    .limit(1)
                ).first()
                if began is not None and began > future and row.snoozed_until is not None:
                    row.snoozed_until -= began - now
                    mended += 1
        return mended
