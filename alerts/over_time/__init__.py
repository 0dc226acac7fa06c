"""Rules over time: when matches alert by their number. Pure: time and history come in."""

from alerts.over_time.decisions import Decision, decide, decide_flatline
from alerts.over_time.history import (
    EVERYTHING,
    WATCHED_SINCE,
    Event,
    History,
    horizon,
    keys_of,
)

__all__ = [
    "EVERYTHING",
    "WATCHED_SINCE",
    "Decision",
    "Event",
    "History",
    "decide",
    "decide_flatline",
    "horizon",
    "keys_of",
]
