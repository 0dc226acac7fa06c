"""What an outlet of the newsroom is: its stories, its look and its bad habits.

Values only. The server reads them, tests make their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Layout(StrEnum):
    """How an outlet's pages are built; each is a template of the same name."""

    WORDPRESS = "wordpress"
    """Blog engine: `<time class="entry-date">`, OpenGraph, a comment form."""
    BROADCASTER = "broadcaster"
    """Large radio's site: JSON-LD and OpenGraph, "Add a Comment", related stories."""
    DRUPAL = "drupal"
    """RDFa attributes and Dublin Core, many nested divs."""
    BITRIX = "bitrix"
    """Tables and inline styles; a date such as 13.01.2026 14:05, no machine-readable one."""
    AMP = "amp"
    """Mobile page with custom elements and channel-like posts below."""
    STATIC = "static"
    """Hand-made page: a heading, paragraphs, `<meta name="date">`."""
    JSONLD = "jsonld"
    """Everything about the article in one JSON-LD graph, hashed class names in the markup."""
    OPENGRAPH = "opengraph"
    """OpenGraph is the only metadata."""
    VISIBLE_DATE = "visible_date"
    """No metadata at all: the date is a line of text in the outlet's language."""


class FeedFormat(StrEnum):
    """What an outlet's feed is written in."""

    RSS = "rss"
    ATOM = "atom"
    RDF = "rdf"
    JSON = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One article as its journalists wrote it."""

    slug: str
    """Unique within its outlet; part of the address."""
    title: str
    paragraphs: tuple[str, ...]
    language: str
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    """None: the moment it is published."""
    tags: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Return the body as an extractor should find it, paragraphs parted by newlines."""
        return "\n".join(self.paragraphs)


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A story and when it appears, counted from the opening of the newsroom.

    A negative offset is a story that is already out, dated that long ago.
    """

    after: timedelta
    story: Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """One outlet: a host of its own, with a homepage, a feed and articles."""

    slug: str
    """Name in the newsroom and in the demo's configuration."""
    name: str
    language: str
    layout: Layout = Layout.WORDPRESS
    tagline: str = ""
    tags: tuple[str, ...] = ()
    """Labels its source carries in the demo's configuration."""
    stories: tuple[Scheduled, ...] = ()

    feed_format: FeedFormat = FeedFormat.RSS
    feed_path: str = "/feed/"
    feed_limit: int = 50
    """How many of the newest stories the feed holds."""
    advertises_feed: bool = True
    """Whether the homepage has a rel=alternate link."""
    feed_moved_from: str | None = None
    """A former feed path that answers with a permanent redirect."""

    followed_by_feed: bool = False
    """Whether the demo's configuration names its feed; otherwise its homepage."""

    article_path: str = "/{published:%Y/%m/%d}/{slug}/"
    """Format of an article's path; knows `slug`, `number` and `published`."""
    links_redirect: bool = False
    """Whether feed and homepage link to `/go/{number}`, which redirects to the article."""

    charset: str = "utf-8"
    timezone: str = "UTC"
    page_bytes: int = 90_000
    """About how large an article page is, boilerplate included."""
    gzip: bool = True
    """Whether it compresses for clients that accept it."""
    changing_etag: bool = False
    """Whether it sends another ETag at every request, as some servers do."""
    robots: str = "User-agent: *\nDisallow: /admin/\nDisallow: /search\n"

    delay: float = 0.0
    """Seconds before each answer."""
    fail_first: int = 0
    """How many first requests (robots.txt aside) are answered 503."""
    fail_every: int = 0
    """After those, every n-th request is answered 503; 0 means none."""
    retry_after: int = 1
    """Seconds it asks for in the Retry-After of a 503."""
