"""In which time zone somebody reads, and in which the hours of a configuration are meant."""

from __future__ import annotations

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

from core.config.sections.receivers import ReceiverConfig
from core.config.watch import WatchConfig

OWN_ZONE: tzinfo | None = None
"""This machine's own zone, as `datetime.astimezone` understands it."""


def zone_at_the_terminal(config: WatchConfig) -> tzinfo | None:
    """Return the zone that commands show times in; without a configured one, the machine's own."""
    return OWN_ZONE if config.timezone is None else ZoneInfo(config.timezone)


def zone_of_messages(config: WatchConfig, receiver: str) -> tzinfo | None:
    """Return the zone that the messages to a receiver show times in.

    Without a configured one it is UTC, since many read a chat; a terminal has one reader, who sits
    at this machine.
    """
    known = next((known for known in config.receivers if known.name == receiver), None)
    name = config.timezone if known is None else known.timezone or config.timezone
    if name is not None:
        return ZoneInfo(name)
    return OWN_ZONE if known is not None and known.console is not None else UTC


def zone_of_hours(config: WatchConfig, receiver: ReceiverConfig | None = None) -> str:
    """Return the name of the zone that hours are meant in which name none themselves."""
    own = None if receiver is None else receiver.timezone
    return own or config.timezone or "UTC"
