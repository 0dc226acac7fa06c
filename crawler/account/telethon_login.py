"""Logging an account in, by telethon; needs the `telegram` extra."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from telethon import TelegramClient, errors

from crawler.account.channel_client import AccountError
from crawler.account.login_port import LoginRefused
from crawler.account.telethon_client import failures, left, new_client


class TelethonLogin:
    """One login, from the telephone number to the text that is kept."""

    def __init__(self, api_id: int, api_hash: str, proxy: str | None) -> None:
        self._client: TelegramClient = new_client("", api_id, api_hash, proxy)
        self._phone = ""

    async def send_code(self, phone: str) -> None:
        """Have Telegram send a code to the account."""
        with _refusals():
            await self._client.connect()
            await self._client.send_code_request(phone)
            self._phone = phone

    async def sign_in(self, code: str) -> bool:
        """Log in by the code; False when the account has a password besides."""
        with _refusals():
            try:
                await self._client.sign_in(self._phone, code)
            except errors.SessionPasswordNeededError:
                return False
            return True

    async def give_password(self, password: str) -> None:
        """Log in by the password."""
        with _refusals():
            await self._client.sign_in(password=password)

    def session(self) -> str:
        """Return the login as a text: a key to the whole account."""
        return str(self._client.session.save())

    async def close(self) -> None:
        """Leave Telegram; the login stays."""
        await left(self._client)


@contextmanager
def _refusals() -> Iterator[None]:
    """Say what Telegram refused, without the number, the code or the password."""
    try:
        with failures():
            yield
    except AccountError as error:
        raise LoginRefused(error.failure.detail) from None
