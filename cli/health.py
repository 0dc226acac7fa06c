"""`sources health`: how every source fares, judged at this moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cli.output import print_line, print_table
from core.sources import Health, Outcomes
from scheduler.health import expected_in_a_day, judge, network_is_down
from scheduler.watchman import facts_of
from storage import Store

_WORST_FIRST = (Health.BLOCKED, Health.BLIND, Health.DEGRADED, Health.QUIET, Health.HEALTHY)


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthLine:
    """One source."""

    source: str
    health: Health
    since: datetime | None
    """When it became so, as far as a running daemon has seen it; None before."""
    reason: str
    expected_a_day: float | None
    """Articles to be expected of the last 24 hours by its own rhythm."""
    recent: Outcomes
    """What became of the entries of the last two days."""
    last_success_at: datetime | None
    last_new_at: datetime | None
    last_gap_at: datetime | None
    last_gap: str | None

    @property
    def lost(self) -> bool:
        """Whether what it publishes does not reach us."""
        return self.health in (Health.BLIND, Health.BLOCKED)


def health_of_all(store: Store, now: datetime) -> list[HealthLine]:
    """Judge all active sources as they are stored; the worst first."""
    lines = []
    for facts in facts_of(store, now):
        verdict, state = judge(facts), facts.state
        known = state.health
        same = known is not None and known.health is verdict.health
        lines.append(
            HealthLine(
                source=state.name,
                health=verdict.health,
                since=known.since if known is not None and same else None,
                reason=verdict.reason,
                expected_a_day=expected_in_a_day(facts),
                recent=facts.recent,
                last_success_at=state.last_success_at,
                last_new_at=state.last_new_at,
                last_gap_at=state.last_gap_at,
                last_gap=state.last_gap,
            )
        )
    return sorted(lines, key=lambda one: (_WORST_FIRST.index(one.health), one.source))


def most_are_unreachable(store: Store, now: datetime) -> bool:
    """Tell whether so many sources cannot be reached that the fault is likely on our side."""
    return network_is_down([facts.state for facts in facts_of(store, now)])


def print_health(lines: list[HealthLine]) -> None:
    """Print a line for each source, and the sum."""
    print_table(
        ("source", "health", "since", "usual/day", "stored 2d", "lost 2d", "why"),
        [
            (
                one.source,
                one.health,
                one.since,
                None if one.expected_a_day is None else f"{one.expected_a_day:.1f}",
                one.recent.stored,
                one.recent.settled - one.recent.stored,
                one.reason,
            )
            for one in lines
        ],
    )
    counts = {health: sum(one.health is health for one in lines) for health in _WORST_FIRST}
    print_line(", ".join(f"{count} {health}" for health, count in counts.items() if count))
