"""Outlets that speak of the addresses of others: of what is to come, of what is not theirs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from tests.month.outlets import DAY, MINUTE, Hostile, Kind, PlannedOutlet, PlannedStory

FALSE_TITLE = "The council was dissolved"
_FALSE_DATE = "Wed, 03 Jan 2001 10:00:00 +0000"
_FORETOLD = 3 * DAY
_STOLEN = 10
_LATER = 60 * MINUTE
"""A list that is read every half an hour shows the stolen address well before."""


def plant_hostile(outlets: Sequence[PlannedOutlet]) -> list[PlannedOutlet]:
    """Return two hostile outlets without stories of their own, and choose their victims."""
    foretold = [_first(outlets, Kind.FEED), _first(outlets, Kind.SITEMAP)]
    rest = [outlet for outlet in outlets if outlet not in foretold]
    robbed = [_first(rest, Kind.FEED), _first(rest, Kind.PAGE)]
    for outlet in robbed:
        outlet.lists_after = _LATER
    return [
        PlannedOutlet(
            f"o{len(outlets) + n:02}",
            Kind.FEED,
            4,
            hostile=how,
            victims=tuple(victim.name for victim in victims),
        )
        for n, (how, victims) in enumerate(
            ((Hostile.FORETELLS, foretold), (Hostile.STEALS, robbed))
        )
    ]


def about_others(
    outlet: PlannedOutlet, victims: Sequence[tuple[str, PlannedOutlet]], now: datetime
) -> str:
    """Return the items of a hostile feed; each victim comes with its address."""
    return "".join(
        f"<item><title>{FALSE_TITLE} {story.id[::-1]}</title><link>{url}{story.path}</link>"
        f"<pubDate>{_FALSE_DATE}</pubDate></item>"
        for url, victim in victims
        for story in _spoken_of(outlet, victim, now)
    )


def _spoken_of(
    outlet: PlannedOutlet, victim: PlannedOutlet, now: datetime
) -> Iterator[PlannedStory]:
    if outlet.hostile is Hostile.FORETELLS:
        yield from [s for s in victim.stories if now < s.at <= now + _FORETOLD][:_STOLEN]
    else:
        yield from [s for s in victim.stories if s.at <= now and s.dated is None][-_STOLEN:]


def _first(outlets: Sequence[PlannedOutlet], kind: Kind) -> PlannedOutlet:
    return next(outlet for outlet in outlets if outlet.kind is kind)
