"""Steps that may hang or crash, each with a deadline of its own: in a process beside the worker.

The worker of the sandbox is lost with whatever it is doing, and with it all pages that were read
before a hostile one. So the pages are read in a child of the worker, which hands over each page
when it is done. The kernel ends the child at a page that takes too long, and the next begins after
it. The deadline of a step counts time of the processor: on a busy machine honest pages only wait.
"""

from __future__ import annotations

import ctypes
import os
import pickle
import select
import signal
import struct
import time
from collections.abc import Callable, Generator, Iterator
from enum import StrEnum
from typing import NoReturn

_PR_SET_PDEATHSIG = 1
# Looked up here: a child that was forked may not wait for the lock of a loader.
_PRCTL = getattr(ctypes.CDLL(None), "prctl", None)
_HEAD = struct.Struct("!Q")
_CHUNK = 1 << 20
_MOST = 64 << 20
"""Bytes that one step may hand over; a page of text has some kB, its image some MB."""
_NO_MEMORY = 78
"""Exit status of a child that ran out of memory in a place that says so."""


class EndKind(StrEnum):
    """Why a child ended before its work did."""

    STEP = "step"
    """A step took longer than it may."""
    ALL = "all"
    """All of them took longer than they may."""
    CRASH = "crash"
    """It died, or needed too much memory."""


class EndedEarly(Exception):  # noqa: N818 -- named by what happened
    """The child ended before its work did."""

    def __init__(self, kind: EndKind) -> None:
        self.kind = kind
        super().__init__(kind.value)


def apart(
    work: Callable[[], Iterator[object]], *, first: float, step: float, until: float
) -> Generator[object, None, None]:
    """Run `work` in a child process and yield what it yields.

    The first step may take `first` seconds of the processor, each other one `step`, and all of them
    may last until `until`, a time of time.monotonic().
    Raises EndedEarly when it is stopped or dies; what came before counts.
    """
    reading, writing = os.pipe()
    worker = os.getpid()
    child = os.fork()
    if child == 0:
        _end_with(worker)
        _work(work, writing, first, step, until)
    os.close(writing)
    try:
        yield from _received(reading, until)
        _, status = os.waitpid(child, 0)
        child = 0
    finally:
        os.close(reading)
        if child:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF:
        raise EndedEarly(EndKind.STEP)
    if status:
        raise EndedEarly(EndKind.CRASH)


def _end_with(worker: int) -> None:
    """Let the kernel end this child when its worker is gone: one that is killed ends nobody.

    To the kernel the thread that forked is the worker; it is the one that listens to the child.
    """
    if _PRCTL is not None:
        _PRCTL(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != worker:  # it was gone before
        os._exit(1)


def _received(reading: int, until: float) -> Iterator[object]:
    kept = bytearray()
    while True:
        ready, _, _ = select.select([reading], [], [], max(0.0, until - time.monotonic()))
        if not ready:
            raise EndedEarly(EndKind.ALL)
        chunk = os.read(reading, _CHUNK)
        if not chunk:
            return
        kept += chunk
        while len(kept) >= _HEAD.size:
            end = _HEAD.size + _HEAD.unpack_from(kept)[0]
            if end > _MOST:
                raise EndedEarly(EndKind.CRASH)
            if len(kept) < end:
                break
            # Made by our own code from what a parser found, in a process as confined as this one.
            value = pickle.loads(bytes(kept[_HEAD.size : end]))  # noqa: S301
            del kept[:end]
            yield value


def _work(
    work: Callable[[], Iterator[object]], writing: int, first: float, step: float, until: float
) -> NoReturn:
    """Be the child. It holds nothing of the worker's but its memory, and ends by itself."""
    status = 1
    try:
        os.closerange(3, writing)
        os.closerange(writing + 1, 65_536)
        for stopping in (signal.SIGPROF, signal.SIGALRM):
            signal.signal(stopping, signal.SIG_DFL)
        # Only if the worker is gone, and the kernel knows no such signal: one second after that.
        signal.setitimer(signal.ITIMER_REAL, max(0.0, until - time.monotonic()) + 1)
        steps, seconds = work(), first
        while True:
            signal.setitimer(signal.ITIMER_PROF, seconds)
            value = next(steps, _END)
            if value is _END:
                break
            data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
            signal.setitimer(signal.ITIMER_PROF, 0)
            _send(writing, _HEAD.pack(len(data)) + data)
            seconds = step
        status = 0
    except MemoryError:
        status = _NO_MEMORY
    finally:
        os._exit(status)


_END = object()


def _send(writing: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(writing, view) :]
