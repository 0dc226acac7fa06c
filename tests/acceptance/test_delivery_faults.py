"""Every fault a receiver can have, with the delivering process killed all the while: nothing lost.

Receivers fail at every third message in their own way. After the kills they are mended, what was
given up is sent again, and every alert must have arrived, repeated only under its old id.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import sqlite3
import struct
import sys
import time
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import text

from core.alerting import Level, Match, Snippet
from core.articles import ArticleData
from storage import Judgement, PlannedAlert, Store, open_store
from tests.integration.children import child_environment

SPEED = 60.0
ROOT = Path(__file__).parents[2]


@dataclass
class Faulty:
    """A receiver's server: what it took, and how it fails at every third message until mended."""

    name: str
    fail: Callable[[Faulty, asyncio.StreamWriter, str], Awaitable[None]]
    accepted: Counter[str] = field(default_factory=Counter)
    faults: int = 0
    taken_and_denied: int = 0
    """Messages that it took and said nothing of: they must come again."""
    mended: bool = False
    requests: int = 0
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
                headers = dict(
                    line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line
                )
                await reader.readexactly(int(headers["content-length"]))
                self.requests += 1
                if not self.mended and self.requests % 3 == 0:
                    self.faults += 1
                    await self.fail(self, writer, headers["webhook-id"])
                    break
                self.accepted[headers["webhook-id"]] += 1
                writer.write(b"HTTP/1.1 204 X\r\nContent-Length: 0\r\n\r\n")
                await writer.drain()
        writer.transport.abort()


def status(code: int, *headers: str) -> Callable[..., Awaitable[None]]:
    async def fail(_: Faulty, writer: asyncio.StreamWriter, __: str) -> None:
        lines = [f"HTTP/1.1 {code} X", "Content-Length: 0", "Connection: close", *headers, "", ""]
        writer.write("\r\n".join(lines).encode())
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    return fail


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
}
SMTP_FAULTS = {
    "SMTP 421": "421 4.3.2 going down",
    "SMTP 451": "451 4.3.0 later",
    "SMTP 552": "552 5.3.4 too big",
    "SMTP drop after DATA": "",
}


@dataclass
class FaultyMail:
    """A mail server with a fault at every third mail, until it is mended."""

    name: str
    answer: str
    accepted: Counter[str] = field(default_factory=Counter)
    faults: int = 0
    taken_and_denied: int = 0
    mended: bool = False
    requests: int = 0
    port: int = 0

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:  # noqa: N802
        self.requests += 1
        content = envelope.content
        assert isinstance(content, bytes)
        delivery = message_from_bytes(content)["Message-ID"].strip("<>").partition("@")[0]
        if not self.mended and self.requests % 3 == 0:
            self.faults += 1
            if self.answer:
                return self.answer
            self.accepted[delivery] += 1
            self.taken_and_denied += 1
            transport = server.transport
            assert isinstance(transport, asyncio.WriteTransport)
            transport.abort()
            return "250 never seen"
        self.accepted[delivery] += 1
        return "250 kept"


Server = Faulty | FaultyMail


@contextlib.asynccontextmanager
async def faulty_servers() -> AsyncIterator[list[Server]]:
    loop = asyncio.get_running_loop()
    async with contextlib.AsyncExitStack() as stack:
        servers: list[Server] = []
        for name, fail in HTTP_FAULTS.items():
            faulty = Faulty(name, fail)
            listening = await asyncio.start_server(faulty.serve, "127.0.0.1", 0)
            faulty.port = listening.sockets[0].getsockname()[1]
            stack.callback(listening.close)
            servers.append(faulty)
        for name, answer in SMTP_FAULTS.items():
            mail = FaultyMail(name, answer)
            mail_server = await loop.create_server(
                lambda mail=mail: SMTP(mail, hostname="localhost", loop=loop),  # type: ignore[misc]
                "127.0.0.1",
                0,
            )
            mail.port = mail_server.sockets[0].getsockname()[1]
            stack.callback(mail_server.close)
            servers.append(mail)
        yield servers


def configuration(servers: list[Server]) -> dict[str, Any]:
    receivers: list[dict[str, Any]] = []
    for number, one in enumerate(servers):
        name = f"receiver-{number}"
        if isinstance(one, Faulty):
            hook = {"url": f"http://127.0.0.1:{one.port}/hook", "timeout": "1s"}
            receivers.append({"name": name, "webhook": hook})
        else:
            smtp = {"host": "127.0.0.1", "port": one.port, "tls": "none", "timeout": "2s"}
            mail = {"to": ["a@example.org"], "from": "w@example.org", "smtp": smtp}
            receivers.append({"name": name, "email": mail})
    allow = [f"127.0.0.1/32:{one.port}" for one in servers]
    return {"receivers": receivers, "network": {"allow": allow}}


def fill(store: Store, alerts: int, receivers: int) -> None:
    """Commit alerts, each on its way to one of the receivers."""
    match = Match(
        rule_id="r", rule_title="Rule", level=Level.NORMAL, spans=(), snippet=Snippet("x")
    )
    for start in range(0, alerts, 200):
        judgements = []
        for number in range(start, min(start + 200, alerts)):
            url = f"https://outlet.example/{number}"
            data = ArticleData(url=url, title=f"Title {number}", text="x", source="outlet")
            version = store.record(data, None, key=url).version_id
            planned = PlannedAlert(match, receivers=(f"receiver-{number % receivers}",))
            judgements.append(Judgement(version, "rules", (planned,)))
        store.commit_judgement(judgements)


async def live(
    database: str, config: str, began: float, ahead: float
) -> asyncio.subprocess.Process:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.acceptance.delivering", database, config, str(SPEED),
        str(began), str(ahead),
        cwd=ROOT, env=child_environment(),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert child.stdout is not None
    assert await child.stdout.readline() == b"delivering\n"
    return child


