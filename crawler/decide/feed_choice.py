"""Whether a feed shows what its outlet publishes. Pure.

Homepages name feeds that nobody fills any more, feeds of comments, of one section, of a podcast.
All of them answer. What tells them from the outlet's feed is the homepage itself: the feed of an
outlet has what the homepage lists.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from core.passed_over import FeedFit
from core.sources import Entry, SkipKind
from crawler.discovery import FeedDocument, HomePage, twin_mark

LEAST_SHARE = 0.4
"""Share of the homepage's first articles that the outlet's feed has. A homepage shows what is
important beside what is new; a section has one in three at the most."""
LEAST_SHARE_KEPT = 0.25
"""The same for a feed that is polled already: what is at the bound would change every week."""
SURE_SHARE = 0.8
"""Share from which the addresses no longer need to look mixed."""
ENOUGH = 0.9
"""Share from which no other feed is looked at."""
BETTER_BY = 0.2
"""How much larger a share must be for a feed to take the place of another that is good."""
STALE_AFTER = timedelta(days=14)
"""Age of the newest entry from which a feed without the homepage's articles is dead."""
UNCOMPARED_STALE_AFTER = timedelta(days=60)
"""The same where the homepage lists nothing: outlets that publish once a month do exist."""
SILENT_AFTER = timedelta(days=3)
"""The same for a feed that has none of them at all."""
STOPPED_AFTER = timedelta(days=1)
"""The same for a feed that has none of the homepage's first articles, and some of the others."""
_HEAD = 5
_HALF = 0.5
_AHEAD = timedelta(days=1)
_LEAST_TITLE = 15
_MOST_COMPARED = 200


GOOD = frozenset({FeedFit.OUTLET, FeedFit.UNCOMPARED})
LAST_RESORT = (FeedFit.SECTION, FeedFit.STALE, FeedFit.OTHER, FeedFit.PODCAST, FeedFit.EMPTY)
"""What is better than nothing at all, the best first. Comments are worse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFacts:
    """What a feed is judged by."""

    entries: int
    newest: datetime | None
    """Latest date that is not ahead of us."""
    compared: int
    """Articles of the homepage that were looked for, from its beginning; none if it has no list."""
    covered: int
    """How many of them the feed has."""
    head_covered: int
    """How many of the first five."""
    shared: int
    """How many of its entries the homepage links to."""
    is_one_section: bool
    """Whether all its entries stand under one folder, and most of the homepage's articles not."""
    places: int
    """Entries whose addresses are places on a page, each another one: `…/news/7#comment-12`."""
    repeated: int
    """Entries that lead where an earlier one does."""
    recordings: int

    @property
    def share(self) -> float:
        """Share of the homepage's articles that it has."""
        return self.covered / self.compared if self.compared else 0.0


def compare(feed: FeedDocument, home: HomePage, now: datetime) -> FeedFacts:
    """Return what is to be known of a feed beside its homepage."""
    names = {name for entry in feed.entries if (name := twin_mark(entry.url))}
    titles = {title for entry in feed.entries if (title := _plain(entry.title))}
    shown = (
        home.entries[: max(_HEAD, min(len(feed.entries), _MOST_COMPARED))] if home.is_list else ()
    )
    has = [twin_mark(entry.url) in names or _plain(entry.title) in titles for entry in shown]
    dates = [at for entry in feed.entries if (at := entry.published_at) and at <= now + _AHEAD]
    repeated = sum(
        skipped.count for skipped in feed.skipped if skipped.reason.kind is SkipKind.REPEATED
    )
    return FeedFacts(
        entries=len(feed.entries),
        newest=max(dates, default=None),
        compared=len(shown),
        covered=sum(has),
        head_covered=sum(has[:_HEAD]),
        shared=len(names & home.links),
        is_one_section=bool(shown) and _is_one_section(feed.entries, home.entries),
        places=_places(feed.entries),
        repeated=repeated,
        recordings=feed.recordings,
    )


def judge_feed(
    facts: FeedFacts, now: datetime, *, kept: bool = False, guessed: bool = False
) -> FeedFit:
    """Return what a feed is to its outlet.

    `kept` tells whether it is polled already, `guessed` whether nothing but its address speaks for
    it: without a date, and with nothing to compare it with, such a one may be anything.
    """
    if not facts.entries:
        return FeedFit.EMPTY
    if _is_of_comments(facts):
        return FeedFit.COMMENTS
    age = None if facts.newest is None else now - facts.newest
    recorded = 2 * facts.recordings >= facts.entries
    if not facts.compared:
        if recorded:
            return FeedFit.PODCAST
        if guessed and age is None:
            return FeedFit.OTHER
        is_old = age is not None and age > UNCOMPARED_STALE_AFTER
        return FeedFit.STALE if is_old else FeedFit.UNCOMPARED
    if facts.share >= (LEAST_SHARE_KEPT if kept else LEAST_SHARE):
        stopped = age is not None and age > STOPPED_AFTER and not facts.head_covered
        if stopped:
            return FeedFit.STALE
        is_section = facts.is_one_section and facts.share < SURE_SHARE
        return FeedFit.SECTION if is_section else FeedFit.OUTLET
    if age is not None and age > (STALE_AFTER if facts.covered else SILENT_AFTER):
        return FeedFit.STALE
    if recorded:
        return FeedFit.PODCAST
    return FeedFit.SECTION if facts.covered or facts.shared else FeedFit.OTHER


def _is_of_comments(facts: FeedFacts) -> bool:
    if facts.places > 1 and 2 * facts.places >= facts.entries:
        return True
    return facts.repeated > 1 and facts.repeated >= facts.entries and facts.share < SURE_SHARE


def _places(entries: Sequence[Entry]) -> int:
    """Count entries whose addresses are places on a page, each another one."""
    fragments = [urlsplit(entry.url).fragment for entry in entries]
    named = Counter(part for part in fragments if part and not part.startswith(("!", "/")))
    return sum(count for count in named.values() if count == 1)


def _plain(title: str) -> str:
    """Return a title as it is compared; empty when it is too short to tell articles apart."""
    letters = "".join(filter(str.isalnum, title.casefold()))
    return letters if len(letters) >= _LEAST_TITLE else ""


def _is_one_section(entries: Sequence[Entry], home: Sequence[Entry]) -> bool:
    """Tell whether a feed's entries share a folder that most of the homepage's do not."""
    folders = [_folders(entry.url) for entry in entries]
    shared: list[str] = []
    for names in zip(*folders, strict=False):
        if len(set(names)) > 1 or names[0].isdigit():
            break
        shared.append(names[0])
    if not shared:
        return False
    within = sum(_folders(entry.url)[: len(shared)] == shared for entry in home)
    return within <= _HALF * len(home)


def _folders(url: str) -> list[str]:
    return [part for part in urlsplit(url).path.split("/") if part][:-1]
