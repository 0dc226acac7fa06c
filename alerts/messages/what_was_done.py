"""What was done about alerts, in the words of messages. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, tzinfo

from alerts.messages.times import short_time
from core.alerting.alerts import Alert, AlertChange, AlertState
from core.alerting.cases import case_of
from core.plain_text import one_line, shorten

NAME_LENGTH = 40
"""Characters of a person's or an entity's name."""
_DONE = {
    AlertState.OPEN: "Open again",
    AlertState.ACKNOWLEDGED: "Taken on",
    AlertState.SNOOZED: "Put off",
    AlertState.DISMISSED: "Dismissed",
    AlertState.ESCALATED: "Nobody took this on in time, others were told",
}


def case_notes(alerts: Sequence[Alert]) -> tuple[str, ...]:
    """Say in few words what happened to the articles of a case, and who sees to it."""
    case = case_of(alerts)
    done = _DONE[case.state].lower()
    by = shorten(one_line(case.owner or "").strip(), NAME_LENGTH)
    seen_to = (f"{done} by {by}",) if by else ()
    escalated = ("nobody took this on in time",) if case.state is AlertState.ESCALATED else ()
    return (*(event.value for event in case.events), *seen_to, *escalated)


def change_line(change: AlertChange, zone: tzinfo | None = UTC) -> str:
    """Say who did what, when, and why: `Taken on: aigul, 20 Nov 09:15 UTC (calling them)`."""
    until = change.until and f" until {short_time(change.until.astimezone(zone))}"
    by = shorten(one_line(change.by).strip(), NAME_LENGTH) or "somebody"
    note = shorten(one_line(change.reason).strip(), 120)
    # A reason for a dismissal is a word of ours, `wrong-sense`; anything else is a person's note.
    why = f" ({note.replace('-', ' ') if change.state is AlertState.DISMISSED else note})"
    at = short_time(change.at.astimezone(zone))
    return f"{_DONE[change.state]}{until or ''}: {by}, {at}{why if note else ''}"
