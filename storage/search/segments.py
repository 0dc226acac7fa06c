"""Which part of an index a version goes to: a part is a stretch of ids, of about a month."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from core.searching import IndexedVersion

_BACK = timedelta(days=2)
"""Versions are fetched side by side, so one of the last month may come with those of the next. Only
one that is farther back tells that a clock which ran ahead was set right."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of an index. Its ids are later than those of all parts with a smaller number."""

    number: int
    month: str
    """`2026-11`: of its first version."""
    first_id: int
    last_id: int
    filled_to: int
    """The id up to which it holds its versions; behind the last while it is made anew."""
    latest: datetime
    """When the latest of its versions was fetched."""
    versions: int = 0
    closed: bool = False
    """Whether it was put in order after its last version."""

    def takes(self, at: datetime) -> bool:
        """Tell whether a version that comes next, fetched at a moment, goes to this part."""
        begins = datetime.strptime(self.month, "%Y-%m").replace(tzinfo=UTC)
        return _month(at) == self.month or begins - _BACK <= at < begins


def spread(
    items: Iterable[IndexedVersion], last: Segment | None
) -> Iterator[tuple[Segment, list[IndexedVersion]]]:
    """Yield the parts that versions go to, as they are with them, and which go to each.

    `last` is the part that the last versions went to.
    """
    batch: list[IndexedVersion] = []
    for item in items:
        if last is None or not last.takes(item.at):
            if last is not None and batch:
                yield last, batch
            number = 1 if last is None else last.number + 1
            last = Segment(number, _month(item.at), item.version_id, 0, 0, item.at)
            batch = []
        batch.append(item)
        last = replace(
            last,
            last_id=max(last.last_id, item.version_id),
            filled_to=item.version_id,
            latest=max(last.latest, item.at),
            versions=last.versions + 1,
        )
    if last is not None and batch:
        yield last, batch


def _month(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m}"
