"""In which language somebody reads messages."""

from __future__ import annotations

from core.config.watch import WatchConfig


def language_of_messages(config: WatchConfig, receiver: str) -> str | None:
    """Return the language of the messages to a receiver; None where no configuration says one."""
    known = next((known for known in config.receivers if known.name == receiver), None)
    return config.language if known is None else known.language or config.language
