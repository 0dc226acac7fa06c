"""Serves the pages inside the daemon's own loop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator

import structlog
import uvicorn

from core.collector import settle
from core.config.sections.web import WebSection
from desk.context import Desk
from web.app import create_app
from web.live import MOST_STREAMS
from web.patience import PatientProtocol

log = structlog.get_logger(__name__)


class _Server(uvicorn.Server):
    """Leaves signals to the daemon, which stops everything in its order; says when it listens."""

    def __init__(self, config: uvicorn.Config, address: str) -> None:
        super().__init__(config)
        self._address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        log.info("desk_served", at=self._address)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(desk: Desk, web: WebSection, stop: asyncio.Event) -> None:
    """Serve until `stop` is set. A port that is taken is logged; the daemon goes on without."""
    host, _, port = web.listen.rpartition(":")
    app = create_app(desk, web)
    settle()  # the pages' templates and libraries came after the daemon's
    config = uvicorn.Config(
        app,
        host=host.strip("[]"),
        port=int(port),
        log_config=None,
        access_log=False,  # an address is a permission
        lifespan="off",
        http=PatientProtocol,
        ws="none",
        server_header=False,
        # Nobody before us says who asks: names and hosts count as the connection has them.
        proxy_headers=False,
        timeout_graceful_shutdown=3,
        h11_max_incomplete_event_size=16_384,
        # Event streams count as connections.
        limit_concurrency=64 + MOST_STREAMS,
    )
    server = _Server(config, web.address)
    stopping = asyncio.create_task(_stop(server, app.state.stop, stop))
    try:
        await server.serve()
    except SystemExit:  # uvicorn's way of saying that the port is taken
        log.error("web_not_served", listen=web.listen)
        await stop.wait()
    finally:
        stopping.cancel()
        app.state.close()


async def _stop(
    server: uvicorn.Server, end_streams: Callable[[], None], stop: asyncio.Event
) -> None:
    await stop.wait()
    end_streams()  # first: while one is open the server would wait for it
    server.should_exit = True
