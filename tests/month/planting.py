"""Plants into a plan what outlets do wrong without being down; the rest stays as it is."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import count, cycle

from tests.month.outlets import (
    DAY,
    HOUR,
    MINUTE,
    START,
    Bait,
    Closed,
    Fates,
    Kind,
    Lastmods,
    Outage,
    PlannedOutlet,
    PlannedStory,
    Stand,
)

OLD = 800 * DAY
"""How old the items of an archive are."""
_OPENS = 0.7
"""Share of the closed pages that open."""
_BACK = 8 * HOUR
_LISTED_AT_FIRST, _LISTED_ANEW, _RECENT = 4, 5, 5
_BAITS = (Bait.COMMENTS, Bait.SECTION, Bait.DEAD, Bait.EMPTY, Bait.MISSING, None)
_LASTMODS = (Lastmods.NEWEST_FIRST, Lastmods.FROZEN, Lastmods.OLD, None)


def plant(outlets: list[PlannedOutlet], days: int, fates: Fates, seed: int) -> None:
    """Give each outlet habits by its turn, and some of its stories."""
    chance = random.Random(f"habits {seed}")  # noqa: S311 - a plan, not a secret
    reasons = cycle(Closed)
    for number, outlet in enumerate(outlets):
        _lists(outlet, number)
        _archive(outlet, number, days, chance)
        _outage(outlet, number, days, chance)
        _stories(outlet, fates, chance, reasons)
        outlet.stories.sort(key=lambda story: story.at)


def _lists(outlet: PlannedOutlet, number: int) -> None:
    turn = number // 6
    if outlet.kind is Kind.HOMEPAGE:
        outlet.bait = _BAITS[turn % len(_BAITS)]
        outlet.names_good_feed = outlet.bait is None or turn % 2 == 0
        if not outlet.names_good_feed:
            outlet.moved_at = None  # there is no feed to move
    elif outlet.kind is Kind.SITEMAP:
        outlet.lastmods = _LASTMODS[turn % len(_LASTMODS)]
    elif outlet.kind is Kind.FEED:
        outlet.leaves_tags_open = number % 12 in (1, 7)


def _archive(outlet: PlannedOutlet, number: int, days: int, chance: random.Random) -> None:
    """List what is old: at the first poll, or in the middle of the month."""
    if outlet.kind is not Kind.FEED:
        return
    if number % 12 in (0, 3):  # not where dates are off: old ones are right
        first, size = START - 3 * DAY, _LISTED_AT_FIRST
    elif number % 12 in (7, 9):
        first, size = START + chance.uniform(0.3, 0.8) * days * DAY, _LISTED_ANEW
    else:
        return
    numbers = count(len(outlet.stories) + 1)
    outlet.stories += [
        PlannedStory(
            f"{outlet.name}x{next(numbers)}",
            first + n * MINUTE,
            dated=first - OLD + n * DAY,
        )
        for n in range(size)
    ]
    if first < START:  # a list of nothing but what is old is that of an outlet that gave up
        outlet.stories += [
            PlannedStory(f"{outlet.name}x{next(numbers)}", START - n * 5 * HOUR)
            for n in range(1, 1 + _RECENT)
        ]


def _outage(outlet: PlannedOutlet, number: int, days: int, chance: random.Random) -> None:
    """Put one page in the place of all articles for some hours, while lists go on."""
    if number % 4 == 1:
        start = START + chance.uniform(0.3, 0.8) * days * DAY
        end = start + chance.uniform(1.5, 4) * HOUR
        outlet.outages.append(Outage(chance.choice(list(Stand)), start, end))


def _stories(
    outlet: PlannedOutlet, fates: Fates, chance: random.Random, reasons: Iterator[Closed]
) -> None:
    for place, story in enumerate(outlet.stories):
        fate = chance.random()
        if _never_seen(outlet, story):
            outlet.stories[place] = replace(story, removal=None)
        if not story.is_plain or outlet.trouble(story.at) is not None:
            continue
        if fate < fates.habits:
            outlet.stories[place] = replace(story, flips=True)
        elif fate < 2 * fates.habits and outlet.kind is Kind.FEED:
            opens = story.at + chance.uniform(0.5, fates.latest) * HOUR
            closed = next(reasons)
            outlet.stories[place] = replace(
                story, closed=closed, opens_at=opens if chance.random() < _OPENS else None
            )


def _never_seen(outlet: PlannedOutlet, story: PlannedStory) -> bool:
    """Tell whether a story is gone before anybody could see it; after a trouble polls are rare."""
    spans = [(w.start, w.end) for w in outlet.windows] + [(o.start, o.end) for o in outlet.outages]
    return story.removal is not None and any(
        start - HOUR <= story.at < end and story.removal[0] < end + _BACK for start, end in spans
    )
