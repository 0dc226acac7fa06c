"""Running our own processes and counting what they cost, children and grandchildren included."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WIREWATCH = (sys.executable, "-m", "cli.main")
_PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process tree cost."""

    cpu: float
    """Seconds of user and system time."""
    wall: float
    """Seconds."""


def environment() -> dict[str, str]:
    """Return the environment for our children: the checkout importable from any folder."""
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def measured(command: Sequence[str], cwd: Path) -> Cost:
    """Run a command to its end and return what it and all it started cost.

    This process becomes the reaper of orphans, so that a grandchild that outlives its parent by
    a moment is counted too. Raises CalledProcessError when the command fails.
    """
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    child = subprocess.Popen(command, cwd=cwd, env=environment(), stdout=subprocess.DEVNULL)
    status = child.wait()
    wall = time.perf_counter() - began
    _reap_orphans()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if status:
        raise subprocess.CalledProcessError(status, command)
    spent = (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)
    return Cost(spent, wall)


def _reap_orphans() -> None:
    """Wait for grandchildren that were handed to us; those of other runs are still at work."""
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            time.sleep(0.01)


@contextmanager
def announced(*arguments: str) -> Iterator[dict[str, object]]:
    """Run one of the demo's servers; yield the line of JSON it announces itself with.

    The server ends when its standard input does.
    """
    server = subprocess.Popen(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        yield json.loads(server.stdout.readline())
    finally:
        server.stdin.close()
        server.wait(timeout=10)
        server.stdout.close()


def resident_kb(pid: int) -> int:
    """Return the resident memory of one process, in KiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0
