"""What becomes of a message that is written to this machine's disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from alerts.receivers.protocol import SendResult
from core.alerting.deliveries import AttemptOutcome


async def written(write: Callable[[], None]) -> SendResult:
    """Run `write` in a thread; a disk that is full or away may be back later."""
    try:
        await asyncio.to_thread(write)
    except OSError as error:
        detail = f"cannot write: {error.strerror or type(error).__name__}"
        return SendResult(AttemptOutcome.TRANSIENT, None, detail)
    return SendResult(AttemptOutcome.DELIVERED, None, "written")
