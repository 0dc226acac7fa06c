"""How far ahead a right clock can have put what alerting schedules.

A clock that ran ahead and was set right leaves times that nobody would live to see. What lies
beyond these limits was written by one.
"""

from __future__ import annotations

from datetime import timedelta

from core.deciding.deciders import ScheduleLimits

LIMITS = ScheduleLimits(
    clocks_differ=timedelta(minutes=5),
    attempt=timedelta(hours=30),  # a day, and what jitter adds
    summary=timedelta(hours=25),  # quiet hours and limits hold nothing longer; a day may have 25
)
