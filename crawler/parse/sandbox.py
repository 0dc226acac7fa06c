"""The worker pool in which every parse of bytes from the internet runs.

A hostile page may take for ever, take all memory or crash the C parser: it loses its worker, which
is replaced, and the caller gets an error that says so. Threads cannot be stopped; processes can.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import resource
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import InvalidStateError
from concurrent.futures import TimeoutError as DeadlineError
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple, ParamSpec, Self, TypeVar

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from core.environment import told_to_children
from core.errors import SandboxError

P = ParamSpec("P")
R = TypeVar("R")

TASKS_PER_WORKER = 2_000
"""A worker is replaced after this many tasks, so that a leak in a C library cannot grow."""

CLOSED = "The sandbox is closed"
PRELOADED = ("crawler.parse.sandbox_preload",)

WORN_SHARE, WORN_MB = 1 / 4, 128
"""Share of its memory, and at least so many MiB, from which a worker that holds it after a task is
replaced: libxml2 keeps every name it meets, and what is kept is missing for the next page."""
_TIMERS = (signal.SIGALRM, signal.SIGPROF)
"""What the kernel sends when a deadline is over, by the clock and by CPU time."""
_RETIRED = 77
"""Exit status of a worker that was given a task and had been worn out by the one before."""

PATIENCE = 10
"""How many times as long as its deadline a call may take on a machine that is busy with other
things: a page is not given up because of them. What it takes for itself is counted apart."""
GRACE = 1.0
"""Seconds past the deadline after which a worker ends by itself. The pool stops it before, unless
the pool's process was killed or is stalled."""


class SandboxTimeout(SandboxError):  # noqa: N818 -- named by what happened, as its root is
    """Parsing took longer than allowed and was stopped."""


class SandboxMemory(SandboxError):  # noqa: N818
    """Parsing needed more memory than allowed and was stopped."""


class SandboxCrashed(SandboxError):  # noqa: N818
    """The process that parsed it died."""


class SandboxClosed(SandboxCrashed):
    """The sandbox was closed before it was parsed: nothing is known about it."""


class SandboxDepth(SandboxError):  # noqa: N818
    """It is nested too deeply to be parsed."""


class SandboxFailed(SandboxError):  # noqa: N818
    """The parser failed on it."""


class _WorkerRetired(Exception):  # noqa: N818
    """The worker that was given a task is replaced; a fresh one takes the task."""


class _Deadline(NamedTuple):
    """How many seconds a call may take."""

    cpu: float
    clock: float

    @classmethod
    def busy(cls, seconds: float) -> _Deadline:
        """Return that of what does nothing but calculate."""
        return cls(seconds, seconds * PATIENCE)


