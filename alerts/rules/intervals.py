"""Arithmetic on intervals of words: phrases, nearness, order and vetoes, all in linear time.

An interval is the positions of its first and last word. Lists of intervals are sorted and hold no
interval twice. Title and text are numbered with a gap between them that no distance bridges.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

Interval = tuple[int, int]


def phrase(positions: Sequence[Sequence[int]]) -> list[Interval]:
    """Return where words follow each other directly; `positions` lists those of each word."""
    anchor = min(range(len(positions)), key=lambda index: len(positions[index]))
    starts = {position - anchor for position in positions[anchor]}
    for offset, found in enumerate(positions):
        if offset != anchor:
            starts.intersection_update([position - offset for position in found])
    last = len(positions) - 1
    return [(start, start + last) for start in sorted(starts)]


def union(lists: Iterable[Sequence[Interval]]) -> list[Interval]:
    """Return every interval of any of the lists once."""
    return sorted({interval for intervals in lists for interval in intervals})


def near(left: Sequence[Interval], right: Sequence[Interval], distance: int) -> list[Interval]:
    """Return the intervals that take part in a pair, one of each list, at most `distance` apart.

    Neighbouring words are 1 apart. Intervals that share a word are no pair.
    """
    return union((beside(left, right, distance), beside(right, left, distance)))


def are_near(
    left: Sequence[Interval], right: Sequence[Interval], distance: int, *, in_order: bool
) -> bool:
    """Tell whether `near`, or `ordered` when the order counts, finds a pair; fast for few hits."""
    if len(left) * len(right) > _FEW_PAIRS:
        return bool(
            ordered((left, right), (distance,)) if in_order else near(left, right, distance)
        )
    for first, last in left:
        for other_first, other_last in right:
            if 1 <= other_first - last <= distance:
                return True
            if not in_order and 1 <= first - other_last <= distance:
                return True
    return False


_FEW_PAIRS = 16
"""Pairs that are sooner looked at one by one than sorted."""


def beside(ones: Sequence[Interval], others: Sequence[Interval], distance: int) -> list[Interval]:
    """Return those of `ones` that have one of `others` at most `distance` words away."""
    firsts = [first for first, _ in others]
    lasts = sorted(last for _, last in others)
    return [
        (first, last)
        for first, last in ones
        if _any_between(firsts, last + 1, last + distance)
        or _any_between(lasts, first - distance, first - 1)
    ]


def _any_between(ordered: Sequence[int], low: int, high: int) -> bool:
    at = bisect_left(ordered, low)
    return at < len(ordered) and ordered[at] <= high


def gap(left: Sequence[Interval], right: Sequence[Interval]) -> int | None:
    """Return the smallest distance between intervals of the two lists that share no word."""
    best: int | None = None
    for ones, others in ((left, right), (right, left)):
        firsts = [first for first, _ in others]
        for _, last in ones:
            at = bisect_right(firsts, last)
            if at < len(firsts) and (best is None or firsts[at] - last < best):
                best = firsts[at] - last
    return best


def ordered(lists: Sequence[Sequence[Interval]], distances: Sequence[int]) -> list[Interval]:
    """Return the intervals of chains that take one of each list, in order.

    Each begins after the one before it ends, by at most the distance between them.
    """
    reached = [list(lists[0])]
    for intervals, distance in zip(lists[1:], distances, strict=True):
        lasts = sorted(last for _, last in reached[-1])
        reached.append(
            [
                (first, last)
                for first, last in intervals
                if _any_between(lasts, first - distance, first - 1)
            ]
        )
    kept = [reached[-1]]
    for intervals, distance in zip(reached[-2::-1], reversed(distances), strict=True):
        firsts = [first for first, _ in kept[-1]]
        kept.append(
            [
                (first, last)
                for first, last in intervals
                if _any_between(firsts, last + 1, last + distance)
            ]
        )
    return union(kept)


def without(intervals: Sequence[Interval], vetoes: Sequence[Interval]) -> list[Interval]:
    """Return the intervals that share no word with any of `vetoes`."""
    covered = sorted(vetoes)
    reach: list[int] = []  # the last word covered by any veto up to here
    for _, last in covered:
        reach.append(last if not reach or last > reach[-1] else reach[-1])
    firsts = [first for first, _ in covered]
    kept = []
    for first, last in intervals:
        begun = bisect_right(firsts, last)
        if begun == 0 or reach[begun - 1] < first:
            kept.append((first, last))
    return kept
