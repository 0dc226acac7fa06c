"""How far ahead a right clock can have put what alerting schedules.

A clock that ran ahead and was set right leaves times that nobody would live to see. What lies
beyond these limits was written by one.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from core.calendar import longest
from core.config.sections.hours import hours_of
from core.config.watch import WatchConfig
from core.deciding.deciders import ScheduleLimits


def limits_for(config: WatchConfig) -> ScheduleLimits:
    """Return the limits by a configuration: quiet hours may go on for days."""
    stretches = (longest(hours_of(receiver.quiet_hours)) for receiver in config.receivers)
    return replace(LIMITS, summary=max(LIMITS.summary, *stretches, timedelta(0)))


LIMITS = ScheduleLimits(
    clocks_differ=timedelta(minutes=5),
    attempt=timedelta(hours=30),  # a day, and what jitter adds
    summary=timedelta(hours=25),  # quiet hours and limits hold nothing longer; a day may have 25
)
