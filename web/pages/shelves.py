"""The shelves that stories lie on, as tabs with how many lie there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from core.words import worded
from desk import overview
from desk.stories import Shelf
from web.frame import shown_count
from web.visit import Visit

_NAMES = {
    Shelf.OPEN: worded("Open"),
    Shelf.TAKEN: worded("Taken on"),
    Shelf.LATER: worded("Put off"),
    Shelf.CLOSED: worded("Closed"),
}


@dataclass(frozen=True, slots=True)
class ShelfTab:
    """A shelf, and the address of its list."""

    label: str
    count: str
    address: str
    current: bool


def shelves(visit: Visit) -> tuple[ShelfTab, ...]:
    """Return the shelves; the one that the address names is the current one."""
    chosen = visit.query.get("shelf")
    current = chosen if chosen in set(Shelf) else Shelf.OPEN.value
    return tuple(
        ShelfTab(
            label=visit.words(name),
            # How much was ever closed is nobody's question, and dear to count.
            count=""
            if shelf is Shelf.CLOSED
            else shown_count(overview.shelf_count(visit.desk, shelf)),
            address=visit.address(shelf=shelf.value, before=None, did=None, of=None, at=None),
            current=shelf == current,
        )
        for shelf, name in _NAMES.items()
    )


def shelves_at(visit: Visit, address: str) -> tuple[ShelfTab, ...]:
    """Return the shelves of the list at an address of ours, for a form that stands there."""
    path, _, query = address.partition("?")
    return shelves(replace(visit, path=path, query=dict(parse_qsl(query))))
