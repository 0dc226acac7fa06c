"""Login links, sessions and people of the desk. Secrets come in and are kept as hashes only."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select, update

from core.errors import StorageError
from core.people import SESSION_LASTS, DeskPerson, DeskSession, LoginLink, Role
from storage.database.engine import Database, insert_into
from storage.database.tables.desk import DeskPersonRow, DeskSessionRow, LoginLinkRow

VISIT_LASTS = timedelta(hours=1)
"""Who looks again within this time is still on the same visit: what was new stays new."""
SEEN_EVERY = timedelta(minutes=5)
"""A session's last visit is written down so often, not with every page."""
_MOST_FORGOTTEN = 500
"""Sessions that are over and are deleted at once: nobody's login is to wait for long."""
_ID_LENGTH = 12


class DeskPeople(Database):
    """Queries about who uses the desk."""

    def add_login(self, secret: str, link: LoginLink) -> None:
        """Keep a login link; those that expired a day ago are forgotten."""
        with self._writing() as session:
            old = link.made_at - timedelta(days=1)
            session.exec(delete(LoginLinkRow).where(col(LoginLinkRow.expires_at) < old))
            session.add(
                LoginLinkRow(
                    token_hash=secret_hash(secret),
                    person=link.person,
                    role=link.role.value,
                    made_at=link.made_at,
                    expires_at=link.expires_at,
                )
            )

    def login(self, secret: str) -> LoginLink | None:
        """Return a login link by its secret."""
        with self._reading() as session:
            row = session.get(LoginLinkRow, secret_hash(secret))
            return None if row is None else _login(row)

    def use_login(
        self, login: str, secret: str, *, browser: str, at: datetime
    ) -> DeskSession | None:
        """Begin a session by a login link; None when that is unknown, used or too old."""
        with self._writing() as session:
            row = session.get(LoginLinkRow, secret_hash(login), with_for_update=True)
            if row is None or row.used_at is not None or row.expires_at <= at:
                return None
            row.used_at = at
            begun = _begun(secret, row.person, Role(row.role), browser, at)
            _forget_ended(session, at)
            session.add_all((row, begun))
            session.flush()
            return _session(begun)

    def begin_session(
        self,
        secret: str,
        person: str,
        role: Role,
        *,
        browser: str,
        at: datetime,
        ends_at: datetime | None = None,
    ) -> DeskSession:
        """Begin a session of somebody whom others know; it ends when said, however it is used."""
        with self._writing() as session:
            begun = _begun(secret, person, role, browser, at, ends_at)
            _forget_ended(session, at)
            session.add(begun)
            session.flush()
            return _session(begun)

    def desk_session(self, secret: str, at: datetime) -> DeskSession | None:
        """Return the session of a cookie, which lasts on from now; None when there is none."""
        with self._reading() as session:
            row = session.get(DeskSessionRow, secret_hash(secret))
            if row is None or row.expires_at <= at:
                return None
            found = _session(row)
        if at - found.seen_at >= SEEN_EVERY:
            self._see(secret, at)
        return found

    def _see(self, secret: str, at: datetime) -> None:
        with self._writing() as session:
            row = session.get(DeskSessionRow, secret_hash(secret))
            if row is not None:
                row.seen_at, row.expires_at = at, _expiry(at, row.ends_at)
                session.add(row)

    def desk_sessions(self, at: datetime) -> tuple[DeskSession, ...]:
        """Return the sessions that last, the one that was seen last first."""
        query = (
            select(DeskSessionRow)
            .where(col(DeskSessionRow.expires_at) > at)
            .order_by(col(DeskSessionRow.seen_at).desc(), col(DeskSessionRow.id))
        )
        with self._reading() as session:
            return tuple(map(_session, session.exec(query)))

    def end_session(self, session_id: str) -> bool:
        """Log a browser out; False when there is no such session."""
        with self._writing() as session:
            ended = session.exec(delete(DeskSessionRow).where(col(DeskSessionRow.id) == session_id))
            return bool(ended.rowcount)

    def person(self, name: str) -> DeskPerson:
        """Return what is kept of a person; of one that is new, what holds for everybody."""
        with self._reading() as session:
            row = session.get(DeskPersonRow, name)
            return DeskPerson(name=name) if row is None else _person(row)

    def people(self) -> tuple[DeskPerson, ...]:
        """Return everybody of whom something is kept, by name."""
        with self._reading() as session:
            rows = session.exec(select(DeskPersonRow).order_by(col(DeskPersonRow.name)))
            return tuple(map(_person, rows))

    def meet(self, name: str, subject: str = "") -> DeskPerson:
        """Return what is kept of a person who comes in, who is known from now on.

        The first subject that comes by a name keeps it: ask whether it is the same.
        """
        with self._writing() as session:
            insert = insert_into(self.dialect, DeskPersonRow).on_conflict_do_nothing()
            session.exec(insert, params={"name": name, "single_keys": True})
            row = session.get(DeskPersonRow, name, with_for_update=True)
            if row is None:
                raise StorageError("a person that was just written down is gone")
            if subject and row.subject is None:
                row.subject = subject
                session.add(row)
            return _person(row)

    def set_role(self, name: str, role: Role | None) -> None:
        """Give a person a role by hand, or take it back; their sessions and links follow."""
        with self._writing() as session:
            row = session.get(DeskPersonRow, name) or DeskPersonRow(name=name)
            row.role = None if role is None else role.value
            session.add(row)
            links = (col(LoginLinkRow.person) == name, col(LoginLinkRow.used_at).is_(None))
            if role is None:
                session.exec(delete(LoginLinkRow).where(*links))
                session.exec(delete(DeskSessionRow).where(col(DeskSessionRow.person) == name))
            else:
                session.exec(update(LoginLinkRow).where(*links).values(role=role.value))
                session.exec(
                    update(DeskSessionRow)
                    .where(col(DeskSessionRow.person) == name)
                    .values(role=role.value)
                )

    def forget_person(self, name: str) -> bool:
        """Forget a person, with all sessions and links; False when nothing was known of them."""
        with self._writing() as session:
            gone = [
                session.exec(delete(table).where(column == name)).rowcount
                for table, column in (
                    (DeskPersonRow, col(DeskPersonRow.name)),
                    (DeskSessionRow, col(DeskSessionRow.person)),
                    (LoginLinkRow, col(LoginLinkRow.person)),
                )
            ]
            return any(gone)

    def visit(self, name: str, at: datetime) -> DeskPerson:
        """Note that somebody looks at the alerts; what is new counts from the visit before."""
        with self._reading() as session:
            row = session.get(DeskPersonRow, name)
            visited = None if row is None else row.visit_at
            if row is not None and visited is not None and at - visited < SEEN_EVERY:
                return _person(row)
        with self._writing() as session:
            row = session.get(DeskPersonRow, name) or DeskPersonRow(name=name)
            if row.visit_at is None or at - row.visit_at >= VISIT_LASTS:
                row.looked_at = row.visit_at
            row.visit_at = at
            session.add(row)
            session.flush()
            return _person(row)

    def set_single_keys(self, name: str, wanted: bool) -> None:
        """Let keys without a modifier act for a person, or not."""
        if not name:
            raise StorageError("a person needs a name")
        with self._writing() as session:
            row = session.get(DeskPersonRow, name) or DeskPersonRow(name=name)
            row.single_keys = wanted
            session.add(row)


