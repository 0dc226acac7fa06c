"""One source, looked at now: what each stage makes of it, beside the schedule."""

from __future__ import annotations

from dataclasses import replace

from rich.console import Console

from core.config import WatchConfig
from core.errors import WirewatchError
from core.sources import TrackedEntry
from desk.database import open_existing
from desk.errors import UnknownNameError
from scheduler.running_config import RunningConfig
from scheduler.single_pass import PassReport, run_single_pass

__all__ = ["PassReport", "new_entries", "poll"]


class DisabledError(WirewatchError):
    """The source is switched off in the configuration."""


def poll(
    live: RunningConfig, source: str, *, dry_run: bool = False, console: Console | None = None
) -> PassReport:
    """Poll a source and carry what is new through every stage; `dry_run` keeps nothing.

    A dry run begins with nothing stored, so all that it finds is new to it; what is known to the
    configured database is told apart afterwards. Alerts for the terminal go to `console`. Works
    once in a process. Raises UnknownNameError, and DisabledError.
    """
    if source not in live.sources:
        if any(known.name == source for known in live.config.sources):
            raise DisabledError(
                f"source '{source}' is disabled; `wirewatch sources enable {source}` changes that"
            )
        raise UnknownNameError("source", source, live.sources)
    report = run_single_pass(live, [source], dry_run=dry_run, console=console)
    return replace(report, known=_known(live.config, report)) if dry_run else report


def new_entries(report: PassReport) -> tuple[TrackedEntry, ...]:
    """Return what a dry run found that the configured database has not yet."""
    known = frozenset(report.known or ())
    return tuple(tracked for tracked in report.entries if tracked.entry.url not in known)


def _known(config: WatchConfig, report: PassReport) -> tuple[str, ...] | None:
    store = open_existing(config)
    if store is None:
        return None
    with store:
        keys = store.known_keys([tracked.key for tracked in report.entries])
    return tuple(tracked.entry.url for tracked in report.entries if tracked.key in keys)
