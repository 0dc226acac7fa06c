"""What is kept of sitemaps once it is known which of their pages were taken. Pure.

A page that was left for the next poll must be new again then: it is not remembered, and its
sitemap is read again whatever the server says of changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.sitemap_memory import KeptPart, Mark, PartMarks, PartMemory
from core.sources import Validators


@dataclass(frozen=True, slots=True)
class ReadPart:
    """A sitemap as a poll found it."""

    memory: PartMemory
    marks: PartMarks | None = None
    """What it listed that was known before, or counts as old; None when it was not read."""
    announced: frozenset[Mark] = frozenset()
    """What it listed of which it is still to be decided whether it is taken."""
    first: bool = False
    """Whether it was read for the first time: then what came in it says nothing of later."""


def settled(
    parts: Sequence[ReadPart], taken: frozenset[Mark], came: frozenset[Mark], now: datetime
) -> list[KeptPart]:
    """Return what is remembered. Of the announced, `taken` were recorded and `came` were new."""
    return [_settled(part, taken, came, now) for part in parts]


def _settled(
    part: ReadPart, taken: frozenset[Mark], came: frozenset[Mark], now: datetime
) -> KeptPart:
    memory, marks = part.memory, part.marks
    if marks is None:
        return KeptPart(memory)
    if part.announced - taken:
        memory = replace(memory, validators=Validators())
    if part.announced & came and not part.first:
        memory = replace(memory, new_at=now)
    if not memory.remembers:
        return KeptPart(memory, PartMarks())
    return KeptPart(memory, PartMarks(marks.old, marks.seen | (part.announced & taken)))