class Sandbox:
    """Runs functions in worker processes, each call with a deadline and a memory limit.

    `processes` is the number of workers, `timeout` the seconds of CPU time that one call may take,
    and PATIENCE times as many by the clock (waiting for a free worker does not count),
    `memory_mb` the MiB of address space a worker may take beyond what the parsing libraries
    themselves occupy. Functions, arguments and results must be picklable;
    what a function raises is raised here. Workers start with the first call. `preloaded` names
    modules that are loaded once for all workers; the first sandbox of a process decides. A command
    that parses one feed and ends does better without.
    """

    def __init__(
        self,
        processes: int,
        timeout: float,
        memory_mb: int,
        *,
        preloaded: Sequence[str] = PRELOADED,
    ) -> None:
        self._preloaded = list(preloaded)
        self._processes = processes
        self._timeout = timeout
        self._memory_mb = memory_mb
        self._pool: ProcessPool | None = None
        self._closed = False
        self._pending: set[ProcessFuture[Any]] = set()
        self._lock = Lock()

    async def run(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run `function` in a worker; cancelling the awaiting task stops the worker too.

        Raises SandboxTimeout, SandboxMemory, SandboxDepth, SandboxCrashed, and what `function`
        raises; SandboxFailed for an error of a C library that cannot leave its process.
        """
        return await self._run(_Deadline.busy(self._timeout), function, args, kwargs)

    async def run_within(
        self, seconds: float, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Do the same with a deadline of its own by the clock.

        For what bounds itself in smaller steps, or has others work for it.
        """
        return await self._run(_Deadline(seconds, seconds), function, args, kwargs)

    async def _run(
        self,
        deadline: _Deadline,
        function: Callable[..., R],
        args: tuple[object, ...],
        kwargs: dict[str, object],
    ) -> R:
        # Looked at without the lock, which `start` holds while it loads: it looks again itself.
        if self._pool is None or not self._pool.active:
            # The first start loads the libraries (about a second): not on the event loop.
            await asyncio.to_thread(self.start)
        while True:
            try:
                with contextlib.suppress(_WorkerRetired), _sandbox_errors(_url_of(args, kwargs)):
                    return await asyncio.wrap_future(
                        self._schedule(deadline, function, args, kwargs)
                    )
            except SandboxCrashed as error:
                if self._closed:  # it was us who stopped the worker
                    raise SandboxClosed(CLOSED) from error
                raise

    def call(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run `function` in a worker and wait for it; for commands that have no event loop.

        Raises the same as `run`.
        """
        self.start()
        while True:
            with contextlib.suppress(_WorkerRetired), _sandbox_errors(_url_of(args, kwargs)):
                deadline = _Deadline.busy(self._timeout)
                future = self._schedule(deadline, function, args, kwargs)
                try:
                    return future.result()
                except BaseException:
                    future.cancel()  # type: ignore[no-untyped-call]  # Ctrl-C while waiting; no effect on a finished future
                    raise

    def start(self) -> None:
        """Start the workers unless they run; a pool that lost all its workers is replaced."""
        with self._lock:
            if self._closed or (self._pool is not None and self._pool.active):
                return
            if self._pool is not None:
                self._pool.join()
            _start_fork_server(self._preloaded)
            self._pool = ProcessPool(
                max_workers=self._processes,
                max_tasks=TASKS_PER_WORKER,
                initializer=_confine,
                initargs=(self._memory_mb,),
                context=_Context(),
            )
            self._pool.active  # noqa: B018 -- pebble starts its workers when it is first asked

    def close(self) -> None:
        """Stop the workers for good; calls still under way end with SandboxClosed.

        Calling it again does nothing.
        """
        with self._lock:
            self._closed = True
            pool, self._pool = self._pool, None
            if pool is None:
                return
            pool.stop()  # type: ignore[no-untyped-call]
            pool.join()
            # pebble leaves the futures of a stopped pool undecided: their callers would wait on.
            # A copy, and no surprise at those decided by now: a caller may be cancelled meanwhile,
            # on the event loop's thread. New ones cannot come, since there is no pool any more.
            for future in list(self._pending):
                with contextlib.suppress(InvalidStateError):
                    future.set_exception(SandboxClosed(CLOSED))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self.close)

    def _schedule(
        self,
        deadline: _Deadline,
        function: Callable[..., R],
        args: tuple[object, ...],
        kwargs: dict[str, object],
    ) -> ProcessFuture[R]:
        task = (deadline, function, args, kwargs)
        # Under the lock, so that a call is either known to `close`, which ends it, or refused.
        with self._lock:
            if self._pool is None:
                raise SandboxClosed(CLOSED)
            try:
                future = self._pool.schedule(_bounded, task, timeout=deadline.clock)
            except RuntimeError as error:  # the pool lost its workers a moment ago
                raise SandboxCrashed from error
            self._pending.add(future)
        # Called by pebble's threads or by who cancels; `discard` is one step of the interpreter.
        future.add_done_callback(self._pending.discard)
        return future


class _Worker(ForkServerProcess):
    def terminate(self) -> None:
        """Kill outright: a worker deep in C code never gets to a polite signal's handler."""
        self.kill()


class _Context(ForkServerContext):
    # Workers are forked from a small process that holds no socket, database handle or thread of
    # ours. Plain fork would copy all of that; spawn would load the libraries for every worker.
    Process = _Worker


def _start_fork_server(preloaded: list[str]) -> None:
    # A SIGTERM to the whole process group (systemd sends one) is for the daemon to handle: it ends
    # what is in flight and closes the workers. So is the SIGHUP of a terminal that was closed, on
    # which the daemon reloads. The fork server and the workers inherit this mask.
    # The tracker unblocks the signal when it starts, hence it is started first. A mask is of one
    # thread: the daemon's own hears the signal meanwhile.
    with told_to_children():
        _start_both(preloaded)


def _start_both(preloaded: list[str]) -> None:
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGHUP})
    try:
        forkserver.set_forkserver_preload(preloaded)
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _confine(memory_mb: int) -> None:
    """Bound the worker it runs in. Pebble has already made it ignore SIGINT."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for timer in _TIMERS:
        signal.signal(timer, signal.SIG_DFL)
    if sys.platform == "linux":
        limit = _memory()[0] + memory_mb * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        _wear.most = _memory()[1] + int(max(memory_mb * WORN_SHARE, WORN_MB) * 2**20)


@dataclass
class _Wear:
    """How much memory this worker may hold between two tasks, and whether it holds more."""

    most: int = sys.maxsize
    """Bytes."""
    worn: bool = False


_wear = _Wear()


def _memory() -> tuple[int, int]:
    """Return the bytes of address space and of memory that this process takes."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()
    return int(pages[0]) * resource.getpagesize(), int(pages[1]) * resource.getpagesize()


def _bounded(
    deadline: _Deadline,
    function: Callable[..., R],
    args: tuple[object, ...],
    kwargs: dict[str, object],
) -> R:
    """Run one task in a worker. The kernel's timers end the worker whatever it is doing."""
    if _wear.worn:
        os._exit(_RETIRED)
    signal.setitimer(signal.ITIMER_PROF, deadline.cpu)
    signal.setitimer(signal.ITIMER_REAL, deadline.clock + GRACE)
    try:
        return function(*args, **kwargs)
    except Exception as error:
        portable = _portable(error)
        if portable is error:
            raise
        raise portable from None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        _wear.worn = sys.platform == "linux" and _memory()[1] > _wear.most


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
        return SandboxFailed(f"The parser failed on it: {type(error).__name__}: {error}"[:300])
    return error


def _says_out_of_memory(error: Exception) -> bool:
    """Tell whether lxml ran out of memory: it has one type of error for that and for bad markup."""
    return "memory" in str(error).lower()


@contextlib.contextmanager
def _sandbox_errors(url: str | None) -> Iterator[None]:
    try:
        yield
    except DeadlineError as error:
        raise SandboxTimeout(url=url) from error
    except MemoryError as error:
        raise SandboxMemory(url=url) from error
    except RecursionError as error:
        raise SandboxDepth(url=url) from error
    except ProcessExpired as error:
        if error.exitcode == _RETIRED:
            raise _WorkerRetired from error
        if -error.exitcode in _TIMERS:
            raise SandboxTimeout(url=url) from error
        raise SandboxCrashed(url=url) from error
    except BrokenProcessPool as error:
        raise SandboxCrashed(url=url) from error


def _url_of(args: tuple[object, ...], kwargs: dict[str, object]) -> str | None:
    """Find the URL a call is about: its `url`, or the first argument that looks like one."""
    candidates = (kwargs.get("url"), *args)
    return next(
        (arg for arg in candidates if isinstance(arg, str) and arg.startswith(("http:", "https:"))),
        None,
    )
