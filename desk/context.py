"""What every page of the desk asks: the database, the configuration that runs, and the time."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from core.clock import Clock, utc_now
from core.config import WatchConfig
from desk.alerts import Signature
from desk.remembered import Remembered
from desk.search import SearchDesk
from desk.trials import Trials
from scheduler.assembly import Assembly
from scheduler.meters import Meters
from scheduler.running_config import RunningConfig, live_of
from storage import Store


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that a person at the desk can reach. Threads may share it."""

    store: Store
    running: Callable[[], RunningConfig]
    """The configuration of this moment: a reload replaces it."""
    now: Callable[[], datetime]
    revising: Callable[[], Collection[str]]
    """Receivers that change in their place the messages they showed before."""
    search: SearchDesk
    """Keeps what it compiled, so there is one."""
    meters: Meters = field(default_factory=Meters)
    """What this process counted since it started."""
    remembered: Remembered = field(default_factory=Remembered)
    """What was asked in the last seconds, for all who look on."""
    trials: Trials = field(default_factory=Trials)
    """What the workbench keeps between two tries."""

    @property
    def config(self) -> WatchConfig:
        """The configuration of this moment."""
        return self.running().config

    @property
    def zone(self) -> tzinfo:
        """The time zone for people who have not told theirs."""
        name = self.config.timezone
        return UTC if name is None else ZoneInfo(name)

    def signed(self, person: str) -> Signature:
        """Return the signature of a person who acts now."""
        return Signature(by=person, at=self.now(), shown_by=self.revising())


def desk_alone(store: Store, config: WatchConfig, clock: Clock = utc_now) -> Desk:
    """Return a desk beside no daemon. Rules are only compiled where they are asked for."""
    return desk_over(store, cache(lambda: live_of(config)), clock)


def desk_of(parts: Assembly) -> Desk:
    """Return the desk over the parts of a daemon."""
    return desk_over(parts.store, lambda: parts.live, parts.clock, parts.revising, parts.meters)


def desk_over(
    store: Store,
    running: Callable[[], RunningConfig],
    now: Callable[[], datetime],
    revising: Callable[[], Collection[str]] = frozenset,
    meters: Meters | None = None,
) -> Desk:
    """Return the desk over a store, with the configuration of every moment."""
    search = SearchDesk(store, lambda: running().config, lambda: running().rules)
    return Desk(store, running, now, revising, search, meters or Meters())
