"""The parts of a plan: outlets, their stories, and what may go wrong with either."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

START = datetime(2026, 3, 2, tzinfo=UTC)
"""A Monday."""
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Kind(StrEnum):
    """Where an outlet announces its articles."""

    FEED = "feed"
    HOMEPAGE = "homepage"
    SITEMAP = "sitemap"
    PAGE = "page"


class Twin(StrEnum):
    """A second address under which a story is announced as well."""

    SLASH = "final slash"
    AMP = "AMP"
    UTM = "tracking parameters"
    CANONICAL = "rel=canonical"
    REDIRECT = "redirect"
    COPY = "same text elsewhere"


class Removal(StrEnum):
    """How a story goes away."""

    GONE = "410"
    MISSING = "404"
    STUB = "not-found page with 200"
    FRONT = "redirect to the front page"


class Trouble(StrEnum):
    """What is wrong with the document that announces articles."""

    ERROR = "500"
    MISSING = "404"
    HTML = "web page in its place"
    BUSY = "429 with Retry-After"
    LIE = "304 although there is news"
    CUT = "list cut short"


class Bait(StrEnum):
    """What the feed is that a homepage names before all others."""

    DEAD = "dead feed"
    MISSING = "no feed at all"
    EMPTY = "empty feed"
    COMMENTS = "feed of comments"
    SECTION = "feed of one section"


class Closed(StrEnum):
    """Why a page cannot be read while the feed has headline and text."""

    FORBIDDEN = "403"
    LEGAL = "451"
    SCRIPT = "script only"


class Hostile(StrEnum):
    """What an outlet's feed says of another outlet."""

    FORETELLS = "future addresses"
    """It lists what the other will publish within three days."""
    STEALS = "addresses first"
    """It lists what the other published before the other does, with false titles and dates."""


class Lastmods(StrEnum):
    """What a sitemap says of the time."""

    FROZEN = "one date for all"
    OLD = "dates of long ago"
    NEWEST_FIRST = "index with the newest part first"


class Stand(StrEnum):
    """What stands in the place of all articles of an outlet, with status 200."""

    MAINTENANCE = "maintenance"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class Outage:
    """A time at which no article can be seen at its address."""

    stand: Stand
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class PlannedStory:
    """One story of one outlet."""

    id: str
    at: datetime
    twin: Twin | None = None
    edit_at: datetime | None = None
    trivial_at: datetime | None = None
    removal: tuple[datetime, Removal] | None = None
    stub_until: datetime | None = None
    """Until then its address gives a check for robots."""
    busy: int = 0
    """First answers that are 503."""
    closed: Closed | None = None
    opens_at: datetime | None = None
    """When a closed page can be read; None for one that never can."""
    flips: bool = False
    """Whether its page has another headline at every second look."""
    dated: datetime | None = None
    """What its list says, of a story of long ago that is listed at `at`."""

    @property
    def is_plain(self) -> bool:
        """Whether nothing happens to it."""
        return self == PlannedStory(self.id, self.at)

    def is_closed(self, now: datetime) -> bool:
        """Tell whether its page cannot be read at a moment."""
        return self.closed is not None and (self.opens_at is None or now < self.opens_at)

    @property
    def path(self) -> str:
        """Its address on the outlet's host."""
        return f"/news/{self.id}-report"


@dataclass(frozen=True, slots=True)
class Window:
    """A time of trouble."""

    trouble: Trouble
    start: datetime
    end: datetime


@dataclass(slots=True)
class PlannedOutlet:
    """One outlet and its month."""

    name: str
    kind: Kind
    a_day: float
    stories: list[PlannedStory] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)
    moved_at: datetime | None = None
    """The feed gets another address: of a feed source by redirect, of a homepage without one."""
    redesigned_at: datetime | None = None
    shifted: timedelta = timedelta()
    """How far its dates are off."""
    bait: Bait | None = None
    names_good_feed: bool = True
    """Whether a homepage names its own feed, after the bait if there is one."""
    lastmods: Lastmods | None = None
    leaves_tags_open: bool = False
    """Whether every third item of its feed has a tag without an end."""
    outages: list[Outage] = field(default_factory=list)
    lists_after: timedelta = timedelta()
    """How long its stories stand at their addresses before its lists have them."""
    hostile: Hostile | None = None
    victims: tuple[str, ...] = ()

    def stand(self, now: datetime) -> Stand | None:
        """Return what stands in the place of its articles."""
        return next((o.stand for o in self.outages if o.start <= now < o.end), None)

    def trouble(self, now: datetime) -> Trouble | None:
        """Return what is wrong at a moment."""
        return next((w.trouble for w in self.windows if w.start <= now < w.end), None)


@dataclass(frozen=True, slots=True)
class Plan:
    """The month."""

    outlets: tuple[PlannedOutlet, ...]
    days: int
    afterwards: timedelta
    """Time after the last story for its visits."""

    @property
    def end(self) -> datetime:
        """When nothing more is published; the monitor goes on for `afterwards`."""
        return START + self.days * DAY


@dataclass(frozen=True, slots=True)
class Fates:
    """How late what happens to a story happens, and for how long its visits are awaited."""

    latest: float
    """Hours; a removal may be two hours later."""
    afterwards: timedelta
    habits: float
    """Share of the stories whose headline flips, and of those whose page is closed."""
