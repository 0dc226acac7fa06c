"""Documents of outlets that do wrong without being down: feeds, sitemaps, placeholders."""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zlib import crc32

from tests.month.outlets import Bait, PlannedOutlet, PlannedStory, Stand
from tests.month.wording import text_of, title_of

SCRIPT_ONLY = (
    '<html><head><title>News</title><script src="/app.js"></script></head>'
    '<body><div id="root"></div></body></html>'
)
STANDS = {
    Stand.MAINTENANCE: "<html><head><title>Технические работы</title></head><body><main>"
    "<h1>Сайт временно недоступен</h1><p>Мы проводим технические работы на сервере. Приносим"
    " извинения за неудобства, зайдите, пожалуйста, позже.</p></main></body></html>",
    Stand.CONSENT: "<html><head><title>Before you continue</title></head><body><main>"
    "<h1>Your privacy matters to us</h1><p>We and our 842 partners store and access information"
    " on a device. You may accept or manage your choices before you go on reading.</p>"
    "<button>Accept all</button></main></body></html>",
}
PART = 20
"""Pages in each sitemap of an index."""
_FROZEN = datetime(2024, 1, 1, tzinfo=UTC)
_LONG_AGO = datetime(2023, 6, 1, tzinfo=UTC)

_OPEN_TAGS = (
    "<description>{lead}<br>second line</description>",
    "<description><img src='/a.jpg'>{lead}</description>",
    "<description><p>{lead}</description>",
    "<description><b>{lead}</description>",
    "<description>{lead}",
    "<category>Politics",
    "<guid>{link}",
    "<!-- put in by hand -- do not take out -->",
    "<description><![CDATA[{lead}</description>",
    "{item without end}",
)


def feed_item(
    outlet: PlannedOutlet, story: PlannedStory, link: str, dated: str, now: datetime
) -> str:
    """Return the item of a story: with its text if its page is closed, with a tag left open."""
    number = int(story.id.rpartition("x")[2])
    title = f"<title>{title_of(story, now)}</title>"
    rest = f"<link>{link}</link><pubDate>{dated}</pubDate>"
    if story.closed is not None:
        text = "".join(f"<p>{paragraph}</p>" for paragraph in text_of(story, now))
        return f"<item>{title}{rest}<description>{html.escape(text)}</description></item>"
    if not leaves_open(outlet, story):
        return f"<item>{title}{rest}</item>"
    form = _OPEN_TAGS[number // 3 % len(_OPEN_TAGS)]
    if form.startswith("{item"):
        return f"<item>{title}{rest}"
    form = form.replace("{link}", link).replace("{lead}", text_of(story, now)[0])
    return f"<item>{title}{form}{rest}</item>"


def leaves_open(outlet: PlannedOutlet, story: PlannedStory) -> bool:
    """Tell whether the item of a story has a tag without an end."""
    third = int(story.id.rpartition("x")[2]) % 3 == 0
    return outlet.leaves_tags_open and third and story.closed is None


def bait_path(outlet: PlannedOutlet) -> str:
    """Return where the feed stands that a homepage names first; empty for none."""
    if outlet.bait is None:
        return ""
    return "/comments/feed" if outlet.bait is Bait.COMMENTS else "/rss/all.xml"


def bait_feed(outlet: PlannedOutlet, url: str, out: Sequence[PlannedStory], now: datetime) -> str:
    """Return the feed that a homepage names first."""

    def item(title: str, link: str, at: datetime) -> str:
        return (
            f"<item><title>{title}</title><link>{link}</link>"
            f"<pubDate>{at:%a, %d %b %Y %H:%M:%S +0000}</pubDate></item>"
        )

    if outlet.bait is Bait.DEAD:
        # None of them is on the homepage any more.
        items = [
            item(f"A very old report number {n}", f"{url}/news/archive-{n}-old", _LONG_AGO)
            for n in range(40, 48)
        ]
    elif outlet.bait is Bait.COMMENTS:
        items = [
            item(
                f"Reader {n} on: {title_of(story, now)}",
                f"{url}{story.path}#comment-{n}",
                story.at + n * timedelta(minutes=3),
            )
            for n, story in enumerate(out[:10], start=1)
        ]
        items += [
            item(f"Reader {n} on an older report", f"{url}/news/archive-1-old#comment-{n}", _FROZEN)
            for n in range(100, 104)
        ]
    elif outlet.bait is Bait.SECTION:
        third = [story for story in out if int(story.id.rpartition("x")[2]) % 4 == 0]
        items = [item(title_of(s, now), f"{url}{s.path}", s.at) for s in third[:10]]
    else:
        items = []
    return f'<rss version="2.0"><channel><title>All</title>{"".join(items)}</channel></rss>'


def frozen_urlset(pages: Sequence[str], *, one_date: bool) -> str:
    """Return a sitemap whose dates are one for all, or of long ago."""

    def date(page: str) -> datetime:
        return _FROZEN if one_date else _LONG_AGO + crc32(page.encode()) % 600 * timedelta(days=1)

    listed = "".join(
        f"<url><loc>{page}</loc><lastmod>{date(page).isoformat()}</lastmod></url>" for page in pages
    )
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</urlset>'


def index_of_parts(url: str, pages: int) -> str:
    """Return an index of sitemaps, all with one date, of which the first has the newest pages."""
    listed = "".join(
        f"<sitemap><loc>{url}/part-{n}.xml</loc><lastmod>{_FROZEN.isoformat()}</lastmod></sitemap>"
        for n in range(1, -(-pages // PART) + 1)
    )
    return (
        f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</sitemapindex>'
    )


def part_of(pages: Sequence[str], path: str) -> Sequence[str]:
    """Return the pages of one sitemap of the index; what is new pushes all others on."""
    part = int(path.removeprefix("/part-").removesuffix(".xml"))
    return pages[(part - 1) * PART : part * PART]
