"""What a source is asked as: its own headers, user agent and cookies, and nobody else's.

They go to hosts of the source's registered domain only, judged at every request, so a redirect or
an article on another host never carries the user's credentials there.
"""

from __future__ import annotations

from functools import lru_cache
from http.cookiejar import LoadError, MozillaCookieJar
from pathlib import Path
from urllib.request import Request as PlainRequest

import structlog
from scrapy import Request

from core.sources import Source
from core.urls import UrlError, registered_domain

log = structlog.get_logger(__name__)


class IdentityMiddleware:
    """Adds to a request what its source's configuration says, or takes it off again."""

    def process_request(self, request: Request) -> None:
        """Set the headers for the source's own domain; remove them for any other host."""
        work = request.meta.get("work")
        if work is None:
            return
        source: Source = work.source
        if not (source.headers or source.user_agent or source.cookies_file):
            return
        at_home = _same_domain(request.url, source.url)
        for name, value in source.headers:
            if at_home:
                request.headers[name] = value
            else:
                request.headers.pop(name, None)
        request.headers.pop("Cookie", None)
        if not at_home:
            if request.headers.get("User-Agent") == (source.user_agent or "").encode():
                request.headers.pop("User-Agent", None)
            return
        if source.user_agent:
            request.headers["User-Agent"] = source.user_agent
        if source.cookies_file and (cookie := _cookie(source, request.url)):
            request.headers["Cookie"] = cookie


def _same_domain(url: str, home: str) -> bool:
    try:
        return registered_domain(url) == registered_domain(home)
    except UrlError:
        return False


def _cookie(source: Source, url: str) -> str | None:
    """Return the Cookie header for a URL; the file is read again when it changes."""
    path = Path(source.cookies_file or "")
    try:
        changed = path.stat().st_mtime_ns
        jar = _jar(path, changed)
    except (OSError, LoadError) as error:
        log.warning("cookies cannot be read", source=source.name, file=str(path), error=str(error))
        return None
    asked = PlainRequest(url)  # noqa: S310 - only the jar looks at it; nothing is opened
    jar.add_cookie_header(asked)
    return asked.get_header("Cookie")


@lru_cache(maxsize=100)
def _jar(path: Path, _changed: int) -> MozillaCookieJar:
    jar = MozillaCookieJar()
    jar.load(str(path), ignore_discard=True, ignore_expires=True)
    for cookie in jar:
        if not cookie.expires:  # curl and browsers write 0 for a cookie of the session
            cookie.expires = None
    jar.clear_expired_cookies()
    return jar
