"""How far ahead a right clock can have put what alerting schedules.

A clock that ran ahead and was set right leaves times that nobody would live to see. What lies
beyond these limits was written by one.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from alerts.delivery.delivery_retry import SCHEDULE, SPREAD
from core.calendar import longest
from core.config.sections.hours import hours_of
from core.config.watch import WatchConfig
from core.config.zones import zone_of_hours
from core.deciding.deciders import ScheduleLimits
from core.deciding.mending import CLOCKS_DIFFER


def limits_for(config: WatchConfig) -> ScheduleLimits:
    """Return the limits by a configuration: quiet hours may go on for days."""
    stretches = (
        longest(hours_of(receiver.quiet_hours, zone_of_hours(config, receiver)))
        for receiver in config.receivers
    )
    return replace(LIMITS, summary=max(LIMITS.summary, *stretches, timedelta(0)))


LIMITS = ScheduleLimits(
    clocks_differ=CLOCKS_DIFFER,
    attempt=timedelta(hours=30),  # a day, and what jitter adds
    summary=timedelta(hours=25),  # quiet hours and limits hold nothing longer; a day may have 25
    attempt_pauses=tuple(pause * (1 + SPREAD) for pause in SCHEDULE),
    lease=timedelta(minutes=1),
)
