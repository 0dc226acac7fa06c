"""Worker processes, each with a thread here that hands it tasks and waits for no longer than told.

Nothing is shared between workers: no lock, no queue, no pipe. So one that is killed at any moment,
by the kernel for want of memory, say, takes its own task along and nobody else's; and whatever
becomes of the fork server, the thread finds out at the next task and begins anew. Time is that of
the clock that nobody can set.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import signal
import socket
import struct
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection, Pipe
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from typing import Any

from crawler.parse.worker import READY, Outcome, serve

TASKS_PER_WORKER = 2_000
"""A worker is replaced after this many tasks, so that a leak in a C library cannot grow."""
TRIES = 2
"""How often a task is given to a worker that dies: the first may have been dead already."""
START_PAUSES = (0.1, 1.0)
"""Seconds before a worker that could not be started is started again."""
_START_PATIENCE = 60.0
"""Seconds until a worker must have begun: the first waits for the libraries to be loaded."""
_PIPE_PATIENCE = 5.0
"""Seconds that a worker has to take a byte of a task, or to give one of an answer it has begun."""
_START_LOCK = threading.Lock()
"""multiprocessing keeps its books without one."""


class WorkerDied(Exception):  # noqa: N818 -- named by what happened
    """The worker ended with the task in hand, or none could be started."""


class DeadlinePassed(Exception):  # noqa: N818
    """The task took longer than it may, and was stopped."""


class Call(Future[Any]):
    """One task, and what comes of it. Cancelling it stops its worker, too."""

    def __init__(self, seconds: float, packed: bytes) -> None:
        super().__init__()
        self.seconds = seconds
        self.packed = packed
        self.stop: Callable[[], None] = lambda: None

    def cancel(self) -> bool:
        """Cancel the task wherever it is."""
        if super().cancel():
            return True
        self.stop()
        return False


@dataclass(slots=True)
class _Worker:
    """A process and our end of the way to it."""

    process: BaseProcess
    way: Connection
    handle: int | None
    """What the process is known by even when its number is another's."""
    tasks: int = 0

    def kill(self) -> None:
        """End it outright: deep in C code it would never get to a polite signal's handler."""
        with contextlib.suppress(OSError):
            if self.handle is not None:
                signal.pidfd_send_signal(self.handle, signal.SIGKILL)
            elif self.process.pid is not None:
                os.kill(self.process.pid, signal.SIGKILL)

    def bury(self) -> None:
        """End it and free what it took here."""
        self.kill()
        with contextlib.suppress(OSError):
            self.way.close()
        if self.handle is not None:
            os.close(self.handle)
        with _START_LOCK, contextlib.suppress(OSError, ValueError, AssertionError):
            self.process.join(1.0)
            self.process.close()


@dataclass(slots=True)
class _Desk:
    """One thread's place: its worker, if it has one."""

    worker: _Worker | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)
    """Held to change `worker`, and to kill it from elsewhere."""


