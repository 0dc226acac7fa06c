"""A process that delivers what a database holds, on a clock that runs fast, until it is killed.

Started as `python -m tests.acceptance.delivering DATABASE CONFIG SPEED BEGAN AHEAD`: simulated time
passes `SPEED` times as fast since the moment `BEGAN`, and is ahead besides by the hours that stand
in the file `AHEAD`, which may change at any time. Beside the delivery workers it does what the
daemon does about receivers that have left and a clock that was set back, and it logs as the daemon.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from alerts.delivery.loop import DeliveryLoop
from alerts.dispatch.dispatcher import dispatch, readdress
from alerts.receivers import build_receivers
from cli.logs import configure_logs
from cli.options import LogFormat, LogLevel
from core.clock import Clock
from core.config.watch import WatchConfig
from core.errors import StorageError
from scheduler.clock_watch import ClockWatch
from scheduler.mending import mend
from storage import Store, open_store

LEASE = timedelta(minutes=30)


async def deliver(
    database: str, config: WatchConfig, speed: float, began: float, ahead: Path
) -> None:
    def clock() -> datetime:
        passed = (time.time() - began) * speed + float(ahead.read_text()) * 3600
        return datetime.fromtimestamp(began, UTC) + timedelta(seconds=passed)

    with open_store(database, clock=clock) as store:
        store.release_leases()
        mend(store, config, clock())
        watch = ClockWatch(clock, lambda: time.monotonic() * speed)
        loop = DeliveryLoop(
            store,
            build_receivers(config),
            clock=clock,
            owner=secrets.token_hex(4),
            lease=LEASE,
            outlet_of=str,
        )
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        running = asyncio.create_task(loop.run(stop))
        sys.stdout.write("delivering\n")
        sys.stdout.flush()
        while not running.done():
            await asyncio.to_thread(look, store, config, clock, watch)
            loop.wake()  # delivery workers sleep by real seconds, and this clock runs ahead of them
            await asyncio.wait({running}, timeout=0.1)
        await running
        await loop.close()


def look(store: Store, config: WatchConfig, clock: Clock, watch: ClockWatch) -> None:
    """Do once what the daemon does at its ticks; a database that is away is asked again."""
    try:
        watch.look()
        if watch.to_be_mended():
            mend(store, config, clock(), set_back=True)
            watch.mended()
        readdress(store, config, clock())
        dispatch(store, config, clock())
    except StorageError as error:
        structlog.get_logger().error("a look failed", error=str(error))


if __name__ == "__main__":
    _, url, settings, fast, start, hours = sys.argv
    configure_logs(LogFormat.JSON, LogLevel.INFO)
    watched = WatchConfig.model_validate(json.loads(settings))
    asyncio.run(deliver(url, watched, float(fast), float(start), Path(hours)))
