"""The sandbox with real processes: deadlines, memory, crashes, signals and a killed parent."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from multiprocessing import forkserver
from pathlib import Path

import pytest
from lxml import etree

from core.articles import ArticleData, FetchedPage
from core.config import WatchConfig
from core.config.sections.sources import SourceConfig
from core.errors import SandboxError
from core.sources import Entry
from crawler.extract import extract_article
from crawler.parse.article_reader import Reader
from crawler.parse.sandbox import (
    Sandbox,
    SandboxClosed,
    SandboxCrashed,
    SandboxDepth,
    SandboxFailed,
    SandboxMemory,
    SandboxTimeout,
)

URL = "https://example.org/a"
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(processes=2, timeout=60, memory_mb=256) as pool:
        yield pool


@pytest.fixture(scope="module")
def hasty() -> Iterator[Sandbox]:
    with Sandbox(processes=2, timeout=1, memory_mb=256) as pool:
        yield pool


def length(body: bytes, url: str = "") -> int:
    return len(body) + len(url)


def never_ends(url: str = "") -> None:
    """Stuck in C code that holds the interpreter: no Python signal handler can run."""
    re.match(r"(a|a)*b", "a" * 60 + url)


def takes_memory(mb: int) -> int:
    return len(bytearray(mb * 2**20))


def dies(code: int) -> None:
    os._exit(code)


def raises(message: str) -> None:
    raise ValueError(message)


def stat(pid: int | str) -> list[str]:
    """Fields of /proc/PID/stat from the state on; empty if there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def exists(pid: int) -> bool:
    return stat(pid)[:1] not in ([], ["Z"])


def descendants(pid: int) -> list[int]:
    parents = {int(p.name): stat(p.name) for p in Path("/proc").iterdir() if p.name.isdigit()}
    children = [child for child, fields in parents.items() if fields and fields[1] == str(pid)]
    return [*children, *(found for child in children for found in descendants(child))]


def wait_until_busy(pid: int) -> None:
    """Wait until the process has used a tenth of a second of CPU from now."""
    before = _ticks(pid)
    while _ticks(pid) - before < 10:
        os.sched_yield()


def _ticks(pid: int) -> int:
    return sum(map(int, stat(pid)[11:13]))


def gone(pids: list[int], within: float = 10.0) -> bool:
    """Wait until none of the processes lives."""
    deadline = time.monotonic() + within
    while any(map(exists, pids)):
        if time.monotonic() > deadline:
            return False
        os.sched_yield()
    return True


async def test_result_comes_back(sandbox: Sandbox) -> None:
    assert await sandbox.run(length, b"x" * 60_000, url="ab") == 60_002
    assert sandbox.call(length, b"xyz") == 3


async def test_work_happens_in_other_processes(sandbox: Sandbox) -> None:
    assert await sandbox.run(os.getpid) != os.getpid()


async def test_large_arguments_and_many_calls_at_once(sandbox: Sandbox) -> None:
    results = await asyncio.gather(*(sandbox.run(length, b"x" * 2**20) for _ in range(40)))
    assert results == [2**20] * 40


async def test_what_the_function_raises_is_raised(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="bad markup"):
        await sandbox.run(raises, "bad markup")


async def test_deadline_stops_code_that_never_returns(hasty: Sandbox, sandbox: Sandbox) -> None:
    patient = asyncio.ensure_future(sandbox.run(never_ends))
    with pytest.raises(SandboxTimeout) as caught:
        await hasty.run(never_ends, url=URL)
    assert not patient.done(), "a second of patience ends before a minute of it"
    patient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await patient
    assert caught.value.url == URL
    assert isinstance(caught.value, SandboxError)


async def test_others_are_served_while_one_hangs(hasty: Sandbox) -> None:
    stuck = asyncio.ensure_future(hasty.run(never_ends))
    served = [await hasty.run(length, b"xy") for _ in range(50)]
    assert served == [2] * 50
    assert not stuck.done()
    with pytest.raises(SandboxTimeout):
        await stuck


