"""The newsroom: all outlets behind one ASGI application, and the controls tests hold it by."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from core.clock import Clock, utc_now
from demo.catalogue import built_in_outlets
from demo.conditional import document
from demo.desk import NewsroomError
from demo.loopback import LoopbackServer, bind_hosts
from demo.outlets import Outlet, Story
from demo.recorder import Recorder
from demo.site import Site

_LOGGED_REQUESTS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRequest:
    """One request an outlet got, and the status it answered with."""

    outlet: str
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    """Names in lower case."""
    status: int
    at: datetime
    """When it was answered."""


class Newsroom:
    """Serves outlets, each on a loopback host of its own, until the `with` block ends.

    `outlets`: those built in when left out. `port` 0 picks a free one. `pace` stretches the
    timetable: 1 is as written, 0 publishes everything at once.

    The sockets are bound at once, so addresses are known and clients may connect before the
    server runs. Raises LoopbackError when the port is taken.
    """

    def __init__(
        self,
        outlets: Sequence[Outlet] | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        clock: Clock = utc_now,
        pace: float = 1.0,
    ) -> None:
        self.outlets = tuple(built_in_outlets() if outlets is None else outlets)
        self._clock = clock
        self._log: Recorder[SeenRequest] = Recorder(_LOGGED_REQUESTS)
        sockets = bind_hosts(host, port, len(self.outlets))
        self._sites: dict[str, Site] = {}
        self._by_address: dict[tuple[str, int], Site] = {}
        for outlet, listener in zip(self.outlets, sockets, strict=True):
            address, chosen = listener.getsockname()
            site = Site(outlet, f"http://{address}:{chosen}", clock, pace)
            self._sites[outlet.slug] = site
            self._by_address[address, chosen] = site
        self._server = LoopbackServer(self, sockets)

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.stop()

    def run_until_parent_ends(self) -> None:
        """Serve in this thread until a signal, the end of the parent or of a piped stdin."""
        self._server.run_until_parent_ends()

    @property
    def urls(self) -> dict[str, str]:
        """Base URL of every outlet by its slug, without a slash at the end."""
        return {slug: site.base_url for slug, site in self._sites.items()}

    @property
    def allow(self) -> tuple[str, ...]:
        """The entries of `network.allow` that let a crawler in."""
        return tuple(f"{host}/32:{port}" for host, port in self._by_address)

    def home_url(self, outlet: str) -> str:
        """Return the address of an outlet's homepage."""
        return f"{self._site(outlet).base_url}/"

    def feed_url(self, outlet: str) -> str:
        """Return the address an outlet's feed stands at."""
        site = self._site(outlet)
        return site.base_url + site.outlet.feed_path

    def story_url(self, outlet: str, slug: str) -> str:
        """Return the address of a published story."""
        return self._site(outlet).desk.story(slug).url

    def story(self, outlet: str, slug: str) -> Story:
        """Return a published story as it stands now."""
        page = self._site(outlet).desk.story(slug)
        return Story(
            slug=slug,
            title=page.title,
            paragraphs=page.paragraphs,
            language=page.language,
            authors=page.authors,
            tags=page.tags,
        )

    def remove(self, outlet: str, slug: str) -> str:
        """Take a published story down for good; return the URL at which it stood."""
        path = urlsplit(self.story_url(outlet, slug)).path
        return self.place(outlet, path, b"gone", content_type="text/plain", status=410)

    def publish(self, outlet: str, story: Story) -> str:
        """Publish `story` now; it is in the feed of the next request. Return its URL."""
        return self._site(outlet).desk.publish(story).url

    def edit(
        self,
        outlet: str,
        slug: str,
        *,
        title: str | None = None,
        paragraphs: tuple[str, ...] | None = None,
    ) -> str:
        """Change a published story now; return its URL."""
        return self._site(outlet).desk.edit(slug, title=title, paragraphs=paragraphs).url

    def place(
        self,
        outlet: str,
        path: str,
        body: bytes,
        *,
        content_type: str = "text/html; charset=utf-8",
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> str:
        """Serve these bytes at `path` of an outlet, whatever stood there; return the URL."""
        site = self._site(outlet)
        site.place(path, document(body, content_type, status=status, headers=headers))
        return site.base_url + path

    def fail_next(
        self,
        outlet: str,
        status: int = 503,
        times: int = 1,
        retry_after: int | None = None,
        *,
        path: str | None = None,
    ) -> None:
        """Answer an outlet's next `times` requests with `status`.

        robots.txt is answered as ever unless `path` names it.
        """
        self._site(outlet).mishaps.fail_next(status, times, retry_after, path)

    def delay(self, outlet: str, seconds: float) -> None:
        """Wait `seconds` before each answer of an outlet from now on."""
        self._site(outlet).delay = seconds

    def requests(
        self, outlet: str | None = None, *, path: str | None = None, status: int | None = None
    ) -> tuple[SeenRequest, ...]:
        """Return the answered requests that fit, oldest first (the last 100,000 are kept)."""
        return self._log.those(_RequestFilter(outlet, path, status))

    def wait_for_requests(
        self,
        outlet: str | None = None,
        *,
        path: str | None = None,
        status: int | None = None,
        count: int = 1,
        timeout: float = 10.0,
    ) -> tuple[SeenRequest, ...]:
        """Return the requests that fit once there are `count`.

        Raises NotSeenError after `timeout` seconds.
        """
        return self._log.wait(_RequestFilter(outlet, path, status), count, timeout)

    def forget_requests(self) -> None:
        """Empty the request log."""
        self._log.clear()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request; the address it came in on says which outlet is meant."""
        site = self._by_address[tuple(scope["server"])]
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        if site.delay:
            await asyncio.sleep(site.delay)
        response: Response
        if scope["method"] in ("GET", "HEAD"):
            response = site.answer(scope["path"], headers)
        else:
            response = PlainTextResponse("method not allowed", 405, {"allow": "GET, HEAD"})
        self._log.add(
            SeenRequest(
                outlet=site.outlet.slug,
                method=scope["method"],
                path=scope["path"],
                query=scope["query_string"].decode("latin-1"),
                headers=headers,
                status=response.status_code,
                at=self._clock(),
            )
        )
        await response(scope, receive, send)

    def _site(self, outlet: str) -> Site:
        if outlet not in self._sites:
            raise NewsroomError(f"the newsroom has no outlet {outlet!r}")
        return self._sites[outlet]


@dataclass(frozen=True, slots=True)
class _RequestFilter:
    outlet: str | None
    path: str | None
    status: int | None

    def __call__(self, request: SeenRequest) -> bool:
        return (
            self.outlet in (None, request.outlet)
            and self.path in (None, request.path)
            and self.status in (None, request.status)
        )
