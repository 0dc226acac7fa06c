"""What pages call the things that people do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.alerting.alerts import AlertState, DismissReason
from core.plain_text import one_line, shorten
from desk.source_rows import Trouble

if TYPE_CHECKING:
    from core.alerting.alerts import AlertChange
    from web.visit import Visit

REASONS = {
    DismissReason.WRONG_SENSE: "The words mean something else here",
    DismissReason.OLD_NEWS: "Old news",
    DismissReason.DUPLICATE: "I know this already",
    DismissReason.OFF_TOPIC: "Right words, wrong subject",
    DismissReason.OTHER: "Something else",
}
_STATES = {
    AlertState.ACKNOWLEDGED: "Taken on by %(who)s",
    AlertState.SNOOZED: "Put off by %(who)s",
    AlertState.DISMISSED: "Dismissed by %(who)s",
    AlertState.OPEN: "Opened again by %(who)s",
    AlertState.ESCALATED: "Nobody took this on in time, others were told",
}
_LONGEST_REASON = 160


@dataclass(frozen=True, slots=True)
class TroubleWords:
    """What a state of sources is called: of many, and of one."""

    title: str
    state: str


TROUBLES = {
    Trouble.BLIND: TroubleWords("Blind", "blind"),
    Trouble.REFUSED: TroubleWords("Refused", "refused"),
    Trouble.SLOW: TroubleWords("Slow", "slow"),
    Trouble.FINE: TroubleWords("Fine", "fine"),
}


def change_words(change: AlertChange, visit: Visit) -> str:
    """Say who did what, without the time: `Taken on by aigul — “calling them”`."""
    _ = visit.words
    said = _(_STATES[change.state])
    if change.state is not AlertState.ESCALATED:
        said %= {"who": shorten(one_line(change.by), 60)}
    if change.muted:
        return f"{said}, {_('story muted')}"
    if not change.reason:
        return said
    if change.state is AlertState.DISMISSED:
        known = {reason.value: words for reason, words in REASONS.items()}
        if change.reason in known:
            return f"{said}: {_(known[change.reason]).lower()}"
    return f"{said} — “{shorten(one_line(change.reason), _LONGEST_REASON)}”"
