"""Tells people that a part of the daemon ended by itself and begins again.

It works on, so nobody would notice; what ends it once may end it for good the next time.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from alerts.dispatch.deciders import DECIDERS
from alerts.judging.own_alerts import own_alert
from core.alerting.matches import Level
from core.config.sections.health import DAEMON_RULE
from core.config.watch import WatchConfig
from core.deciding.deciders import Deciders
from storage.judging.judging_records import HealthAlert


class Restarts(Protocol):
    """The part of storage that telling of restarts needs."""

    def commit_restart(
        self, ended: str, health_alert: HealthAlert, now: datetime, deciders: Deciders
    ) -> bool:
        """Alert that a part of the daemon ended, once for each name of an end."""
        ...


def tell_restart(store: Restarts, config: WatchConfig, part: str, how: str, now: datetime) -> bool:
    """Alert that a part ended and begins again, once a day for one end; return whether it is new.

    One that ends again and again would flood everybody. Raises StorageError.
    """
    title = f"A part of the daemon ended: {part}"
    text = (
        f"How it ended: {how}. It begins again by itself; if it goes on ending, `healthcheck` and"
        " `wirewatch doctor` say so. The log has the whole of it."
    )
    health_alert = own_alert(
        config,
        (DAEMON_RULE, "Health of the daemon"),
        Level.NORMAL,
        title,
        text,
        now,
        otherwise=[receiver.name for receiver in config.receivers],
    )
    return store.commit_restart(f"{part}:{how}:{now:%Y-%m-%d}", health_alert, now, DECIDERS)
