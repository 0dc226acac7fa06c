"""Which sitemaps of an index are read in a poll, and why. Pure.

An index says when each of its parts changed, and many say it wrongly: all with one date, that of
the last night, or none since the site was built. So what an index says counts while it tells parts
apart, where new pages appeared before counts always, and every part has its turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.sitemap_memory import PartMemory

MOST_AT_FIRST = 100
"""Parts read in the first poll of an index: what is not read once cannot be told from what is
new."""
MOST = 8
"""Parts asked for in one poll. Most of them have not changed and cost no more than the asking."""
ALWAYS = 4
"""Parts read in any poll, however many pages they hold."""
SMALL = 10_000
"""Pages of all parts together up to which as many are asked for as may be, changed or not."""
PAGES_AT_FIRST = 200_000
PAGES = 50_000
"""Pages after which a poll asks for no more parts."""
PATIENCE = 3
"""Failed readings in a row after which a part that was never read is not waited for."""
_MOST_BUSY = 3
_MOST_CHANGED = 4
_TURNS = 2
"""Parts whose turn it is in each poll while the index tells which have changed."""


class PartReason(StrEnum):
    """Why a part is read."""

    APPEARED = "appeared"
    """The index did not name it before."""
    BUSY = "busy"
    """New pages appeared in it before."""
    CHANGED = "changed"
    """The index says that it changed, and that others did not."""
    UNREAD = "unread"
    """It has not been read yet."""
    TURN = "turn"
    """It was not asked for the longest."""


@dataclass(frozen=True, slots=True)
class ListedPart:
    """A part as its index names it now."""

    url: str
    last_modified: datetime | None
    memory: PartMemory | None
    """As it was last seen; None when the index did not name it before."""


@dataclass(frozen=True, slots=True)
class ChosenPart:
    """A part to read."""

    part: ListedPart
    reason: PartReason


def choose_parts(parts: Sequence[ListedPart], *, first: bool) -> list[ChosenPart]:
    """Return the parts to read, in order; `parts` come with the likeliest first, by their names.

    At the first reading of an index they are taken in that order. Later the part where pages
    appeared last comes first, then one whose turn it is, so that none is kept waiting for ever.
    """
    if first:
        return [ChosenPart(part, PartReason.UNREAD) for part in parts[:MOST_AT_FIRST]]
    tells = _tells_changes(parts)
    chosen: dict[str, ChosenPart] = {}

    def take(candidates: Iterable[ListedPart], reason: PartReason, most: int) -> None:
        left = min(most, MOST - len(chosen))
        for part in candidates:
            if left <= 0:
                return
            if part.url not in chosen:
                chosen[part.url] = ChosenPart(part, reason)
                left -= 1

    appeared = [part for part in parts if _is_unread_news(part.memory)]
    busy = _busiest(parts)
    unread = [part for part in parts if part.memory and is_awaited(part.memory)]
    turn = sorted((part for part in parts if part.memory), key=_last_asked)
    small = sum(part.memory.pages for part in parts if part.memory) <= SMALL
    take(busy, PartReason.BUSY, 1)
    take(appeared, PartReason.APPEARED, MOST // 2)
    take(unread, PartReason.UNREAD, 1)
    take(turn, PartReason.TURN, 1)
    take(busy, PartReason.BUSY, _MOST_BUSY - 1)
    if tells:
        take((part for part in parts if _changed(part)), PartReason.CHANGED, _MOST_CHANGED)
    take(unread, PartReason.UNREAD, MOST)
    take(turn, PartReason.TURN, MOST if small or not tells else _TURNS - 1)
    return list(chosen.values())


def is_awaited(memory: PartMemory) -> bool:
    """Tell whether a part that may hold old pages has not been read yet, and can be."""
    unread = memory.read_at is None and not memory.appeared
    return unread and memory.failures < PATIENCE and memory.gone_at is None


def _is_unread_news(memory: PartMemory | None) -> bool:
    return memory is None or (memory.appeared and memory.read_at is None)


def _busiest(parts: Sequence[ListedPart]) -> list[ListedPart]:
    """Return the parts where new pages appeared, the last first; then by their newest pages."""
    seen = [(part, part.memory) for part in parts if part.memory is not None]
    new = sorted(
        ((memory.new_at, part) for part, memory in seen if memory.new_at),
        key=lambda pair: pair[0],
        reverse=True,
    )
    dated = sorted(
        ((memory.newest, part) for part, memory in seen if memory.newest and not memory.new_at),
        key=lambda pair: pair[0],
        reverse=True,
    )
    return [part for _, part in (*new, *dated)]


def _tells_changes(parts: Sequence[ListedPart]) -> bool:
    """Tell whether the dates in the index set some parts apart from the others."""
    said = {part.last_modified for part in parts}
    if None in said or len(said) < 2:
        return False
    seen = [part for part in parts if part.memory is not None]
    return 2 * sum(map(_changed, seen)) <= len(seen)


def _changed(part: ListedPart) -> bool:
    return part.memory is not None and part.last_modified != part.memory.last_modified


def _last_asked(part: ListedPart) -> float:
    asked = part.memory.asked_at if part.memory else None
    return asked.timestamp() if asked else 0.0
