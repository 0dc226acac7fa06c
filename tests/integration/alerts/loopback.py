"""Real servers on loopback that play receivers, well-behaved and not."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


@dataclass
class HttpRequest:
    """A request as it came over the wire."""

    path: str
    headers: dict[str, str]
    body: bytes


Handler = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class HttpServer:
    """Answers POSTs with raw bytes, in turn; the last answer is repeated."""

    answers: list[bytes | Handler]
    requests: list[HttpRequest] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    scheme: str = "http"
    answer_to: Callable[[HttpRequest], bytes] | None = None
    """Decides by the request; then there are no answers in turn."""
    received: asyncio.Event = field(default_factory=asyncio.Event)
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/services/T00/B00/s3cr3t-t0k3n-of-the-hook"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._open.add(writer)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                headers = {
                    name.lower(): value.strip()
                    for name, _, value in (line.partition(":") for line in head[1:] if line)
                }
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                self.requests.append(HttpRequest(head[0].split()[1], headers, body))
                self.received.set()
                answer = self._next_answer()
                if isinstance(answer, bytes):
                    writer.write(answer)
                    await writer.drain()
                else:
                    await answer(writer)
                    break
        self._open.discard(writer)
        writer.close()

    def _next_answer(self) -> bytes | Handler:
        if self.answer_to is not None:
            return self.answer_to(self.requests[-1])
        return self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)


def reply(status: int, body: bytes = b"", *headers: str) -> bytes:
    """Return a complete HTTP/1.1 reply."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


@contextlib.asynccontextmanager
async def http_server(
    *answers: bytes | Handler,
    tls: ssl.SSLContext | None = None,
    answer_to: Callable[[HttpRequest], bytes] | None = None,
) -> AsyncIterator[HttpServer]:
    """Serve on a free port until the block ends."""
    serving = HttpServer(list(answers) or [reply(200, b"ok")], answer_to=answer_to)
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(serving.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=tls)
    serving.port = server.sockets[0].getsockname()[1]
    serving.scheme = "https" if tls else "http"
    try:
        yield serving
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for writer in list(serving._open):
            writer.transport.abort()


@dataclass
class Mailroom:
    """Keeps what aiosmtpd receives; refuses what it is told to."""

    port: int = 0
    mails: list[Envelope] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    refuse_recipients: dict[str, str] = field(default_factory=dict)
    refuse_data: str | None = None
    hang: asyncio.Event | None = None
    goodbye: asyncio.Event | None = None
    """Until when QUIT is left unanswered."""

    async def handle_QUIT(  # noqa: N802  (aiosmtpd's name)
        self, _server: SMTP, _session: Session, _envelope: Envelope
    ) -> str:
        if self.goodbye is not None:
            await self.goodbye.wait()
        return "221 Bye"

    async def handle_RCPT(  # noqa: N802  (aiosmtpd's name)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuse_recipients:
            return self.refuse_recipients[address]
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  (aiosmtpd's name)
        self, _server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.hang is not None:
            await self.hang.wait()
        if self.refuse_data is not None:
            return self.refuse_data
        self.mails.append(envelope)
        self.encrypted.append(session.ssl is not None)
        return "250 2.0.0 kept"


@contextlib.asynccontextmanager
async def smtp_server(
    tls: ssl.SSLContext | None = None, *, implicit: bool = False, utf8: bool = False
) -> AsyncIterator[Mailroom]:
    """Run aiosmtpd on a free port; with `tls`, STARTTLS is offered and required.

    With `utf8`, addresses may be other than ASCII.
    """
    room = Mailroom()
    loop = asyncio.get_running_loop()
    starttls = None if implicit else tls

    def protocol() -> SMTP:
        return SMTP(
            room,
            hostname="localhost",
            tls_context=starttls,
            require_starttls=starttls is not None,
            enable_SMTPUTF8=utf8,
            authenticator=lambda *_: AuthResult(success=False, handled=False),
            loop=loop,
        )

    server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=tls if implicit else None)
    room.port = server.sockets[0].getsockname()[1]
    try:
        yield room
    finally:
        server.close()


@contextlib.asynccontextmanager
async def raw_server(first_line: bytes) -> AsyncIterator[int]:
    """Greet with a line and then say nothing; yields the port."""
    over = asyncio.Event()

    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(first_line)
        await over.wait()
        writer.transport.abort()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        over.set()
        server.close()
