"""`/metrics`, `/healthz` and `/readyz`: for machines that watch this one.

Nobody needs to be told more than whether we are well, so what names receivers and sources is for
those who may read it. `/healthz` only says that the loop turns; `/readyz` tells the truth about
polls, judging and deliveries. They have a thread of their own: slow pages keep no probe waiting.
"""

from __future__ import annotations

import hmac
import threading
from asyncio import get_running_loop
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import structlog
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from core.config.sections.web import WebSection
from core.config.values import is_loopback_host
from core.errors import StorageError
from desk.context import Desk
from desk.vitals import Progress, Vitals, vitals
from web.metric_families import families
from web.peers import peer_of, within
from web.visit import Door

log = structlog.get_logger(__name__)

KEPT = 2.0
"""Seconds for which what storage said is kept: who asks more often costs nothing more."""
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
"""What proxies add: whoever comes through one is not where the connection comes from."""
_NO_STORE = {"Cache-Control": "no-store"}


async def _alive(_request: Request) -> Response:
    """Say that the process answers, which the loop does that also crawls and delivers."""
    return PlainTextResponse("ok", headers=_NO_STORE)


class Telemetry:
    """The pages for machines, with a thread of their own."""

    def __init__(self, desk: Desk, web: WebSection, door: Door) -> None:
        self._desk = desk
        self._web = web
        self._door = door
        self.threads = ThreadPoolExecutor(1, thread_name_prefix="telemetry")
        self._latest = _Latest(desk)
        # A registry of its own: the library's global one would hold what others put there.
        self._registry = CollectorRegistry()
        self._registry.register(_Families(desk, web, self._latest))
        ProcessCollector(registry=self._registry)

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/metrics", self.metrics, methods=["GET"]),
            Route("/healthz", _alive, methods=["GET"]),
            Route("/readyz", self.ready, methods=["GET"]),
        ]

    async def metrics(self, request: Request) -> Response:
        """Answer with everything that is measured, to who may read it."""
        return await get_running_loop().run_in_executor(self.threads, self._metrics, request)

    async def ready(self, request: Request) -> Response:
        """Answer 200 while everything progresses, and 503 else; say more to who may read it."""
        return await get_running_loop().run_in_executor(self.threads, self._ready, request)

    def _metrics(self, request: Request) -> Response:
        if not self._may_read(request):
            said = "Who may read this is said by `web.metrics` in watch.yaml."
            return PlainTextResponse(said, 401, {**_NO_STORE, "WWW-Authenticate": "Bearer"})
        encode, media_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(self._registry), headers={**_NO_STORE, "Content-Type": media_type})

    def _ready(self, request: Request) -> Response:
        found = self._latest.get()
        ready = found is not None and found.ready
        told: dict[str, Any] = {"ready": ready}
        if self._may_read(request):
            told |= _in_detail(found)
        return JSONResponse(told, 200 if ready else 503, headers=_NO_STORE)

    def _may_read(self, request: Request) -> bool:
        return (
            self._shows_the_token(request)
            or self._asks_from_near(request)
            or self._is_logged_in(request)
        )

    def _shows_the_token(self, request: Request) -> bool:
        token = self._web.metrics.token
        kind, _, shown = request.headers.get("authorization", "").partition(" ")
        return (
            token is not None
            and kind.lower() == "bearer"
            and hmac.compare_digest(shown.strip().encode(), token.get_secret_value().encode())
        )

    def _asks_from_near(self, request: Request) -> bool:
        client = peer_of(request.scope)
        if client is None or any(name in request.headers for name in _FORWARDED):
            return False
        trusted = self._web.trusted_proxy
        allowed = self._web.metrics.allow
        if allowed is None:
            # Where people come by another name there is a proxy, and all of them come from it.
            host = urlsplit(self._web.address).hostname or ""
            proxied = trusted is not None and within(client, trusted.networks)
            direct = self._web.url is None or is_loopback_host(host)
            return client.is_loopback and direct and not proxied
        return within(client, allowed)

    def _is_logged_in(self, request: Request) -> bool:
        try:
            return self._door.session(request) is not None
        except StorageError:
            return False


class _Latest:
    """The latest vitals, asked for when those that are kept are too old."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._turn = threading.Lock()
        self._asked: float | None = None
        self._known: Vitals | None = None

    def get(self) -> Vitals | None:
        """Return how the process is; None when the database does not answer."""
        with self._turn:
            if self._asked is None or monotonic() - self._asked >= KEPT:
                try:
                    self._known = vitals(self._desk)
                except StorageError as error:
                    log.warning("vitals_not_known", error=str(error))
                    self._known = None
                self._asked = monotonic()
            return self._known


class _Families(Collector):
    """Makes the families anew for every reading."""

    def __init__(self, desk: Desk, web: WebSection, latest: _Latest) -> None:
        self._desk = desk
        self._web = web
        self._latest = latest

    def collect(self) -> Iterator[Family]:
        """Yield what is measured."""
        return families(
            self._desk.meters.read(),
            self._latest.get(),
            [receiver.name for receiver in self._desk.config.receivers],
            version=version("wirewatch"),
            by_source=self._web.metrics.sources,
        )


def _in_detail(found: Vitals | None) -> Mapping[str, Any]:
    if found is None:
        return {"life": None, "lagging": [{"work": "database", "reason": "it does not answer"}]}
    steps = {step.value: _step(progress, found) for step, progress in found.steps.items()}
    configuration = {
        "ok": not found.refused,
        "at": found.configured_at.isoformat() if found.configured_at else None,
    }
    return {
        "life": found.pulse.life.value,
        "checks": {**steps, "configuration": configuration},
        "lagging": [
            {
                "work": left.work.kind.value,
                "about": left.work.about or None,
                "since": left.since.isoformat(),
                "reason": left.reason.value,
            }
            for left in found.pulse.untouched
        ],
    }


def _step(progress: Progress, found: Vitals) -> Mapping[str, Any]:
    last = progress.last_at
    return {
        "ok": progress.fine,
        "last_at": last.isoformat() if last else None,
        "seconds_ago": round((found.at - last).total_seconds(), 1) if last else None,
    }
