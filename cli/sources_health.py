"""What `sources health` prints: how every source fares, judged at this moment."""

from __future__ import annotations

from cli.screen import Screen
from cli.table_layout import counts, reason, whole
from desk.sources import WORST_FIRST, SourcesHealth


def print_health(screen: Screen, found: SourcesHealth) -> None:
    """Print a line for each source, and the sum."""
    screen.table(
        (
            *whole("source", "health", "since"),
            *counts("a day", "stored 2d", "lost 2d"),
            reason("why"),
        ),
        [
            (
                line.source,
                line.health,
                screen.ago(line.since),
                None if line.expected_a_day is None else f"{line.expected_a_day:.1f}",
                line.recent.stored,
                line.recent.lost,
                line.reason,
            )
            for line in found.lines
        ],
    )
    by_health = {
        health: sum(line.health is health for line in found.lines) for health in WORST_FIRST
    }
    screen.line(", ".join(f"{count} {health}" for health, count in by_health.items() if count))
