"""Logging an account of one's own in at Telegram, and what that means, said before."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.config.sections.telegram_account import TelegramAccountSection
from core.errors import WirewatchError
from core.private_files import new_file
from crawler.account.account_login import new_login
from crawler.account.login_port import AccountLogin

WARNING = """\
An account at Telegram that a program uses is at risk. Before you log in:
- Telegram may limit or ban this account at any time, above all a new one, one that joins many
  channels, or one that asks much. Use one that you can lose, never a source's or your own.
- An account is a person with a telephone number. Whoever runs a channel sees who joins it.
  Wirewatch joins none, and reads channels that have a name, as any guest of them can.
- Telegram learns what you watch, when, and from which address.
- The file of the login is a full key to the account: its messages, contacts and channels. Whoever
  copies it is in, without a code or a password. End a login that may be lost in the app: Settings,
  Devices.
- Telegram's terms for programs hold (core.telegram.org/api/terms), those of your account, and the
  rights of those who wrote the posts."""


class TelegramLoginError(WirewatchError):
    """The account could not be logged in."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Where the answers of a person come from; each is asked when it is needed."""

    phone: Callable[[], str]
    code: Callable[[], str]
    password: Callable[[], str]


def section_for_login(section: TelegramAccountSection | None) -> TelegramAccountSection:
    """Return the section that a login needs; raises TelegramLoginError when it cannot begin."""
    if section is None:
        raise TelegramLoginError(
            "the configuration has no section `telegram` with api_id, api_hash and session"
        )
    path = Path(section.session)
    if path.exists():
        raise TelegramLoginError(f"{path} holds a login already; remove it to log in anew")
    if not path.parent.is_dir():
        raise TelegramLoginError(f"the folder of {path} does not exist")
    return section


def log_in(section: TelegramAccountSection, answers: Answers) -> Path:
    """Log in, and return the file that the login was written to, its owner's alone."""
    return asyncio.run(logged_in(new_login, section, answers))


async def logged_in(
    begin: Callable[[TelegramAccountSection], AccountLogin],
    section: TelegramAccountSection,
    answers: Answers,
) -> Path:
    """Log in by whatever `begin` begins; raises LoginRefused or TelegramLoginError."""
    path = Path(section.session)
    login = begin(section)
    try:
        await login.send_code(answers.phone())
        if not await login.sign_in(answers.code()):
            await login.give_password(answers.password())
        try:
            with new_file(path) as file:
                file.write(login.session().encode() + b"\n")
        except OSError as error:
            raise TelegramLoginError(f"{path} cannot be written: {error.strerror}") from None
    finally:
        await login.close()
    return path
