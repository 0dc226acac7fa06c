"""What becomes of a message that cannot be put together.

Something in one article, or a fault of ours, is to blame, and never the receiver: it was not asked.
So it is not tried again as it is, other messages do not wait for it, and the plainest form follows.
"""

from __future__ import annotations

import traceback
from pathlib import Path

import structlog

from alerts.receivers.protocol import SendResult
from core.alerting.deliveries import AttemptOutcome

log = structlog.get_logger(__name__)


def not_composed(error: Exception, receiver: str, words: str = "") -> SendResult:
    """Return the result for a message that an error kept from being put together.

    `words` say more where they hold nothing secret; the error's own may.
    """
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    name = type(error).__name__
    log.error("message_not_composed", receiver=receiver, error=name, where=where)
    detail = f"the message cannot be put together: {words or f'{name} in {where}'}"
    return SendResult(AttemptOutcome.UNREADABLE, None, detail, reached=False)
