"""A machine in trouble under a running daemon: frozen, out of descriptors, memory or disk.

What happens meanwhile may be late. Nothing is missed, told twice or given up for good.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from core.alerting.deliveries import DeliveryStatus
from core.sources import EntryStatus
from tests.acceptance.weather import SOON, Healthy, children_of, told, workers_of
from tests.integration.children import Daemon, running_daemon, store_of

FROZEN = 70.0
"""Seconds: longer than any request, parse or lease of a delivery may take."""
HELD = 20.0
"""Seconds for which the machine has nothing more to give."""
AFTER = 60.0
"""Seconds within which what came meanwhile is told once the trouble is over."""

Trouble = Callable[[Daemon, Path], AbstractContextManager[None]]


def everything(daemon: Daemon) -> list[int]:
    """Return a daemon's process and all that it started."""
    pid = daemon.process.pid
    return [pid, *children_of(pid), *workers_of(pid)]


@contextmanager
def frozen(pids: list[int]) -> Iterator[None]:
    """Stop processes as a suspended machine does."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


@contextmanager
def limited(pids: list[int], what: int, most: Callable[[int], int]) -> Iterator[None]:
    """Lower a limit of running processes; `most` says how low for each."""
    before = {pid: resource.prlimit(pid, what) for pid in pids}
    for pid, (_, hard) in before.items():
        resource.prlimit(pid, what, (most(pid), hard))
    try:
        yield
    finally:
        for pid, limits in before.items():
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(pid, what, limits)


def next_file(pid: int) -> int:
    """Return the number that the next file to be opened would have."""
    taken = {int(file.name) for file in Path(f"/proc/{pid}/fd").iterdir()}
    return next(number for number in range(len(taken) + 1) if number not in taken)


def address_space(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[0]) * resource.getpagesize()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a database as a backup or a forgotten shell does."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


@contextmanager
def moved_away(path: Path) -> Iterator[None]:
    """Take a database from its place, and put it back."""
    files = [each for end in ("", "-wal", "-shm") if (each := Path(f"{path}{end}")).exists()]
    for each in files:
        each.rename(each.with_name(f"away-{each.name}"))
    try:
        yield
    finally:
        for each in files:
            each.with_name(f"away-{each.name}").rename(each)


def endure(tmp_path: Path, name: str, trouble: Trouble, held: float) -> None:
    """Publish before, during and after a trouble; all is told once, and soon afterwards."""
    with Healthy() as healthy:
        config = healthy.configure(tmp_path, [])
        with told(name, healthy), running_daemon(config) as daemon:
            healthy.warm_up()
            healthy.delay()
            with trouble(daemon, tmp_path):
                published = []
                until = time.monotonic() + held
                while (left := until - time.monotonic()) > 0:
                    published.append(healthy.publish())
                    threading.Event().wait(min(left, held / 4))  # the trouble itself
            over = time.monotonic()
            for url in published:
                healthy.arrived(url)
            took = time.monotonic() - over
            print(f"\n{name}: {len(published)} articles meanwhile, told in {took:.1f} s")
            assert took < AFTER
            healthy.delay()
            assert daemon.stop() == 0
        bodies = {post.body for post in healthy.inbox.posts(accepted=True)}
        urls = [url for url in published for body in bodies if json.dumps(url).encode() in body]
        assert sorted(urls) == sorted(published), "told twice, and not as the same message"
        with store_of(config) as store:
            for status in (EntryStatus.PENDING, EntryStatus.REJECTED, EntryStatus.FAILED):
                assert not store.entries(status=status, limit=5).items
            assert {state for _, state in store.delivery_counts()} == {DeliveryStatus.DELIVERED}
    assert max(healthy.delays) < SOON


@pytest.mark.chaos
@pytest.mark.timeout(500)
@pytest.mark.parametrize("which", ["everything", "the workers", "the fork server"])
def test_processes_that_were_frozen_go_on_where_they_stopped(tmp_path: Path, which: str) -> None:
    def freeze(daemon: Daemon, _: Path) -> AbstractContextManager[None]:
        pid = daemon.process.pid
        helpers = [child for child in children_of(pid) if children_of(child)]
        chosen = {"everything": everything(daemon), "the workers": workers_of(pid)}
        return frozen(chosen.get(which, helpers))

    endure(tmp_path, f"{which} frozen", freeze, FROZEN)


LIMITS = {
    "no descriptor left": (resource.RLIMIT_NOFILE, next_file),
    "three descriptors left": (resource.RLIMIT_NOFILE, lambda pid: next_file(pid) + 3),
    # With 1 MiB or none a thread may fail to start, which stops the loop: see docs/architecture.md.
    "16 MiB of address space left": (resource.RLIMIT_AS, lambda pid: address_space(pid) + 2**24),
}


@pytest.mark.chaos
@pytest.mark.timeout(500)
@pytest.mark.parametrize("left", LIMITS)
def test_a_daemon_that_has_nothing_left_gives_nothing_up(tmp_path: Path, left: str) -> None:
    what, most = LIMITS[left]
    endure(tmp_path, left, lambda daemon, _: limited(everything(daemon), what, most), HELD)


@pytest.mark.chaos
@pytest.mark.timeout(500)
@pytest.mark.parametrize("trouble", ["full", "read-only", "locked", "taken away"])
def test_a_database_that_cannot_be_written_loses_nothing(tmp_path: Path, trouble: str) -> None:
    def spoil(daemon: Daemon, folder: Path) -> AbstractContextManager[None]:
        database = folder / "wirewatch.db"
        if trouble == "locked":
            return locked(database)
        if trouble == "taken away":
            return moved_away(database)
        size = database.stat().st_size if trouble == "full" else 0
        return limited(everything(daemon), resource.RLIMIT_FSIZE, lambda _: size)

    endure(tmp_path, f"database {trouble}", spoil, 2 * HELD)


@pytest.mark.chaos
@pytest.mark.timeout(500)
def test_a_daemon_whose_database_was_taken_ends_and_goes_on_once_it_is_back(tmp_path: Path) -> None:
    with Healthy() as healthy:
        config = healthy.configure(tmp_path, [])
        with running_daemon(config) as daemon:
            healthy.warm_up()
            with moved_away(tmp_path / "wirewatch.db"):
                daemon.wait_for_event("was deleted or replaced", timeout=150)
                assert daemon.process.wait(60) == 1
        url = healthy.publish()
        with (
            told("database taken until the daemon ended", healthy),
            running_daemon(config) as again,
        ):
            healthy.arrived(url)
            healthy.delay()
            assert again.stop() == 0
        assert len(healthy.inbox.posts(accepted=True)) == 3
