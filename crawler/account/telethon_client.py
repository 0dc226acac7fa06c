"""Telegram's own protocol, by telethon. Nothing else imports it; it needs the `telegram` extra."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any
from urllib.parse import unquote, urlsplit

from telethon import TelegramClient, errors
from telethon.sessions import StringSession
from telethon.tl.functions.contacts import ResolveUsernameRequest
from telethon.tl.functions.messages import GetHistoryRequest
from telethon.tl.types import Channel, InputPeerChannel

from core.failures import FailureKind, FetchFailure
from crawler.account.account_pages import asked_to_wait
from crawler.account.channel_client import AccountError, ChannelMessages
from crawler.account.post_mapping import channel_messages, names_of

MOST_MESSAGES = 100
"""Messages of one answer; Telegram gives no more at once."""
LOG_IN = "log in with `wirewatch telegram login`"


class TelethonChannels:
    """Reads channels by an account that is logged in; joins none and writes to none."""

    def __init__(self, client: TelegramClient) -> None:
        self._client = client
        self._peers: dict[str, InputPeerChannel] = {}

    async def messages(self, name: str, before: int | None) -> ChannelMessages:
        """Return the newest messages of a channel, or the newest before a number."""
        with failures():
            known = self._peers.get(name)
            answer = await self._history(known or await self._found(name), before)
            channel = _channel_named(name, answer)
            if channel is None and known is not None:  # the name may have gone to another channel
                answer = await self._history(await self._found(name), before)
                channel = _channel_named(name, answer)
            if channel is None:
                raise _refused(f"Telegram answered for another channel than {name}")
            full = len(answer.messages) >= MOST_MESSAGES
            return channel_messages(channel, answer.messages, answer.chats, more=full)

    async def close(self) -> None:
        """Leave Telegram; the login stays."""
        await left(self._client)

    async def _history(self, peer: InputPeerChannel, before: int | None) -> Any:
        return await self._client(
            GetHistoryRequest(
                peer=peer,
                offset_id=before or 0,
                offset_date=None,
                add_offset=0,
                limit=MOST_MESSAGES,
                max_id=0,
                min_id=0,
                hash=0,
            )
        )

    async def _found(self, name: str) -> InputPeerChannel:
        """Ask which channel has a name; that is limited more than anything else, so it is kept."""
        self._peers.pop(name, None)
        channel = _channel_named(name, await self._client(ResolveUsernameRequest(name)))
        if channel is None or not channel.broadcast:
            raise _refused(f"{name} is no channel: a group, a person or a bot")
        self._peers[name] = InputPeerChannel(channel.id, channel.access_hash or 0)
        return self._peers[name]


async def open_channels(
    session: str, api_id: int, api_hash: str, proxy: str | None
) -> TelethonChannels:
    """Connect with a login; raises AccountError when it is none, or no longer."""
    client = new_client(session, api_id, api_hash, proxy)
    try:
        with failures():
            await client.connect()
            if not await client.is_user_authorized():
                raise _refused(f"the account at Telegram is logged in no more: {LOG_IN}")
    except BaseException:
        await left(client)
        raise
    return TelethonChannels(client)


def new_client(session: str, api_id: int, api_hash: str, proxy: str | None) -> TelegramClient:
    """Return a client that is not connected; `session` is the text of a login, or empty."""
    try:
        login = StringSession(session)
    except Exception:  # telethon lets through what struct and base64 raise
        raise _refused(f"the file of the login holds none: {LOG_IN}") from None
    return TelegramClient(
        login,
        api_id,
        api_hash,
        proxy=proxy_of(proxy),
        flood_sleep_threshold=0,  # the schedule waits, and every channel of the account with it
        request_retries=1,
        connection_retries=1,
        receive_updates=False,
        device_model="Wirewatch",
        app_version=version("wirewatch"),
    )


async def left(client: TelegramClient) -> None:
    """Disconnect; what goes wrong with that is of no interest any more."""
    disconnecting = client.disconnect()
    if disconnecting is not None:
        await asyncio.gather(disconnecting, return_exceptions=True)


def proxy_of(address: str | None) -> dict[str, Any] | None:
    """Return the address of a proxy as telethon takes it."""
    if not address:
        return None
    parts = urlsplit(address)
    kind = parts.scheme.removesuffix("h") if parts.scheme.startswith("socks") else "http"
    return {
        "proxy_type": kind,
        "addr": parts.hostname,
        "port": parts.port or (1080 if kind == "socks5" else 80),
        "rdns": parts.scheme != "socks5",
        "username": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
    }


@contextmanager
def failures() -> Iterator[None]:
    """Turn what telethon raises into failures of ours."""
    try:
        yield
    except AccountError:
        raise
    except errors.FloodError as error:
        raise AccountError(asked_to_wait(float(getattr(error, "seconds", 0) or 60))) from None
    except (errors.UnauthorizedError, errors.AuthKeyError):
        raise _refused(f"Telegram does not take the login: {LOG_IN}") from None
    except (errors.UsernameNotOccupiedError, errors.UsernameInvalidError):
        raise _refused("there is no channel of this name") from None
    except errors.ChannelPrivateError:
        raise _refused("the channel is private, and this account is not in it") from None
    except errors.RPCError as error:
        status = error.code if isinstance(error.code, int) and error.code >= 500 else None
        kind = FailureKind.HTTP if status else FailureKind.DOCUMENT
        raise AccountError(FetchFailure(kind, f"Telegram says {error.message}", status)) from None
    except TimeoutError:
        raise AccountError(FetchFailure(FailureKind.TIMEOUT, "Telegram did not answer")) from None
    except (OSError, EOFError, asyncio.IncompleteReadError) as error:
        said = f"Telegram cannot be reached: {type(error).__name__}"
        raise AccountError(FetchFailure(FailureKind.CONNECT, said)) from None


def _channel_named(name: str, answer: Any) -> Channel | None:
    """Return the channel of an answer that has a name now."""
    return next(
        (
            chat
            for chat in answer.chats
            if isinstance(chat, Channel)
            and name.casefold() in (known.casefold() for known in names_of(chat))
        ),
        None,
    )


def _refused(said: str) -> AccountError:
    return AccountError(FetchFailure(FailureKind.DOCUMENT, said))
