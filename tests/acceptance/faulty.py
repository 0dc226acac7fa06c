"""Servers of receivers, each with a fault of its own at every third message until it is mended."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import struct
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path

import trustme
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True)
class Certificates:
    """A certificate that receivers trust, and one that they do not."""

    authority: Path
    good: ssl.SSLContext
    bad: ssl.SSLContext

    @classmethod
    def made_in(cls, folder: Path) -> Certificates:
        """Make both; the file of the trusted authority is put into the folder."""
        contexts = []
        for name in ("ours", "theirs"):
            made = trustme.CA()
            made.cert_pem.write_to_path(folder / f"{name}.pem")
            contexts.append(ssl.create_default_context(ssl.Purpose.CLIENT_AUTH))
            made.issue_cert("127.0.0.1", "localhost").configure_cert(contexts[-1])
        return cls(folder / "ours.pem", *contexts)


@dataclass(kw_only=True)
class Server:
    """A receiver's server: what it took, and when it fails."""

    name: str
    accepted: Counter[str] = field(default_factory=Counter)
    """How often it took which delivery."""
    faults: int = 0
    taken_and_denied: int = 0
    """Messages that it took and said nothing of: they must come again."""
    mended: bool = False
    requests: int = 0
    port: int = 0
    tls: ssl.SSLContext | None = None
    conversations: set[asyncio.Task[None]] = field(default_factory=set)

    async def hang_up(self) -> None:
        """End every conversation, so that none outlives its loop."""
        for conversation in self.conversations:
            conversation.cancel()
        await asyncio.gather(*self.conversations, return_exceptions=True)

    def fails_now(self) -> bool:
        """Count an occasion, and say whether it is one at which this server fails."""
        self.requests += 1
        failing = not self.mended and self.requests % 3 == 0
        self.faults += failing
        return failing


@dataclass(kw_only=True)
class Faulty(Server):
    """A webhook's server, and what it does to a message when it fails."""

    fail: Callable[[Faulty, asyncio.StreamWriter, str], Awaitable[None]]

    def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Begin a conversation."""
        talking = asyncio.create_task(self._serve(reader, writer))
        self.conversations.add(talking)
        talking.add_done_callback(self.conversations.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._talk(reader, writer)
        finally:
            writer.transport.abort()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
                headers = dict(
                    line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line
                )
                await reader.readexactly(int(headers["content-length"]))
                if self.tls is None and self.fails_now():
                    await self.fail(self, writer, headers["webhook-id"])
                    break
                self.accepted[headers["webhook-id"]] += 1
                writer.write(b"HTTP/1.1 204 X\r\nContent-Length: 0\r\n\r\n")
                await writer.drain()
                if self.tls is not None:
                    break  # its fault is in the handshake, so every message needs one


def status(code: int, *headers: str) -> Callable[..., Awaitable[None]]:
    async def fail(_: Faulty, writer: asyncio.StreamWriter, __: str) -> None:
        lines = [f"HTTP/1.1 {code} X", "Content-Length: 0", "Connection: close", *headers, "", ""]
        writer.write("\r\n".join(lines).encode())
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    return fail


async def no_fault(_: Faulty, __: asyncio.StreamWriter, ___: str) -> None:
    """Answer nothing: this server's fault comes before any request."""


async def hang(_: Faulty, __: asyncio.StreamWriter, ___: str) -> None:
    await asyncio.sleep(3)  # a server that does not answer; the receiver waits for one second


async def drip(_: Faulty, writer: asyncio.StreamWriter, __: str) -> None:
    for byte in b"HTTP/1.1 200 X\r\nX-Slow: " + b"a" * 20:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.15)  # the fault itself: an answer that never comes to its end


async def reset_before(_: Faulty, writer: asyncio.StreamWriter, __: str) -> None:
    sock = writer.get_extra_info("socket")
    sock.setsockopt(1, 13, struct.pack("ii", 1, 0))  # SO_LINGER: close by a reset
    writer.transport.abort()


async def reset_after(server: Faulty, writer: asyncio.StreamWriter, delivery: str) -> None:
    server.accepted[delivery] += 1
    server.taken_and_denied += 1
    await reset_before(server, writer, delivery)


async def giant(server: Faulty, writer: asyncio.StreamWriter, delivery: str) -> None:
    server.accepted[delivery] += 1
    writer.write(b"HTTP/1.1 200 X\r\nContent-Length: 100000000\r\n\r\n")
    with contextlib.suppress(ConnectionError):
        for _ in range(100):
            writer.write(b"x" * 65536)
            await writer.drain()


