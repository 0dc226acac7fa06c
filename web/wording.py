"""What pages call the things that people do."""

from __future__ import annotations

from core.alerting.alerts import AlertChange, AlertState, DismissReason
from core.plain_text import one_line, shorten
from core.words import worded
from desk.search_answers import Count, CountKind
from web.words import Viewer, Words

REASONS = {
    DismissReason.WRONG_SENSE: worded("The words mean something else here"),
    DismissReason.OLD_NEWS: worded("Old news"),
    DismissReason.DUPLICATE: worded("I know this already"),
    DismissReason.OFF_TOPIC: worded("Right words, wrong subject"),
    DismissReason.OTHER: worded("Something else"),
}
_STATES = {
    AlertState.ACKNOWLEDGED: worded("Taken on by %(who)s"),
    AlertState.SNOOZED: worded("Put off by %(who)s"),
    AlertState.DISMISSED: worded("Dismissed by %(who)s"),
    AlertState.OPEN: worded("Opened again by %(who)s"),
    AlertState.ESCALATED: worded("Nobody took this on in time, others were told"),
}
_LONGEST_REASON = 160
VALUES = (
    # What things are called in the code and on the pages alike.
    worded("open"), worded("acknowledged"), worded("snoozed"), worded("dismissed"),
    worded("escalated"), worded("pending"), worded("delivered"), worded("dead"), worded("folded"),
    worded("readdressed"), worded("waiting"), worded("sent"), worded("silenced"),
    worded("inhibited"), worded("muted"), worded("blocked"), worded("blind"), worded("degraded"),
    worded("geo"),
    worded("quiet"), worded("healthy"), worded("person"), worded("place"), worded("body"),
    worded("group"), worded("new"), worded("other"), worded("published"), worded("edited"),
    worded("removed"), worded("restored"), worded("opened"),
    worded("attributed"), worded("reverted"), worded("high"),
    worded("normal"),
    worded("low"), worded("High"), worded("Normal"), worded("Low"),
)  # fmt: skip


_COUNTS = {
    CountKind.EXACT: worded("%(n)s"),
    CountKind.AT_LEAST: worded("%(n)s+"),
    CountKind.AT_MOST: worded("up to %(n)s"),
    CountKind.ROUGHLY: worded("about %(n)s+"),
}


def count_words(count: Count, words: Words) -> str:
    """Return how much was found, and how sure that is."""
    return words(_COUNTS[count.kind]) % {"n": f"{count.number:,}"}


def change_words(change: AlertChange, visit: Viewer) -> str:
    """Say who did what, without the time: `Taken on by aigul — “calling them”`."""
    _ = visit.words
    said = _(_STATES[change.state])
    if change.state is not AlertState.ESCALATED:
        said %= {"who": shorten(one_line(change.by), 60)}
    if change.muted:
        return ", ".join((said, _("story muted")))
    if not change.reason:
        return said
    if change.state is AlertState.DISMISSED:
        known = {reason.value: words for reason, words in REASONS.items()}
        if change.reason in known:
            return ": ".join((said, _(known[change.reason]).lower()))
    return f"{said} — “{shorten(one_line(change.reason), _LONGEST_REASON)}”"
