"""Serves the plan: what every address of every outlet answers at the simulated moment."""

from __future__ import annotations

import hashlib
import mmap
import struct
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from demo.loopback import LoopbackServer, bind_hosts
from tests.month.habits import (
    SCRIPT_ONLY,
    STANDS,
    bait_feed,
    bait_path,
    feed_item,
    frozen_urlset,
    index_of_parts,
    part_of,
)
from tests.month.hostile import about_others
from tests.month.outlets import (
    HOUR,
    Bait,
    Closed,
    Kind,
    Lastmods,
    Plan,
    PlannedOutlet,
    PlannedStory,
    Removal,
    Trouble,
    Twin,
)
from tests.month.wording import prose, text_of, title_of

CHECK = (
    "<html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>"
)
LOST = "<html><head><title>404 Page not found</title></head><body><p>Not found.</p></body></html>"
LISTED = 15
"""Entries of a feed; a page lists twice as many."""
CUT = 4


class SharedClock:
    """A moment in a file, moved by the monitor and read by the newsroom; it survives a SIGKILL."""

    def __init__(self, path: Path, start: datetime | None = None) -> None:
        if start is not None:
            path.write_bytes(struct.pack("<d", start.timestamp()))
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), 8)

    def __call__(self) -> datetime:
        """Return the moment."""
        return datetime.fromtimestamp(struct.unpack("<d", self._memory[:8])[0], UTC)

    def set(self, moment: datetime) -> None:
        """Move to a later moment."""
        self._memory[:8] = struct.pack("<d", moment.timestamp())


