"""Sources as they are stored: what became of their entries, and how each fares at this moment."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.config import WatchConfig
from core.sources import (
    EntryCause,
    EntryStatus,
    Health,
    Outcomes,
    Skipped,
    SourceState,
    TrackedEntry,
)
from desk.errors import NotThereError
from scheduler.health import HealthFacts, expected_in_a_day, judge, network_is_down
from scheduler.health_alerts import facts_of
from storage import Store

WORST_FIRST = (
    Health.BLOCKED,
    Health.BLIND,
    Health.DEGRADED,
    Health.GEO,
    Health.QUIET,
    Health.HEALTHY,
)
_LATEST = 20
"""Entries shown of one source."""


class Standing(StrEnum):
    """How a source stands in the configuration."""

    WATCHED = "watched"
    DISABLED = "disabled"
    REMOVED = "removed"
    """It is not configured any more; what is stored of it stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """A source, and how many of its entries stand where."""

    name: str
    standing: Standing
    state: SourceState | None
    """None of one that no daemon has taken on yet."""
    entries: Mapping[str, int]
    """By status; a status that no entry has is not named."""
    old: int = 0
    """Entries from before it was watched, which are followed by nobody and not among the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonCount:
    """Entries that stand at one status for one reason."""

    status: EntryStatus
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class SitemapsRead:
    """How far the sitemaps of a source are known."""

    named: int
    read: int
    old: int
    """Pages in them that are known and were never followed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSheet:
    """All about one source."""

    state: SourceState
    reasons: tuple[ReasonCount, ...]
    skipped: tuple[Skipped, ...]
    """What was left out of the last document it gave."""
    entries: tuple[TrackedEntry, ...]
    """The latest."""
    health: HealthLine | None
    """How it fares at this moment; None of one that is not watched."""
    sitemaps: SitemapsRead | None = field(default=None, repr=False)
    """None when it has none. Kept out of repr, and so of exports, whose form is promised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthLine:
    """How one source fares."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesHealth:
    """How all active sources fare, the worst first."""

    lines: tuple[HealthLine, ...]
    network_down: bool
    """Whether so many cannot be reached that the fault must be on our side."""


def listed(store: Store | None, config: WatchConfig) -> tuple[SourceLine, ...]:
    """Return all sources by name: those configured, and those that left the configuration.

    Without a database nothing is known of them yet.
    """
    standing = {
        source.name: Standing.WATCHED if source.enabled else Standing.DISABLED
        for source in config.sources
    }
    states = {state.name: state for state in store.source_states()} if store else {}
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    old: Counter[str] = Counter()
    for (source, status, cause), number in (store.entries_by_cause() if store else {}).items():
        if cause is EntryCause.OLD:
            old[source] += number
        else:
            totals[source][status.value] += number
    return tuple(
        SourceLine(
            name=name,
            standing=standing.get(name, Standing.REMOVED),
            state=states.get(name),
            entries=dict(totals[name]),
            old=old[name],
        )
        for name in sorted({*standing, *states})
    )


def state_of(store: Store, name: str) -> SourceState:
    """Return how one source stands. Raises NotThereError when the database has it not."""
    for state in store.source_states([name]):
        return state
    raise NotThereError(f"source '{name}' in the database")


def sheet(store: Store, name: str, fares: SourcesHealth) -> SourceSheet:
    """Return all about one source, which fares as all of them are said to.

    Raises NotThereError when the database has it not.
    """
    return SourceSheet(
        state=state_of(store, name),
        reasons=tuple(
            ReasonCount(status=status, reason=reason, count=number)
            for (_, status, reason), number in store.entry_counts(name).items()
        ),
        skipped=store.skipped_entries(name).get(name, ()),
        entries=store.entries(source=name, limit=_LATEST).items,
        health=next((line for line in fares.lines if line.source == name), None),
        sitemaps=_sitemaps(store, name),
    )


def _sitemaps(store: Store, name: str) -> SitemapsRead | None:
    kept = [one for one in store.sitemaps(name) if one.gone_at is None]
    if not kept:
        return None
    pages = [one for one in kept if not one.is_index]
    read = sum(one.read_at is not None for one in pages)
    return SitemapsRead(len(pages), read, sum(one.old for one in pages))


def health(store: Store, now: datetime) -> SourcesHealth:
    """Judge all active sources as they are stored."""
    facts = facts_of(store, now)
    lines = sorted(
        map(_health_line, facts), key=lambda line: (WORST_FIRST.index(line.health), line.source)
    )
    return SourcesHealth(
        lines=tuple(lines), network_down=network_is_down([fact.state for fact in facts])
    )


def _health_line(facts: HealthFacts) -> HealthLine:
    verdict, state = judge(facts), facts.state
    known = state.health
    same = known is not None and known.health is verdict.health
    return HealthLine(
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
