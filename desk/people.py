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
from storage.desk.people import id_of_secret
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
    "come_in",
    "enter",
    "forget",
    "give_role",
    "give_token",
    "invite",
    "look",
    "name_elsewhere",
    "take_token",
]

LONGEST_NAME = 40
LONGEST_NAME_ELSEWHERE = 100
"""Letters of a name that others gave: it may be a mail address."""
_SECRET_BYTES = 32
_LONGEST_BROWSER = 120


class RefusedLogin(StrEnum):
    """Why a login link logs nobody in."""

    UNKNOWN = "unknown"
    """Made by another daemon, cut off, or forgotten."""
    USED = "used"
    EXPIRED = "expired"


class StrangerError(WirewatchError):
    """Somebody who is known elsewhere has no role here."""

    def __init__(self, name: str) -> None:
        """Say who."""
        super().__init__(f"{name} has no role at this desk")
        self.name = name


class NameTakenError(StrangerError):
    """The name belongs to another account of the same provider."""


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


def invite(store: Store, name: str, now: datetime, role: Role | None = None) -> str:
    """Make a login link for a person; return its secret part, which is kept nowhere.

    Without a role it is for the one that was given by hand, and to administer else.

    Raises ValueError for a name that nobody could be told by.
    """
    person = _name(name)
    role = role or store.person(person).role or Role.ADMINISTER
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


def come_in(store: Store, name: str, fallback: Role | None, now: datetime) -> DeskSession:
    """Return the visit of somebody whom a proxy names. Raises StrangerError.

    There is no secret and no row of it: the proxy says at every request who asks.
    """
    person = store.person(name)
    role = person.role or fallback
    if role is None:
        raise StrangerError(name)
    if not person.known:
        store.meet(name)
    return DeskSession(
        id=id_of_secret(f"proxy {name}"), person=name, role=role,
        created_at=now, seen_at=now, expires_at=now, by_proxy=True,
    )  # fmt: skip


def enter(
    store: Store,
    name: str,
    subject: str,
    fallback: Role | None,
    *,
    browser: str,
    now: datetime,
    lasting: timedelta,
) -> Begun:
    """Begin the session of somebody whom a provider of accounts names. Raises StrangerError.

    A role that was given by hand counts before the one that the provider's answer gives.
    """
    known = store.person(name)
    if known.role is None and fallback is None:
        raise StrangerError(name)
    # Names may be given to others, and some providers let people choose theirs; subjects stay.
    person = store.meet(name, subject)
    if person.subject != subject:
        raise NameTakenError(name)
    role = person.role or fallback
    if role is None:
        raise StrangerError(name)
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    session = store.begin_session(
        secret, name, role,
        browser=shorten(one_line(browser), _LONGEST_BROWSER), at=now, ends_at=now + lasting,
    )  # fmt: skip
    return Begun(session, secret)


def give_role(store: Store, name: str, role: Role | None) -> str:
    """Give a person a role by hand, or take it back; return the name as it is kept.

    Raises ValueError for a name that nobody could be told by.
    """
    person = name_elsewhere(name)
    store.set_role(person, role)
    return person


def forget(store: Store, name: str) -> None:
    """Forget a person and log them out everywhere. Raises NotThereError."""
    if not store.forget_person(name):
        raise NotThereError(f"person '{shorten(name, 60)}'")


def name_elsewhere(name: str) -> str:
    """Return a name that others gave.

    Raises ValueError for one that nobody could be told by, and for one that would have to be
    cleaned: with what cannot be seen taken out it would be the name of another.
    """
    cleaned = _name(name, LONGEST_NAME_ELSEWHERE)
    if cleaned != name.strip(" "):
        raise ValueError("this name has characters that cannot be seen")
    return cleaned


def _name(name: str, longest: int = LONGEST_NAME) -> str:
    """Return a name as it is shown. Raises ValueError for one that nobody could be told by."""
    cleaned = " ".join(one_line(name).split())
    if not cleaned or len(cleaned) > longest or not cleaned.isprintable():
        raise ValueError(f"a name has 1 to {longest} letters, not {shorten(name, 60)!r}")
    return cleaned
