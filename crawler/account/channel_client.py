"""What we ask of whoever speaks Telegram's own protocol; telethon stands behind it.

Nothing here needs the extra, so polls and tests can do without it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from core.failures import FetchFailure


class AccountError(Exception):
    """Telegram, or the way to it, gave no answer that is of use; `failure` says why."""

    def __init__(self, failure: FetchFailure) -> None:
        self.failure = failure
        super().__init__(str(failure))


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelMessage:
    """One message of a channel, in plain values."""

    number: int
    published_at: datetime
    text: str = ""
    """What it says, asks and names, as lines."""
    linked: tuple[str, ...] = ()
    """What the page says that it leads to; the words of a message that says nothing itself."""
    media: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    author: str = ""
    forwarded_from: str = ""
    edited: bool = False
    unsupported: bool = False
    album: int | None = None
    """What messages have in common that readers see as one post."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelMessages:
    """What a channel answered: its messages before a number, the newest first."""

    name: str
    """The name under which the channel says that it is known."""
    title: str
    messages: tuple[ChannelMessage, ...]
    service: tuple[int, ...] = field(default=())
    """Numbers of messages that are no posts: the channel was created, a post was pinned."""
    more: bool = False
    """Whether there are older ones."""


class ChannelClient(Protocol):
    """An account that reads channels. Raises AccountError."""

    async def messages(self, name: str, before: int | None) -> ChannelMessages:
        """Return the newest messages of a channel, or the newest before a number."""
        ...

    async def close(self) -> None:
        """Leave Telegram; the login stays."""
        ...


OpenClient = Callable[[], Awaitable[ChannelClient]]
"""Connects with the login that there is; raises AccountError."""
