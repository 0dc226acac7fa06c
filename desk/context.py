"""What every page of the desk asks: the database, the configuration that runs, and the time."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from core.config import WatchConfig
from desk.alerts import Signature
from desk.search import SearchDesk
from scheduler.assembly import Assembly
from scheduler.running_config import RunningConfig
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


def desk_of(parts: Assembly) -> Desk:
    """Return the desk over the parts of a daemon."""
    return desk_over(parts.store, lambda: parts.live, parts.clock, parts.revising)


def desk_over(
    store: Store,
    running: Callable[[], RunningConfig],
    now: Callable[[], datetime],
    revising: Callable[[], Collection[str]] = frozenset,
) -> Desk:
    """Return the desk over a store, with the configuration of every moment."""
    search = SearchDesk(store, lambda: running().config, lambda: running().rules)
    return Desk(store, running, now, revising, search)