def secret_hash(secret: str) -> bytes:
    """Return what is kept of a secret."""
    # Secrets are 256 random bits: nothing to guess, so no slow hash and no salt.
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def id_of_secret(secret: str) -> str:
    """Return what a secret is called by: enough to name it, nothing to come in with."""
    return secret_hash(secret).hex()[:_ID_LENGTH]


def _expiry(at: datetime, ends_at: datetime | None) -> datetime:
    return at + SESSION_LASTS if ends_at is None else min(at + SESSION_LASTS, ends_at)


def _begun(
    secret: str, person: str, role: Role, browser: str, at: datetime,
    ends_at: datetime | None = None,
) -> DeskSessionRow:  # fmt: skip
    return DeskSessionRow(
        secret_hash=secret_hash(secret),
        id=id_of_secret(secret),
        person=person,
        role=role.value,
        created_at=at,
        seen_at=at,
        expires_at=_expiry(at, ends_at),
        ends_at=ends_at,
        browser=browser,
    )


def _forget_ended(session: Session, at: datetime) -> None:
    """Delete sessions that are over, the oldest first; those that are left wait for the next."""
    ended = (
        select(DeskSessionRow.secret_hash)
        .where(col(DeskSessionRow.expires_at) <= at)
        .order_by(col(DeskSessionRow.expires_at))
        .limit(_MOST_FORGOTTEN)
    )
    session.exec(delete(DeskSessionRow).where(col(DeskSessionRow.secret_hash).in_(ended)))


def _login(row: LoginLinkRow) -> LoginLink:
    return LoginLink(
        person=row.person,
        role=Role(row.role),
        made_at=row.made_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
    )


def _session(row: DeskSessionRow) -> DeskSession:
    return DeskSession(
        id=row.id,
        person=row.person,
        role=Role(row.role),
        created_at=row.created_at,
        seen_at=row.seen_at,
        expires_at=row.expires_at,
        browser=row.browser,
        ends_at=row.ends_at,
    )


def _person(row: DeskPersonRow) -> DeskPerson:
    return DeskPerson(
        name=row.name,
        looked_at=row.looked_at,
        single_keys=row.single_keys,
        role=None if row.role is None else Role(row.role),
        subject=row.subject or "",
        visited_at=row.visit_at,
        known=True,
    )
