"""The one live line at the bottom of the terminal while the daemon runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from rich.console import Console
from rich.live import Live
from rich.text import Text

from scheduler.daemon import Daemon
from scheduler.status import DaemonStatus

BuildDaemon = Callable[[Console, Callable[[DaemonStatus], None] | None], Daemon]


def run_with_status(build: BuildDaemon) -> int:
    """Run a daemon, with the status line when a person watches, and return its exit status."""
    console = Console(highlight=False)
    if not console.is_terminal:
        return build(console, None).run()
    with Live(Text("starting …"), console=console, refresh_per_second=4, transient=True) as live:
        return build(console, lambda status: live.update(status_line(status))).run()


def status_line(status: DaemonStatus, now: datetime | None = None) -> Text:
    """Return the line: what is watched, what is under way, what came of it."""
    now = now or datetime.now(UTC)
    wait = (status.next_poll_at - now).total_seconds() if status.next_poll_at else None
    upcoming = "now" if wait is not None and wait <= 1 else f"in {wait:.0f} s" if wait else "–"
    counts = status.counts
    parts = [
        f"watching {status.sources} sources",
        f"next poll {upcoming}",
        f"{status.in_flight} under way",
        f"{counts.polls} polls",
        f"{sum(counts.articles.values())} articles",
        f"{status.alerts} alerts",
        f"{status.delivered} delivered",
    ]
    if status.waiting:
        parts.append(f"{status.waiting} waiting")
    if counts.failed_polls:
        parts.append(f"{counts.failed_polls} failed polls")
    if status.refused:
        parts.insert(0, "the changed configuration is refused")
    return Text(" · ".join(parts), style="dim", overflow="ellipsis", no_wrap=True)
