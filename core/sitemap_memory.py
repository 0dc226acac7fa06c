"""What is remembered of sitemaps: which pages each of them has listed, and when it was read.

A page is told from one seen before by a mark of eight bytes, since an archive lists a hundred
thousand addresses of which none is ever followed.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b

from core.sources import Validators

MARK_BYTES = 8
"""Two of a million addresses have one mark with a chance of one in 37 million."""
Mark = int


def mark_of(key: str) -> Mark:
    """Return what stands for a canonical address among those that were listed.

    A site that moves to https, to another of `www` and bare host, or to a final slash lists all its
    pages anew, and none of them is: such twins have one mark.
    """
    bare = (key.partition("://")[2] or key).removeprefix("www.").rstrip("/")
    digest = blake2b(bare.encode("utf-8", "surrogatepass"), digest_size=MARK_BYTES).digest()
    return int.from_bytes(digest, "little")


def pack_marks(marks: Iterable[Mark]) -> bytes:
    """Return marks as bytes, sorted, the least significant byte first on every machine."""
    packed = array("Q", sorted(marks))
    if sys.byteorder == "big":
        packed.byteswap()
    return packed.tobytes()


def unpack_marks(packed: bytes) -> frozenset[Mark]:
    """Return the marks that `pack_marks` made bytes of."""
    marks = array("Q", packed[: len(packed) // MARK_BYTES * MARK_BYTES])
    if sys.byteorder == "big":
        marks.byteswap()
    return frozenset(marks)


@dataclass(frozen=True, slots=True)
class PartMarks:
    """The pages that a sitemap has listed."""

    old: frozenset[Mark] = frozenset()
    """Those that were there when it was first read, or are known and not followed; never
    forgotten."""
    seen: frozenset[Mark] = frozenset()
    """Of its last reading those that are on record elsewhere: as entries, or as old of another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartMemory:
    """A sitemap, by itself or of an index, as it was last seen."""

    url: str
    listed_at: datetime
    """When the index first named it."""
    last_modified: datetime | None = None
    """When it last changed, as the index said when it was last read."""
    appeared: bool = False
    """Whether the index was known when it began to name it: then none of its pages is old."""
    gone_at: datetime | None = None
    """Since when the index no longer names it."""
    asked_at: datetime | None = None
    read_at: datetime | None = None
    """When its bytes last came, changed or not; None until then."""
    new_at: datetime | None = None
    """When an address last appeared in it that was new."""
    newest: datetime | None = None
    """The latest date of a page in it that is not ahead of us."""
    failures: int = 0
    """Readings in a row that failed."""
    is_index: bool = False
    """Whether it names sitemaps itself."""
    remembers: bool = True
    """Whether its pages are remembered: an outlet may have more than are worth it."""
    pages: int = 0
    """How many it listed."""
    old: int = 0
    """How many of them count as old."""
    validators: Validators = field(default_factory=Validators)


@dataclass(frozen=True, slots=True)
class KeptPart:
    """A sitemap as it is to be remembered."""

    memory: PartMemory
    marks: PartMarks | None = None
    """None keeps what is stored."""
