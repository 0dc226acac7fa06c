"""Rules as trees that can be judged: operators here, what they stand on in leaves.py.

A node answers three questions. Does it hold? Where are its hits (for NEAR and for highlights)?
And which words must an article hold for it to come true, so that the rule need not be looked at
without them?
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from typing_extensions import override

from alerts.rules import intervals
from alerts.rules.intervals import Interval
from alerts.rules.scan import Scan
from core.alerting.matches import SpanKind

Clause = frozenset[int]
"""Numbers of patterns of which at least one must be found."""

Weigh = Callable[[Clause], float]
"""How many articles a clause is expected to let through, in any unit."""


class Filing:
    """Works out under which words rules are filed, by weights of their clauses.

    Rules share their concepts, and concepts stand on one another: each is worked out once.
    """

    def __init__(self, weigh: Weigh) -> None:
        self._weigh = weigh
        self._weights: dict[Clause, float] = {}
        self._known: dict[tuple[int, bool], tuple[Node, list[Clause]]] = {}

    def weigh(self, clause: Clause) -> float:
        """Return how many articles a clause is expected to let through."""
        weight = self._weights.get(clause)
        if weight is None:
            weight = self._weights[clause] = self._weigh(clause)
        return weight

    def clauses(self, node: Node, *, wanted: bool = True) -> list[Clause]:
        """Return clauses that each must be met for `node` to come out as `wanted`."""
        key = (id(node), wanted)
        known = self._known.get(key)
        if known is None:  # the node is kept, or another could come to have its id
            known = self._known[key] = (node, node.clauses(self, wanted=wanted))
        return known[1]

    def lightest(self, node: Node, *, wanted: bool) -> Clause | None:
        """Return the clause of `node` that lets through the fewest articles."""
        return min(self.clauses(node, wanted=wanted), key=self.weigh, default=None)

    def some(self, nodes: Sequence[Node], *, wanted: bool = True) -> list[Clause]:
        """Return clauses that must be met for any of `nodes` to come out as `wanted`."""
        best = [self.lightest(node, wanted=wanted) for node in nodes]
        known = [clause for clause in best if clause is not None]
        return [frozenset(chain(*known))] if len(known) == len(best) else []


class Node(ABC):
    """A part of a rule. Nodes do not change once made and may be shared between rules."""

    expression: str
    """As it was written."""
    children: tuple[Node, ...] = ()

    @abstractmethod
    def holds(self, scan: Scan) -> bool:
        """Tell whether this is true of the article."""

    @abstractmethod
    def hits(self, scan: Scan) -> Sequence[Interval]:
        """Return where this was found; nothing for what has no place in the article."""

    @abstractmethod
    def clauses(self, filing: Filing, *, wanted: bool = True) -> list[Clause]:
        """Return clauses that each must be met for this to come out as `wanted`.

        Those of what it stands on are asked of `filing`, which knows them from the last time.
        """

    @abstractmethod
    def anchored(self, *, wanted: bool = True) -> bool:
        """Tell whether coming out as `wanted` takes something that is found in the article."""

    @abstractmethod
    def evidence(
        self, scan: Scan, *, wanted: bool = True
    ) -> Iterator[tuple[Leaf, Sequence[Interval]]]:
        """Yield the leaves whose presence made this come out as `wanted`, with their hits.

        Assumes that it did come out so. Leaves that had to be absent are not among them.
        """


class Leaf(Node):
    """What operators stand on. Equal leaves of a rule set share one object and number."""

    number: int
    label: str
    """What a highlight of it is called."""
    kind: SpanKind = SpanKind.TERM
    """What a highlight of it marks."""

    @property
    def base(self) -> Leaf:
        """The leaf itself, when this is one that is looked for in a part of the article only."""
        return self

    @property
    def labels(self) -> tuple[str, ...]:
        """What highlights of it and of its members are called."""
        return (self.label,)

    @override
    def evidence(
        self, scan: Scan, *, wanted: bool = True
    ) -> Iterator[tuple[Leaf, Sequence[Interval]]]:
        if wanted:
            yield self, self.hits(scan)

    @override
    def anchored(self, *, wanted: bool = True) -> bool:
        return wanted


class Operator(Node):
    """A node over others."""

    def __init__(self, children: Sequence[Node], expression: str) -> None:
        self.children = tuple(children)
        self.expression = expression

    @override
    def hits(self, scan: Scan) -> Sequence[Interval]:
        return intervals.union(child.hits(scan) for child in self.children)


class All(Operator):
    """AND."""

    @override
    def holds(self, scan: Scan) -> bool:
        for child in self.children:  # noqa: SIM110  `all` with a generator takes twice as long
            if not child.holds(scan):
                return False
        return True

    @override
    def hits(self, scan: Scan) -> Sequence[Interval]:
        return super().hits(scan) if self.holds(scan) else ()

    @override
    def clauses(self, filing: Filing, *, wanted: bool = True) -> list[Clause]:
        return _every(self, filing, wanted) if wanted else filing.some(self.children, wanted=wanted)

    @override
    def anchored(self, *, wanted: bool = True) -> bool:
        return (any if wanted else all)(child.anchored(wanted=wanted) for child in self.children)

    @override
    def evidence(
        self, scan: Scan, *, wanted: bool = True
    ) -> Iterator[tuple[Leaf, Sequence[Interval]]]:
        return _evidence_of_parts(self, scan, wanted)


class Any(Operator):
    """OR."""

    @override
    def holds(self, scan: Scan) -> bool:
        return any(child.holds(scan) for child in self.children)

    @override
    def clauses(self, filing: Filing, *, wanted: bool = True) -> list[Clause]:
        return filing.some(self.children, wanted=wanted) if wanted else _every(self, filing, wanted)

    @override
    def anchored(self, *, wanted: bool = True) -> bool:
        return (all if wanted else any)(child.anchored(wanted=wanted) for child in self.children)

    @override
    def evidence(
        self, scan: Scan, *, wanted: bool = True
    ) -> Iterator[tuple[Leaf, Sequence[Interval]]]:
        return _evidence_of_parts(self, scan, wanted)


class AtLeast(Operator):
    """A number of its children, whichever."""

    def __init__(self, count: int, children: Sequence[Node], expression: str) -> None:
        super().__init__(children, expression)
        self.count = count

    @override
    def holds(self, scan: Scan) -> bool:
        missing_allowed = len(self.children) - self.count
        for child in self.children:
            if not child.holds(scan):
                missing_allowed -= 1
                if missing_allowed < 0:
                    return False
        return True

    @override
    def clauses(self, filing: Filing, *, wanted: bool = True) -> list[Clause]:
        if not wanted:
            return []
        if self.count == len(self.children):
            return _every(self, filing, wanted)
        best = [filing.lightest(child, wanted=wanted) for child in self.children]
        known = sorted((clause for clause in best if clause is not None), key=filing.weigh)
        # Of any `len - count + 1` children at least one is among the `count` that hold.
        enough = len(self.children) - self.count + 1
        return [frozenset(chain(*known[:enough]))] if len(known) >= enough else []

    @override
    def anchored(self, *, wanted: bool = True) -> bool:
        if wanted:
            return sum(not child.anchored() for child in self.children) < self.count
        failing = len(self.children) - self.count + 1
        return sum(not child.anchored(wanted=False) for child in self.children) < failing

    @override
    def evidence(
        self, scan: Scan, *, wanted: bool = True
    ) -> Iterator[tuple[Leaf, Sequence[Interval]]]:
        return _evidence_of_parts(self, scan, wanted)


class Not(Operator):
    """NOT."""

    def __init__(self, child: Node, expression: str) -> None:
        super().__init__((child,), expression)

    @override
    def holds(self, scan: Scan) -> bool:
        return not self.children[0].holds(scan)

    @override
    def hits(self, scan: Scan) -> Sequence[Interval]:
        return ()

    @override
    def clauses(self, filing: Filing, *, wanted: bool = True) -> list[Clause]:
        return filing.clauses(self.children[0], wanted=not wanted)

    @override
    def anchored(self, *, wanted: bool = True) -> bool:
        return self.children[0].anchored(wanted=not wanted)

    @override
    def evidence(
        self, scan: Scan, *, wanted: bool = True
    ) -> Iterator[tuple[Leaf, Sequence[Interval]]]:
        return self.children[0].evidence(scan, wanted=not wanted)


class Near(Operator):
    """NEAR or ONEAR over a chain of operands."""

    def __init__(
        self, children: Sequence[Node], distances: Sequence[int], expression: str, *, ordered: bool
    ) -> None:
        super().__init__(children, expression)
        self.distances = tuple(distances)
        self.ordered = ordered

    @override
    def holds(self, scan: Scan) -> bool:
        if len(self.children) > 2:
            return bool(self.hits(scan))
        left = self.children[0].hits(scan)
        right = self.children[1].hits(scan) if left else ()
        if not right:
            return False
        return intervals.are_near(left, right, self.distances[0], in_order=self.ordered)

    @override
    def hits(self, scan: Scan) -> Sequence[Interval]:
        """Return the hits of all operands that take part."""
        found = []
        for child in self.children:
            hits = child.hits(scan)
            if not hits:
                return ()
            found.append(hits)
        return self.taking_part(found)

    def taking_part(self, found: Sequence[Sequence[Interval]]) -> Sequence[Interval]:
        """Return those of `found`, the hits of each operand, that are near enough."""
        if self.ordered:
            return intervals.ordered(found, self.distances)
        together = found[0]
        for hits, distance in zip(found[1:], self.distances, strict=True):
            together = intervals.near(together, hits, distance)
        return together

    @override
    def clauses(self, filing: Filing, *, wanted: bool = True) -> list[Clause]:
        return _every(self, filing, wanted) if wanted else []

    @override
    def anchored(self, *, wanted: bool = True) -> bool:
        return wanted

    @override
    def evidence(
        self, scan: Scan, *, wanted: bool = True
    ) -> Iterator[tuple[Leaf, Sequence[Interval]]]:
        if not wanted:
            return
        taking_part = set(self.hits(scan))
        for child in self.children:
            for leaf, hits in child.evidence(scan):
                kept = [interval for interval in hits if interval in taking_part]
                if kept:
                    yield leaf, kept


class Beside(Near):
    """BESIDE: the first operand where each of the others is near it."""

    def __init__(self, children: Sequence[Node], distances: Sequence[int], expression: str) -> None:
        super().__init__(children, distances, expression, ordered=False)

    @override
    def holds(self, scan: Scan) -> bool:
        return bool(self.hits(scan))

    @override
    def taking_part(self, found: Sequence[Sequence[Interval]]) -> Sequence[Interval]:
        kept = found[0]
        for hits, distance in zip(found[1:], self.distances, strict=True):
            kept = intervals.beside(kept, hits, distance)
        return kept


def _every(node: Operator, filing: Filing, wanted: bool) -> list[Clause]:
    return [clause for child in node.children for clause in filing.clauses(child, wanted=wanted)]


def _evidence_of_parts(
    node: Operator, scan: Scan, wanted: bool
) -> Iterator[tuple[Leaf, Sequence[Interval]]]:
    for child in node.children:
        if child.holds(scan) is wanted:
            yield from child.evidence(scan, wanted=wanted)
