from __future__ import annotations

from crawler.discovery.documents import MOST_SKIPPED, SkippedEntry, reported
from crawler.discovery.entries import NO_LINK, REPEATED


def test_few_skipped_entries_are_told_one_by_one() -> None:
    few = [SkippedEntry(NO_LINK, str(n)) for n in range(MOST_SKIPPED)]
    assert reported(few) == tuple(few)


def test_many_skipped_entries_are_counted_by_their_reason() -> None:
    many = [SkippedEntry(NO_LINK, str(n)) for n in range(5_000)]
    many += [SkippedEntry(REPEATED, "x")] * 3
    assert reported(many) == (
        *many[:MOST_SKIPPED],
        SkippedEntry(NO_LINK, "and 4,900 more", 4_900),
        SkippedEntry(REPEATED, "and 3 more", 3),
    )
