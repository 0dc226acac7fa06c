"""Which documents hold a shingle: an inverted index in arrays of fixed size.

A dict of lists takes ten times the memory. This is the hash chain of deflate (RFC 1951, section
4) with the distances of zlib: postings lie in a ring in order of arrival, and each says how far
back the previous one of its bucket lies. New postings overwrite the oldest, so nothing needs
deleting, and a chain ends where it leaves the ring.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.similarity import Hashes

Positions = npt.NDArray[np.int64]

DEEPEST = 16
"""Postings looked at in one chain, newest first: a story that a hundred outlets copied is known by
any of its copies, and what many documents hold is no longer added."""

_KEY_SHIFT = np.uint64(24)


@dataclass(frozen=True, slots=True)
class Found:
    """Postings of some hashes, as parallel arrays."""

    rows: npt.NDArray[np.int64]
    """Which of the hashes asked for."""
    slots: npt.NDArray[np.int64]
    """Which document."""
    positions: Positions
    """When it was added, counted in postings."""

    def where(self, mask: npt.NDArray[np.bool_]) -> Found:
        """Return the postings that `mask` chooses."""
        return Found(self.rows[mask], self.slots[mask], self.positions[mask])


class Postings:
    """A ring of `capacity` postings, 12 bytes each, and 4 to 8 bytes a posting for the buckets.

    A posting keeps 32 bits of its hash, and is looked for in one bucket only: of 2³² comparisons
    with another hash one comes out wrong, and it takes several to join two stories.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._keys = np.zeros(capacity, np.uint32)
        self._slots = np.zeros(capacity, np.uint32)
        self._back = np.zeros(capacity, np.uint32)
        """Distance to the previous posting of the bucket; `capacity`, which leads out of the ring,
        where there is none."""
        buckets = 1 << max(10, (capacity - 1).bit_length() - 1)
        self._bucket_mask = np.uint64(buckets - 1)
        self._heads = np.zeros(buckets, np.int64)
        """Position of the newest posting of each bucket; 0: there was none."""
        self.next = 1
        """Position of the next posting; never falls."""

    @property
    def oldest(self) -> int:
        """The oldest position that is still held."""
        return max(1, self.next - self._capacity)

    def find(self, hashes: Hashes) -> Found:
        """Return the postings of `hashes`, at most DEEPEST for each, in no order."""
        rows = np.arange(hashes.size)
        keys = _keys(hashes)
        at = self._heads[hashes & self._bucket_mask]
        found_rows, found_at = [rows[:0]], [at[:0]]
        oldest = self.oldest
        for _ in range(DEEPEST):
            held = at >= oldest
            at, rows, keys = at[held], rows[held], keys[held]
            if not at.size:
                break
            places = at % self._capacity
            same = self._keys[places] == keys
            found_rows.append(rows[same])
            found_at.append(at[same])
            at = at - self._back[places]
        positions = np.concatenate(found_at)
        slots = self._slots[positions % self._capacity].astype(np.int64)
        return Found(np.concatenate(found_rows), slots, positions)

    def add(self, slot: int, hashes: Hashes) -> None:
        """Add a document under distinct `hashes`, of which there are at most `capacity`."""
        buckets = hashes & self._bucket_mask
        order = np.argsort(buckets, kind="stable")
        buckets = buckets[order]
        positions = np.arange(self.next, self.next + hashes.size)
        previous = self._heads[buckets]
        # Two hashes of one bucket lie side by side now: the second follows the first.
        repeated = np.flatnonzero(buckets[1:] == buckets[:-1]) + 1
        previous[repeated] = positions[repeated - 1]
        places = positions % self._capacity
        distances = np.where(previous == 0, self._capacity, positions - previous)
        self._keys[places] = _keys(hashes[order])
        self._slots[places] = slot
        self._back[places] = np.minimum(distances, self._capacity)
        self._heads[buckets] = positions  # of repeated buckets numpy keeps the last, the newest
        self.next += hashes.size


def _keys(hashes: Hashes) -> npt.NDArray[np.uint32]:
    """Return bits of the hashes that are neither the bucket's nor, mostly, zero by sampling."""
    return (hashes >> _KEY_SHIFT).astype(np.uint32)
