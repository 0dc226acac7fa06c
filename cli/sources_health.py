"""What `sources health` prints: how every source fares, judged at this moment."""

from __future__ import annotations

from cli.output import print_line, print_table
from desk.sources import WORST_FIRST, SourcesHealth


def print_health(found: SourcesHealth) -> None:
    """Print a line for each source, and the sum."""
    print_table(
        ("source", "health", "since", "usual/day", "stored 2d", "lost 2d", "why"),
        [
            (
                line.source,
                line.health,
                line.since,
                None if line.expected_a_day is None else f"{line.expected_a_day:.1f}",
                line.recent.stored,
                line.recent.settled - line.recent.stored,
                line.reason,
            )
            for line in found.lines
        ],
    )
    counts = {health: sum(line.health is health for line in found.lines) for health in WORST_FIRST}
    print_line(", ".join(f"{count} {health}" for health, count in counts.items() if count))
