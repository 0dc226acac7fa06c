"""What logging in asks of whoever speaks Telegram's own protocol; telethon stands behind it."""

from __future__ import annotations

from typing import Protocol

from core.errors import CrawlError


class LoginRefused(CrawlError):  # noqa: N818 - an answer, as NotAFeed is
    """Telegram did not let the account in."""


class AccountLogin(Protocol):
    """One login. Raises LoginRefused."""

    async def send_code(self, phone: str) -> None:
        """Have Telegram send a code to the account."""
        ...

    async def sign_in(self, code: str) -> bool:
        """Log in by the code; False when the account has a password besides."""
        ...

    async def give_password(self, password: str) -> None:
        """Log in by the password."""
        ...

    def session(self) -> str:
        """Return the login as a text: a key to the whole account."""
        ...

    async def close(self) -> None:
        """Leave Telegram; the login stays."""
        ...
