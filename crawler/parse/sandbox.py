"""The worker pool in which every parse of bytes from the internet runs.

A hostile page may take for ever, take all memory or crash the C parser: it loses its worker, which
is replaced, and the caller gets an error that says so. Threads cannot be stopped; processes can.
"""

from __future__ import annotations

import asyncio
import contextlib
import pickle
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import ParamSpec, Self, TypeVar

from core.errors import SandboxError
from crawler.parse.worker import SandboxFailedInside
from crawler.parse.worker_pool import Call, DeadlinePassed, WorkerDied, WorkerPool

P = ParamSpec("P")
R = TypeVar("R")

CLOSED = "The sandbox is closed"
PRELOADED = ("crawler.parse.sandbox_preload",)


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


class Sandbox:
    """Runs functions in worker processes, each call with a deadline and a memory limit.

    `processes` is the number of workers, `timeout` the seconds one call may run (waiting for a
    free worker does not count), `memory_mb` the MiB of address space a worker may take beyond what
    the parsing libraries themselves occupy. Functions, arguments and results must be picklable;
    what a function raises is raised here. A worker starts with the first call that needs it.
    `preloaded` names modules that are loaded once for all workers; the first sandbox of a process
    decides. A command that parses one feed and ends does better without.
    """

    def __init__(
        self,
        processes: int,
        timeout: float,
        memory_mb: int,
        *,
        preloaded: Sequence[str] = PRELOADED,
    ) -> None:
        self._preloaded = preloaded
        self._processes = processes
        self._timeout = timeout
        self._memory_mb = memory_mb
        self._pool: WorkerPool | None = None
        self._closed = False
        self._lock = threading.Lock()

    async def run(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run `function` in a worker; cancelling the awaiting task stops the worker too.

        Raises SandboxTimeout, SandboxMemory, SandboxDepth, SandboxCrashed, and what `function`
        raises; SandboxFailed for an error of a C library that cannot leave its process.
        """
        return await self.run_within(self._timeout, function, *args, **kwargs)

    async def run_within(
        self, seconds: float, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Do the same with a deadline of its own, for what bounds itself in smaller steps."""
        with self._sandbox_errors(_url_of(args, kwargs)):
            result: R = await asyncio.wrap_future(self._schedule(seconds, function, args, kwargs))
            return result

    def call(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run `function` in a worker and wait for it; for commands that have no event loop.

        Raises the same as `run`.
        """
        with self._sandbox_errors(_url_of(args, kwargs)):
            call = self._schedule(self._timeout, function, args, kwargs)
            try:
                result: R = call.result()
            except BaseException:
                call.cancel()  # Ctrl-C while waiting; no effect on what is done
                raise
            return result

    def close(self) -> None:
        """Stop the workers for good; calls still under way end with SandboxClosed.

        Calling it again does nothing.
        """
        with self._lock:
            self._closed = True
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.close()

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
        seconds: float,
        function: Callable[..., object],
        args: tuple[object, ...],
        kwargs: dict[str, object],
    ) -> Call:
        call = Call(seconds, pickle.dumps((seconds, function, args, kwargs)))
        # Under the lock, so that a call is either known to `close`, which ends it, or refused.
        with self._lock:
            if self._closed:
                raise SandboxClosed(CLOSED)
            if self._pool is None:
                self._pool = WorkerPool(self._processes, self._memory_mb, self._preloaded)
            self._pool.schedule(call)
        return call

    @contextlib.contextmanager
    def _sandbox_errors(self, url: str | None) -> Iterator[None]:
        try:
            yield
        except DeadlinePassed as error:
            raise SandboxTimeout(url=url) from error
        except MemoryError as error:
            raise SandboxMemory(url=url) from error
        except RecursionError as error:
            raise SandboxDepth(url=url) from error
        except SandboxFailedInside as error:
            raise SandboxFailed(str(error)) from error
        except WorkerDied as error:
            if self._closed:  # it was us who stopped the worker
                raise SandboxClosed(CLOSED) from error
            raise SandboxCrashed(url=url) from error


def _url_of(args: tuple[object, ...], kwargs: dict[str, object]) -> str | None:
    """Find the URL a call is about: its `url`, or the first argument that looks like one."""
    candidates = (kwargs.get("url"), *args)
    return next(
        (arg for arg in candidates if isinstance(arg, str) and arg.startswith(("http:", "https:"))),
        None,
    )
