"""Compares the plan with the archive: what was planted, what was found, what was missed."""

from __future__ import annotations

import re
import statistics
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.articles import Article, ArticleEvent, WordsFrom
from storage import Store
from tests.month.habits import leaves_open
from tests.month.outlets import HOUR, START, Kind, Plan, PlannedOutlet, PlannedStory, Trouble
from tests.month.planting import OLD

_SPEAKING = frozenset(
    {
        ArticleEvent.PUBLISHED,
        ArticleEvent.EDITED,
        ArticleEvent.REMOVED,
        ArticleEvent.RESTORED,
    }
)
_HEADLINES = 2
_BEFORE_ALL = START - 3 * OLD
"""Before the oldest item of the plan: only a false word says so."""
_TOKEN = re.compile(r"Report (o\d\dx\d+) of")


@dataclass(slots=True)
class Row:
    """One kind of trouble."""

    kind: str
    planted: int = 0
    found: int = 0
    missed: list[str] = field(default_factory=list)

    def add(self, what: str, found: bool) -> None:
        """Count one."""
        self.planted += 1
        self.found += found
        if not found:
            self.missed.append(what)


@dataclass(slots=True)
class Told:
    """What people were told and should not have been, or not so."""

    false_edits: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    old: list[str] = field(default_factory=list)
    misattributed: list[str] = field(default_factory=list)

    @property
    def wrongly(self) -> list[str]:
        """All of it."""
        return self.false_edits + self.twice + self.old + self.misattributed


@dataclass(slots=True)
class Report:
    """The table and the figures."""

    rows: list[Row]
    articles: int
    twice: list[str]
    unwanted: list[str]
    delays: list[float]
    """Minutes from publication to storage, of stories without trouble."""
    told: Told
    requests: int = 0
    refetched: list[str] = field(default_factory=list)
    kills: int = 0

    @property
    def missed(self) -> list[str]:
        """Everything that was missed."""
        return [f"{row.kind}: {story}" for row in self.rows for story in row.missed]

    def table(self) -> str:
        """Return it for people."""
        lines = [f"{'':28} planted   found  missed"]
        lines += [
            f"{row.kind:28} {row.planted:7} {row.found:7} {len(row.missed):7}" for row in self.rows
        ]
        cuts = statistics.quantiles(self.delays, n=20) if len(self.delays) > 1 else [0.0] * 19
        lines += [
            f"articles stored {self.articles}; stored twice {len(self.twice)};"
            f" unwanted versions {len(self.unwanted)}",
            f"told: false edits {len(self.told.false_edits)}; twice {len(self.told.twice)};"
            f" old items {len(self.told.old)}; misattributed {len(self.told.misattributed)}",
            f"delay from publication to storage: median {cuts[9]:.1f} min, p95 {cuts[18]:.1f} min",
            f"requests {self.requests}; kills {self.kills}; fetched again {len(self.refetched)}",
        ]
        lines += [f"missed: {missed}" for missed in self.missed[:20]]
        lines += [f"wrongly told: {told}" for told in self.told.wrongly[:20]]
        lines += [f"unwanted: {version}" for version in self.unwanted[:20]]
        return "\n".join(lines)


def compare(plan: Plan, store: Store) -> Report:
    """Return what became of everything that was planted."""
    stored = _by_story(store)
    health_alerts = _health_alerts(store)
    gaps = {state.name for state in store.source_states() if state.last_gap}
    rows = {kind: Row(kind) for kind in _KINDS}
    delays: list[float] = []
    unwanted: list[str] = []
    alerts = _told(store)
    told = Told()
    victims = frozenset(name for outlet in plan.outlets for name in outlet.victims)
    for outlet in plan.outlets:
        for story in outlet.stories:
            articles = stored.get(story.id, [])
            if story.dated is None:
                rows["articles"].add(story.id, len(articles) == 1)
            heard = [event for article in articles for event in alerts.get(article.id, [])]
            _judge_told(rows, outlet, story, articles, heard, told, victims)
            for article in articles[:1]:
                _story(rows, story, article, store, unwanted)
                if _is_plain(outlet, story, article):
                    delays.append((article.first_seen_at - story.at) / timedelta(minutes=1))
        _outlet(rows, outlet, stored, health_alerts, gaps)
    twice = [story for story, articles in stored.items() if len(articles) > 1]
    total = sum(len(articles) for articles in stored.values())
    return Report(list(rows.values()), total, twice, unwanted, delays, told)


