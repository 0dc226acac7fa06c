"""Parts around a real store, at a moment that stands still, and a database that can be away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.clock import FixedClock
from core.config.watch import WatchConfig
from scheduler.assembly import Assembly
from scheduler.running_config import live_of
from scheduler.stages import Part, Stages
from storage import open_store
from tests.integration.empty_database import empty_database
from tests.integration.storage.samples import NOON

SOURCES = [{"name": "kloop", "title": "Kloop", "feed": "https://kloop.example/feed"}]
RECEIVERS = [{"name": "desk", "console": {}}]


class Workshop:
    """The parts of a daemon without the daemon, and what its stages woke."""

    def __init__(self, folder: Path, *, away: bool = False, **sections: Any) -> None:
        """Open a store; with `away`, of a database that has none of our tables yet."""
        database = folder / "wirewatch.db"
        if away:
            database.touch()
        else:
            empty_database(database)
        self.url = f"sqlite:///{database}"
        self.clock = FixedClock(NOON)
        self.store = open_store(self.url, clock=self.clock, migrate=False)
        config = {"database": self.url, "sources": SOURCES, "receivers": RECEIVERS, **sections}
        live = live_of(WatchConfig.model_validate(config))
        self.parts = Assembly(self.store, live, clock=self.clock)
        self.woken: list[Part] = []
        self.stages = Stages(self.parts, self._wake)

    def come_back(self) -> None:
        """Let the database that was away be there."""
        open_store(self.url).close()

    async def _wake(self, part: Part) -> None:
        self.woken.append(part)
