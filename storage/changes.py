"""What was done about alerts, as part of the alerts themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sqlmodel import Session, col, select

from core.alerting import Alert, AlertChange, AlertState
from storage.tables import AlertChangeRow


def with_handling(session: Session, alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    """Return alerts with the change that brought each into its state."""
    known = tuple(alerts)
    handled = [alert.id for alert in known if alert.state is not AlertState.OPEN]
    if not handled:
        return known
    query = (
        select(AlertChangeRow)
        .where(col(AlertChangeRow.alert_id).in_(handled))
        .order_by(col(AlertChangeRow.id))
    )
    last = {row.alert_id: stored_change(row) for row in session.exec(query)}
    return tuple(replace(alert, handled=last.get(alert.id)) for alert in known)


def stored_change(row: AlertChangeRow) -> AlertChange:
    """Return the domain type for a change."""
    return AlertChange(
        alert_id=row.alert_id,
        at=row.at,
        by=row.by,
        state=AlertState(row.state),
        reason=row.reason,
        until=row.until,
    )
