"""Which pages of a sitemap are new. Pure.

A date in a sitemap says when a page was put there at best, and often when a server last wrote the
file. So a page is new when it was not there before, whatever its date; dates decide only of what
is read for the first time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.sitemap_memory import Mark

ARCHIVE_FROM = 1_000
"""So many pages of an old date at once are no day's work but an archive that was put up."""


class Standing(StrEnum):
    """What a listed page is to us."""

    KNOWN = "known"
    """It was listed before, here or in another part that it slid from."""
    NEW = "new"
    BACKDATED = "backdated"
    """New, although its date lies before the last look."""
    BEFORE_WATCH = "before_watch"
    """There when its sitemap was read for the first time, and not dated since."""
    MAY_HAVE_MOVED = "may_have_moved"
    """Unknown here, and a part that it may come from has not been read yet."""
    ARCHIVE = "archive"
    NOT_REMEMBERED = "not_remembered"
    """Of an old date, in a sitemap whose pages are not remembered."""


@dataclass(frozen=True, slots=True)
class ListedPage:
    """A page of a sitemap."""

    mark: Mark
    dated: datetime | None
    """When it is from, if anything says so that means anything."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a sitemap."""

    pages: Sequence[ListedPage]
    known: frozenset[Mark]
    """Marks of all pages that were listed before, in it or elsewhere."""
    since: datetime
    """Pages dated from here on are new if they are not known."""
    first: bool
    """Whether it is read for the first time, though it was there before."""
    remembers: bool
    """Whether its pages are remembered."""
    all_read: bool
    """Whether all other parts of its index have been read."""


def stand(reading: Reading) -> list[Standing]:
    """Return how each page stands, in their order."""
    standings = [_stand(page, reading) for page in reading.pages]
    if standings.count(Standing.BACKDATED) < ARCHIVE_FROM:
        return standings
    return [
        Standing.ARCHIVE if standing is Standing.BACKDATED else standing for standing in standings
    ]


def _stand(page: ListedPage, reading: Reading) -> Standing:
    if page.mark in reading.known:
        return Standing.KNOWN
    if page.dated is not None and page.dated >= reading.since:
        return Standing.NEW
    if reading.first:
        return Standing.BEFORE_WATCH
    if not reading.remembers:
        return Standing.NOT_REMEMBERED
    if not reading.all_read:
        return Standing.MAY_HAVE_MOVED
    return Standing.NEW if page.dated is None else Standing.BACKDATED
