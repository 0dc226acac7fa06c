"""Which rules are looked at for an article, and that none is overlooked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from alerts.rules.percolator import DENSE, Percolator

clauses = st.lists(st.frozensets(st.integers(0, 12), min_size=1, max_size=4), max_size=5)


def could_fire(of_rule: list[frozenset[int]], found: set[int]) -> bool:
    return all(clause & found for clause in of_rule)


@given(st.lists(clauses, max_size=30), st.integers(1, DENSE), st.sets(st.integers(0, 12)))
def test_every_rule_that_can_fire_is_a_candidate(
    rules: list[list[frozenset[int]]], copies: int, found: set[int]
) -> None:
    many = rules * copies
    candidates = Percolator(many, len).candidates(found)
    assert candidates == sorted(set(candidates))
    able = {number for number, of_rule in enumerate(many) if could_fire(of_rule, found)}
    assert able <= set(candidates)


def test_a_rule_is_filed_under_its_rarest_clause() -> None:
    frequency = {1: 100.0, 2: 1.0}
    percolator = Percolator(
        [[frozenset({1}), frozenset({2})]], lambda clause: sum(frequency[word] for word in clause)
    )
    assert percolator.candidates({1}) == []
    assert percolator.candidates({2}) == [0]


def test_many_candidates_are_sifted_by_their_other_clauses() -> None:
    rules = [[frozenset({0}), frozenset({1, number + 2})] for number in range(DENSE + 100)]
    percolator = Percolator(rules, len)
    assert percolator.candidates({0}) == []
    assert percolator.candidates({0, 2, 7}) == [0, 5]
    assert len(percolator.candidates({0, 1})) == len(rules)


def test_rules_without_clauses_are_always_candidates() -> None:
    crowd = [[frozenset({0})] for _ in range(DENSE + 1)]
    percolator = Percolator([[], *crowd, []], len)
    assert percolator.candidates(()) == [0, DENSE + 2]
    assert len(percolator.candidates({0})) == DENSE + 3
