"""Somebody outside who waits for heartbeats: a real server that keeps what it was asked for."""

from __future__ import annotations

from collections import deque
from types import TracebackType
from typing import Self

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from demo.loopback import LoopbackServer, bind_hosts
from demo.recorder import Recorder


class Watchman:
    """Answers 200 to every GET, or what was scripted."""

    def __init__(self) -> None:
        sockets = bind_hosts("127.0.0.1", 0, 1)
        address, self.port = sockets[0].getsockname()
        self.url = f"http://{address}:{self.port}/ping/a-name-that-is-secret"
        self.heard: Recorder[tuple[str, str]] = Recorder(1000)
        """Method and path of each request."""
        self.answers: deque[Response] = deque()
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

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Keep a request, and answer it."""
        request = Request(scope, receive)
        self.heard.add((request.method, request.url.path))
        answer = self.answers.popleft() if self.answers else Response("OK")
        await answer(scope, receive, send)
