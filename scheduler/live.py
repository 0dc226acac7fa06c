"""The configuration as it runs: sound, compiled, and replaced as a whole on reload."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import BaseModel, SecretStr

from alerts.rules import RuleSet, rule_problems
from core.config import LoadedConfig, WatchConfig, load_config
from core.sources import Source

NEEDS_RESTART = ("database", "crawl", "network")
"""Sections that the running crawler and storage were built from."""


@dataclass(frozen=True, slots=True)
class LiveConfig:
    """One sound configuration with its rules compiled."""

    loaded: LoadedConfig
    rules: RuleSet
    sources: Mapping[str, Source]
    _stamps: tuple[tuple[Path, float, int], ...] = field(default=(), repr=False)

    @property
    def config(self) -> WatchConfig:
        """The configuration itself."""
        return self.loaded.config

    def files_changed(self) -> bool:
        """Tell whether a file of the configuration is not what it was when it was read."""
        return self._stamps != file_stamps(self.loaded.files)

    def with_stamps_of_now(self) -> LiveConfig:
        """Return the same configuration, so that a bad change is reported once, not every tick."""
        return replace(self, _stamps=file_stamps(self.loaded.files))

    def restart_needed(self, newer: LiveConfig) -> tuple[str, ...]:
        """Return the sections whose change only takes effect after a restart."""
        return tuple(
            name
            for name in NEEDS_RESTART
            if getattr(self.config, name) != getattr(newer.config, name)
        )


def load_live(path: Path) -> LiveConfig:
    """Read, check and compile a configuration.

    Raises ConfigError with every problem, those of the rules included.
    """
    loaded = load_config(path, checks=[rule_problems])
    return LiveConfig(
        loaded=loaded,
        rules=RuleSet.compile(loaded.config),
        sources={one.name: one.to_source() for one in loaded.config.sources},
        _stamps=file_stamps(loaded.files),
    )


def file_stamps(files: tuple[Path, ...]) -> tuple[tuple[Path, float, int], ...]:
    """Return what tells a changed file from an unchanged one; a missing file has its own stamp."""
    stamps = []
    for path in files:
        try:
            status = path.stat()
        except OSError:
            stamps.append((path, 0.0, -1))
        else:
            stamps.append((path, status.st_mtime, status.st_size))
    return tuple(stamps)


def secrets_in(value: object) -> Iterator[str]:
    """Yield every secret of a configuration, so that logs can mask them."""
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from secrets_in(getattr(value, name))
    elif isinstance(value, dict):
        for item in value.values():
            yield from secrets_in(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from secrets_in(item)
