"""The inverted index: it finds what was added lately, in memory that does not grow."""

from __future__ import annotations

import numpy as np

from alerts.stories.postings import DEEPEST, Postings
from core.similarity import Hashes


def hashes(*values: int) -> Hashes:
    return np.array(values, np.uint64)


def some(count: int, seed: int) -> Hashes:
    return np.unique(np.random.default_rng(seed).integers(0, 2**64, count, np.uint64))


def holders(postings: Postings, wanted: Hashes) -> dict[int, set[int]]:
    found = postings.find(wanted)
    result: dict[int, set[int]] = {}
    for row, slot in zip(found.rows.tolist(), found.slots.tolist(), strict=True):
        result.setdefault(row, set()).add(slot)
    return result


def test_every_document_that_holds_a_hash_is_found() -> None:
    postings = Postings(1_000)
    postings.add(7, hashes(11, 22 << 24))
    postings.add(9, hashes(22 << 24, 33 << 24))
    assert holders(postings, hashes(22 << 24, 33 << 24, 44 << 24)) == {0: {7, 9}, 1: {9}}


def test_hashes_that_fall_into_one_bucket_are_told_apart() -> None:
    postings = Postings(1_000)
    crowd = hashes(*(number << 24 | 5 for number in range(10)))
    postings.add(1, crowd)
    assert holders(postings, crowd) == {row: {1} for row in range(10)}


def test_the_oldest_are_overwritten_and_never_found_again() -> None:
    postings = Postings(1_000)
    for document in range(50):
        postings.add(document, some(100, document))
    assert postings.oldest == postings.next - 1_000
    for document in range(50):
        found = holders(postings, some(100, document))
        assert len(found) == (100 if document >= 40 else 0)
        assert all(slots == {document} for slots in found.values())


def test_an_index_that_was_overwritten_many_times_still_finds_the_last() -> None:
    postings = Postings(64)
    for document in range(2_000):
        postings.add(document, some(40, document % 7))
    assert holders(postings, some(40, 1_999 % 7)) == {row: {1_999} for row in range(40)}


def test_of_many_holders_the_newest_are_looked_at() -> None:
    postings = Postings(1_000)
    for document in range(100):
        postings.add(document, hashes(1 << 30))
    assert holders(postings, hashes(1 << 30)) == {0: set(range(100 - DEEPEST, 100))}


def test_nothing_is_found_in_an_empty_index_or_for_no_hashes() -> None:
    postings = Postings(1_000)
    assert not postings.find(hashes(0, 1, 2**64 - 1)).rows.size
    postings.add(1, hashes())
    assert not postings.find(hashes()).rows.size
