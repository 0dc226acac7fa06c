"""Proxies: only those that a source names, and none of them is asked for what we must not dial.

Scrapy also takes proxies from the environment, where one set for another program would silently
carry every request of ours. What a source's proxies are asked for goes through one of ours, on this
machine, which judges it: a proxy dials whatever it is told to.

Of several vantages the next is asked where one is turned away, and asked first for a while.
"""

from __future__ import annotations

import asyncio
import base64
import functools
import secrets
from collections import OrderedDict
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

from core.failures import FailureKind, FetchFailure
from core.network import NetworkPolicy
from core.vantages import (
    DIRECT,
    TurnedAway,
    VantageAnswer,
    answer_of_failure,
    answer_of_status,
    next_vantage,
)
from crawler.download.failures import RefusedRequest, failure_of_exception
from crawler.download.guarded_proxy import GuardedProxy
from crawler.download.middlewares.redirects import JAR as COOKIES_OF_THE_WAY
from crawler.download.network_guard import note_refusal, open_own_door, refusal_of
from crawler.download.proxy_ways import NoProxyError, ProxiedWay

_REMEMBERED = 1000
_FIRST_AGAIN = 900.0
"""Seconds after which the first vantage is asked again that had been turned away at a host."""
_PORTS = {"http": 80, "https": 443}
META_KEY = "proxies"
"""Where a request says from which vantages it may be asked, in their order."""
_VANTAGE = "vantage"
"""Where it says by number from which it was."""
_TURNED_AWAY = "turned_away"
"""Where it says which vantages were turned away before."""
_OF_THE_WAY = (
    "redirect_urls",
    "redirect_reasons",
    "redirect_times",
    "redirect_ttl",
    COOKIES_OF_THE_WAY,
)
"""What a request knows of the redirects that led to it."""


