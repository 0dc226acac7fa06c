"""`sources discover`: the discovery of the daemon, on one address, with nothing kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.config import WatchConfig, load_config
from core.config.sections.sources import SourceConfig
from core.sources import Entry, Found
from scheduler.running_config import RunningConfig, live_of
from scheduler.single_pass import run_single_pass

_NAME = "discovered"


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was chosen for a homepage, and what it announces now."""

    url: str
    found: Found | None
    error: str | None
    entries: tuple[Entry, ...]
    suggestion: str | None
    """A line for `sources:` of watch.yaml."""


def discover(url: str, config: Path | None) -> Discovery:
    """Poll `url` as a homepage, in a database that is thrown away; its articles are not fetched."""
    base = load_config(config).config if config else WatchConfig()
    source = SourceConfig(name=_NAME, url=url)
    live: RunningConfig = live_of(
        base.model_copy(update={"sources": (source,), "rules": (), "routes": (), "receivers": ()})
    )
    report = run_single_pass(live, [_NAME], dry_run=True, follow=False)
    (state,) = report.sources
    entries = tuple(tracked.entry for tracked in report.entries)
    suggestion = None
    if state.found is not None:
        suggestion = f'{{name: …, {state.found.kind.value}: "{state.found.url}"}}'
    return Discovery(url, state.found, state.last_error, entries, suggestion)
