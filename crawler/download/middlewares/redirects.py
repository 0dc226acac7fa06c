"""Ways on that are more than a status and a Location: cookies that a chain sets, and refreshes.

Many an outlet lets in only who brings back the cookie that it set with a redirect to the same
address, and some lead on by `<meta http-equiv=refresh>` or a `Refresh` header.
"""

from __future__ import annotations

import re
from urllib.parse import urldefrag, urljoin

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import BaseRedirectMiddleware
from scrapy.http import HtmlResponse, Response
from scrapy.http.cookies import CookieJar
from scrapy.settings import BaseSettings
from scrapy.utils.httpobj import urlparse_cached
from typing_extensions import override
from w3lib.html import get_meta_refresh
from w3lib.url import safe_url_string

JAR = "chain_cookies"
"""Where a request has the cookies of its chain of redirects."""
_ADDED = "added_cookies"
_MOST_COOKIES = 100
_REDIRECTS = range(300, 400)
_NOT_FOLLOWED = 10.0
"""Seconds: who waits longer lets somebody read first, or loads the page anew."""
_WHERE_METAS_ARE = 4096
"""Bytes from the beginning that are looked through for a refresh, as far as Scrapy looks."""
_REFRESH = re.compile(
    r"""\s*(?P<delay>\d+(?:\.\d+)?)\s*(?:[;,\s]\s*(?:url\s*=\s*)?["']?(?P<url>[^"']+)|;?\s*$)""",
    re.IGNORECASE,
)
_META = re.compile(rb"<meta\b[^>]{1,300}>", re.IGNORECASE)
_IS_REFRESH = re.compile(rb"""\bhttp-equiv\s*=\s*["']?\s*refresh\b""", re.IGNORECASE)
_SECONDS = re.compile(
    rb"""\bcontent\s*=\s*(?:["']\s*(?=\d+(?:\.\d+)?\s*;?\s*["'])|(?=\d+[\s/>]))(\d+(?:\.\d+)?)""",
    re.IGNORECASE,
)


class ChainCookiesMiddleware:
    """Brings back the cookies that were set on the way, to the end of the way and no further.

    Each chain of redirects has a jar of its own: nobody is known again at the next visit.
    """

    def process_request(self, request: Request) -> None:
        """Add the cookies that this way has set for the address; its source's own come first."""
        jar: CookieJar | None = request.meta.get(JAR)
        if jar is None or not request.meta.get("redirect_times"):
            return
        # What was added at the step before is not the source's own.
        own = _cookies_of(request) - request.meta.get(_ADDED, frozenset())
        kept = [pair for pair in _pairs(request) if pair in own]
        request.headers.pop("Cookie", None)
        jar.add_cookie_header(request)
        request.meta[_ADDED] = _cookies_of(request)
        pairs = [*kept, *_pairs(request)]
        if pairs:
            request.headers["Cookie"] = b"; ".join(pairs)

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep what a step of the way sets."""
        leads_on = response.status in _REDIRECTS or _refreshed_to(response) is not None
        if leads_on and "Set-Cookie" in response.headers:
            jar = request.meta.setdefault(JAR, CookieJar())
            if len(jar) < _MOST_COOKIES:
                jar.extract_cookies(response, request)
        return response


class RefreshMiddleware(BaseRedirectMiddleware):
    """Follows a refresh to another address as a redirect, with all that holds for one."""

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Return the request that leads on, or the answer as it came."""
        if request.meta.get("dont_redirect") or request.method != "GET":
            return response
        url = _refreshed_to(response)
        if url is None:
            return response
        if urldefrag(url).url == urldefrag(request.url).url and not _sets_new(request, response):
            return response  # for whoever brings back what it set, there is something else here
        onward = self._build_redirect_request(request, response, url=url)
        if urlparse_cached(onward).scheme not in {"http", "https"}:
            return response
        return self._redirect(onward, request, "refresh")

    @override
    def handle_referer(self, request: Request, response: Response) -> None:
        """Say nobody where we come from."""
        request.headers.pop("Referer", None)


def _refreshed_to(response: Response) -> str | None:
    """Return the address that an answer leads on to by a refresh."""
    if response.status != 200:
        return None
    said = response.headers.get("Refresh")
    if said is not None:
        found = _REFRESH.match(said.decode("latin-1"))
        if found is not None and float(found["delay"]) <= _NOT_FOLLOWED:
            return urljoin(response.url, safe_url_string((found["url"] or "").strip()))
    if not isinstance(response, HtmlResponse):
        return None
    beginning = response.body[:_WHERE_METAS_ARE]
    if b"refresh" not in beginning.lower():  # before the page is decoded: nearly none has one
        return None
    delay, url = get_meta_refresh(
        beginning, response.url, response.encoding, ignore_tags=("script", "style", "noscript")
    )
    if delay is None:
        return response.url if _asks_for_itself(beginning) else None
    return url if url and delay <= _NOT_FOLLOWED else None


def _asks_for_itself(beginning: bytes) -> bool:
    """Tell a page that wants to be loaded again at once: a refresh that names no address."""
    for meta in _META.findall(beginning):
        seconds = _SECONDS.search(meta)
        if _IS_REFRESH.search(meta) and seconds and float(seconds[1]) <= _NOT_FOLLOWED:
            return True
    return False


def _sets_new(request: Request, response: Response) -> bool:
    """Tell whether an answer sets a cookie that the request did not bring."""
    brought = {pair.partition(b"=")[0] for pair in _pairs(request)}
    names = (each.partition(b"=")[0].strip() for each in response.headers.getlist("Set-Cookie"))
    return any(name and name not in brought for name in names)


def _pairs(request: Request) -> list[bytes]:
    """Return the cookies of a request in their order, as `name=value`."""
    sent = request.headers.get("Cookie") or b""
    return [pair.strip() for pair in sent.split(b";") if pair.strip()]


def _cookies_of(request: Request) -> frozenset[bytes]:
    return frozenset(_pairs(request))