_KINDS = (
    "articles",
    "duplicates",
    "edits",
    "trivial edits",
    "removals",
    "stubs at first",
    "503 at first",
    "dead lists",
    "dead lists alerted",
    "429 with Retry-After",
    "304 lies",
    "lists cut short",
    "gaps noted",
    "moved feeds",
    "redesigns",
    "time zone errors",
    "time zone errors alerted",
    "told",
    "misleading feeds named",
    "false lastmods",
    "unclosed tags",
    "closed pages",
    "closed pages opened",
    "flipping headlines",
    "placeholders",
    "old items",
    "spoken of by others",
)


def _judge_told(
    rows: dict[str, Row],
    outlet: PlannedOutlet,
    story: PlannedStory,
    articles: list[Article],
    heard: list[ArticleEvent],
    told: Told,
    victims: frozenset[str],
) -> None:
    """Compare what was told of a story with what happened to it."""
    news = sum(event.is_first for event in heard)
    edits = heard.count(ArticleEvent.EDITED)
    if story.dated is not None:
        rows["old items"].add(story.id, bool(articles) and not heard)
        told.old.extend([story.id] if heard else [])
        return
    rows["told"].add(story.id, news > 0)
    told.twice.extend([f"{story.id}: {heard}"] if news > 1 else [])
    gone = ArticleEvent.REMOVED in heard
    if edits > (story.edit_at is not None or story.flips) or gone > (story.removal is not None):
        told.false_edits.append(f"{story.id}: {heard}")
    for article in articles:
        data = article.data
        falsely_dated = data.published_at is not None and data.published_at < _BEFORE_ALL
        if data.source != outlet.name or story.id not in data.title or falsely_dated:
            told.misattributed.append(
                f"{story.id}: {data.source} {data.title!r} {data.published_at}"
            )
    if leaves_open(outlet, story):
        rows["unclosed tags"].add(story.id, news > 0)
    if story.closed is not None:
        rows["closed pages"].add(f"{story.id} {story.closed}", news == 1)
    if outlet.name in victims:
        rows["spoken of by others"].add(f"{story.id}", news == 1)


def _story(
    rows: dict[str, Row], story: PlannedStory, article: Article, store: Store, unwanted: list[str]
) -> None:
    versions = store.versions(article.id)
    events = [version.event for version in versions]
    # What tells nobody anything, such as whose article it is, is no version to be counted.
    speaking = [event for event in events if event in _SPEAKING]
    if story.twin is not None:
        rows["duplicates"].add(f"{story.id} {story.twin}", len(speaking) == 1)
    if story.edit_at is not None:
        edited = "withdrawn by the council" in versions[-1].data.text
        rows["edits"].add(story.id, edited)
    if story.trivial_at is not None:
        rows["trivial edits"].add(story.id, len(speaking) == 1)
    if story.removal is not None:
        rows["removals"].add(f"{story.id} {story.removal[1]}", speaking[-1] is ArticleEvent.REMOVED)
    if story.stub_until is not None:
        rows["stubs at first"].add(story.id, "Checking" not in article.data.text)
    if story.busy:
        rows["503 at first"].add(story.id, True)
    if story.opens_at is not None:
        rows["closed pages opened"].add(
            f"{story.id} {story.closed}", versions[-1].data.words_from is WordsFrom.PAGE
        )
    if story.flips:
        rows["flipping headlines"].add(story.id, len(speaking) <= _HEADLINES)
    wanted = 1 + (story.edit_at is not None or story.flips) + (story.removal is not None)
    turned = ArticleEvent.REVERTED in events and not story.flips
    if len(speaking) > wanted or turned:
        unwanted.append(
            f"{story.id}: {[(version.event.value, version.note) for version in versions]}"
        )


