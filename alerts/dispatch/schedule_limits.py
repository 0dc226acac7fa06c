"""How far ahead a right clock can have put what alerting schedules.

A clock that ran ahead and was set right leaves times that nobody would live to see. What lies
beyond these limits was written by one.
"""

from __future__ import annotations

from datetime import timedelta

from alerts.delivery.delivery_retry import SCHEDULE, SPREAD
from core.deciding.deciders import ScheduleLimits
from core.deciding.mending import CLOCKS_DIFFER

LIMITS = ScheduleLimits(
    clocks_differ=CLOCKS_DIFFER,
    attempt=timedelta(hours=30),  # a day, and what jitter adds
    summary=timedelta(hours=25),  # quiet hours and limits hold nothing longer; a day may have 25
    attempt_pauses=tuple(pause * (1 + SPREAD) for pause in SCHEDULE),
    lease=timedelta(minutes=1),
)