async def test_memory_beyond_the_limit_is_refused(sandbox: Sandbox) -> None:
    assert await sandbox.run(takes_memory, 128) == 128 * 2**20
    with pytest.raises(SandboxMemory):
        await sandbox.run(takes_memory, 1024)
    assert await sandbox.run(length, b"x") == 1


async def test_crash_is_told_and_the_worker_replaced(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxCrashed) as caught:
        await sandbox.run(dies, 11)
    assert "died" in str(caught.value)
    assert await sandbox.run(length, b"x") == 1


async def test_idle_workers_that_are_killed_are_replaced(sandbox: Sandbox) -> None:
    pids = set(await asyncio.gather(*(sandbox.run(os.getpid) for _ in range(50))))
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    assert gone(list(pids))
    answer = None
    while answer is None:
        try:
            answer = await sandbox.run(os.getpid)
        except SandboxCrashed:
            continue
    assert answer not in pids


async def test_a_fork_server_that_is_killed_is_replaced(sandbox: Sandbox) -> None:
    before = await sandbox.run(os.getpid)
    server = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]
    for pid in (server, *descendants(server)):
        os.kill(pid, signal.SIGKILL)
    assert await sandbox.run(os.getpid) != before


async def test_a_worker_that_is_killed_takes_only_its_own_task_along() -> None:
    async with Sandbox(processes=1, timeout=60, memory_mb=256) as single:
        pid = await single.run(os.getpid)
        stuck = asyncio.ensure_future(single.run(never_ends))
        waiting = [asyncio.ensure_future(single.run(length, b"x")) for _ in range(3)]
        await asyncio.to_thread(wait_until_busy, pid)
        os.kill(pid, signal.SIGKILL)
        second = await asyncio.to_thread(successor_of, pid)
        await asyncio.to_thread(wait_until_busy, second)
        os.kill(second, signal.SIGKILL)
        with pytest.raises(SandboxCrashed):
            await stuck
        assert await asyncio.gather(*waiting) == [1, 1, 1]


def successor_of(worker: int) -> int:
    """Return the process that takes the place of a worker; the youngest there is."""
    while True:
        younger = [pid for pid in descendants(os.getpid()) if pid > worker and exists(pid)]
        if younger:
            return max(younger)
        os.sched_yield()


KEPT: list[bytes] = []


def keeps(mb: int) -> int:
    """Hold memory after the task, as libxml2 does with the names it meets."""
    KEPT.append(b"x" * (mb * 2**20))
    return os.getpid()


async def test_a_worker_that_holds_much_memory_is_replaced_before_the_next_page() -> None:
    async with Sandbox(processes=1, timeout=60, memory_mb=256) as single:
        first = await single.run(keeps, 60)
        assert await single.run(keeps, 90) == first
        second = await single.run(keeps, 140)
        third = await asyncio.to_thread(single.call, keeps, 1)
        assert len({first, second, third}) == 3
        assert await single.run(takes_memory, 200) == 200 * 2**20


async def test_cancelled_call_stops_its_worker() -> None:
    patient = Sandbox(processes=1, timeout=60, memory_mb=256)
    async with patient:
        pid = await patient.run(os.getpid)
        task = asyncio.ensure_future(patient.run(never_ends))
        await asyncio.to_thread(wait_until_busy, pid)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await patient.run(length, b"x") == 1
        assert not exists(pid)


async def test_terminal_signals_reach_no_worker(sandbox: Sandbox) -> None:
    pid = await sandbox.run(os.getpid)
    os.kill(pid, signal.SIGINT)
    os.kill(pid, signal.SIGTERM)
    assert await sandbox.run(length, b"x") == 1
    assert exists(pid)


async def test_workers_inherit_no_open_file_of_the_parent(tmp_path: Path) -> None:
    with (tmp_path / "database").open("w") as handle:
        os.set_inheritable(handle.fileno(), True)
        async with Sandbox(processes=1, timeout=5, memory_mb=256) as fresh:
            assert str(tmp_path / "database") not in await fresh.run(open_files)


def open_files() -> list[str]:
    handles = Path("/proc/self/fd").iterdir()
    return [str(handle.readlink()) for handle in handles if handle.is_symlink()]


