"""A sample to a receiver, sent from the desk: whether it takes messages, and what it says."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from alerts.receivers.protocol import SendResult
from core.alerting.deliveries import AttemptOutcome, DeliveryStatus
from core.errors import DeliveryError, WirewatchError
from desk import overview
from desk.context import Desk
from desk.errors import NotThereError, UnknownNameError
from desk.receivers import receiver_named, send_once, trial_message
from desk.trials import Sample

LONGEST = 20.0
"""Seconds after which nobody at the desk waits any more."""


class SampleTurnError(WirewatchError):
    """Somebody else sends a sample at this moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverRow:
    """A configured receiver."""

    name: str
    kind: str
    waiting: int
    dead: int
    sample: Sample | None
    """The last one that was sent from here since the start."""


def receivers(desk: Desk) -> tuple[ReceiverRow, ...]:
    """Return the configured receivers, in their order."""
    counts = overview.delivery_counts(desk)
    return tuple(
        ReceiverRow(
            name=receiver.name,
            kind=receiver.kind,
            waiting=counts.get((receiver.name, DeliveryStatus.PENDING), 0),
            dead=counts.get((receiver.name, DeliveryStatus.DEAD), 0),
            sample=desk.trials.samples.get(receiver.name),
        )
        for receiver in desk.config.receivers
    )


def send_sample(desk: Desk, name: str) -> Sample:
    """Send a harmless message that says it is a test, once, beside the queue.

    Takes seconds. Raises NotThereError without such a receiver, SampleTurnError when another sample
    is on its way: each keeps a thread of the desk.
    """
    if not desk.trials.sampling.acquire(blocking=False):
        raise SampleTurnError("another sample is on its way")
    try:
        result = asyncio.run(_sent(desk, name))
    except UnknownNameError:
        raise NotThereError(f"receiver {name!r}") from None
    except DeliveryError as error:
        result = SendResult(AttemptOutcome.PERMANENT, detail=str(error))
    finally:
        desk.trials.sampling.release()
    sample = Sample(
        at=desk.now(),
        outcome=result.outcome,
        status_code=result.status_code,
        detail=result.detail,
    )
    desk.trials.samples.keep(name, sample)
    return sample


async def _sent(desk: Desk, name: str) -> SendResult:
    live = desk.running()
    receiver = receiver_named(live.config, name)
    message = trial_message(live, name, desk.now())
    try:
        return await asyncio.wait_for(send_once(receiver, message), LONGEST)
    except TimeoutError:
        return SendResult(AttemptOutcome.TRANSIENT, detail=f"no answer within {LONGEST:.0f} s")