class WorkerPool:
    """A fixed number of workers, each started when it is first needed."""

    def __init__(self, processes: int, memory_mb: int, preloaded: Sequence[str]) -> None:
        self._memory_mb = memory_mb
        self._preloaded = list(preloaded)
        self._calls: queue.SimpleQueue[Call | None] = queue.SimpleQueue()
        self._closed = threading.Event()
        self._desks = [_Desk() for _ in range(processes)]
        self._threads = [
            threading.Thread(target=self._serve, args=(desk,), name="sandbox", daemon=True)
            for desk in self._desks
        ]
        for thread in self._threads:
            thread.start()

    def schedule(self, call: Call) -> None:
        """Have a task done when there is a worker for it."""
        self._calls.put(call)

    def close(self) -> None:
        """Stop the workers and the threads. Calls that wait or run end with WorkerDied."""
        self._closed.set()
        for _ in self._threads:
            self._calls.put(None)
        for desk in self._desks:
            with desk.lock:
                if desk.worker is not None:
                    desk.worker.kill()
        for thread in self._threads:
            thread.join(10.0)
        with contextlib.suppress(queue.Empty):
            while True:
                call = self._calls.get_nowait()
                if call is not None and call.set_running_or_notify_cancel():
                    call.set_exception(WorkerDied())

    # -- in a thread of its own for each desk

    def _serve(self, desk: _Desk) -> None:
        while (call := self._calls.get()) is not None:
            if not call.set_running_or_notify_cancel():
                continue
            try:
                outcome = self._outcome(desk, call)
            except BaseException as error:  # nothing may end this thread, or its place is lost
                call.set_exception(error)
            else:
                if outcome.error is None:
                    call.set_result(outcome.value)
                else:
                    call.set_exception(outcome.error)
            del call
        self._dismiss(desk)

    def _outcome(self, desk: _Desk, call: Call) -> Outcome:
        """Return what comes of a task. Raises WorkerDied, DeadlinePassed."""
        stopped = threading.Event()

        def stop() -> None:
            stopped.set()
            with desk.lock:
                if desk.worker is not None and not call.done():
                    desk.worker.kill()

        call.stop = stop
        try:
            for last in [False] * (TRIES - 1) + [True]:
                try:
                    return self._attempt(desk, call)
                except WorkerDied:
                    if last or stopped.is_set() or self._closed.is_set():
                        raise
        finally:
            call.stop = lambda: None
        raise AssertionError("there is always a last try")

    def _attempt(self, desk: _Desk, call: Call) -> Outcome:
        worker = self._worker(desk)
        deadline = float("inf")
        try:
            worker.way.send_bytes(call.packed)
            _hear_ready(worker.way)
            deadline = time.monotonic() + call.seconds
            if not worker.way.poll(max(0.0, deadline - time.monotonic())):
                self._dismiss(desk)
                raise DeadlinePassed
            outcome: Outcome = pickle.loads(worker.way.recv_bytes())  # noqa: S301 -- our own worker
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            late = time.monotonic() >= deadline  # its own timer ended it
            self._dismiss(desk)
            raise (DeadlinePassed if late else WorkerDied) from error
        worker.tasks += 1
        if outcome.worn or worker.tasks >= TASKS_PER_WORKER:
            self._dismiss(desk)
        return outcome

    def _worker(self, desk: _Desk) -> _Worker:
        """Return the desk's worker, a new one if need be. Raises WorkerDied if none starts."""
        if desk.worker is not None:
            return desk.worker
        for pause in (*START_PAUSES, None):
            try:
                started = self._start()
            except Exception as error:  # the fork server died, or there is no memory for a process
                if pause is None or self._closed.wait(pause):
                    raise WorkerDied from error
                continue
            with desk.lock:
                desk.worker = started
            if self._closed.is_set():
                started.kill()
            return started
        raise AssertionError("the last try returns or raises")

    def _start(self) -> _Worker:
        ours, theirs = Pipe()
        try:
            _be_bounded(ours)
            with _START_LOCK:
                _start_fork_server(self._preloaded)
                process = ForkServerContext().Process(
                    target=serve, args=(theirs, self._memory_mb), daemon=True
                )
                process.start()
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        handle = None
        if hasattr(os, "pidfd_open") and process.pid is not None:
            with contextlib.suppress(OSError):  # it is gone again
                handle = os.pidfd_open(process.pid)
        worker = _Worker(process, ours, handle)
        try:
            _hear_ready(ours)
        except BaseException:
            worker.bury()
            raise
        return worker

    def _dismiss(self, desk: _Desk) -> None:
        with desk.lock:
            worker, desk.worker = desk.worker, None
            if worker is not None:
                worker.bury()


def _hear_ready(way: Connection) -> None:
    """Wait until the other end is at work. Raises EOFError, OSError."""
    if not way.poll(_START_PATIENCE) or way.recv_bytes() != READY:
        raise TimeoutError


def _be_bounded(way: Connection) -> None:
    """Let no single read or write take for ever: a process may be stopped and not die."""
    patience = struct.pack("ll", int(_PIPE_PATIENCE), 0)
    with socket.socket(fileno=os.dup(way.fileno())) as same:
        for direction in (socket.SO_SNDTIMEO, socket.SO_RCVTIMEO):
            same.setsockopt(socket.SOL_SOCKET, direction, patience)


def _start_fork_server(preloaded: list[str]) -> None:
    """Have a fork server run, and it alone; one that died is replaced.

    Workers are forked from a small process that holds no socket, database handle or thread of ours.
    Plain fork would copy all of that; spawn would load the libraries for every worker.
    """
    # A SIGTERM to the whole process group (systemd sends one) is for the daemon to handle: it ends
    # what is in flight and closes the workers. So is the SIGHUP of a terminal that was closed, on
    # which the daemon reloads. The fork server and the workers inherit this mask.
    # The tracker unblocks the signal when it starts, hence it is started first. A mask is of one
    # thread: the daemon's own hears the signal meanwhile.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGHUP})
    try:
        forkserver.set_forkserver_preload(preloaded)
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
