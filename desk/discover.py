"""`sources discover` and `sources add`: the daemon's discovery on one address; nothing is kept."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from core.config import WatchConfig, load_config
from core.config.sections.sources import SourceConfig
from core.sources import Entry, Found, Source, SourceKind
from core.urls import UrlError, canonical_url, registered_domain, twin_name
from desk.source_editing import NewSource
from scheduler.running_config import RunningConfig, live_of
from scheduler.single_pass import run_single_pass

_NAME = "discovered"
_TELEGRAM = frozenset({"t.me", "telegram.me"})
_UNFIT = re.compile(r"[^\w.-]+")
_KEYS = {
    SourceKind.FEED: "feed",
    SourceKind.SITEMAP: "sitemap",
    SourceKind.TELEGRAM: "telegram",
}
"""Keys of what announces articles itself; what is only found from a homepage stays a `url`."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was chosen for an address, and what it announces now."""

    url: str
    found: Found | None
    error: str | None
    entries: tuple[Entry, ...]
    suggestion: str | None
    """A line for `sources:` of watch.yaml."""


def discover(url: str, config: Path | None) -> Discovery:
    """Poll an address, in a database that is thrown away; its articles are not fetched."""
    base = load_config(config).config if config else WatchConfig()
    source = _asked(url)
    live: RunningConfig = live_of(
        base.model_copy(update={"sources": (source,), "rules": (), "routes": (), "receivers": ()})
    )
    report = run_single_pass(live, [_NAME], dry_run=True, follow=False)
    (state,) = report.sources
    found = state.found
    if found is None and source.telegram is not None and not state.consecutive_failures:
        found = Found(SourceKind.TELEGRAM, source.to_source().url, "public channel")
    entries = tuple(tracked.entry for tracked in report.entries)
    suggestion = None if found is None else f'{{name: …, {found.kind.value}: "{found.url}"}}'
    return Discovery(url, found, state.last_error, entries, suggestion)


def asked_source(url: str) -> Source:
    """Return the source that an address is polled as before anything is known of it."""
    return _asked(url).to_source()


def new_source(discovery: Discovery, name: str | None, taken: Collection[str]) -> NewSource | None:
    """Return what is to be written of what was found; None when nothing was.

    What was found from a homepage is not written: the daemon finds it, and finds it again when it
    has moved. Without a name, one is made of the address that none of those taken is.
    """
    found = discovery.found
    if found is None:
        return None
    itself = found.kind in _KEYS and _is_one(found.url, discovery.url)
    if found.kind is SourceKind.TELEGRAM:
        itself = True
    key = _KEYS[found.kind] if itself else "url"
    address = found.url if found.kind is SourceKind.TELEGRAM else discovery.url
    return NewSource(name or _name_for(address, found.kind, taken), key, address)


def _asked(url: str) -> SourceConfig:
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    if host in _TELEGRAM:
        return SourceConfig(name=_NAME, telegram=url)
    return SourceConfig(name=_NAME, url=url)


def _is_one(found: str, asked: str) -> bool:
    try:
        return canonical_url(found) == canonical_url(asked) or twin_name(found) == twin_name(asked)
    except UrlError:
        return False


def _name_for(address: str, kind: SourceKind, taken: Collection[str]) -> str:
    if kind is SourceKind.TELEGRAM:
        names = [urlsplit(address).path.rstrip("/").rpartition("/")[2]]
    else:
        domain = registered_domain(address)
        host = (urlsplit(address).hostname or domain).removeprefix("www.")
        short = domain if domain.replace(".", "").isdigit() else domain.partition(".")[0]
        names = [short, domain.replace(".", "-"), host.replace(".", "-")]
    fit = [_UNFIT.sub("-", name).strip("-._") or "source" for name in names]
    numbered = (f"{fit[-1]}-{number}" for number in range(2, len(taken) + 3))
    return next(name for name in (*fit, *numbered) if name not in taken)
