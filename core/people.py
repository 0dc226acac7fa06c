"""People who use the desk: what they may do, and how the desk knows them again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LOGIN_LASTS = timedelta(minutes=10)
"""A login link is made to be used at once: it lies in a terminal's history and in chats."""
SESSION_LASTS = timedelta(days=30)
"""Without a visit in between. Every visit begins the time anew."""


class Role(StrEnum):
    """What a person may do; each may all that those before may."""

    READ = "read"
    WORK = "work"
    """Acknowledge, snooze, dismiss, mute, write notes, poll, send again."""
    ADMINISTER = "administer"
    """End other people's sessions."""

    def covers(self, needed: Role) -> bool:
        """Tell whether who has this role may do what needs the other."""
        return _RANKS[self] >= _RANKS[needed]


_RANKS = {role: rank for rank, role in enumerate(Role)}


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginLink:
    """A link that logs one person in, once."""

    person: str
    role: Role
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSession:
    """A browser that is logged in."""

    id: str
    """The beginning of the hash of its secret: enough to name it, nothing to log in with."""
    person: str
    role: Role
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    browser: str = ""
    """What the browser says of itself."""
    ends_at: datetime | None = None
    """When it ends however often it is used; None: it lasts while it is."""
    by_proxy: bool = False
    """Whether a proxy says at every request who it is; then it is no session that could end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """What a program may do, in whose name and until when."""

    id: str
    """The beginning of the hash of its secret, as of a session."""
    name: str
    role: Role
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EarlierAnswer:
    """What an action was answered with when it was asked for before under the same key."""

    same: bool
    """Whether the same was asked for; otherwise the key stands for something else."""
    status: int | None = None
    """None while it is being done."""
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskPerson:
    """What the desk keeps of a person between visits."""

    name: str
    looked_at: datetime | None = None
    """When the alerts were last looked at, in the visit before this one."""
    single_keys: bool = True
    """Whether keys without a modifier act (WCAG 2.1.4 asks for a way to turn them off)."""
    role: Role | None = None
    """What was given by hand; None: what the configuration says."""
    subject: str = ""
    """Who this is at the provider of accounts, once they came in by it."""
    visited_at: datetime | None = None
    """When the alerts were looked at last."""
    known: bool = False
    """Whether anything is kept of them."""
