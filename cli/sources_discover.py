"""What `sources discover` prints: what the daemon's discovery chose for one address."""

from __future__ import annotations

from cli.screen import Screen
from desk.discover import Discovery


def print_discovery(screen: Screen, found: Discovery, *, suggest: bool = True) -> None:
    """Print what was chosen, why, and the newest entries; and what to write, if that is asked."""
    if found.found is None:
        screen.line(f"nothing found: {found.error}")
        return
    newest = found.entries[:10]
    entries: list[tuple[str, object]] = [
        ("chosen", f"{found.found.kind.value} {found.found.url}"),
        ("why", found.found.how),
        *(("", f"not {one}") for one in found.found.passed_over),
        ("holds", f"{len(found.entries)} entries"),
        *(
            ("", f"{screen.cell(entry.published_at)}  {entry.title or entry.url}")
            for entry in newest
        ),
        *((("write", f"- {found.suggestion}"),) if suggest else ()),
    ]
    screen.entries(entries, label=8)