class Press:
    """Serves the outlets of a plan until the `with` block ends."""

    def __init__(self, plan: Plan, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        sockets = bind_hosts("127.0.0.1", 0, len(plan.outlets))
        self._sites: dict[tuple[str, int], _Site] = {}
        for outlet, listener in zip(plan.outlets, sockets, strict=True):
            address = listener.getsockname()
            self._sites[address] = _Site(outlet, f"http://{address[0]}:{address[1]}")
        by_name = {site.outlet.name: site for site in self._sites.values()}
        for site in self._sites.values():
            site.victims = [
                (by_name[name].url, by_name[name].outlet) for name in site.outlet.victims
            ]
        self._server = LoopbackServer(self, sockets)
        self._lock = threading.Lock()
        self.requests = 0
        self.first_fetches: Counter[str] = Counter()
        """Answers with an article in full to requests without a condition, by the story's id."""

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    @property
    def allow(self) -> list[str]:
        """The entries of `network.allow` that let a crawler in."""
        return [f"{host}/32:{port}" for host, port in self._sites]

    def sources(self) -> list[dict[str, str]]:
        """Return the sources of watch.yaml."""
        return [site.source() for site in self._sites.values()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        site = self._sites[tuple(scope["server"])]
        given = dict(scope["headers"]).get(b"if-none-match")
        condition = given.decode("latin-1") if given else None
        with self._lock:
            self.requests += 1
            answer = site.answer(scope["path"], condition, self._clock())
            if answer.story and condition is None and answer.status == 200:
                self.first_fetches[answer.story] += 1
        headers = dict(answer.headers)
        if answer.status == 200:
            tag = f'"{hashlib.sha256(answer.body.encode()).hexdigest()[:16]}"'
            headers["etag"] = tag
            if condition == tag:
                answer = Answer(304)
        kind = answer.kind if answer.status == 200 else "text/html"
        response = Response(answer.body.encode(), answer.status, headers, f"{kind}; charset=utf-8")
        await response(scope, receive, send)


class Answer:
    """What an address answers."""

    def __init__(
        self,
        status: int = 200,
        body: str = "",
        kind: str = "text/html",
        story: str = "",
        **headers: str,
    ) -> None:
        self.status, self.body, self.kind, self.story = status, body, kind, story
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class _Site:
    """One outlet at a moment."""

    def __init__(self, outlet: PlannedOutlet, url: str) -> None:
        self.outlet = outlet
        self.url = url
        self._stories = {story.id: story for story in outlet.stories}
        self.victims: list[tuple[str, PlannedOutlet]] = []
        """Outlets that it speaks of, with their addresses."""
        self._asked: Counter[str] = Counter()

    def source(self) -> dict[str, str]:
        """Return the source of watch.yaml."""
        address = {
            Kind.FEED: ("feed", "/feed.xml"),
            Kind.HOMEPAGE: ("url", "/"),
            Kind.SITEMAP: (
                "sitemap",
                "/sitemap.xml" if self.outlet.lastmods else "/news-sitemap.xml",
            ),
            Kind.PAGE: ("page", "/news"),
        }[self.outlet.kind]
        return {"name": self.outlet.name, address[0]: self.url + address[1]}

    def answer(self, path: str, condition: str | None, now: datetime) -> Answer:
        """Return what `path` answers."""
        if path == "/robots.txt":
            return Answer(body=f"User-agent: *\nSitemap: {self.url}/map.xml\n", kind="text/plain")
        lists = ("/feed.xml", "/rss/main.xml", "/news-sitemap.xml", "/news", "/sitemap.xml")
        if path in lists or path.startswith("/part-"):
            return self._list(path, condition, now)
        if path == "/":
            return self._home(now)
        if path == bait_path(self.outlet):
            return self._bait(now)
        if path == "/map.xml":
            return Answer(body=self._sitemap(now, 100, lastmod=True), kind="application/xml")
        return self._page(path, now)

    def _list(self, path: str, condition: str | None, now: datetime) -> Answer:
        outlet = self.outlet
        trouble = outlet.trouble(now)
        if trouble is Trouble.ERROR:
            return Answer(500)
        if trouble is Trouble.MISSING:
            return Answer(404)
        if trouble is Trouble.HTML:
            return Answer(body="<html><body><p>Our site is being rebuilt.</p></body></html>")
        if trouble is Trouble.BUSY:
            return Answer(429, retry_after="1800")
        if trouble is Trouble.LIE and condition is not None:
            return Answer(304)
        if path.endswith("main.xml") or path == "/feed.xml":
            here = (
                "/feed.xml" if outlet.moved_at is None or now < outlet.moved_at else "/rss/main.xml"
            )
            if self.outlet.kind is Kind.HOMEPAGE and not self.outlet.names_good_feed:
                return Answer(404)
            if path != here:
                moved = outlet.kind is Kind.FEED and here == "/rss/main.xml"
                return Answer(301, location=self.url + here) if moved else Answer(404)
            most = CUT if trouble is Trouble.CUT else LISTED
            return Answer(body=self._feed(now, most), kind="application/rss+xml")
        if path == "/news":
            return Answer(body=self._listing(now))
        if path == "/sitemap.xml" or path.startswith("/part-"):
            return self._dated_wrong(path, now)
        return Answer(body=self._sitemap(now, 60, lastmod=False), kind="application/xml")

    def _out(self, now: datetime, most: int) -> list[PlannedStory]:
        """Return the newest stories, the newest first."""
        listed = now - self.outlet.lists_after
        return [story for story in reversed(self.outlet.stories) if story.at <= listed][:most]

    def _links(self, story: PlannedStory) -> list[str]:
        """Return the addresses under which a story is announced."""
        second = {
            None: [],
            Twin.SLASH: [f"{story.path}/"],
            Twin.AMP: [f"/amp{story.path}"],
            Twin.UTM: [f"{story.path}?utm_source=rss&amp;utm_medium=feed"],
            Twin.CANONICAL: [f"/print/{story.id}"],
            Twin.REDIRECT: [f"/go/{story.id}"],
            Twin.COPY: [f"/politics/{story.id}-again"],
        }[story.twin]
        return [story.path, *second]

    def _feed(self, now: datetime, most: int) -> str:
        items = "".join(
            feed_item(self.outlet, story, f"{self.url}{link}", self._stamp(story), now)
            for story in self._out(now, most)
            for link in self._links(story)
        )
        items += about_others(self.outlet, self.victims, now)
        return (
            f'<rss version="2.0"><channel><title>{self.outlet.name}</title>{items}</channel></rss>'
        )

    def _stamp(self, story: PlannedStory) -> str:
        return f"{(story.dated or story.at) + self.outlet.shifted:%a, %d %b %Y %H:%M:%S +0000}"

    def _sitemap(self, now: datetime, most: int, *, lastmod: bool) -> str:
        def dates(story: PlannedStory) -> str:
            at = (story.dated or story.at).isoformat()
            if lastmod:
                return f"<lastmod>{at}</lastmod>"
            return (
                f"<news:news><news:publication_date>{at}</news:publication_date>"
                f"<news:title>{title_of(story, now)}</news:title></news:news>"
            )

        recent = [story for story in self._out(now, most) if lastmod or now - story.at < 48 * HOUR]
        listed = "".join(
            f"<url><loc>{self.url}{link}</loc>{dates(story)}</url>"
            for story in recent
            for link in (self._links(story) if not lastmod else [story.path])
        )
        return (
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
            f' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{listed}</urlset>'
        )

    def _redesigned(self, now: datetime) -> bool:
        return self.outlet.redesigned_at is not None and now >= self.outlet.redesigned_at

    def _listing(self, now: datetime) -> str:
        tag, css = ("li", "teaser") if self._redesigned(now) else ("article", "card")
        cards = "".join(
            f'<{tag} class="{css}"><h3><a href="{link}">{title_of(story, now)}</a></h3></{tag}>'
            for story in self._out(now, 2 * LISTED)
            for link in self._links(story)
        )
        older = "".join(
            f'<{tag} class="{css}"><h3><a href="/news/archive-{n}-report-of-old">An older report'
            f" about bridge number {n}</a></h3></{tag}>"
            for n in range(8)
        )
        return (
            f"<html><head><title>News</title></head><body><nav><a href='/about'>About us</a></nav>"
            f"<main>{cards}{older}</main></body></html>"
        )

    def _bait(self, now: datetime) -> Answer:
        if self.outlet.bait is Bait.MISSING:
            return Answer(404)
        body = bait_feed(self.outlet, self.url, self._out(now, 3 * LISTED), now)
        return Answer(body=body, kind="application/rss+xml")

    def _dated_wrong(self, path: str, now: datetime) -> Answer:
        """Return a sitemap whose dates say nothing about what is new."""
        pages = [self.url + story.path for story in self._out(now, len(self._stories))]
        pages += [f"{self.url}/news/archive-{n}-report-of-old" for n in range(60)]
        if self.outlet.lastmods is not Lastmods.NEWEST_FIRST:
            one_date = self.outlet.lastmods is Lastmods.FROZEN
            return Answer(body=frozen_urlset(pages, one_date=one_date), kind="application/xml")
        if path == "/sitemap.xml":
            return Answer(body=index_of_parts(self.url, len(pages)), kind="application/xml")
        part = part_of(pages, path)
        return Answer(body=frozen_urlset(part, one_date=True), kind="application/xml")

    def _home(self, now: datetime) -> Answer:
        outlet = self.outlet
        moved = outlet.moved_at is not None and now >= outlet.moved_at
        own = "/rss/main.xml" if moved else "/feed.xml"
        named = [bait_path(outlet)] if outlet.bait else []
        named += [own] if outlet.names_good_feed else []
        links = "".join(
            f'<link rel="alternate" type="application/rss+xml" href="{feed}">' for feed in named
        )
        if outlet.bait is not None:
            return Answer(body=self._listing(now).replace("</head>", f"{links}</head>"))
        return Answer(
            body=f"<html><head><title>{outlet.name}</title>{links}</head>"
            "<body><p>Welcome.</p></body></html>"
        )

    def _page(self, path: str, now: datetime) -> Answer:
        canonical = ""
        bare = path.removesuffix("/")
        if bare.startswith("/news/archive-"):
            return Answer(body=old_page(bare))
        story_id = bare.rpartition("/")[2].split("-")[0]
        story = self._stories.get(story_id)
        if story is None or story.at > now:
            return Answer(404)
        if path.startswith("/go/"):
            return Answer(302, location=self.url + story.path)
        if path.startswith("/print/"):
            canonical = f'<link rel="canonical" href="{self.url}{story.path}">'
        stand = self.outlet.stand(now)
        if stand is not None:
            return Answer(body=STANDS[stand])
        if story.stub_until is not None and now < story.stub_until:
            return Answer(body=CHECK)
        if story.is_closed(now):
            return self._closed(story)
        self._asked[story.id] += 1
        if self._asked[story.id] <= story.busy:
            return Answer(503, retry_after="120")
        if story.removal is not None and now >= story.removal[0]:
            return self._removed(story.removal[1])
        flipped = story.flips and self._asked[story.id] % 2 == 0
        page = article_page(
            story, now, redesigned=self._redesigned(now), head=canonical, flipped=flipped
        )
        return Answer(body=page, story=story.id)

    def _closed(self, story: PlannedStory) -> Answer:
        if story.closed is Closed.SCRIPT:
            return Answer(body=SCRIPT_ONLY)
        return Answer(403 if story.closed is Closed.FORBIDDEN else 451)

    def _removed(self, how: Removal) -> Answer:
        if how is Removal.GONE:
            return Answer(410)
        if how is Removal.MISSING:
            return Answer(404)
        return Answer(body=LOST) if how is Removal.STUB else Answer(302, location=f"{self.url}/")


def article_page(
    story: PlannedStory, now: datetime, *, redesigned: bool, head: str, flipped: bool
) -> str:
    """Return the page of a story; its text holds the id, so that it can be found again."""
    paragraphs = text_of(story, now)
    views = 1_024 if story.trivial_at is None or now < story.trivial_at else 4_711
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    title = title_of(story, now, flipped=flipped)
    counter = f"<p>{views} просмотров</p>"
    inside = (
        f'<div class="post-body entry-content"><h1>{title}</h1>{body}{counter}</div>'
        if redesigned
        else f"<article><h1>{title}</h1>{body}{counter}</article>"
    )
    menu = "".join(f"<li><a href='/s{n}'>Section {n}</a></li>" for n in range(8))
    return (
        f"<html><head><title>{title}</title>{head}</head><body><nav><ul>{menu}</ul></nav>"
        f"<main>{inside}</main><footer>All rights reserved.</footer></body></html>"
    )


def old_page(path: str) -> str:
    """Return an article that was there before the month began."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in prose(path).paragraphs)
    return (
        f"<html><head><title>Old {path}</title></head><body><article><h1>Old {path}</h1>{text}"
        "</article></body></html>"
    )