def _outlet(
    rows: dict[str, Row],
    outlet: PlannedOutlet,
    stored: dict[str, list[Article]],
    health_alerts: dict[str, list[str]],
    gaps: set[str],
) -> None:
    def all_stored(start: datetime, end: datetime) -> bool:
        during = [story for story in outlet.stories if start <= story.at < end]
        return all(stored.get(story.id) for story in during)

    texts = health_alerts.get(outlet.name, [])
    for window in outlet.windows:
        found = all_stored(window.start, window.end)
        name = f"{outlet.name} {window.trouble}"
        if window.trouble in (Trouble.ERROR, Trouble.MISSING, Trouble.HTML):
            rows["dead lists"].add(name, found)
            if window.end - window.start >= 8 * HOUR:
                rows["dead lists alerted"].add(name, any("is blind" in text for text in texts))
        elif window.trouble is Trouble.BUSY:
            rows["429 with Retry-After"].add(name, found)
        elif window.trouble is Trouble.LIE:
            rows["304 lies"].add(name, found)
        else:
            rows["lists cut short"].add(name, found)
            rows["gaps noted"].add(name, outlet.name in gaps)
    for outage in outlet.outages:
        rows["placeholders"].add(
            f"{outlet.name} {outage.stand}", all_stored(outage.start, outage.end)
        )
    _habits(rows, outlet, all(stored.get(story.id) for story in outlet.stories), texts)


def _habits(rows: dict[str, Row], outlet: PlannedOutlet, always: bool, texts: list[str]) -> None:
    """Tell for what an outlet does all month whether nothing was missed by it."""
    if outlet.moved_at is not None and outlet.kind in (Kind.FEED, Kind.HOMEPAGE):
        rows["moved feeds"].add(outlet.name, always)
    if outlet.bait is not None:
        rows["misleading feeds named"].add(f"{outlet.name} {outlet.bait}", always)
    if outlet.lastmods is not None:
        rows["false lastmods"].add(f"{outlet.name} {outlet.lastmods}", always)
    if outlet.redesigned_at is not None:
        rows["redesigns"].add(outlet.name, always)
    if outlet.shifted and outlet.kind in (Kind.FEED, Kind.HOMEPAGE):
        rows["time zone errors"].add(outlet.name, always)
        if outlet.shifted > timedelta() and outlet.a_day >= 4:
            said = any("dated in the future" in text for text in texts)
            rows["time zone errors alerted"].add(outlet.name, said)


def _is_plain(outlet: PlannedOutlet, story: PlannedStory, article: Article) -> bool:
    around = (story.at - 2 * HOUR, article.first_seen_at)
    spans = [(w.start, w.end) for w in outlet.windows] + [(o.start, o.end) for o in outlet.outages]
    troubled = any(start <= around[1] and around[0] <= end for start, end in spans)
    if outlet.lists_after or story.at < START:
        return False
    return not (troubled or story.stub_until or story.busy or story.dated or story.closed)


def _by_story(store: Store) -> dict[str, list[Article]]:
    found: dict[str, list[Article]] = defaultdict(list)
    for article in _all_articles(store):
        token = _TOKEN.search(article.data.text)
        if token is not None:
            found[token[1]].append(article)
    return found


def _all_articles(store: Store) -> Iterator[Article]:
    after = None
    while True:
        page = store.articles(after=after, limit=500)
        yield from page.items
        after = page.next
        if after is None:
            return


def _told(store: Store) -> dict[int, list[ArticleEvent]]:
    """Return what people hear of each article."""
    found: dict[int, list[ArticleEvent]] = defaultdict(list)
    after = None
    while True:
        page = store.alerts(rule="all", after=after, limit=500)
        for alert in page.items:
            found[alert.article.id].append(alert.event)
        after = page.next
        if after is None:
            return found


def _health_alerts(store: Store) -> dict[str, list[str]]:
    """Return the texts of the health alerts about each source."""
    found: dict[str, list[str]] = defaultdict(list)
    after = None
    while True:
        page = store.alerts(rule="source-health", after=after, limit=500)
        for alert in page.items:
            found[alert.article.data.source].append(alert.article.data.text)
        after = page.next
        if after is None:
            return found
