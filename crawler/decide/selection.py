"""Which entries of a document one poll takes, and why not the others. Pure."""

from __future__ import annotations

from collections.abc import Sequence

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
    new = [(entry, key) for entry, key in keyed if key not in known]
    verdicts = left_out([entry for entry, _ in new], today)
    out = [
        (key, SkippedEntry(why, entry.url))
        for (entry, key), why in zip(new, verdicts, strict=True)
        if why is not None
    ]
    gone = {key for key, _ in out}
    fit = [(entry, key) for entry, key in new if key not in gone]
    if len(fit) > limit:
        fit.sort(key=_age, reverse=True)
        why = SkipReason(SkipKind.BEYOND_NEWEST, f"beyond the newest {limit} of one poll")
        out += [(key, SkippedEntry(why, entry.url)) for entry, key in fit[limit:]]
        gone = {key for key, _ in out}
    taken = [(entry, key) for entry, key in keyed if key not in gone]
    return taken, [skipped for _, skipped in out]


def _age(keyed: Keyed) -> float:
    published = keyed[0].published_at
    return published.timestamp() if published else 0.0
