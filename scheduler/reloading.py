"""Reading the configuration again while everything runs: it is used as a whole or not at all."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import structlog

from alerts.receivers import Receiver
from core.config import ConfigError
from core.errors import StorageError, WirewatchError
from scheduler.assembly import Assembly
from scheduler.configuration_alerts import refused_files, tell_acceptance, tell_refusal
from scheduler.meters import ReloadOutcome
from scheduler.running_config import RunningConfig, Stamps, load_running_config
from scheduler.systemd import notify, reloading

log = structlog.get_logger(__name__)

Use = Callable[[RunningConfig, Mapping[str, Receiver]], Awaitable[None]]
"""Goes on with a newer configuration and its receivers."""


class Reload:
    """Reloads one configuration file, one time after the other."""

    def __init__(self, parts: Assembly, path: Path, use: Use) -> None:
        """Prepare; `use` is called with what is sound and ready."""
        self._parts = parts
        self._path = path
        self._use = use
        self._taken_at = parts.clock()
        self._one_at_a_time = asyncio.Lock()  # a signal and a tick may come together

    async def run(self) -> None:
        """Read the configuration again. A bad one changes nothing and is reported."""
        async with self._one_at_a_time:
            reloading()
            parts = self._parts
            before = parts.live.stamps_now()
            try:
                await self._run(before)
            except StorageError as error:
                # Not the file's fault: it differs from what runs, so the next look tries again.
                log.error("the configuration could not be reloaded", error=str(error))
                notify("READY=1")

    async def _run(self, before: Stamps) -> None:
        parts = self._parts
        try:
            newer = await asyncio.to_thread(load_running_config, self._path, before)
            receivers = parts.receivers(newer)
        except WirewatchError as error:
            _report(error)
            parts.meters.reloaded(ReloadOutcome.REFUSED)
            occasion = f"{self._taken_at.isoformat()}:{refused_files(error, before)}"
            await asyncio.to_thread(
                tell_refusal, parts.store, parts.live.config, occasion, error, parts.clock()
            )
            parts.live = parts.live.after_failed_reload(before, error)
            status = "the changed configuration has errors; the last good one runs"
            notify("READY=1", f"STATUS={status}")
        else:
            await asyncio.to_thread(newer.rules.prewarm, tuple(parts.live.rules.memo()))
            await asyncio.to_thread(parts.store.sync_sources, list(newer.sources.values()))
            self._taken_at = parts.clock()
            await asyncio.to_thread(tell_acceptance, parts.store, newer.config, self._taken_at)
            await self._use(newer, receivers)
            parts.meters.reloaded(ReloadOutcome.TAKEN)
            notify("READY=1", f"STATUS=watching {len(newer.sources)} sources")


def _report(error: WirewatchError) -> None:
    log.error("the new configuration is not used; the last good one keeps running")
    if not isinstance(error, ConfigError):
        log.error("configuration problem", problem=str(error))
        return
    for problem in error.problems:
        log.log(getattr(logging, problem.severity.upper()), problem.headline())
