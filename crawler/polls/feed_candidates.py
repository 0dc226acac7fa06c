"""The addresses that a homepage may lead to, and what was found out about each."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from core.articles import FetchedPage
from core.passed_over import FeedFit, PassedOver
from core.sources import Found, SourceKind, Validators
from crawler.decide.feed_choice import BETTER_BY, ENOUGH, GOOD, LAST_RESORT
from crawler.discovery import FeedCandidate, FeedHint

MOST_GUESSES = 8
"""Addresses tried because feeds are often there."""
MOST_NAMED = 6
MOST_LEFT = 50
"""Feeds beyond those that are noted; a page may name one for each of its tags."""
_UNASKED = f"the page names more feeds than the {MOST_NAMED} that are read"

_WORDS = {
    FeedHint.LINK: "feed that the page names as its own",
    FeedHint.ANCHOR: "feed that the page links to",
    FeedHint.GUESS: "feed at an address where feeds often are",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address that may announce the outlet's articles."""

    found: Found
    named: bool
    """Whether the outlet itself names it: then a bad minute is waited for."""
    kept: bool = False
    """Whether it is what was found earlier."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A feed that was read."""

    candidate: Candidate
    fit: FeedFit
    share: float
    words: str
    """What it is and why, for people."""
    page: FetchedPage
    validators: Validators


@dataclass(slots=True)
class Candidates:
    """Which feeds are still to be read, and those that were."""

    named: deque[Candidate] = field(default_factory=deque)
    guesses: deque[Candidate] = field(default_factory=deque)
    judged: list[Judged] = field(default_factory=list)
    left: list[PassedOver] = field(default_factory=list)
    """Feeds that the page names and that are not read."""

    def add(self, feeds: Sequence[FeedCandidate], kept: Found | None, gone: str | None) -> None:
        """Take the feeds of a homepage; `kept` comes first, `gone` is left out."""
        if kept is not None:
            self.named.append(Candidate(kept, named=True, kept=True))
        known = {gone, kept.url if kept else None}
        for how, most, where in (
            (False, MOST_NAMED, self.named),
            (True, MOST_GUESSES, self.guesses),
        ):
            feeds_so = [
                feed
                for feed in feeds
                if (feed.how is FeedHint.GUESS) is how and feed.url not in known
            ]
            for feed in feeds_so[:most]:
                found = Found(SourceKind.FEED, feed.url, _WORDS[feed.how])
                where.append(Candidate(found, named=not how))
            if not how:
                self.left += [
                    PassedOver(FeedFit.UNASKED, feed.url, _UNASKED)
                    for feed in feeds_so[most : most + MOST_LEFT]
                ]

    def next(self) -> Candidate | None:
        """Return the feed to read next; None when it is known which is best, or there is no more.

        All that the page names are compared; addresses are guessed only if none of those will do.
        """
        best = self.best()
        if best is not None and (best.fit is FeedFit.UNCOMPARED or best.share >= ENOUGH):
            return None
        if self.named:
            return self.named.popleft()
        return self.guesses.popleft() if self.guesses and best is None else None

    def best(self) -> Judged | None:
        """Return the best that will do; what is kept gives way to what is clearly better."""
        good = [judged for judged in self.judged if judged.fit in GOOD]
        if not good:
            return None
        best = max(good, key=lambda judged: judged.share)
        kept = next((judged for judged in good if judged.candidate.kept), None)
        return best if kept is None or best.share >= kept.share + BETTER_BY else kept

    def last_resort(self) -> Judged | None:
        """Return what is better than nothing."""
        left = [judged for judged in self.judged if judged.fit in LAST_RESORT]
        return min(left, key=lambda judged: LAST_RESORT.index(judged.fit), default=None)
