"""What lists have in common: tabs, choices to narrow by, and where the next page begins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from web.frame import shown_count
from web.visit import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One of the kinds that a list is divided into."""

    value: str
    label: str
    count: str
    address: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A field to narrow a list by."""

    name: str
    label: str
    chosen: str
    options: tuple[tuple[str, str], ...]
    """The value and its words."""


def tabs(
    visit: Visit, current: str, entries: Iterable[tuple[str, str, int | None]]
) -> tuple[Tab, ...]:
    """Return tabs from (value, label, count); the first is what the bare address shows."""
    return tuple(
        Tab(
            value=value,
            label=label,
            count="" if count is None else shown_count(count),
            address=visit.address(show=value if number else None, before=None, did=None),
            current=value == current,
        )
        for number, (value, label, count) in enumerate(entries)
    )


def choice(visit: Visit, name: str, label: str, options: Iterable[tuple[str, str]]) -> Choice:
    """Return a field with what the address chose."""
    return Choice(name=name, label=label, chosen=visit.query.get(name, ""), options=tuple(options))
