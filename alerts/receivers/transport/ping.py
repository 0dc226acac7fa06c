"""A GET to a watchman outside, within the same bounds as everything that leaves by HTTP."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import SecretStr

from alerts.receivers.transport.http import HttpPoster, NoReplyError
from core.network import NetworkPolicy

PATIENCE = timedelta(seconds=10)
SENDER = "heartbeat"
"""Stands for a receiver's name in what is said about it."""


async def ping(url: SecretStr, policy: NetworkPolicy, now: datetime) -> str | None:
    """Ask for an address; return what went wrong, without the address, or None.

    Only 2xx says that somebody heard: a redirect leads to a login page more often than not.
    """
    poster = HttpPoster(url, receiver=SENDER, timeout=PATIENCE, policy=policy)
    try:
        reply = await poster.post(b"", {}, now=now, method="GET")
    except NoReplyError as error:
        return error.message
    finally:
        await poster.close()
    return None if 200 <= reply.status < 300 else f"it answered {reply.status}"
