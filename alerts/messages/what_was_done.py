"""What was done about alerts, in the words of messages. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, tzinfo

from alerts.messages.times import short_time
from core.alerting.alerts import Alert, AlertChange, AlertState
from core.alerting.cases import case_of
from core.alerting.notes import CaseNote
from core.plain_text import one_line, shorten

NAME_LENGTH = 40
"""Characters of a person's or an entity's name."""
NOTE_LENGTH = 200
"""Characters of a note: the rest is at the desk."""
_LATE = "nobody took this on in time"
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
    escalated = (_LATE,) if case.state is AlertState.ESCALATED else ()
    return (*(event.value for event in case.events), *seen_to, *escalated)


def state_words(change: AlertChange) -> str:
    """Say in few words what was done: `taken on by aigul`."""
    if change.state is AlertState.ESCALATED:
        return _LATE
    by = shorten(one_line(change.by).strip(), NAME_LENGTH) or "somebody"
    return f"{_DONE[change.state].lower()} by {by}"


def note_words(note: CaseNote) -> str:
    """Return a note in few words: `aigul: “they confirm it”`."""
    by = shorten(one_line(note.by).strip(), NAME_LENGTH) or "somebody"
    return f"{by}: “{shorten(one_line(note.text).strip(), NOTE_LENGTH)}”"


def note_line(note: CaseNote, zone: tzinfo | None = UTC) -> str:
    """Return a note with its time: `Note: aigul, 20 Nov 09:15 UTC: they confirm it`."""
    by = shorten(one_line(note.by).strip(), NAME_LENGTH) or "somebody"
    words = shorten(one_line(note.text).strip(), NOTE_LENGTH)
    return f"Note: {by}, {short_time(note.at.astimezone(zone))}: {words}"


def change_line(change: AlertChange, zone: tzinfo | None = UTC) -> str:
    """Say who did what, when, and why: `Taken on: aigul, 20 Nov 09:15 UTC (calling them)`."""
    until = change.until and f" until {short_time(change.until.astimezone(zone))}"
    by = shorten(one_line(change.by).strip(), NAME_LENGTH) or "somebody"
    note = shorten(one_line(change.reason).strip(), 120)
    # A reason for a dismissal is a word of ours, `wrong-sense`; anything else is a person's note.
    why = f" ({note.replace('-', ' ') if change.state is AlertState.DISMISSED else note})"
    at = short_time(change.at.astimezone(zone))
    return f"{_DONE[change.state]}{until or ''}: {by}, {at}{why if note else ''}"
