"""Tokens of programs, and what their actions were answered with."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import col, delete, select

from core.people import ApiToken, EarlierAnswer, Role
from storage.database.engine import Database, insert_into
from storage.database.tables.desk import ApiRequestRow, ApiTokenRow
from storage.desk.people import SEEN_EVERY, id_of_secret, secret_hash

ANSWERS_KEPT = timedelta(days=1)
"""How long the same key stands for the same action."""


class Programs(Database):
    """Queries about programs that use the API."""

    def add_token(self, secret: str, token: ApiToken) -> None:
        """Keep a token."""
        with self._writing() as session:
            session.add(
                ApiTokenRow(
                    token_hash=secret_hash(secret),
                    id=token.id,
                    name=token.name,
                    role=token.role.value,
                    created_at=token.created_at,
                    expires_at=token.expires_at,
                )
            )

    def api_token(self, secret: str, at: datetime) -> ApiToken | None:
        """Return a token by its secret; None when there is none, or it has expired."""
        with self._reading() as session:
            row = session.get(ApiTokenRow, secret_hash(secret))
            if row is None or row.expires_at <= at:
                return None
            found = _token(row)
        if found.used_at is None or at - found.used_at >= SEEN_EVERY:
            with self._writing() as session:
                row = session.get(ApiTokenRow, secret_hash(secret))
                if row is not None:
                    row.used_at = at
                    session.add(row)
        return found

    def api_tokens(self) -> tuple[ApiToken, ...]:
        """Return all tokens, those that expired too, the newest first."""
        query = select(ApiTokenRow).order_by(
            col(ApiTokenRow.created_at).desc(), col(ApiTokenRow.id)
        )
        with self._reading() as session:
            return tuple(map(_token, session.exec(query)))

    def end_token(self, token_id: str) -> bool:
        """Take a token back; False when there is no such token."""
        with self._writing() as session:
            ended = session.exec(delete(ApiTokenRow).where(col(ApiTokenRow.id) == token_id))
            return bool(ended.rowcount)

    def begin_action(
        self, token_id: str, key: str, asked: bytes, at: datetime
    ) -> EarlierAnswer | None:
        """Note that an action is being done under a key; None when it was not asked for before.

        What was begun and never ended, since we were stopped in between, may be asked for again
        after a minute.
        """
        with self._writing() as session:
            old = at - ANSWERS_KEPT
            session.exec(delete(ApiRequestRow).where(col(ApiRequestRow.at) < old))
            insert = insert_into(self.dialect, ApiRequestRow).on_conflict_do_nothing()
            values = {"token_id": token_id, "key": key, "asked": asked, "at": at, "answer": ""}
            if session.exec(insert, params=values).rowcount:
                return None
            row = session.get(ApiRequestRow, (token_id, key), with_for_update=True)
            if row is None:
                return None
            if row.asked != asked:
                return EarlierAnswer(same=False)
            if row.status is None and at - row.at > timedelta(minutes=1):
                row.at = at
                session.add(row)
                return None
            return EarlierAnswer(True, row.status, row.answer)

    def end_action(self, token_id: str, key: str, status: int, answer: str) -> None:
        """Keep what an action was answered with."""
        with self._writing() as session:
            row = session.get(ApiRequestRow, (token_id, key))
            if row is not None:
                row.status, row.answer = status, answer
                session.add(row)

    def forget_action(self, token_id: str, key: str) -> None:
        """Forget an action that failed by our fault: asked for again, it is tried again."""
        with self._writing() as session:
            row = session.get(ApiRequestRow, (token_id, key))
            if row is not None:
                session.delete(row)


def new_token(secret: str, name: str, role: Role, at: datetime, lasting: timedelta) -> ApiToken:
    """Return a token for a secret."""
    return ApiToken(
        id=id_of_secret(secret), name=name, role=role, created_at=at, expires_at=at + lasting
    )


def _token(row: ApiTokenRow) -> ApiToken:
    return ApiToken(
        id=row.id,
        name=row.name,
        role=Role(row.role),
        created_at=row.created_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
    )
