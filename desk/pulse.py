"""Whether the daemon gave a sign of life lately. For containers and monitors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from core.config import WatchConfig
from desk.database import open_configured
from scheduler.heartbeat import CONFIGURATION, HEARTBEAT, STOPPED


class Life(StrEnum):
    """What the last sign of life says."""

    NO_DATABASE = "no database"
    NEVER_RAN = "never ran"
    STOPPED = "stopped"
    """It ended in good order, and said so."""
    SILENT = "silent"
    """Its last sign is too old."""
    ALIVE = "alive"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A changed configuration that the daemon refused; the last good one runs."""

    at: datetime
    said: str
    """What is wrong with it."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """The last sign of life of the daemon."""

    life: Life
    at: datetime | None = None
    """When it came; None without any."""
    refused: Refusal | None = None
    """What the daemon does not use of its configuration, while it is alive."""


def pulse(config: WatchConfig, now: datetime, max_age: timedelta) -> Pulse:
    """Return the last sign of life; one that is older than `max_age` counts as none.

    Makes and migrates nothing. Raises StorageError when the database cannot be read.
    """
    url = config.database.get_secret_value()
    file = url.removeprefix("sqlite:///").partition("?")[0]
    if url.startswith("sqlite:///") and not Path(file).exists():
        return Pulse(Life.NO_DATABASE)
    with open_configured(config, migrate=False) as store:
        last = store.last_heartbeat(HEARTBEAT)
        configured = store.last_heartbeat(CONFIGURATION)
    if last is None:
        return Pulse(Life.NEVER_RAN)
    at, said = last
    if said == STOPPED:
        return Pulse(Life.STOPPED, at)
    refused = Refusal(*configured) if configured is not None and configured[1] else None
    return Pulse(Life.ALIVE if now - at <= max_age else Life.SILENT, at, refused)
