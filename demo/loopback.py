"""A uvicorn server on loopback sockets, run by a thread or by a process of its own.

Every outlet needs a host of its own, or a crawler's politeness would treat all of them as one.
Linux routes the whole of 127.0.0.0/8, so outlets get 127.0.0.1, 127.0.0.2 … on one port. Where
only 127.0.0.1 exists (macOS), they share that address and get a port each.
"""

from __future__ import annotations

import errno
import ipaddress
import logging
import os
import select
import socket
import stat
import sys
import threading

import uvicorn
from starlette.types import ASGIApp

from core.errors import WirewatchError

_PORT_TRIES = 50
_BACKLOG = 2048


class LoopbackError(WirewatchError):
    """The local server could not be started."""


def bind_hosts(host: str, port: int, count: int) -> list[socket.socket]:
    """Return `count` bound sockets, each on an address and port pair of its own.

    `port` 0 picks a free port. Raises LoopbackError when the port is taken.
    """
    try:
        return _bind_addresses(host, port, count)
    except OSError as error:
        if error.errno != errno.EADDRNOTAVAIL or count == 1:
            raise LoopbackError(f"cannot listen on {host} port {port}") from error
    try:
        return _bind_all([(host, port + n if port else 0) for n in range(count)])
    except OSError as error:
        raise LoopbackError(f"cannot listen on {count} ports of {host}") from error


def _bind_addresses(host: str, port: int, count: int) -> list[socket.socket]:
    first = ipaddress.ip_address(host)
    addresses = [str(first + n) for n in range(count)]
    for _ in range(_PORT_TRIES):
        head = _bind_all([(addresses[0], port)])
        chosen = head[0].getsockname()[1]
        try:
            return head + _bind_all([(address, chosen) for address in addresses[1:]])
        except OSError as error:
            head[0].close()
            # A free port of the first address may be taken on a later one: pick another.
            if port or error.errno != errno.EADDRINUSE:
                raise
    raise OSError(errno.EADDRINUSE, f"no port is free on all of {addresses[0]} … {addresses[-1]}")


def _bind_all(places: list[tuple[str, int]]) -> list[socket.socket]:
    sockets: list[socket.socket] = []
    try:
        for place in places:
            # asyncio turns Nagle's algorithm off only where the protocol is named as TCP; with it,
            # every small answer waits 40 ms for the client's delayed acknowledgement.
            listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
            sockets.append(listener)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(place)
            listener.listen(_BACKLOG)  # connections wait here until the server runs
            listener.setblocking(False)
    except OSError:
        for listener in sockets:
            listener.close()
        raise
    return sockets


class _Server(uvicorn.Server):
    """uvicorn's server, which also says when it is ready."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


class LoopbackServer:
    """Serves one ASGI application on given sockets."""

    def __init__(self, app: ASGIApp, sockets: list[socket.socket]) -> None:
        self._sockets = sockets
        self._server = _Server(
            uvicorn.Config(
                app,
                lifespan="off",
                ws="none",
                log_config=None,
                # Its notes and the requests cut off at the end are nobody's concern.
                log_level=logging.CRITICAL,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                backlog=_BACKLOG,
                timeout_keep_alive=60,
                timeout_graceful_shutdown=1,
            )
        )
        self._thread: threading.Thread | None = None
        self._failure: BaseException | None = None

    def start(self) -> None:
        """Serve in a thread; return once requests are answered.

        Raises LoopbackError when the server does not come up.
        """
        self._thread = threading.Thread(target=self._serve, name="loopback-server", daemon=True)
        self._thread.start()
        self._server.ready.wait()
        if self._failure is not None:
            raise LoopbackError from self._failure

    def stop(self) -> None:
        """End the thread; requests under way get a second to finish."""
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join()

    def run_until_parent_ends(self) -> None:
        """Serve in this thread until a signal, the end of the parent or of a piped stdin."""
        threading.Thread(target=self._watch_parent, name="parent-watch", daemon=True).start()
        self._server.run(self._sockets)

    def _serve(self) -> None:
        try:
            self._server.run(self._sockets)
        except BaseException as error:  # handed to the thread that started us
            self._failure = error
        finally:
            self._server.ready.set()

    def _watch_parent(self) -> None:
        parent = os.getppid()
        piped = [sys.stdin] if sys.stdin and stat.S_ISFIFO(os.fstat(0).st_mode) else []
        while os.getppid() == parent:
            readable, _, _ = select.select(piped, [], [], 0.5)
            if readable and not os.read(0, 4096):
                break
        self._server.should_exit = True
