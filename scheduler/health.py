"""How a source fares, judged from what is stored. Pure; each verdict has its reason.

A monitor must know that silence means no news. So a source is judged by what it would have
published by its own rhythm, and not only by whether it answers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.deciding.mending import CLOCKS_DIFFER
from core.failures import UNREACHABLE, is_refusal
from core.rhythm import Rhythm
from core.sources import Health, Outcomes, SourceState

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
        return Verdict(Health.HEALTHY, "not polled yet")
    for verdict in (
        _ahead(facts),
        _failing(facts),
        _refused(facts),
        _empty(facts),
        _blind(facts),
        _changing(facts),
        _losing(facts),
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
        f"its last poll lies {_ago(last - facts.now)} ahead: the clock was set back",
    )


def _failing(facts: HealthFacts) -> Verdict | None:
    state = facts.state
    if state.consecutive_failures < FAILURES:
        return None
    row = f"{state.consecutive_failures} polls in a row failed: {state.last_error}"
    if is_refusal(state.last_failure, state.last_status_code):
        return Verdict(Health.BLOCKED, row)
    last = state.last_success_at
    if last is None:
        return Verdict(Health.BLIND, f"never read; {row}")
    if facts.now - last >= BLIND_AFTER:
        return Verdict(Health.BLIND, f"last read {_ago(facts.now - last)} ago; {row}")
    return Verdict(Health.DEGRADED, row)


def _refused(facts: HealthFacts) -> Verdict | None:
    recent = facts.recent
    refused = recent.refused + recent.stubs
    if recent.settled < FEWEST_SETTLED or refused < NEARLY_ALL * recent.settled:
        return None
    return Verdict(
        Health.BLOCKED,
        f"of {recent.settled} articles of two days {recent.refused} were refused and"
        f" {recent.stubs} were stubs",
    )


def _empty(facts: HealthFacts) -> Verdict | None:
    """Tell whether it answers for days, and never had an entry."""
    state = facts.state
    if state.empty_since is None or state.last_new_at is not None:
        return None
    length = facts.now - state.empty_since
    if length < EMPTY_FOR:
        return None
    return Verdict(Health.BLIND, f"it answers for {_ago(length)}, and never had one entry")


def _blind(facts: HealthFacts) -> Verdict | None:
    state = facts.state
    if facts.rhythm is None or state.last_new_at is None:
        return None
    pause = facts.now - state.last_new_at
    expected = facts.rhythm.expected(state.last_new_at, facts.now)
    if expected < IMPLAUSIBLE or pause < SHORTEST_BLIND_SPELL:
        return None
    return Verdict(
        Health.BLIND,
        f"it answers, but nothing new came for {_ago(pause)}, when about {expected:.0f} articles"
        " were to be expected",
    )


def _losing(facts: HealthFacts) -> Verdict | None:
    recent, state = facts.recent, facts.state
    lost = recent.lost
    if recent.settled >= FEWEST_SETTLED and lost >= MOSTLY * recent.settled:
        return Verdict(
            Health.DEGRADED, f"of {recent.settled} articles of two days {_kinds(recent)}"
        )
    if state.last_gap_at is not None and facts.now - state.last_gap_at < timedelta(days=1):
        return Verdict(
            Health.DEGRADED, f"a gap {_ago(facts.now - state.last_gap_at)} ago: {state.last_gap}"
        )
    if recent.settled >= FEWEST_SETTLED and recent.future_dates >= MOSTLY * recent.settled:
        return Verdict(
            Health.DEGRADED,
            f"{recent.future_dates} of {recent.settled} articles are dated in the future: its clock"
            " or time zone is wrong",
        )
    return None


def _changing(facts: HealthFacts) -> Verdict | None:
    """Tell whether its addresses change at every poll, so that we go by what stays of them."""
    parts = facts.state.changing_parts
    if not parts:
        return None
    return Verdict(
        Health.DEGRADED,
        f"its addresses change at every poll ({', '.join(parts)}): its articles are told apart by"
        " what stays of them",
    )


def _quiet(facts: HealthFacts) -> Verdict | None:
    last = facts.state.last_new_at
    if facts.rhythm is None or last is None:
        return None
    expected = facts.rhythm.expected(last, facts.now)
    if expected < QUIET_FROM:
        return None
    pause = _ago(facts.now - last)
    return Verdict(
        Health.QUIET, f"nothing new for {pause}, when about {expected:.0f} articles are usual"
    )


def _well(facts: HealthFacts) -> str:
    expected = expected_in_a_day(facts)
    usual = "" if expected is None else f"; about {expected:.1f} articles a day are usual now"
    stored = facts.recent.stored
    counted = f"{stored} article{'s' * (stored != 1)}"
    return f"{counted} in two days{usual}"


def _kinds(recent: Outcomes) -> str:
    """Say what became of those that were lost."""
    counts = (
        (recent.stubs, "were stubs"),
        (recent.rejected, "were no articles"),
        (recent.refused, "were refused"),
        (recent.failed, "could not be fetched"),
    )
    return ", ".join(f"{count} {what}" for count, what in counts if count)


def _ago(length: timedelta) -> str:
    hours = length / timedelta(hours=1)
    if hours < 1:
        return f"{math.ceil(hours * 60)} min"
    return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.0f} days"
