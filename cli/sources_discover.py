"""What `sources discover` prints: what the daemon's discovery chose for one address."""

from __future__ import annotations

from cli.output import cell, print_line
from desk.discover import Discovery


def print_discovery(found: Discovery) -> None:
    """Print what was chosen, why, and the newest entries."""
    if found.found is None:
        print_line(f"nothing found: {found.error}")
        return
    why, *tried = found.found.how.splitlines()
    print_line(f"chosen   {found.found.kind.value} {found.found.url}")
    print_line(f"why      {why}")
    for attempt in tried:
        print_line(f"         {attempt}")
    print_line(f"holds    {len(found.entries)} entries")
    for entry in found.entries[:10]:
        print_line(f"         {cell(entry.published_at)}  {entry.title or entry.url}")
    print_line(f"write    - {found.suggestion}")
