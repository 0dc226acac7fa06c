"""The configuration as it runs: sound, compiled, and replaced as a whole on reload."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, SecretStr

from alerts.rules import RuleCheck, RuleSet
from core.cache import cache_directory
from core.config import ConfigError, LoadedConfig, WatchConfig, load_config
from core.config.stamps import FileStamp, file_stamps
from core.errors import WirewatchError
from core.sources import Source
from core.vantages import DIRECT

if TYPE_CHECKING:
    from alerts.new_names.finder import NamingBatch, NewNames

SHORTEST_TOKEN = 16
"""Characters from which on a path or query may be a token; `/webhook` is none."""

Stamps = tuple[FileStamp, ...]
"""The watched files as they were at a moment."""

NEEDS_RESTART = ("database", "crawl", "network", "web")
"""Sections that the running crawler, storage and pages were built from."""


@dataclass(frozen=True, slots=True)
class RunningConfig:
    """One sound configuration with its rules compiled."""

    loaded: LoadedConfig
    rules: RuleSet
    sources: Mapping[str, Source]
    """Those that are watched: without those that are switched off."""
    names: NewNames | None = None
    """What finds names that no entity has, where it is asked for."""
    refused: bool = False
    """Whether the files say something else by now that cannot be used."""
    _stamps: Stamps = field(default=(), repr=False)

    @property
    def config(self) -> WatchConfig:
        """The configuration itself."""
        return self.loaded.config

    def naming(self) -> NamingBatch | None:
        """Return what adds new names to the matches of a batch; None where nobody asks."""
        return None if self.names is None else self.names.batch(self.rules.knows)

    def outlet_of(self, source: str) -> str:
        """Return a source's name for readers; one that was removed keeps its plain name."""
        known = self._configured(source)
        return known.title or source if known else source

    def tags_of(self, source: str) -> tuple[str, ...]:
        """Return how a source is tagged, in the order of the alphabet; one that left has none."""
        known = self._configured(source)
        return tuple(sorted(known.tags)) if known else ()

    def _configured(self, name: str) -> Source | None:
        """Return a source, switched on or off; what is stored of it keeps its title and tags."""
        known = self.sources.get(name)
        if known is not None:
            return known
        off = (source for source in self.config.sources if source.name == name)
        return next((source.to_source() for source in off), None)

    def files_changed(self, now: Stamps | None = None) -> bool:
        """Tell whether a file of the configuration is not what it was when it was read.

        `now` are its files' stamps of this moment, where they are known.
        """
        return self._stamps != (self.stamps_now() if now is None else now)

    def stamps_now(self) -> Stamps:
        """Return the stamps of the watched files as they are at this moment."""
        return file_stamps(stamp.path for stamp in self._stamps)

    def after_failed_reload(self, before: Stamps, error: WirewatchError) -> RunningConfig:
        """Return the same configuration, so that a bad change is reported once, not every tick.

        `before` are the stamps from before the failed reading. Files that only the bad
        configuration includes are watched too: the correction may be made there.
        """
        # From before the reading: it may have been made by now, as people hear of it at once.
        read = error.stamps if isinstance(error, ConfigError) else ()
        known = {stamp.path for stamp in before}
        more = (stamp for stamp in read if stamp.path not in known)
        return replace(self, refused=True, _stamps=(*before, *more))

    def restart_needed(self, newer: RunningConfig) -> tuple[str, ...]:
        """Return the sections whose change only takes effect after a restart."""
        return tuple(
            name
            for name in NEEDS_RESTART
            if getattr(self.config, name) != getattr(newer.config, name)
        )


def load_running_config(path: Path, before: Stamps = ()) -> RunningConfig:
    """Read, check and compile a configuration.

    `before` are stamps taken before; a file that changes while it is read is then found changed.
    Raises ConfigError with every problem, those of the rules included.
    """
    check = RuleCheck(cache_directory())
    loaded = load_config(path, checks=[check])
    known = {stamp.path: stamp for stamp in before}
    return RunningConfig(
        loaded=loaded,
        rules=check.rules,
        sources=watched_sources(loaded.config),
        names=_names_of(loaded.config),
        _stamps=tuple(known.get(stamp.path, stamp) for stamp in loaded.stamps),
    )


def _names_of(config: WatchConfig) -> NewNames | None:
    """Return what finds new names; nothing of it is loaded before an article asks."""
    if config.new_names is None:
        return None
    from alerts.new_names.finder import NewNames
    from alerts.new_names.slovnet_tagger import LANGUAGE, slovnet_tagger

    folder = config.new_names.weights
    return NewNames(lambda: slovnet_tagger(folder), LANGUAGE)


def live_of(config: WatchConfig) -> RunningConfig:
    """Compile a configuration that no file holds."""
    return RunningConfig(
        loaded=LoadedConfig(config, Path(), (), (), "", {}),
        rules=RuleSet.compile(config),
        sources=watched_sources(config),
    )


def watched_sources(config: WatchConfig) -> dict[str, Source]:
    """Return the sources of a configuration that are not switched off, by name."""
    return {source.name: source.to_source() for source in config.sources if source.enabled}


def secrets_in(value: object) -> Iterator[str]:
    """Yield every secret of a configuration, so that logs can mask them.

    Of a secret address its telling parts too: libraries quote a path or a password by itself.
    """
    if isinstance(value, SecretStr):
        secret = value.get_secret_value()
        if secret == DIRECT:  # stands in a list of secrets and is none
            return
        yield secret
        if "://" in secret:
            yield from _telling_parts(secret)
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from secrets_in(getattr(value, name))
    elif isinstance(value, dict):
        for item in value.values():
            yield from secrets_in(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from secrets_in(item)


def _telling_parts(url: str) -> Iterator[str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return
    if parts.password:
        yield parts.password
        yield unquote(parts.password)
    if parts.scheme.startswith("http"):  # a database's path is a file or a name, and no secret
        yield from (part for part in (parts.path, parts.query) if len(part) >= SHORTEST_TOKEN)
