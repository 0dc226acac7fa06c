"""What was done about alerts, in the words of messages. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, tzinfo

from alerts.messages.phrasing import ENGLISH, EVENTS
from alerts.messages.times import short_time
from core.alerting.alerts import Alert, AlertChange, AlertState, DismissReason
from core.alerting.cases import case_of
from core.alerting.notes import CaseNote
from core.plain_text import one_line, shorten
from core.words import Words, worded

NAME_LENGTH = 40
"""Characters of a person's or an entity's name."""
NOTE_LENGTH = 200
"""Characters of a note: the rest is at the desk."""
_LATE = worded("nobody took this on in time")
_DONE = {
    AlertState.OPEN: worded("Open again"),
    AlertState.ACKNOWLEDGED: worded("Taken on"),
    AlertState.SNOOZED: worded("Put off"),
    AlertState.DISMISSED: worded("Dismissed"),
    AlertState.ESCALATED: worded("Nobody took this on in time, others were told"),
}
_DONE_BY = {
    AlertState.OPEN: worded("open again by %(who)s"),
    AlertState.ACKNOWLEDGED: worded("taken on by %(who)s"),
    AlertState.SNOOZED: worded("put off by %(who)s"),
    AlertState.DISMISSED: worded("dismissed by %(who)s"),
}
_REASONS = {
    DismissReason.WRONG_SENSE: worded("wrong sense"),
    DismissReason.OLD_NEWS: worded("old news"),
    DismissReason.DUPLICATE: worded("duplicate"),
    DismissReason.OFF_TOPIC: worded("off topic"),
    DismissReason.OTHER: worded("other"),
}


def case_notes(alerts: Sequence[Alert], words: Words = ENGLISH) -> tuple[str, ...]:
    """Say in few words what happened to the articles of a case, and who sees to it."""
    case = case_of(alerts)
    by = shorten(one_line(case.owner or "").strip(), NAME_LENGTH)
    done = _DONE_BY.get(case.state, "")
    seen_to = (words(done) % {"who": by},) if by and done else ()
    escalated = (words(_LATE),) if case.state is AlertState.ESCALATED else ()
    return (*(words(EVENTS[event]) for event in case.events), *seen_to, *escalated)


def state_words(change: AlertChange, words: Words = ENGLISH) -> str:
    """Say in few words what was done: `taken on by aigul`."""
    if change.state is AlertState.ESCALATED:
        return words(_LATE)
    return words(_DONE_BY[change.state]) % {"who": _by(change.by, words)}


def note_words(note: CaseNote, words: Words = ENGLISH) -> str:
    """Return a note in few words: `aigul: “they confirm it”`."""
    by = _by(note.by, words)
    return f"{by}: “{shorten(one_line(note.text).strip(), NOTE_LENGTH)}”"


def note_line(note: CaseNote, zone: tzinfo | None = UTC, words: Words = ENGLISH) -> str:
    """Return a note with its time: `Note: aigul, 20 Nov 09:15 UTC: they confirm it`."""
    at = short_time(note.at.astimezone(zone), words)
    written = shorten(one_line(note.text).strip(), NOTE_LENGTH)
    said = words("Note: %(who)s, %(at)s: %(text)s")
    return said % {"who": _by(note.by, words), "at": at, "text": written}


def change_line(change: AlertChange, zone: tzinfo | None = UTC, words: Words = ENGLISH) -> str:
    """Say who did what, when, and why: `Taken on: aigul, 20 Nov 09:15 UTC (calling them)`."""
    done = words(_DONE[change.state])
    if change.until:
        until = short_time(change.until.astimezone(zone), words)
        done = words("%(done)s until %(time)s") % {"done": done, "time": until}
    note = shorten(one_line(change.reason).strip(), 120)
    if change.muted:
        note = words("story muted")
    elif change.state is AlertState.DISMISSED:
        note = _dismissed_for(note, words)
    at = short_time(change.at.astimezone(zone), words)
    return f"{done}: {_by(change.by, words)}, {at}" + (f" ({note})" if note else "")


def _by(name: str, words: Words) -> str:
    return shorten(one_line(name).strip(), NAME_LENGTH) or words("somebody")


def _dismissed_for(reason: str, words: Words) -> str:
    """Return a reason for a dismissal: a word of ours, `wrong-sense`, or a person's own."""
    known = {ours.value: said for ours, said in _REASONS.items()}
    return words(known[reason]) if reason in known else reason.replace("-", " ")
