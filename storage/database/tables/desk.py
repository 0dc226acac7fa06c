"""The tables of the desk: who may log in, who is, and what it keeps of people."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, text
from sqlmodel import Field

from storage.database.columns import CleanText, UtcDateTime
from storage.database.row import Row


class LoginLinkRow(Row, table=True):
    """A link that logs somebody in, once. Kept as a hash: the table opens no door."""

    __tablename__ = "login_link"

    token_hash: bytes = Field(primary_key=True, sa_type=LargeBinary)
    person: str = Field(sa_type=CleanText)
    role: str = Field(sa_type=CleanText)
    made_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class DeskSessionRow(Row, table=True):
    """A browser that is logged in, by the hash of its cookie."""

    __tablename__ = "desk_session"

    secret_hash: bytes = Field(primary_key=True, sa_type=LargeBinary)
    id: str = Field(sa_type=CleanText, unique=True)
    person: str = Field(sa_type=CleanText)
    role: str = Field(sa_type=CleanText)
    created_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it ends however often it is used; None: it lasts while it is."""
    browser: str = Field(sa_type=CleanText)


class ApiTokenRow(Row, table=True):
    """What a program may do in somebody's name, until when. Kept as a hash."""

    __tablename__ = "api_token"

    token_hash: bytes = Field(primary_key=True, sa_type=LargeBinary)
    id: str = Field(sa_type=CleanText, unique=True)
    name: str = Field(sa_type=CleanText)
    """What people call the program; what it does is signed with it."""
    role: str = Field(sa_type=CleanText)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ApiRequestRow(Row, table=True):
    """What an action of a program was answered with, so that asking twice does it once."""

    __tablename__ = "api_request"

    token_id: str = Field(primary_key=True, sa_type=CleanText)
    key: str = Field(primary_key=True, sa_type=CleanText)
    asked: bytes = Field(sa_type=LargeBinary)
    """Hash of what was asked: the same key may not stand for something else."""
    status: int | None = Field(default=None)
    """None while it is being done."""
    answer: str = Field(
        default="", sa_type=CleanText, sa_column_kwargs={"server_default": text("''")}
    )
    at: datetime = Field(sa_type=UtcDateTime, index=True)


class DeskPersonRow(Row, table=True):
    """What the desk keeps of a person between visits."""

    __tablename__ = "desk_person"

    name: str = Field(primary_key=True, sa_type=CleanText)
    visit_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the alerts were looked at in the visit that goes on."""
    looked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """The same of the visit before."""
    single_keys: bool = Field(default=True, sa_column_kwargs={"server_default": text("true")})
    role: str | None = Field(default=None, sa_type=CleanText)
    """Given by hand; None: what the configuration says."""
    subject: str | None = Field(default=None, sa_type=CleanText)
    """Who this is at the provider of accounts, which may give a name to another later."""
