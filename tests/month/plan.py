"""What happens in the month: who publishes what and when, and what goes wrong. Made from a seed."""

from __future__ import annotations

import random
from datetime import datetime
from itertools import count

from tests.month.hostile import plant_hostile
from tests.month.outlets import (
    DAY,
    HOUR,
    MINUTE,
    START,
    Fates,
    Kind,
    Plan,
    PlannedOutlet,
    PlannedStory,
    Removal,
    Trouble,
    Twin,
    Window,
)
from tests.month.planting import plant

LATE = Fates(60, 4 * DAY, 0.06)
"""One visit is made after 72 hours."""
EARLY = Fates(4, 18 * HOUR, 0.25)
"""One visit is made after six hours, and a poll may be held up for as long."""


def make_plan(
    outlets: int, days: int, fates: Fates = LATE, seed: int = 1, *, hostile: bool = False
) -> Plan:
    """Return the plan of a seed. Outlets take the kinds in turn; troubles fall where they fall.

    With `hostile` come two more, which speak of the addresses of others.
    """
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
    plant(planned, days, fates, seed)
    if hostile:
        for outlet in plant_hostile(planned):
            _publish(outlet, days, fates.latest, chance, count(1))
            outlet.stories.sort(key=lambda story: story.at)
            planned.append(outlet)
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