def test_closed_sandbox_leaves_no_worker() -> None:
    pool = Sandbox(processes=2, timeout=30, memory_mb=256)
    pid = pool.call(os.getpid)
    pool.close()
    pool.close()
    assert gone([pid])


async def test_closing_ends_calls_under_way_and_refuses_new_ones() -> None:
    pool = Sandbox(processes=1, timeout=60, memory_mb=256)
    pid = await pool.run(os.getpid)
    calls = [asyncio.ensure_future(pool.run(never_ends)) for _ in range(3)]
    await asyncio.to_thread(wait_until_busy, pid)
    await asyncio.to_thread(pool.close)
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [SandboxClosed] * 3
    with pytest.raises(SandboxCrashed, match="closed"):
        await pool.run(length, b"x")
    with pytest.raises(SandboxCrashed, match="closed"):
        pool.call(length, b"x")


async def test_a_page_that_is_not_read_because_we_stop_is_not_judged() -> None:
    pool = Sandbox(processes=1, timeout=60, memory_mb=256)
    pool.close()
    source = SourceConfig(name="a", feed="https://a.example/f").to_source()
    page = FetchedPage(
        url=URL, final_url=URL, status=200, headers=(), body=b"<p>A page</p>",
        fetched_at=datetime(2026, 3, 1, tzinfo=UTC),
    )  # fmt: skip
    with pytest.raises(SandboxClosed):
        await Reader(pool, WatchConfig().crawl).read(page, source, Entry(url=URL))


def test_extraction_runs_in_a_worker(sandbox: Sandbox) -> None:
    page = b"<html><body><p>" + b"The council voted to repair the old bridge. " * 5
    result = sandbox.call(extract_article, page, URL)
    assert isinstance(result, ArticleData)
    assert result == extract_article(page, URL)


PARENT = """
import contextlib, os, sys, threading
sys.path.insert(0, {root!r})
from crawler.parse.sandbox import Sandbox
from core.errors import SandboxError
from tests.integration.test_sandbox import never_ends

def stuck(pool):
    with contextlib.suppress(SandboxError):  # the pool is closed
        pool.call(never_ends)

if __name__ == "__main__":
    with Sandbox(processes=2, timeout={timeout}, memory_mb=256) as pool:
        pids = {{pool.call(os.getpid) for _ in range(50)}}
        threading.Thread(target=stuck, args=(pool,), daemon=True).start()
        print(*pids, flush=True)
        while True:  # signal.pause() would miss a signal that comes just before it
            threading.Event().wait(0.1)
"""


def start_parent(timeout: float, tmp_path: Path) -> tuple[subprocess.Popen[str], list[int]]:
    script = tmp_path / "parent.py"
    script.write_text(PARENT.format(root=str(ROOT), timeout=timeout), encoding="utf-8")
    parent = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        start_new_session=True,
    )
    assert parent.stdout is not None
    parent.stdout.readline()
    return parent, descendants(parent.pid)


def test_killed_parent_leaves_no_process_behind(tmp_path: Path) -> None:
    parent, children = start_parent(2.0, tmp_path)
    assert len(children) >= 3  # the fork server and two workers, one of which is stuck
    parent.kill()
    parent.communicate()
    assert gone(children)


def test_interrupt_of_the_whole_group_prints_no_workers_traceback(tmp_path: Path) -> None:
    parent, children = start_parent(300.0, tmp_path)
    os.killpg(parent.pid, signal.SIGINT)
    _, errors = parent.communicate(timeout=60)
    assert errors.count("Traceback") <= 1, errors  # the parent's own KeyboardInterrupt
    assert "ForkServerProcess" not in errors
    assert gone(children)


def breaks_lxml() -> None:
    """Raise an error that holds the parser's log, which no process can hand to another."""
    etree.XPath("//a[")


def recurses(depth: int) -> int:
    return recurses(depth + 1)


async def test_an_error_that_cannot_leave_its_process_is_told_in_words(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxFailed, match=r"The parser failed on it: XPathSyntaxError: "):
        await sandbox.run(breaks_lxml)


async def test_recursion_without_end_is_told_in_words(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxDepth, match="nested too deeply") as caught:
        await sandbox.run(recurses, 0)
    assert isinstance(caught.value, SandboxError)
