"""How a source fares, judged from what is stored. Pure; each verdict has its reason.

A monitor must know that silence means no news. So a source is judged by what it would have
published by its own rhythm, and not only by whether it answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.deciding.mending import CLOCKS_DIFFER
from core.failures import UNREACHABLE, is_refusal
from core.reasons import Reason, ReasonKind
from core.reasons.known import failure_reason, roughly
from core.reasons.of_vantages import vantages_reason
from core.rhythm import Rhythm
from core.sources import Health, Outcomes, SourceState
from core.vantages import still_differ

FAILURES = 3
"""Failed polls in a row from which on they are no accident."""
BLIND_AFTER = timedelta(hours=6)
"""Time without a successful poll after which the source counts as not seen at all."""
IMPLAUSIBLE = 8.0
"""Articles to be expected from which on none at all is no chance: of a Poisson process, e^-8 is
one in 3,000, and clusters make it no less than one in a hundred."""
QUIET_FROM = 3.0
"""Articles to be expected from which on none is worth a word."""
SHORTEST_BLIND_SPELL = timedelta(hours=12)
"""No pause within a night counts as blind, whatever was expected: holidays are not learnt."""
EMPTY_FOR = timedelta(days=2)
"""How long documents without any entry are taken for a bad moment of the outlet. Google's news
sitemaps hold two days, so those of small outlets are empty after a long weekend."""
FEWEST_SETTLED = 5
"""Entries that must have come to an end before their shares mean anything."""
MOSTLY = 0.5
NEARLY_ALL = 0.8
NETWORK_SHARE = 0.6
"""Share of sources that fail to connect at the same time from which on it is our own network."""
FEWEST_FOR_NETWORK = 5


@dataclass(frozen=True, slots=True)
class Verdict:
    """The health of a source and why."""

    health: Health
    reason: str


@dataclass(frozen=True, slots=True)
class HealthFacts:
    """What a source is judged by."""

    now: datetime
    state: SourceState
    rhythm: Rhythm | None
    recent: Outcomes
    """What became of the entries of the last two days."""


def judge(facts: HealthFacts) -> Verdict:
    """Return how a source fares; the worst that is true of it comes first."""
    state = facts.state
    if not state.polls:
        return Verdict(Health.HEALTHY, Reason(ReasonKind.NOT_POLLED))
    for verdict in (
        _ahead(facts),
        _failing(facts),
        _refused(facts),
        _empty(facts),
        _blind(facts),
        _changing(facts),
        _losing(facts),
        _differing(facts),
    ):
        if verdict is not None:
            return verdict
    return _quiet(facts) or Verdict(Health.HEALTHY, _well(facts))


def network_is_down(states: Sequence[SourceState]) -> bool:
    """Tell whether so many sources fail to connect that the fault must be on our side."""
    active = [state for state in states if state.active and state.polls]
    failing = sum(
        state.consecutive_failures > 0 and state.last_failure in UNREACHABLE for state in active
    )
    return failing >= FEWEST_FOR_NETWORK and failing >= NETWORK_SHARE * len(active)


def expected_in_a_day(facts: HealthFacts) -> float | None:
    """Return the articles to be expected of the last 24 hours, None when nothing is learnt yet."""
    if facts.rhythm is None:
        return None
    return facts.rhythm.expected(facts.now - timedelta(days=1), facts.now)


def _ahead(facts: HealthFacts) -> Verdict | None:
    """Tell whether it was polled in the future, and so will not be polled for as long."""
    last = facts.state.last_polled_at
    if last is None or last <= facts.now + CLOCKS_DIFFER:
        return None
    return Verdict(
        Health.DEGRADED,
        Reason(ReasonKind.CLOCK_SET_BACK, length=roughly(last - facts.now)),
    )


def _failing(facts: HealthFacts) -> Verdict | None:
    state = facts.state
    if state.consecutive_failures < FAILURES:
        return None
    error = failure_reason(state.last_failure, state.last_status_code, str(state.last_error))
    row = Reason(ReasonKind.POLLS_FAILED, n=state.consecutive_failures, error=error)
    if is_refusal(state.last_failure, state.last_status_code):
        return Verdict(Health.BLOCKED, row)
    last = state.last_success_at
    if last is None:
        return Verdict(Health.BLIND, Reason(ReasonKind.NEVER_READ, row=row))
    if facts.now - last >= BLIND_AFTER:
        length = roughly(facts.now - last)
        return Verdict(Health.BLIND, Reason(ReasonKind.LAST_READ, length=length, row=row))
    return Verdict(Health.DEGRADED, row)


def _refused(facts: HealthFacts) -> Verdict | None:
    recent = facts.recent
    refused = recent.refused + recent.stubs
    if recent.settled < FEWEST_SETTLED or refused < NEARLY_ALL * recent.settled:
        return None
    said = Reason(ReasonKind.REFUSED, n=recent.settled, refused=recent.refused, stubs=recent.stubs)
    return Verdict(Health.BLOCKED, said)


def _empty(facts: HealthFacts) -> Verdict | None:
    """Tell whether it answers for days, and never had an entry."""
    state = facts.state
    if state.empty_since is None or state.last_new_at is not None:
        return None
    length = facts.now - state.empty_since
    if length < EMPTY_FOR:
        return None
    return Verdict(Health.BLIND, Reason(ReasonKind.NEVER_AN_ENTRY, length=roughly(length)))


def _blind(facts: HealthFacts) -> Verdict | None:
    state = facts.state
    if facts.rhythm is None or state.last_new_at is None:
        return None
    pause = facts.now - state.last_new_at
    expected = facts.rhythm.expected(state.last_new_at, facts.now)
    if expected < IMPLAUSIBLE or pause < SHORTEST_BLIND_SPELL:
        return None
    said = Reason(ReasonKind.NOTHING_NEW, length=roughly(pause), expected=f"{expected:.0f}")
    return Verdict(Health.BLIND, said)


def _losing(facts: HealthFacts) -> Verdict | None:
    recent, state = facts.recent, facts.state
    lost = recent.lost
    if recent.settled >= FEWEST_SETTLED and lost >= MOSTLY * recent.settled:
        said = Reason(ReasonKind.LOST, n=recent.settled, kinds=_kinds(recent))
        return Verdict(Health.DEGRADED, said)
    if state.last_gap_at is not None and facts.now - state.last_gap_at < timedelta(days=1):
        length = roughly(facts.now - state.last_gap_at)
        said = Reason(ReasonKind.GAP, length=length, gap=str(state.last_gap or ""))
        return Verdict(Health.DEGRADED, said)
    if recent.settled >= FEWEST_SETTLED and recent.future_dates >= MOSTLY * recent.settled:
        said = Reason(ReasonKind.FUTURE_DATES, n=recent.future_dates, settled=recent.settled)
        return Verdict(Health.DEGRADED, said)
    return None


def _differing(facts: HealthFacts) -> Verdict | None:
    """Tell whether it is read from one vantage and not from another."""
    differ = facts.state.vantages
    if differ is None or not still_differ(differ, facts.now):
        return None
    return Verdict(Health.GEO, vantages_reason(differ))


def _changing(facts: HealthFacts) -> Verdict | None:
    """Tell whether its addresses change at every poll, so that we go by what stays of them."""
    parts = facts.state.changing_parts
    if not parts:
        return None
    return Verdict(Health.DEGRADED, Reason(ReasonKind.ADDRESSES_CHANGE, parts=", ".join(parts)))


def _quiet(facts: HealthFacts) -> Verdict | None:
    last = facts.state.last_new_at
    if facts.rhythm is None or last is None:
        return None
    expected = facts.rhythm.expected(last, facts.now)
    if expected < QUIET_FROM:
        return None
    length = roughly(facts.now - last)
    said = Reason(ReasonKind.QUIETER, length=length, expected=f"{expected:.0f}")
    return Verdict(Health.QUIET, said)


def _well(facts: HealthFacts) -> Reason:
    expected = expected_in_a_day(facts)
    well = Reason(ReasonKind.WELL, n=facts.recent.stored)
    if expected is None:
        return well
    return Reason(ReasonKind.WELL_AND_USUAL, well=well, expected=f"{expected:.1f}")


def _kinds(recent: Outcomes) -> list[Reason]:
    """Say what became of those that were lost."""
    counts = (
        (recent.stubs, ReasonKind.LOST_STUBS),
        (recent.rejected, ReasonKind.LOST_NO_ARTICLES),
        (recent.refused, ReasonKind.LOST_REFUSED),
        (recent.failed, ReasonKind.LOST_UNFETCHED),
    )
    return [Reason(kind, n=count) for count, kind in counts if count]
