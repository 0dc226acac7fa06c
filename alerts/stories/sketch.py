"""The sample of an article's shingles that is kept in its place: about 1.2 kB for 600 words."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.similarity import Hashes, shingles

LEVELS = 24
"""Sampling levels there are. At level n a hash is kept when its first n bits are zero, one in 2ⁿ;
whatever two sketches hold at the higher of their levels is the same sample of both texts, so
counts there estimate containment without bias (Broder's "mod p" sampling with p a power of two).
The last level suffices for ten thousand million words."""

FINE_HASHES = 160
"""A short text is kept whole up to this many shingles: a news flash has none to spare."""

COMMON_LEVEL = 2
"""The level of ordinary articles, one shingle in four: a lead of 40 words out of any of them still
shows nine. The error of a containment of .4 between articles of 600 words is .04."""

MOST_HASHES = 2_000
"""Hashes kept of the longest texts, 16 kB; ordinary sampling is enough up to 8,000 words."""

_LIMITS = np.array([(1 << (64 - level)) - 1 for level in range(LEVELS)], np.uint64)
"""The greatest hash that is kept at each level."""

_HEADER = struct.Struct("<BBI")
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Sketch:
    """A sample of the shingles of one text."""

    level: int
    """One shingle in 2 to the power of `level` is kept."""
    shingles: int
    """Distinct shingles of the whole text: about its words less three."""
    packed: bytes
    """The hashes kept, ascending, each as 8 bytes, the lowest first."""

    @classmethod
    def of(cls, text: str) -> Sketch:
        """Return the sketch of a text. The cost is that of its shingles: 0.25 ms for 600 words."""
        hashes = shingles(text)
        counts = counts_by_level(hashes)
        level = 0
        while counts[level] > (FINE_HASHES if level < COMMON_LEVEL else MOST_HASHES):
            level += 1
        return cls(level, hashes.size, hashes[: counts[level]].astype("<u8").tobytes())

    @property
    def hashes(self) -> Hashes:
        """The hashes kept, ascending; read-only."""
        return np.frombuffer(self.packed, "<u8").astype(np.uint64, copy=False)

    def to_bytes(self) -> bytes:
        """Return the sketch as bytes for storage: 6 and 8 for each hash."""
        return _HEADER.pack(_FORMAT, self.level, self.shingles) + self.packed

    @classmethod
    def from_bytes(cls, data: bytes) -> Sketch:
        """Return the sketch that `to_bytes` wrote. Raises ValueError where it cannot have."""
        if len(data) < _HEADER.size or (len(data) - _HEADER.size) % 8:
            raise ValueError(f"{len(data)} bytes cannot be a sketch")
        form, level, count = _HEADER.unpack_from(data)
        if form != _FORMAT or level >= LEVELS:
            raise ValueError(f"not a sketch of format {_FORMAT}: format {form}, level {level}")
        sketch = cls(level, count, bytes(data[_HEADER.size :]))
        hashes = sketch.hashes
        if hashes.size > count or hashes.size > MOST_HASHES:
            raise ValueError(f"a sketch of {count} shingles cannot hold {hashes.size}")
        if hashes.size and (hashes[-1] > _LIMITS[level] or np.any(hashes[1:] <= hashes[:-1])):
            raise ValueError("the hashes of a sketch must ascend and be of its level")
        return sketch


def counts_by_level(hashes: Hashes) -> npt.NDArray[np.int64]:
    """Return how many of the ascending `hashes` are kept at each level."""
    return np.searchsorted(hashes, _LIMITS, side="right").astype(np.int64, copy=False)
