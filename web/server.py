"""Serves the pages inside the daemon's own loop."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Collection, Iterator

import structlog
import uvicorn

from core.clock import Clock
from core.config.sections.web import WebSection
from desk.alerts import AlertStore
from web.app import create_app

log = structlog.get_logger(__name__)


class _Server(uvicorn.Server):
    """Leaves signals to the daemon, which stops everything in its order."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(
    store: AlertStore,
    web: WebSection,
    clock: Clock,
    stop: asyncio.Event,
    shown_by: Callable[[], Collection[str]],
) -> None:
    """Serve until `stop` is set. A port that is taken is logged; the daemon goes on without."""
    host, _, port = web.listen.rpartition(":")
    config = uvicorn.Config(
        create_app(store, web, clock, shown_by),
        host=host.strip("[]"),
        port=int(port),
        log_config=None,
        access_log=False,  # an address is a permission
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=3,
        h11_max_incomplete_event_size=16_384,
        limit_concurrency=64,
    )
    server = _Server(config)
    stopping = asyncio.create_task(_stop(server, stop))
    try:
        await server.serve()
    except SystemExit:  # uvicorn's way of saying that the port is taken
        log.error("web_not_served", listen=web.listen)
        await stop.wait()
    finally:
        stopping.cancel()


async def _stop(server: uvicorn.Server, stop: asyncio.Event) -> None:
    await stop.wait()
    server.should_exit = True