class SourceProxyMiddleware:
    """Sends what a source asks for from its vantages."""

    def __init__(self, crawler: Crawler) -> None:
        self._policy = NetworkPolicy.from_texts(crawler.settings.getlist("NETWORK_ALLOW"))
        self._proxies: dict[str, GuardedProxy] = {}
        self._reached: OrderedDict[tuple[str, str, int], Exception | None] = OrderedDict()
        """Why hosts were not reached through a proxy, or that they were, the latest last."""
        self._opened: OrderedDict[tuple[tuple[str, ...], str], tuple[int, float]] = OrderedDict()
        """Which vantage a host let in after another was turned away, and until when it is first."""
        self._turn = asyncio.Lock()
        login = f"wirewatch:{secrets.token_hex(16)}"
        self._password = b"Basic " + base64.b64encode(login.encode())

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build for a crawler, as Scrapy does."""
        middleware = cls(crawler)
        crawler.signals.connect(middleware.close, signals.engine_stopped)
        return middleware

    async def process_request(self, request: Request) -> None:
        """Lead a request through the proxy of ours that leads on to that of its source."""
        request.headers.pop("Proxy-Authorization", None)
        request.meta.pop("proxy", None)
        vantages: tuple[str, ...] = request.meta.get(META_KEY, ())
        if not vantages:
            return
        if _VANTAGE not in request.meta:
            request.meta[_VANTAGE] = self._first(vantages, _place_of(request)[0])
        upstream = vantages[request.meta[_VANTAGE] - 1]
        if upstream == DIRECT:
            return
        request.meta["proxy"] = (await self._proxy_to(upstream)).url
        request.headers["Proxy-Authorization"] = self._password

    def process_response(self, request: Request, response: Response) -> Response | Request:
        """Ask from the next vantage where one is turned away."""
        vantages: tuple[str, ...] = request.meta.get(META_KEY, ())
        if not vantages:
            return response
        plain = urlparse_cached(request).scheme == "http"
        by_proxy = plain and vantages[request.meta[_VANTAGE] - 1].startswith("http:")
        answer = answer_of_status(response.status, by_proxy=by_proxy)
        if answer is None:
            self._note_opened(request, vantages)
            return response
        again = _asked_elsewhere(request, answer, response.status)
        if again is None and answer is VantageAnswer.UNREACHED:
            _raise_a_refusal(request)
        return again or response

    def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """Ask from the next vantage where one has no answer, or raise what kept it from one.

        What Scrapy sees is a connection of ours that ended.
        """
        vantages: tuple[str, ...] = request.meta.get(META_KEY, ())
        if not vantages or _VANTAGE not in request.meta or isinstance(exception, RefusedRequest):
            return None
        if refusal_of(request.url) is not None:  # nobody here may dial it, from anywhere
            return None
        upstream = vantages[request.meta[_VANTAGE] - 1]
        why, led_on = None, True
        if upstream != DIRECT:
            place = (upstream, *_place_of(request))
            led_on = place in self._reached
            why = self._reached.pop(place, None)
            if isinstance(why, NoProxyError):
                led_on = why.tried
        failure = failure_of_exception(exception)
        if why is not None:
            failure = FetchFailure(FailureKind.CONNECT, str(why) or "no answer in time")
        answer = answer_of_failure(failure.kind, led_on=led_on)
        if answer is not None and (again := _asked_elsewhere(request, answer)):
            return again
        _raise_a_refusal(request)
        if why is not None:
            raise RefusedRequest(failure)
        return None

    def _first(self, vantages: tuple[str, ...], host: str) -> int:
        number, until = self._opened.get((vantages, host), (1, 0.0))
        return number if until > asyncio.get_running_loop().time() else 1

    def _note_opened(self, request: Request, vantages: tuple[str, ...]) -> None:
        if request.meta.get("dont_obey_robotstxt") or not turned_away(request):
            return  # its rules alone do not say how its pages are answered
        until = asyncio.get_running_loop().time() + _FIRST_AGAIN
        self._opened[vantages, _place_of(request)[0]] = (vantage_of(request), until)
        while len(self._opened) > _REMEMBERED:
            self._opened.popitem(last=False)

    def _note(self, upstream: str, host: str, port: int, why: Exception | None) -> None:
        note_refusal(host, port, None)  # it was asked for: what was refused before is over
        self._reached.pop((upstream, host, port), None)
        self._reached[upstream, host, port] = why
        while len(self._reached) > _REMEMBERED:
            self._reached.popitem(last=False)

    async def close(self) -> None:
        """Stop the proxies."""
        for proxy in self._proxies.values():
            await proxy.close()
        self._proxies.clear()

    async def _proxy_to(self, upstream: str) -> GuardedProxy:
        async with self._turn:  # two must not start one each
            known = self._proxies.get(upstream)
            if known is None:
                known = GuardedProxy(
                    ProxiedWay(upstream, self._policy),
                    note_refusal,
                    functools.partial(self._note, upstream),
                    password=self._password,
                )
                await known.start()
                open_own_door(known.port)
                self._proxies[upstream] = known
            return known


def vantage_of(request: Request) -> int:
    """Return the number of the vantage that a request was sent from; 1 where there is but one."""
    return int(request.meta.get(_VANTAGE, 1))


def turned_away(request: Request) -> tuple[TurnedAway, ...]:
    """Return the vantages that were turned away before this one was asked."""
    kept: tuple[TurnedAway, ...] = request.meta.get(_TURNED_AWAY, ())
    return kept


def page_of(request: Request) -> str:
    """Return the address that was asked for at first, before whatever redirects."""
    return str(request.meta.get("redirect_urls", [request.url])[0])


def send_elsewhere(
    again: Request, turned: Request, answer: VantageAnswer, status: int | None = None
) -> bool:
    """Let a request be sent from the vantage after those that were turned away.

    Tells whether there is any; if not, the request is left as it is.
    """
    tried = (*turned_away(turned), TurnedAway(vantage_of(turned), answer, status))
    number = next_vantage(len(again.meta.get(META_KEY, ())), [one.number for one in tried])
    if number is None:
        return False
    again.meta[_TURNED_AWAY], again.meta[_VANTAGE] = tried, number
    return True


def _asked_elsewhere(
    request: Request, answer: VantageAnswer, status: int | None = None
) -> Request | None:
    """Return the request for the next vantage; None when all of them were turned away."""
    # From the beginning of its way: what a redirect led this vantage to is not the page.
    again: Request = request.replace(url=page_of(request), dont_filter=True)
    for key in _OF_THE_WAY:
        again.meta.pop(key, None)
    # Those of the way are not for another vantage; the source's own are added anew.
    again.headers.pop("Cookie", None)
    return again if send_elsewhere(again, request, answer, status) else None


def _raise_a_refusal(request: Request) -> None:
    """Raise what the outlet said before, if a later vantage was not even answered.

    A dead proxy at the end of a list must not hide that all before it were refused.
    """
    for one in turned_away(request):
        if one.answer is VantageAnswer.REFUSED:
            raise RefusedRequest(FetchFailure(FailureKind.HTTP, f"HTTP {one.status}", one.status))


def _place_of(request: Request) -> tuple[str, int]:
    parts = urlparse_cached(request)
    return parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
