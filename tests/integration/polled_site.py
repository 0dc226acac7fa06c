"""One outlet on loopback and its polls, one after the other, at any moment: weeks pass in a second.

The polls, the parsers and the database are the real ones; requests are made by hand here, as what
the crawler's own do is held elsewhere.
"""

from __future__ import annotations

import asyncio
import hashlib
import http.client
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import urlsplit

from core.articles import FetchedPage
from core.claims import Claims
from core.clock import FixedClock
from core.config.watch import WatchConfig
from core.failures import FailureKind, FetchFailure
from core.sources import EntryStatus, Source, SourceKind, SourceState, Validators
from crawler.context import keep_schedule
from crawler.counts import CrawlCounts
from crawler.parse.article_reader import Reader
from crawler.parse.document_reader import DocumentReader, RefusedError
from crawler.parse.sandbox import Sandbox
from crawler.polls import Ask, PollContext, poll_for
from crawler.queue import FetchEntry, PollSource
from crawler.record.article_recording import ArticleRecording
from crawler.record.poll_recording import PollRecording
from storage import Store

MOST_NEW = 200
_MOST_STEPS = 100


class Site:
    """An outlet that answers what is put there; paths that nothing is put at are missing."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.pages: dict[str, tuple[int, str, str]] = {}
        self.asked: list[str] = []
        site = self

        class Answers(BaseHTTPRequestHandler):
            """Gives a page with its ETag."""

            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.asked.append(self.path)
                status, kind, text = site.pages.get(self.path, (404, "text/html", "not there"))
                body = text.encode()
                tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
                if status == 200 and self.headers.get("If-None-Match") == tag:
                    status, body = 304, b""
                self.send_response(status)
                self.send_header("Content-Type", f"{kind}; charset=utf-8")
                self.send_header("ETag", tag)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer((host, 0), Answers)
        self.url = f"http://{host}:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def put(self, path: str, text: str, kind: str = "text/html", status: int = 200) -> None:
        self.pages[path] = (status, kind, text)

    def put_home(self, paths: Sequence[str], *, head: str = "") -> None:
        """Put a homepage that lists articles."""
        cards = "".join(
            f'<article><h2><a href="{path}">{_title(path)}</a></h2><p>They met.</p></article>'
            for path in paths
        )
        self.put(
            "/",
            f"<html><head><title>News</title>{head}</head><body>"
            f"<nav><a href='/about'>About</a></nav><main>{cards}</main></body></html>",
        )

    def put_feed(
        self,
        path: str,
        links: Mapping[str, datetime | None] | Sequence[str],
        *,
        inside: str = "",
    ) -> None:
        """Put a feed of entries with or without dates."""
        dates = links if isinstance(links, Mapping) else dict.fromkeys(links)
        items = "".join(
            f"<item><title>{_title(link)}</title><link>{self.url}{link}</link>{inside}"
            + (f"<pubDate>{at:%a, %d %b %Y %H:%M:%S} +0000</pubDate>" if at else "")
            + "</item>"
            for link, at in dates.items()
        )
        self.put(
            path,
            f'<rss version="2.0"><channel><title>News</title>{items}</channel></rss>',
            "application/rss+xml",
        )

    def put_sitemap(
        self, path: str, pages: Mapping[str, datetime | None] | Sequence[str], *, note: str = ""
    ) -> None:
        dates = pages if isinstance(pages, Mapping) else dict.fromkeys(pages)
        listed = "".join(
            f"<url><loc>{self.url}{page}</loc>"
            + (f"<lastmod>{at.isoformat()}</lastmod>" if at else "")
            + "</url>"
            for page, at in dates.items()
        )
        self.put(path, f"<urlset>{listed}</urlset><!-- {note} -->", "application/xml")

    def put_index(self, path: str, parts: Mapping[str, datetime | None] | Sequence[str]) -> None:
        dates = parts if isinstance(parts, Mapping) else dict.fromkeys(parts)
        listed = "".join(
            f"<sitemap><loc>{self.url}{part}</loc>"
            + (f"<lastmod>{at.isoformat()}</lastmod>" if at else "")
            + "</sitemap>"
            for part, at in dates.items()
        )
        self.put(path, f"<sitemapindex>{listed}</sitemapindex>", "application/xml")


def _title(path: str) -> str:
    return f"The council of the district discussed report {path.strip('/').replace('/', ' ')}"


@dataclass
class Watch:
    """A monitor of one source."""

    site: Site
    store: Store
    sandbox: Sandbox
    clock: FixedClock
    source: Source
    _known: set[str] = field(default_factory=set)
    claims: Callable[[], Claims] = Claims

    @classmethod
    def of(
        cls,
        site: Site,
        store: Store,
        sandbox: Sandbox,
        clock: FixedClock,
        kind: SourceKind,
        path: str,
    ) -> Watch:
        """Watch a path of a site."""
        source = Source(name="kloop", kind=kind, url=site.url + path)
        store.sync_sources([source])
        return cls(site, store, sandbox, clock, source)

    @property
    def state(self) -> SourceState:
        (state,) = self.store.source_states([self.source.name])
        return state

    @property
    def skipped(self) -> dict[str, int]:
        """What was left out of the last document, by kind."""
        left = self.store.skipped_entries().get(self.source.name, ())
        return {one.kind.value: one.count for one in left}

    def poll(self, after: timedelta = timedelta(0)) -> set[str]:
        """Poll once, some time after the last; return the paths of what is new and followed."""
        self.clock.advance(after)
        self.site.asked.clear()
        asyncio.run(self._poll(self._context()))
        pending = set()
        with_entries = self.store.entries(status=EntryStatus.PENDING, limit=5_000).items
        for entry in with_entries:
            pending.add(entry.entry.url.removeprefix(self.site.url))
        new = pending - self._known
        self._known |= new
        return new

    def read(self) -> None:
        """Read the articles that wait to be read for the source."""
        articles = self._context().articles

        async def read_all() -> None:
            for entry in self.store.pending_entries(self.clock(), 100, self.source.name):
                answer = self._fetch(Ask(entry.entry.url))
                work = FetchEntry(self.source, entry)
                if isinstance(answer, FetchFailure):
                    await articles.article_failed(work, answer)
                else:
                    await articles.article_answered(work, *answer)

        asyncio.run(read_all())

    def _context(self) -> PollContext:
        crawl, counts = WatchConfig().crawl, CrawlCounts()
        reader = Reader(self.sandbox, crawl)
        common = (self.store, reader, crawl, self.clock, counts, lambda: None, None, self.claims)
        return PollContext(
            DocumentReader(self.sandbox),
            PollRecording(
                self.store, self.clock, keep_schedule, counts, MOST_NEW, claims=self.claims
            ),
            ArticleRecording(*common),
            crawl.languages,
            self.clock,
        )

    async def _poll(self, context: PollContext) -> None:
        poll = poll_for(context, PollSource(self.source, self.state))
        ask: Ask | None = poll.begin()
        for _ in range(_MOST_STEPS):
            if ask is None:
                break
            try:
                answer = self._fetch(ask)
                if isinstance(answer, FetchFailure):
                    ask = await poll.failed(answer)
                else:
                    ask = await poll.answered(*answer)
            except RefusedError as error:
                poll.give_up(error.failure)
                ask = None
        else:
            raise AssertionError("the poll does not end")
        if poll.failure is not None:
            await context.recording.poll_failed(poll.work, poll.failure)

    def _fetch(self, ask: Ask) -> tuple[FetchedPage, Validators] | FetchFailure:
        parts = urlsplit(ask.url)
        headers = {}
        if ask.validators and ask.validators.etag:
            headers["If-None-Match"] = ask.validators.etag
        connection = http.client.HTTPConnection(parts.netloc, timeout=20)
        try:
            connection.request(
                "GET", parts.path + (f"?{parts.query}" * bool(parts.query)), headers=headers
            )
            response = connection.getresponse()
            body = response.read()
        except OSError as error:
            return FetchFailure(FailureKind.CONNECT, str(error))
        finally:
            connection.close()
        page = FetchedPage(
            url=ask.url,
            final_url=ask.url,
            status=response.status,
            headers=tuple((name.lower(), value) for name, value in response.getheaders()),
            body=body,
            fetched_at=self.clock(),
        )
        sha256 = hashlib.sha256(body).hexdigest()
        return page, Validators(etag=response.headers.get("ETag"), body_sha256=sha256)
