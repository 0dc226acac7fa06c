"""The one live line at the bottom of the terminal while the daemon runs."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from datetime import UTC, datetime

from rich.console import Console
from rich.live import Live
from rich.text import Text

from core.streams import SturdyConsole
from scheduler.daemon import Daemon
from scheduler.status import DaemonStatus

BuildDaemon = Callable[[Console, Callable[[DaemonStatus], None] | None], Daemon]


class _StatusLine(Live):
    """The line at the bottom of a terminal, which may go away while everything else goes on."""

    def refresh(self) -> None:
        """Draw the line again, if there is still something to draw on."""
        with contextlib.suppress(OSError):
            super().refresh()

    def stop(self) -> None:
        """Take the line away; that it cannot be is no reason to end otherwise."""
        with contextlib.suppress(OSError):
            super().stop()


def run_with_status(build: BuildDaemon) -> int:
    """Run a daemon, with the status line when a person watches, and return its exit status."""
    console = SturdyConsole(sys.stdout)
    if not console.is_terminal:
        return build(console, None).run()
    with _StatusLine(
        Text("starting …"), console=console, refresh_per_second=4, transient=True
    ) as live:
        return build(console, lambda status: live.update(status_line(status))).run()


def status_line(status: DaemonStatus, now: datetime | None = None) -> Text:
    """Return the line: what happens now, and what came of it since the daemon started."""
    now = now or datetime.now(UTC)
    wait = (status.next_poll_at - now).total_seconds() if status.next_poll_at else None
    upcoming = "–" if wait is None else "now" if wait <= 1 else f"in {_span(wait)}"
    counts = status.counts
    current = [
        f"watching {status.sources} sources",
        f"next poll {upcoming}",
        f"{status.in_flight} under way",
    ]
    if status.waiting:
        current.append(f"{status.waiting} to deliver")
    running = (now - status.since).total_seconds()
    since = [
        f"up {_span(running)}: {counts.polls} polls",
        f"{sum(counts.articles.values())} articles",
        f"{status.alerts} alerts",
        f"{status.delivered} delivered",
    ]
    if counts.failed_polls:
        since.append(f"{counts.failed_polls} failed polls")
    if status.refused:
        current.insert(0, "the changed configuration is refused")
    line = f"{' · '.join(current)} | {' · '.join(since)}"
    return Text(line, style="dim", overflow="ellipsis", no_wrap=True)


def _span(seconds: float) -> str:
    """Return a length of time as a person says it, in its two largest units."""
    whole = max(0, round(seconds))
    if whole < 90:
        return f"{whole} s"
    minutes = round(whole / 60)
    if minutes < 90:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours < 48 else f"{hours // 24} d {hours % 24} h"
