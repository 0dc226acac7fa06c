"""The one place that wires: a process's parts, put together around one store.

The daemon, a pass by hand and the commands that try receivers all get their parts here, so that
none of them lacks what another has.
"""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING

import structlog
from rich.console import Console

from alerts.delivery.loop import DeliveryLoop
from alerts.messages.action_links import action_links
from alerts.messages.message import ActionLink
from alerts.messages.phrasing import message_words
from alerts.receivers import Receiver, build_receivers, revising
from core.alerting.deliveries import ClaimedDelivery
from core.clock import Clock, utc_now
from core.config.reader_language import language_of_messages
from core.config.sections.web import WebSection
from core.config.zones import zone_of_messages
from core.deciding.backlog import FloodGuard
from scheduler.clock_watch import ClockWatch
from scheduler.file_watch import FileWatch
from scheduler.instance_lock import InstanceLock, other_names
from scheduler.mending import mend
from scheduler.meters import Meters
from scheduler.outside_watch import OutsideWatch
from scheduler.revisit_plan import follow_revisit_plan
from scheduler.running_config import RunningConfig
from scheduler.search_indexing import SearchIndexing
from storage import Store, open_store

if TYPE_CHECKING:
    from crawler.counts import CrawlCounts
    from crawler.service import CrawlService

log = structlog.get_logger(__name__)

DELIVERY_GRACE = timedelta(seconds=7)
"""What deliveries in flight get at the end; the whole stop must fit into ten seconds."""


class Hold(Enum):
    """How a process holds its database."""

    ALONE = "alone"
    """No other process that holds it alone may run on the same SQLite file."""
    SHARED = "shared"
    """A daemon may work on it at the same time."""
    THROWAWAY = "throwaway"
    """An empty one that is gone afterwards; the configured one is not touched."""


class Assembly:
    """The parts of one process. What it builds reads `live` whenever it works."""

    def __init__(
        self, store: Store, live: RunningConfig, *, clock: Clock, console: Console | None = None
    ) -> None:
        """Take a store that is ready for work; `console` is where console receivers print."""
        self.store = store
        self.clock = clock
        self.live = live
        """The configuration that runs. A reload replaces it as a whole."""
        self.files = FileWatch()
        self.web: WebSection | None = live.config.web
        """Of the start: links must lead to the pages that are served, whatever the file says
        later."""
        self.clock_watch = ClockWatch(clock)
        self.meters = Meters()
        self.outside_watch = OutsideWatch(clock, self.meters)
        self.indexing = SearchIndexing(store)
        self.alive = False
        """Whether a sign of life was given since the start."""
        self._counts: CrawlCounts | None = None
        self._crawled = 0
        self._console = console

    def crawl_service(
        self,
        *,
        planned: bool,
        once: Sequence[str] | None = None,
        follow: bool = True,
        on_stored: Callable[[], None] = lambda: None,
    ) -> CrawlService:
        """Return the crawler, not started.

        With `planned`, a poll sets the time of the next; otherwise the schedule stays as it is.
        """
        # imported where needed: who only tries a receiver need not wait for Scrapy
        from crawler.context import keep_schedule
        from crawler.service import CrawlService
        from scheduler.poll_planner import PollPlanner

        service = CrawlService(
            self.store,
            self.live.config,
            lambda: self.live.sources,
            self.clock,
            PollPlanner(lambda: self.live.config, self.clock) if planned else keep_schedule,
            once=once,
            follow=follow,
            on_stored=on_stored,
        )
        self._counts = service.counts
        self.meters.crawls_by(service.counts)
        return service

    def has_crawled(self) -> bool:
        """Tell whether a poll, fetch or visit has ended since this was last asked."""
        before, self._crawled = self._crawled, self._counts.settled if self._counts else 0
        return self._crawled != before

    def delivery_loop(
        self, role: str, on_end: Callable[[str, str], None] = lambda _receiver, _how: None
    ) -> DeliveryLoop:
        """Return what delivers, with links and the outlets' names; `role` begins its leases' owner.

        `on_end` hears whose worker ended unasked, and how.
        Raises DeliveryError when a receiver cannot be built.
        """
        return DeliveryLoop(
            self.store,
            self.receivers(self.live),
            clock=self.clock,
            owner=f"{role}-{secrets.token_hex(4)}",
            outlet_of=lambda source: self.live.outlet_of(source),
            grace=DELIVERY_GRACE,
            links_of=self.links_of,
            guard_of=self.guard_of,
            tags_of=lambda source: self.live.tags_of(source),
            badges=lambda: self.live.config.badges,
            zone_of=lambda receiver: zone_of_messages(self.live.config, receiver),
            language_of=lambda receiver: language_of_messages(self.live.config, receiver),
            on_end=on_end,
            on_attempt=self.meters.attempted,
        )

    def receivers(self, live: RunningConfig) -> dict[str, Receiver]:
        """Return the receivers of a configuration: of this one, or of one that may replace it.

        Raises DeliveryError when one cannot be built.
        """
        return build_receivers(live.config, console=self._console)

    def links_of(self, claimed: ClaimedDelivery) -> tuple[ActionLink, ...]:
        """Return the links that act on what a delivery tells of; none without a web address."""
        language = language_of_messages(self.live.config, claimed.delivery.receiver)
        return action_links(claimed, self.web, message_words(language))

    def guard_of(self, receiver: str) -> FloodGuard | None:
        """Return what keeps a flood from a receiver; None when nothing does, or it is gone."""
        known = (known for known in self.live.config.receivers if known.name == receiver)
        return next((found.guard for found in known), None)

    def revising(self) -> Collection[str]:
        """Return the receivers that can change a message after it was taken."""
        return revising(self.live.config)


@contextmanager
def assembled(
    live: RunningConfig, *, hold: Hold, clock: Clock = utc_now, console: Console | None = None
) -> Iterator[Assembly]:
    """Open the database and make it ready for work; give the parts, and close it afterwards.

    Raises AlreadyRunningError when it is to be held alone and is not free, and StorageError.
    """
    with ExitStack() as stack:
        database = live.config.database.get_secret_value()
        if hold is Hold.THROWAWAY:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="wirewatch-dry-run-"))
            database = f"sqlite:///{folder}/dry-run.db"
        lock = InstanceLock.for_database(database) if hold is Hold.ALONE else None
        if lock is not None:
            stack.enter_context(lock)
            if names := other_names(database):
                log.warning("the database has more names, and whoever uses one damages it", n=names)
        store = stack.enter_context(open_store(database, clock=clock))
        if lock is not None:
            # Nobody else works on this file, so every lease left is a dead process's.
            store.release_leases()
        mend(store, live.config, clock())
        store.sync_sources(list(live.sources.values()))
        if hold is Hold.ALONE:  # beside a daemon its own plan counts
            follow_revisit_plan(store, live.config.crawl.revisit, clock())
        yield Assembly(store, live, clock=clock, console=console)
