"""One source, looked at now: what each stage makes of it, beside the schedule."""

from __future__ import annotations

from rich.console import Console

from desk.errors import UnknownNameError
from scheduler.running_config import RunningConfig
from scheduler.single_pass import PassReport, run_single_pass

__all__ = ["PassReport", "poll"]


def poll(
    live: RunningConfig, source: str, *, dry_run: bool = False, console: Console | None = None
) -> PassReport:
    """Poll a source and carry what is new through every stage; `dry_run` keeps nothing.

    Alerts for the terminal go to `console`. Works once in a process. Raises UnknownNameError.
    """
    if source not in live.sources:
        raise UnknownNameError("source", source, live.sources)
    return run_single_pass(live, [source], dry_run=dry_run, console=console)
