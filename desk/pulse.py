"""Whether the daemon gave a sign of life lately. For containers and monitors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from core.config import WatchConfig
from core.due_work import DueWork
from desk.database import Store, open_configured
from scheduler.heartbeat import CONFIGURATION, HEARTBEAT, STOPPED
from scheduler.left_undone import left_undone
from scheduler.untouched import Untouched


class Life(StrEnum):
    """What the last sign of life says."""

    NO_DATABASE = "no database"
    NEVER_RAN = "never ran"
    STOPPED = "stopped"
    """It ended in good order, and said so."""
    SILENT = "silent"
    """Its last sign is too old."""
    AHEAD = "ahead"
    """Its last sign lies in the future: the clock was set back."""
    IDLE = "idle"
    """It gives signs of life, and leaves work undone."""
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
    untouched: tuple[Untouched, ...] = ()
    """Work that is due and that it leaves undone."""
    refused: Refusal | None = None
    """What the daemon does not use of its configuration, while it is alive."""


def pulse(config: WatchConfig, now: datetime, max_age: timedelta) -> Pulse:
    """Return the last sign of life; one that is older than `max_age` counts as none.

    So does one that lies as far ahead: what it goes by is not our clock. Makes and migrates
    nothing. Raises StorageError when the database cannot be read.
    """
    url = config.database.get_secret_value()
    file = url.removeprefix("sqlite:///").partition("?")[0]
    if url.startswith("sqlite:///") and not Path(file).exists():
        return Pulse(Life.NO_DATABASE)
    with open_configured(config, migrate=False) as store:
        return pulse_of(store, config, now, max_age)


def pulse_of(
    store: Store,
    config: WatchConfig,
    now: datetime,
    max_age: timedelta,
    due: Sequence[DueWork] | None = None,
) -> Pulse:
    """Return the same of a database that is open; `due` is work that was asked for just now."""
    last = store.last_heartbeat(HEARTBEAT)
    configured = store.last_heartbeat(CONFIGURATION)
    refused = Refusal(*configured) if configured is not None and configured[1] else None
    if last is None:
        return Pulse(Life.NEVER_RAN)
    at, said = last
    if said == STOPPED:
        return Pulse(Life.STOPPED, at)
    if now - at > max_age:
        return Pulse(Life.SILENT, at, refused=refused)
    if at - now > max_age:
        return Pulse(Life.AHEAD, at, refused=refused)
    left = left_undone(store, config, now, due)
    return Pulse(Life.IDLE if left else Life.ALIVE, at, left, refused)


def in_words(left: Untouched) -> str:
    """Say what is left undone, since when, and why that is too long."""
    about = f" of {left.work.about}" if left.work.about else ""
    since = f"{left.since:%Y-%m-%d %H:%M} UTC"
    return f"a {left.work.kind}{about} is untouched since {since}: {left.reason}"
