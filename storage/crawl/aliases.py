"""Other names of articles: by them a second address of one article is known for what it is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from sqlalchemy import UpdateBase, bindparam
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from core.articles import Alias, ArticleData
from core.similarity import containment, shingles
from storage.database.columns import key_hash
from storage.database.engine import insert_into
from storage.database.tables.crawl import AliasRow, ArticleRow, VersionRow

SAME_TEXT = 0.5
"""Containment from which two texts under twin addresses are one article: facts measured on edited
and truncated copies put copies above it and different reports below."""
_FEW_SHINGLES = 8
"""A caption has fewer; it must be equal."""


def article_of_aliases(
    session: Session, aliases: Sequence[Alias], data: ArticleData
) -> tuple[ArticleRow, VersionRow] | None:
    """Return the article that one of the names belongs to, if its text agrees, and its latest."""
    if not aliases:
        return None
    by_hash = {key_hash(alias.name): alias for alias in aliases}
    rows = session.exec(_find(), params={"hashes": list(by_hash)}).all()
    for name_hash, article, latest in sorted(rows, key=lambda row: row[1].id):
        if by_hash[name_hash].by_content or _same_text(latest.text, data.text):
            return article, latest
    return None


def add_aliases(session: Session, dialect: str, article_id: int, aliases: Sequence[Alias]) -> None:
    """Give an article more names; one that belongs to another article stays there."""
    # In order of their hashes, since another article may be given the same names at this moment.
    values = [
        {"name_hash": name_hash, "article_id": article_id}
        for name_hash in sorted({key_hash(alias.name) for alias in aliases})
    ]
    if values:
        session.exec(_insert(dialect), params=values)


def _same_text(old: str, new: str) -> bool:
    before, after = shingles(old), shingles(new)
    if min(before.size, after.size) < _FEW_SHINGLES:
        return bool(before.size == after.size and (before == after).all())
    return containment(before, after) >= SAME_TEXT


@cache
def _find() -> Select[bytes, ArticleRow, VersionRow]:
    return (
        select(AliasRow.name_hash, ArticleRow, VersionRow)
        .join(ArticleRow, col(ArticleRow.id) == AliasRow.article_id)
        .join(
            VersionRow,
            (col(VersionRow.article_id) == ArticleRow.id)
            & (col(VersionRow.number) == ArticleRow.latest_version),
        )
        .where(col(AliasRow.name_hash).in_(bindparam("hashes", expanding=True)))
    )


@cache
def _insert(dialect: str) -> UpdateBase:
    return insert_into(dialect, AliasRow).on_conflict_do_nothing(index_elements=["name_hash"])
