"""A process that delivers what a database holds, on a clock that runs fast, until it is killed.

Started as `python -m tests.acceptance.delivering DATABASE CONFIG SPEED BEGAN AHEAD`: simulated time
passes `SPEED` times as fast since the moment `BEGAN`, and is ahead besides by the hours that stand
in the file `AHEAD`, which may change at any time.
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

from alerts.delivery.loop import DeliveryLoop
from alerts.dispatch.schedule_limits import LIMITS
from alerts.receivers import build_receivers
from core.config.watch import WatchConfig
from storage import open_store

LEASE = timedelta(minutes=30)


async def deliver(
    database: str, config: WatchConfig, speed: float, began: float, ahead: Path
) -> None:
    def clock() -> datetime:
        passed = (time.time() - began) * speed + float(ahead.read_text()) * 3600
        return datetime.fromtimestamp(began, UTC) + timedelta(seconds=passed)

    with open_store(database, clock=clock) as store:
        store.release_leases()
        store.mend_schedule(clock(), LIMITS)
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
            loop.wake()  # delivery workers sleep by real seconds, and this clock runs ahead of them
            await asyncio.wait({running}, timeout=0.1)
        await running
        await loop.close()


if __name__ == "__main__":
    _, url, settings, fast, start, hours = sys.argv
    watch = WatchConfig.model_validate(json.loads(settings))
    asyncio.run(deliver(url, watch, float(fast), float(start), Path(hours)))
