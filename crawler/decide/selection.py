"""Which entries of a document one poll takes, and why not the others. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from core.sources import Entry, SkipKind, SkipReason
from crawler.decide.limits import left_out
from crawler.discovery import SkippedEntry

Keyed = tuple[Entry, str]
"""An entry and its key."""


def select(
    keyed: Sequence[Keyed], known: set[str], today: int, limit: int
) -> tuple[list[Keyed], list[SkippedEntry]]:
    """Leave out what no outlet's articles look like, and the oldest of too many new entries.

    `known` are the keys announced before, `today` is how many entries the source had within a day,
    and `limit` how many new ones a poll may bring. Those beyond the newest stay in the document,
    and are new again at the next poll.
    """
    # Before anything is left out: a document may show its newest last.
    new = _newest_first([(entry, key) for entry, key in keyed if key not in known])
    verdicts = left_out([entry for entry, _ in new], today)
    out = [
        (key, SkippedEntry(why, entry.url))
        for number, (entry, key) in enumerate(new)
        if (why := verdicts[number]) is not None
    ]
    gone = {key for key, _ in out}
    fit = [(entry, key) for entry, key in new if key not in gone]
    if len(fit) > limit:
        why = SkipReason(SkipKind.BEYOND_NEWEST, f"beyond the newest {limit} of one poll")
        out += [(key, SkippedEntry(why, entry.url)) for entry, key in fit[limit:]]
        # In this order they are fetched.
        return fit[:limit] + [(entry, key) for entry, key in keyed if key in known], [
            skipped for _, skipped in out
        ]
    taken = [(entry, key) for entry, key in keyed if key not in gone]
    return taken, [skipped for _, skipped in out]


def _newest_first(keyed: list[Keyed]) -> list[Keyed]:
    """Return entries from the newest on; without any date, from both ends of the document in turn.

    Most documents begin with the newest, some end with it, and nothing in one tells which.
    """
    if any(entry.published_at for entry, _ in keyed):
        return sorted(keyed, key=_age, reverse=True)
    half = (len(keyed) + 1) // 2
    first, last = keyed[:half], keyed[half:][::-1]
    return [one for pair in zip_longest(first, last) for one in pair if one is not None]


def _age(keyed: Keyed) -> float:
    published = keyed[0].published_at
    return published.timestamp() if published else 0.0
