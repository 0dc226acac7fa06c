"""The inbox: a real HTTP server that plays the receivers of alerts and keeps what they got."""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import sys
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from core.clock import Clock, utc_now
from demo.loopback import LoopbackServer, bind_hosts
from demo.recorder import Recorder

_KEPT_POSTS = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the inbox says to one request."""

    status: int = 200
    body: bytes = b"ok"
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    """Seconds before it is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One request the inbox got, and the status it answered with."""

    path: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    status: int
    at: datetime
    """When the whole request had arrived."""

    @property
    def accepted(self) -> bool:
        """Whether the sender was answered that it arrived."""
        return 200 <= self.status < 300

    def json(self) -> object:
        """Return the body as JSON. Raises ValueError when it is none."""
        return json.loads(self.body)

    def to_line(self) -> str:
        """Return the request as one line of JSON."""
        return json.dumps(
            {
                "path": self.path,
                "headers": dict(self.headers),
                "body": base64.b64encode(self.body).decode(),
                "status": self.status,
                "at": self.at.isoformat(),
            }
        )

    @classmethod
    def from_line(cls, line: str) -> Post:
        """Read what `to_line` wrote."""
        data = json.loads(line)
        return cls(
            path=data["path"],
            headers=data["headers"],
            body=base64.b64decode(data["body"]),
            status=data["status"],
            at=datetime.fromisoformat(data["at"]),
        )


class Inbox:
    """Takes POSTs at any path (`/webhook` and `/slack` by custom) and answers `ok`.

    Every `fail_every`-th request is answered 500; 0 means none. Answers scripted for a path go
    first. With `log`, each request is also appended to that file before it is answered, so that
    what the sender was answered is on record even if this process is killed.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        fail_every: int = 0,
        log: Path | None = None,
        clock: Clock = utc_now,
    ) -> None:
        self._fail_every = fail_every
        self._log_path = log
        self._log: IO[str] | None = None
        self._clock = clock
        self._posts: Recorder[Post] = Recorder(_KEPT_POSTS)
        self._scripted: dict[str, deque[Answer]] = {}
        self._count = 0
        self._lock = threading.Lock()
        sockets = bind_hosts(host, port, 1)
        address, chosen = sockets[0].getsockname()
        self.url = f"http://{address}:{chosen}"
        self._server = LoopbackServer(self, sockets)

    @property
    def webhook_url(self) -> str:
        """Where webhooks go."""
        return f"{self.url}/webhook"

    @property
    def slack_url(self) -> str:
        """Where Slack messages go."""
        return f"{self.url}/slack"

    def __enter__(self) -> Self:
        self._open_log()
        self._server.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.stop()
        self._close_log()

    def run_until_parent_ends(self) -> None:
        """Serve in this thread until a signal, the end of the parent or of a piped stdin."""
        self._open_log()
        try:
            self._server.run_until_parent_ends()
        finally:
            self._close_log()

    def script(self, path: str, *answers: Answer) -> None:
        """Answer the next requests to `path` with these, in this order."""
        with self._lock:
            self._scripted.setdefault(path, deque()).extend(answers)

    def posts(self, path: str | None = None, *, accepted: bool | None = None) -> tuple[Post, ...]:
        """Return the requests that fit, oldest first (the last 200,000 are kept)."""
        return self._posts.those(_PostFilter(path, accepted))

    def wait_for_posts(
        self,
        count: int = 1,
        path: str | None = None,
        *,
        accepted: bool | None = None,
        timeout: float = 10.0,
    ) -> tuple[Post, ...]:
        """Return the requests that fit once there are `count`.

        Raises NotSeenError after `timeout` seconds.
        """
        return self._posts.wait(_PostFilter(path, accepted), count, timeout)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Keep one request, then answer it."""
        request = Request(scope, receive)
        body = await request.body()
        answer = self._next_answer(request)
        if answer.delay:
            await asyncio.sleep(answer.delay)
        post = Post(
            path=request.url.path,
            headers=dict(request.headers),
            body=body,
            status=answer.status,
            at=self._clock(),
        )
        if self._log is not None:
            self._log.write(post.to_line() + "\n")
            self._log.flush()
        self._posts.add(post)
        headers = {"content-type": "text/html", **answer.headers}
        await Response(answer.body, answer.status, headers)(scope, receive, send)

    def _next_answer(self, request: Request) -> Answer:
        if request.method != "POST":
            return Answer(status=405, body=b"method not allowed", headers={"allow": "POST"})
        with self._lock:
            scripted = self._scripted.get(request.url.path)
            if scripted:
                return scripted.popleft()
            self._count += 1
            failing = self._fail_every > 0 and self._count % self._fail_every == 0
        return Answer(status=500, body=b"internal error") if failing else Answer()

    def _open_log(self) -> None:
        if self._log_path is not None:
            self._log = self._log_path.open("a", encoding="utf-8")

    def _close_log(self) -> None:
        if self._log is not None:
            self._log.close()
            self._log = None


@dataclass(frozen=True, slots=True)
class _PostFilter:
    path: str | None
    accepted: bool | None

    def __call__(self, post: Post) -> bool:
        return self.path in (None, post.path) and self.accepted in (None, post.accepted)


def read_log(path: Path) -> tuple[Post, ...]:
    """Read the log of an inbox; a last line that is still being written is left out."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return tuple(Post.from_line(line) for line in lines if line.endswith("\n"))


def main() -> None:
    """Run an inbox as a process of its own and say where on stdout, as one line of JSON."""
    parser = argparse.ArgumentParser(prog="python -m demo.inbox", description=main.__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log", type=Path, help="append each request to this file")
    parser.add_argument("--fail-every", type=int, default=0, help="answer every n-th with 500")
    chosen = parser.parse_args()
    inbox = Inbox(host=chosen.host, port=chosen.port, fail_every=chosen.fail_every, log=chosen.log)
    sys.stdout.write(json.dumps({"url": inbox.url}) + "\n")
    sys.stdout.flush()
    inbox.run_until_parent_ends()


if __name__ == "__main__":
    main()
