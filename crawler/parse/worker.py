"""What runs inside a worker of the sandbox: one task after the other, within bounds."""

from __future__ import annotations

import contextlib
import pickle
import resource
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

WORN_SHARE, WORN_MB = 1 / 4, 128
"""Share of its memory, and at least so many MiB, from which a worker that holds it after a task is
replaced: libxml2 keeps every name it meets, and what is kept is missing for the next page."""
GRACE = 1.0
"""Seconds past the deadline after which a worker ends by itself. The pool stops it before, unless
the pool's process was killed or is stalled."""


READY = b"ready"
"""What a worker says when it has started, and when it has a task in hand: the time of a task does
not begin before, since the modules that it needs may have to be loaded."""


class SandboxFailedInside(Exception):  # noqa: N818 -- named by what happened
    """The parser failed with an error that cannot leave its process."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a task."""

    value: Any = None
    error: Exception | None = None
    worn: bool = False
    """Whether the worker is to be replaced before the next task."""


def serve(tasks: Connection, memory_mb: int) -> None:
    """Do tasks until nobody is left who gives any."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    most = _confine(memory_mb)
    with contextlib.suppress(EOFError, OSError):
        tasks.send_bytes(READY)
        while True:
            tasks.send_bytes(_packed(_done(tasks), most))


def _confine(memory_mb: int) -> int:
    """Bound this process; return the bytes of memory it may hold between two tasks."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    if sys.platform != "linux":
        return sys.maxsize
    limit = _memory()[0] + memory_mb * 2**20
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY:  # we ourselves were given less
        limit = min(limit, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    return _memory()[1] + int(max(memory_mb * WORN_SHARE, WORN_MB) * 2**20)


def _memory() -> tuple[int, int]:
    """Return the bytes of address space and of memory that this process takes."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()
    return int(pages[0]) * resource.getpagesize(), int(pages[1]) * resource.getpagesize()


def _done(tasks: Connection) -> Outcome:
    """Do the next task. The kernel's timer ends the worker whatever it is doing."""
    packed = tasks.recv_bytes()
    function: Callable[..., Any]
    try:
        try:
            seconds, function, args, kwargs = pickle.loads(packed)  # noqa: S301 -- our own process
        finally:
            tasks.send_bytes(READY)
        del packed
        signal.setitimer(signal.ITIMER_REAL, seconds + GRACE)
        return Outcome(function(*args, **kwargs))
    except Exception as error:  # whatever it is, it is raised where the task came from
        return Outcome(error=_portable(error))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _packed(outcome: Outcome, most: int) -> bytes:
    """Return the bytes of an outcome, and with it whether this worker holds too much by now."""
    worn = sys.platform == "linux" and _memory()[1] > most
    try:
        return pickle.dumps(Outcome(outcome.value, outcome.error, worn))
    except Exception as error:  # the result is too large for what memory is left, say
        return pickle.dumps(Outcome(error=_portable(error), worn=True))


def _portable(error: Exception) -> Exception:
    """Return `error` if it survives the way to the caller, else one that says the same.

    lxml's errors hold their log, which cannot be pickled. When memory runs out, lxml says so in
    them as well.
    """
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 -- bytes made here
    except Exception:
        if _says_out_of_memory(error):
            return MemoryError()
        said = f"The parser failed on it: {type(error).__name__}: {error}"[:300]
        return SandboxFailedInside(said)
    return error


def _says_out_of_memory(error: Exception) -> bool:
    """Tell whether lxml ran out of memory: it has one type of error for that and for bad markup."""
    return "memory" in str(error).lower()
