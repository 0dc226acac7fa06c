from __future__ import annotations

from crawler.discovery.documents import MOST_SKIPPED, SkippedEntry, told


def test_few_skipped_entries_are_told_one_by_one() -> None:
    few = [SkippedEntry("no link", str(n)) for n in range(MOST_SKIPPED)]
    assert told(few) == tuple(few)


def test_many_skipped_entries_are_counted_by_their_reason() -> None:
    many = [SkippedEntry("no link", str(n)) for n in range(5_000)]
    many += [SkippedEntry("repeated", "x")] * 3
    assert told(many) == (
        *many[:MOST_SKIPPED],
        SkippedEntry("no link", "and 4,900 more", 4_900),
        SkippedEntry("repeated", "and 3 more", 3),
    )
