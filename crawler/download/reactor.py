"""Running a coroutine on the loop that Scrapy's reactor drives.

Scrapy's connections and the network guard live in Twisted's reactor, so the daemon's own
coroutines run on the reactor's asyncio loop instead of a loop of their own.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from typing import Any

from scrapy.utils.reactor import install_reactor

from core.collector import settle


def run_on_reactor(main: Callable[[], Awaitable[int]]) -> int:
    """Run `main` on a fresh reactor and return its result. Works once in a process.

    Signals are left to `main`; an exception of `main` is raised here.
    """
    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    from twisted.internet import reactor as installed

    reactor: Any = installed  # typed as a module of functions that want `self`

    result: list[int] = []
    errors: list[BaseException] = []

    async def run() -> None:
        try:
            result.append(await main())
        except BaseException as error:  # raised again below, outside the reactor
            errors.append(error)
        finally:
            reactor.stop()

    task: list[asyncio.Task[None]] = []
    # Not callWhenRunning: it fires before the loop itself runs.
    reactor.callLater(0, lambda: task.append(asyncio.get_running_loop().create_task(run())))
    settle()
    try:
        reactor.run(installSignalHandlers=False)
    except BaseException:
        # The loop was ended from within, by a library that calls exit, say. Nobody is left who
        # would hear a signal, and what is being closed now may take for ever.
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        raise
    if errors:
        raise errors[0]
    return result[0]
