"""A sample to a receiver, sent from the desk: whether it takes messages, and what it says."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass

from alerts.receivers.protocol import Receiver, SendResult
from core.alerting.deliveries import AttemptOutcome, DeliveryStatus
from core.errors import DeliveryError
from desk import overview
from desk.context import Desk
from desk.errors import NotThereError, TurnTakenError, UnknownNameError
from desk.receivers import receiver_named, send_once, trial_message
from desk.trials import Sample

LONGEST = 20.0
"""Seconds after which nobody at the desk waits any more."""


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


def send_sample(desk: Desk, name: str) -> None:
    """Send a harmless message that says it is a test, once, beside the queue.

    Waits for what comes of it, `LONGEST` at most; then that is still to come. Raises NotThereError
    without such a receiver, TurnTakenError while another sample is on its way.
    """
    try:
        receiver = receiver_named(desk.config, name)
    except UnknownNameError:
        raise NotThereError(f"receiver {name!r}") from None
    except DeliveryError as error:
        _keep(desk, name, SendResult(AttemptOutcome.PERMANENT, detail=str(error)))
        return
    if not desk.trials.sampling.acquire(blocking=False):
        raise TurnTakenError("another sample is on its way")
    _keep(desk, name, SendResult(AttemptOutcome.TRANSIENT, detail="no answer yet"))
    # A thread of its own: what cannot be ended, such as a look for a name, keeps no page waiting.
    sending = threading.Thread(
        target=_send, args=(desk, name, receiver), name="sample", daemon=True
    )
    sending.start()
    sending.join(LONGEST)


def _send(desk: Desk, name: str, receiver: Receiver) -> None:
    try:
        message = trial_message(desk.running(), name, desk.now())
        _keep(desk, name, asyncio.run(send_once(receiver, message)))
    finally:
        desk.trials.sampling.release()


def _keep(desk: Desk, name: str, result: SendResult) -> None:
    sample = Sample(
        at=desk.now(),
        outcome=result.outcome,
        status_code=result.status_code,
        detail=result.detail,
    )
    desk.trials.samples.keep(name, sample)