@dataclass(frozen=True)
class Ordeal:
    alerts: int
    kills: int
    locked: float
    """Seconds for which somebody else holds the database."""
    requests: tuple[int, int]
    """Between how many requests and how many a process is killed."""


async def some_requests(
    child: asyncio.subprocess.Process, servers: list[Server], number: int
) -> None:
    """Wait until a process has made so many requests, or has had time for them."""
    wanted = sum(one.requests for one in servers) + number
    deadline = time.monotonic() + 3
    ended = asyncio.create_task(child.wait())
    while sum(one.requests for one in servers) < wanted and time.monotonic() < deadline:
        await asyncio.wait({ended}, timeout=0.01)
    ended.cancel()


async def endure(folder: Path, ordeal: Ordeal) -> None:
    chance = random.Random(20230113)  # noqa: S311 - the same moments at every run
    database = f"sqlite:///{folder / 'faults.db'}"
    began = time.time()
    async with faulty_servers() as servers:
        with open_store(database, clock=lambda: datetime.fromtimestamp(began, UTC)) as store:
            fill(store, ordeal.alerts, len(servers))
        config = json.dumps(configuration(servers))
        ahead, kills = 0.0, 0
        while kills < ordeal.kills:
            # Now and then the clock is a year off, or the process was away for eight hours.
            away = kills == ordeal.kills * 7 // 10
            ahead += 8.0 if away else 0.0
            off = {ordeal.kills * 8 // 10: -8766.0, ordeal.kills * 9 // 10: 8766.0}.get(kills, 0.0)
            child = await live(database, config, began, ahead + off)
            if kills == ordeal.kills // 3:
                await asyncio.to_thread(hold_database, folder / "faults.db", ordeal.locked)
            await some_requests(child, servers, chance.randint(*ordeal.requests))
            assert child.returncode is None, "it ended by itself"
            child.kill()
            await child.wait()
            kills += 1
        for one in servers:
            one.mended = True
        duplicates_before_mending = sum(sum(one.accepted.values()) for one in servers)
        await drain(database, config, began, ahead + 5.0)
        report(database, servers, ordeal, kills)
        assert duplicates_before_mending


def hold_database(path: Path, seconds: float) -> None:
    """Keep everybody from writing, as a backup or a stuck process would."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=30)
    try:
        connection.execute("BEGIN IMMEDIATE")
        time.sleep(seconds)
        connection.execute("ROLLBACK")
    finally:
        connection.close()


async def drain(database: str, config: str, began: float, ahead: float) -> None:
    """Let one process finish its work; what was given up is sent again."""
    with open_store(database) as store:
        store.replay()
    child = await live(database, config, began, ahead)
    try:
        with open_store(database) as store:
            for step in range(3000):
                counts = await asyncio.to_thread(store.delivery_counts)
                states = {state.value for (_, state) in counts}
                if states <= {"delivered", "folded"}:
                    return
                if states <= {"delivered", "folded", "dead"} or step % 100 == 99:
                    await asyncio.to_thread(store.replay)
                await asyncio.wait({asyncio.create_task(child.wait())}, timeout=0.2)
        pytest.fail(f"not everything was delivered: {counts}")
    finally:
        child.terminate()
        await child.wait()


def report(database: str, servers: list[Server], ordeal: Ordeal, kills: int) -> None:
    """Print what became of every alert, fault by fault, and hold it against the promise."""
    with open_store(database) as store, store._reading() as session:
        attempts: dict[str, int] = dict(
            session.execute(
                text(
                    "SELECT d.receiver, count(*) FROM delivery_attempt a"
                    " JOIN delivery d ON d.id = a.delivery_id GROUP BY d.receiver"
                )
            ).all()
        )
        arrived = session.execute(
            text(
                "SELECT n.alert_id, n.receiver, d.id FROM notification n"
                " JOIN delivery d ON d.id = n.delivery_id WHERE d.status = 'delivered'"
            )
        ).all()
    told = {(alert, receiver) for alert, receiver, _ in arrived}
    print(f"\n{ordeal.alerts} alerts, {kills} kills, database held for {ordeal.locked:g} s")
    print(
        f"{'fault':24} {'alerts':>7} {'arrived':>8} {'lost':>5} {'faults':>7}"
        f" {'attempts':>9} {'repeated':>9}"
    )
    for number, one in enumerate(servers):
        name = f"receiver-{number}"
        mine = len(range(number, ordeal.alerts, len(servers)))
        here = [alert for alert, receiver in told if receiver == name]
        repeated = sum(count - 1 for count in one.accepted.values())
        print(
            f"{one.name:24} {mine:7} {len(here):8} {mine - len(here):5} {one.faults:7}"
            f" {attempts.get(name, 0):9} {repeated:9}"
        )
        assert len(here) == mine, f"alerts were lost at {one.name}"
        delivered = {delivery for _, receiver, delivery in arrived if receiver == name}
        assert delivered <= set(one.accepted)
        # A kill between accept and commit repeats one message; an accept that was denied, too.
        assert repeated <= kills + one.taken_and_denied
    assert sum(one.faults for one in servers) > len(servers)


async def test_no_fault_of_a_receiver_and_no_kill_loses_an_alert(tmp_path: Path) -> None:
    await endure(tmp_path, Ordeal(alerts=270, kills=6, locked=0.5, requests=(20, 40)))


@pytest.mark.chaos
@pytest.mark.timeout(3600)
async def test_ten_thousand_alerts_over_two_hundred_kills_and_every_fault_lose_none(
    tmp_path: Path,
) -> None:
    await endure(tmp_path, Ordeal(alerts=10_000, kills=200, locked=60.0, requests=(0, 90)))
