"""Rules over time: when matches alert by their number. Pure: time and history come in."""

from alerts.over_time.decisions import Decision, decide
from alerts.over_time.event_time import event_time
from alerts.over_time.flatline import (
    LOOKED_AT,
    FlatlineDecision,
    FlatlineFate,
    Sight,
    decide_flatline,
    is_rare_look,
    sight_of,
)
from alerts.over_time.history import (
    EVERYTHING,
    UNREAD_UNTIL,
    WATCHED_SINCE,
    Event,
    History,
    horizon,
    keys_of,
)

__all__ = [
    "EVERYTHING",
    "LOOKED_AT",
    "UNREAD_UNTIL",
    "WATCHED_SINCE",
    "Decision",
    "Event",
    "FlatlineDecision",
    "FlatlineFate",
    "History",
    "Sight",
    "decide",
    "decide_flatline",
    "event_time",
    "horizon",
    "is_rare_look",
    "keys_of",
    "sight_of",
]
