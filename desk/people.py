"""Who is at the desk: login links that work once, and the sessions they begin."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.errors import WirewatchError
from core.people import LOGIN_LASTS, ApiToken, DeskPerson, DeskSession, LoginLink, Role
from core.plain_text import one_line, shorten
from desk.errors import NotThereError
from storage import Store
from storage.desk.programs import new_token

__all__ = [
    "ApiToken",
    "Begun",
    "DeskPerson",
    "DeskSession",
    "LoginLink",
    "LoginRefusedError",
    "RefusedLogin",
    "Role",
    "begin",
    "give_token",
    "invite",
    "look",
    "take_token",
]

LONGEST_NAME = 40
_SECRET_BYTES = 32
_LONGEST_BROWSER = 120


class RefusedLogin(StrEnum):
    """Why a login link logs nobody in."""

    UNKNOWN = "unknown"
    """Made by another daemon, cut off, or forgotten."""
    USED = "used"
    EXPIRED = "expired"


class LoginRefusedError(WirewatchError):
    """A login link does not work; `link` is what is known of it."""

    def __init__(self, why: RefusedLogin, link: LoginLink | None = None) -> None:
        """Say why."""
        super().__init__(f"the login link is {why.value}")
        self.why = why
        self.link = link


@dataclass(frozen=True, slots=True)
class Begun:
    """A session that has begun."""

    session: DeskSession
    secret: str
    """What the browser shows at every visit."""


def invite(store: Store, name: str, now: datetime, role: Role = Role.ADMINISTER) -> str:
    """Make a login link for a person; return its secret part, which is kept nowhere.

    Raises ValueError for a name that nobody could be told by.
    """
    person = _name(name)
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    store.add_login(
        secret, LoginLink(person=person, role=role, made_at=now, expires_at=now + LOGIN_LASTS)
    )
    return secret


def give_token(
    store: Store, name: str, role: Role, now: datetime, lasting: timedelta
) -> tuple[ApiToken, str]:
    """Give a program a token; return it with its secret, which is kept nowhere.

    Raises ValueError for a name that nobody could tell it by.
    """
    secret = f"ww_{secrets.token_urlsafe(_SECRET_BYTES)}"
    token = new_token(secret, _name(name), role, now, lasting)
    store.add_token(secret, token)
    return token, secret


def take_token(store: Store, token_id: str) -> None:
    """Take a token back. Raises NotThereError."""
    if not store.end_token(token_id):
        raise NotThereError(f"token '{token_id}'")


def look(store: Store, login: str, now: datetime) -> LoginLink:
    """Return what a login link does, without using it up. Raises LoginRefusedError."""
    link = store.login(login)
    if link is None:
        raise LoginRefusedError(RefusedLogin.UNKNOWN)
    if link.used_at is not None:
        raise LoginRefusedError(RefusedLogin.USED, link)
    if link.expires_at <= now:
        raise LoginRefusedError(RefusedLogin.EXPIRED, link)
    return link


def begin(store: Store, login: str, browser: str, now: datetime) -> Begun:
    """Use a login link up, and begin the session of a browser. Raises LoginRefusedError."""
    look(store, login, now)
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    session = store.use_login(
        login, secret, browser=shorten(one_line(browser), _LONGEST_BROWSER), at=now
    )
    if session is None:  # another used it between the look and now
        raise LoginRefusedError(RefusedLogin.USED, store.login(login))
    return Begun(session, secret)


def _name(name: str) -> str:
    """Return a name as it is shown. Raises ValueError for one that nobody could be told by."""
    cleaned = " ".join(one_line(name).split())
    if not cleaned or len(cleaned) > LONGEST_NAME or not cleaned.isprintable():
        raise ValueError(f"a name has 1 to {LONGEST_NAME} letters, not {shorten(name, 60)!r}")
    return cleaned
