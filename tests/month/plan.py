"""What happens in the month: who publishes what and when, and what goes wrong. Made from a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import count

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


LATE = Fates(60, 4 * DAY)
"""One visit is made after 72 hours."""
EARLY = Fates(4, 18 * HOUR)
"""One visit is made after six hours, and a poll may be held up for as long."""


def make_plan(outlets: int, days: int, fates: Fates = LATE, seed: int = 1) -> Plan:
    """Return the plan of a seed. Outlets take the kinds in turn; troubles fall where they fall."""
    chance = random.Random(seed)  # noqa: S311 - a plan, not a secret
    kinds = [Kind.FEED, Kind.FEED, Kind.HOMEPAGE, Kind.FEED, Kind.SITEMAP, Kind.PAGE]
    planned = [
        PlannedOutlet(f"o{n:02}", kinds[n % len(kinds)], chance.choice((0.7, 2, 4, 4, 8)))
        for n in range(outlets)
    ]
    for number, outlet in enumerate(planned):
        numbers = count(1)
        _publish(outlet, days, fates.latest, chance, numbers)
        _trouble(outlet, number, days, chance, numbers)
        outlet.stories.sort(key=lambda story: story.at)
    return Plan(tuple(planned), days, fates.afterwards)


def _publish(
    outlet: PlannedOutlet, days: int, latest: float, chance: random.Random, numbers: count[int]
) -> None:
    for day in range(days):
        weekend = 0.4 if day % 7 > 4 else 1.1
        for _ in range(_poisson(outlet.a_day * weekend, chance)):
            hour = chance.triangular(5, 22, 11)
            at = START + day * DAY + hour * HOUR + chance.random() * MINUTE
            outlet.stories.append(_story(outlet, at, latest, chance, numbers))


def _story(
    outlet: PlannedOutlet,
    at: datetime,
    latest: float,
    chance: random.Random,
    numbers: count[int],
) -> PlannedStory:
    story_id = f"{outlet.name}x{next(numbers)}"
    later = at + chance.uniform(0.2, latest) * HOUR
    fate = chance.random()
    if fate < 0.06:
        return PlannedStory(story_id, at, twin=chance.choice(list(Twin)))
    if fate < 0.12:
        return PlannedStory(story_id, at, edit_at=later)
    if fate < 0.16:
        return PlannedStory(story_id, at, trivial_at=later)
    if fate < 0.20:
        return PlannedStory(story_id, at, removal=(later + 2 * HOUR, chance.choice(list(Removal))))
    if fate < 0.22:
        return PlannedStory(story_id, at, stub_until=at + chance.uniform(0.5, 3) * HOUR)
    if fate < 0.25:
        return PlannedStory(story_id, at, busy=chance.randrange(1, 4))
    return PlannedStory(story_id, at)


def _trouble(
    outlet: PlannedOutlet, number: int, days: int, chance: random.Random, numbers: count[int]
) -> None:
    """Give each outlet a trouble or two, in the middle part of the month."""

    def moment() -> datetime:
        return START + chance.uniform(0.3, 0.8) * days * DAY

    def window(trouble: Trouble, hours: float) -> None:
        start = moment()
        outlet.windows.append(Window(trouble, start, start + hours * HOUR))

    turn = number % 12
    if turn in (0, 6):
        dead = (Trouble.ERROR, Trouble.MISSING, Trouble.HTML)
        window(chance.choice(dead), chance.uniform(3, min(36, days * 6)))
    elif turn in (1, 7) or outlet.kind is Kind.SITEMAP:
        window(chance.choice((Trouble.BUSY, Trouble.ERROR)), chance.uniform(1, 6))
    elif turn == 3:
        window(Trouble.CUT, 24)
        start = outlet.windows[-1].start + 8 * HOUR
        outlet.stories += [
            PlannedStory(f"{outlet.name}x{next(numbers)}", start + n * MINUTE) for n in range(14)
        ]
    elif turn == 9:
        window(Trouble.LIE, min(48, days * 8))
    if turn in (2, 8, 1):
        outlet.moved_at = moment()
    if turn in (5, 11, 2):
        outlet.redesigned_at = moment()
    if turn in (6, 10):
        outlet.shifted = chance.choice((-3, 5)) * HOUR


def _poisson(mean: float, chance: random.Random) -> int:
    """Draw a number of events, by the times between them."""
    events, at = 0, chance.expovariate(1)
    while at < mean:
        events += 1
        at += chance.expovariate(1)
    return events
