"""Finds the few rules out of very many that an article can fire, from the words it holds.

A rule comes true only when each of its clauses is met: when at least one of the clause's words is
found. Every rule is filed under the words of its rarest clause and is looked at only when one of
them turns up. Where that still leaves many candidates, their other clauses are checked for all of
them at once, with arrays instead of trees.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

import numpy as np
import numpy.typing as npt

from alerts.rules.tree import Clause, Weigh

DENSE = 100
"""Candidates above which arrays are faster than judging each; measured by `make bench-rules`."""

_CHECKED = 3
"""Clauses of a rule that the dense check looks at, the rarest first."""

_Indexes = npt.NDArray[np.int32]


class Percolator:
    """Rules by the words that wake them. Rules are numbered as they were given."""

    def __init__(self, clauses_of_rules: Iterable[Sequence[Clause]], weigh: Weigh) -> None:
        filed: list[defaultdict[int, list[int]]] = [defaultdict(list) for _ in range(_CHECKED)]
        self._always: list[int] = []
        count = 0
        for rule, clauses in enumerate(clauses_of_rules):
            count += 1
            rarest_first = sorted(clauses, key=weigh)[:_CHECKED]
            if not rarest_first:
                self._always.append(rule)
            for level, clause in zip(filed, rarest_first, strict=False):
                for number in clause:
                    level[number].append(rule)
        self._count = count
        self._woken: dict[int, list[int]] = dict(filed[0])
        self._levels: list[dict[int, _Indexes]] = [
            {number: np.array(rules, dtype=np.int32) for number, rules in level.items()}
            if count > DENSE
            else {}
            for level in filed
        ]
        self._free = [self._without(level) for level in filed[1:]] if count > DENSE else []

    def _without(self, level: dict[int, list[int]]) -> npt.NDArray[np.bool_]:
        """Return a mark for every rule that has no clause on this level."""
        free = np.ones(self._count, dtype=np.bool_)
        for rules in level.values():
            free[rules] = False
        return free

    def candidates(self, found: Collection[int]) -> list[int]:
        """Return, in order, the rules that can be true of an article with the words `found`."""
        woken = [rules for number in found if (rules := self._woken.get(number))]
        if self._free and sum(map(len, woken)) > DENSE:
            return self._dense(found)
        if not woken:
            return self._always
        return sorted({*self._always, *(rule for rules in woken for rule in rules)})

    def _dense(self, found: Collection[int]) -> list[int]:
        met = self._met(found, self._levels[0], np.zeros(self._count, dtype=np.bool_))
        for level, free in zip(self._levels[1:], self._free, strict=True):
            met &= self._met(found, level, free.copy())
        met[self._always] = True
        rules: list[int] = np.flatnonzero(met).tolist()
        return rules

    @staticmethod
    def _met(
        found: Collection[int], level: dict[int, _Indexes], marks: npt.NDArray[np.bool_]
    ) -> npt.NDArray[np.bool_]:
        rules = [level[number] for number in found if number in level]
        if rules:
            marks[np.concatenate(rules)] = True
        return marks
