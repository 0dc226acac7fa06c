"""One outlet's web site: which document stands at which path.

Documents are rendered when first asked for and kept until a publication changes them.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping

from starlette.responses import Response

from core.clock import Clock
from demo.conditional import Document, document
from demo.desk import Desk
from demo.feeds import FeedItem, content_type, render_feed
from demo.mishaps import Mishaps
from demo.outlets import Outlet
from demo.pages import Pages, PageStory

_RELATED = 6
_HOME_STORIES = 40


class Site:
    """Answers for one outlet. Safe to use from any thread."""

    def __init__(self, outlet: Outlet, base_url: str, clock: Clock, pace: float) -> None:
        self.outlet = outlet
        self.base_url = base_url
        self.delay = outlet.delay
        """Seconds before each answer."""
        self.mishaps = Mishaps(outlet)
        self.desk = Desk(outlet, base_url, clock, pace)
        self._pages = Pages(outlet, base_url)
        self._lock = threading.RLock()
        self._documents: dict[str, tuple[object, Document]] = {}
        self._placed: dict[str, Document] = {}
        self._answers = 0

    def place(self, path: str, standing: Document) -> None:
        """Put a document at `path`, before anything else that stands there."""
        with self._lock:
            self._placed[path] = standing

    def answer(self, path: str, request: Mapping[str, str]) -> Response:
        """Return the response to a GET of `path` with these headers (names in lower case)."""
        with self._lock:
            refused = self.mishaps.refusal(path)
            if refused is not None:
                return refused
            standing = self._placed.get(path) or self._standing(path)
            if self.outlet.changing_etag and standing.etag is not None:
                return self._under_another_etag(standing)
            return standing.answer(request)

    def _standing(self, path: str) -> Document:
        # A page stands until its story is edited, everything else until anything changes.
        story = self.desk.at_path(path)
        state: object = story or self.desk.revision
        rendered_from, rendered = self._documents.get(path, (None, None))
        if rendered is None or rendered_from != state:
            rendered = self._render(path, story)
            if rendered.plain.status_code == 200:  # else strangers' paths would pile up
                self._documents[path] = state, rendered
        return rendered

    def _render(self, path: str, story: PageStory | None) -> Document:
        outlet = self.outlet
        if story is not None:
            body = self._pages.article(story, self.desk.before(story, _RELATED))
            return document(body, self._html, last_modified=story.modified, compress=outlet.gzip)
        if path == outlet.feed_path:
            items = [_feed_item(story) for story in self.desk.newest()[: outlet.feed_limit]]
            return document(
                render_feed(outlet, self.base_url, items),
                content_type(outlet),
                last_modified=self.desk.changed_at,
                compress=outlet.gzip,
            )
        if path == "/":
            body = self._pages.home(self.desk.newest()[:_HOME_STORIES])
            return document(
                body, self._html, last_modified=self.desk.changed_at, compress=outlet.gzip
            )
        if path == "/robots.txt":
            return document(outlet.robots.encode(), "text/plain; charset=utf-8")
        if path == outlet.feed_moved_from:
            return _redirect(301, self.base_url + outlet.feed_path)
        if outlet.links_redirect and path.startswith("/go/"):
            target = self.desk.linked_from(self.base_url + path)
            if target is not None:
                return _redirect(302, target.url)
        return document(self._pages.missing(), self._html, validators=False, status=404)

    @property
    def _html(self) -> str:
        # Old sites name their charset in the page only.
        return "text/html; charset=utf-8" if self.outlet.charset == "utf-8" else "text/html"

    def _under_another_etag(self, standing: Document) -> Response:
        self._answers += 1
        plain = standing.plain
        headers = {**plain.headers, "etag": f'"{self._answers:08x}"'}
        return Response(plain.body, plain.status_code, headers)


def _redirect(status: int, to: str) -> Document:
    return document(b"", "text/html", validators=False, status=status, headers={"location": to})


def _feed_item(story: PageStory) -> FeedItem:
    return FeedItem(
        url=story.link,
        title=story.title,
        summary=story.summary,
        published=story.published,
        modified=story.modified,
        authors=story.authors,
        tags=story.tags,
    )