async def bomb(server: Faulty, writer: asyncio.StreamWriter, delivery: str) -> None:
    server.accepted[delivery] += 1
    packer = zlib.compressobj(9, wbits=31)
    packed = packer.compress(b"\0" * 50_000_000) + packer.flush()
    head = "HTTP/1.1 200 X\r\nContent-Encoding: gzip\r\nContent-Length: "
    head += f"{len(packed)}\r\n\r\n"
    with contextlib.suppress(ConnectionError):
        writer.write(head.encode() + packed)
        await writer.drain()


HTTP_FAULTS: dict[str, Callable[..., Awaitable[None]]] = {
    "500": status(500),
    "429 in 30 seconds": status(429, "Retry-After: 30"),
    "429 until a date": status(429, "Retry-After: Fri, 01 Jan 2027 00:00:00 GMT"),
    "429, absurd": status(429, "Retry-After: 99999999999"),
    "429, no time": status(429),
    "301": status(301, "Location: http://127.0.0.1:9/"),
    "410": status(410),
    "400": status(400),
    "hang": hang,
    "drip": drip,
    "reset before accept": reset_before,
    "reset after accept": reset_after,
    "giant reply": giant,
    "gzip bomb": bomb,
    "bad certificate": no_fault,
}
SMTP_FAULTS = {
    "SMTP 421": "421 4.3.2 going down",
    "SMTP 451": "451 4.3.0 later",
    "SMTP 552": "552 5.3.4 too big",
    "SMTP drop after DATA": "",
    "SMTP hang": "",
    "SMTP bad certificate": "",
    "SMTP without STARTTLS": "",
}


class Conversation(SMTP):
    """One connection to a mail server, known to it from beginning to end."""

    def __init__(self, server: FaultyMail, tls: ssl.SSLContext | None) -> None:
        loop = asyncio.get_running_loop()
        super().__init__(server, hostname="localhost", loop=loop, tls_context=tls)
        self._server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        talking = self._handler_coroutine
        assert talking is not None
        self._server.conversations.add(talking)
        talking.add_done_callback(self._server.conversations.discard)


@dataclass(kw_only=True)
class FaultyMail(Server):
    """A mail server, and what it answers to a mail when it fails; nothing: it hangs up."""

    answer: str

    def session(self) -> SMTP:
        """Return the other end of a new connection; some lack the encryption they should have."""
        tls = self.tls
        if self.name == "SMTP without STARTTLS" and self.fails_now():
            tls = None
        return Conversation(self, tls)

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        delivery = message_from_bytes(content)["Message-ID"].strip("<>").partition("@")[0]
        if self.tls is None and self.fails_now():
            if self.answer:
                return self.answer
            if self.name == "SMTP hang":
                await asyncio.sleep(4)  # the fault itself; the receiver waits for two seconds
                return "451 4.3.0 too late"
            self.accepted[delivery] += 1
            self.taken_and_denied += 1
            transport = server.transport
            assert isinstance(transport, asyncio.WriteTransport)
            transport.abort()
            return "250 never seen"
        self.accepted[delivery] += 1
        return "250 kept"


def failing_handshakes(server: Server, certificates: Certificates) -> ssl.SSLContext:
    """Return a context that now and then shows the certificate nobody trusts."""
    changing = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)

    def choose(connection: ssl.SSLObject, _: str | None, __: ssl.SSLContext) -> None:
        connection.context = certificates.bad if server.fails_now() else certificates.good

    changing.sni_callback = choose
    return changing


@contextlib.asynccontextmanager
async def faulty_servers(
    certificates: Certificates, names: frozenset[str] = frozenset()
) -> AsyncIterator[list[Server]]:
    """Give servers with the faults of these names, or with every fault there is."""
    loop = asyncio.get_running_loop()
    async with contextlib.AsyncExitStack() as stack:
        servers: list[Server] = []
        for name, fail in HTTP_FAULTS.items():
            if names and name not in names:
                continue
            faulty = Faulty(name=name, fail=fail)
            if name == "bad certificate":
                faulty.tls = failing_handshakes(faulty, certificates)
            listening = await asyncio.start_server(faulty.answer, "127.0.0.1", 0, ssl=faulty.tls)
            faulty.port = listening.sockets[0].getsockname()[1]
            stack.push_async_callback(faulty.hang_up)
            stack.callback(listening.close)
            servers.append(faulty)
        for name, answer in SMTP_FAULTS.items():
            if names and name not in names:
                continue
            mail = FaultyMail(name=name, answer=answer)
            if name == "SMTP bad certificate":
                mail.tls = failing_handshakes(mail, certificates)
            elif name == "SMTP without STARTTLS":
                mail.tls = certificates.good
            mail_server = await loop.create_server(mail.session, "127.0.0.1", 0)
            mail.port = mail_server.sockets[0].getsockname()[1]
            stack.push_async_callback(mail.hang_up)
            stack.callback(mail_server.close)
            servers.append(mail)
        yield servers
