"""Names that matched articles were found to have, and that no entity had at the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from core.alerting.matches import NameKind, NewName
from storage.database.engine import Database
from storage.database.tables.alerts import MatchRow
from storage.database.tables.crawl import ArticleRow, VersionRow


@dataclass(frozen=True, slots=True)
class NamingArticle:
    """A matched article with the new names in it."""

    id: int
    title: str
    url: str
    names: tuple[NewName, ...]


class NewNamesFound(Database):
    """Queries about new names."""

    def naming_articles(self, since: datetime | None, limit: int) -> list[NamingArticle]:
        """Return matched articles that name somebody new, the newest first, each once.

        Of an article that was matched in several versions, the newest counts. `since` leaves out
        what was first seen before, `limit` how many matches are read.
        """
        query = (
            select(ArticleRow.id, VersionRow.title, VersionRow.url, MatchRow.new_names)
            .join(VersionRow, col(VersionRow.article_id) == ArticleRow.id)
            .join(MatchRow, col(MatchRow.version_id) == VersionRow.id)
            .where(col(MatchRow.new_names).is_not(None))
            .order_by(col(MatchRow.id).desc())
            .limit(limit)
        )
        if since is not None:
            query = query.where(col(ArticleRow.first_seen_at) >= since)
        found: dict[int, NamingArticle] = {}
        with self._reading() as session:
            for article, title, url, names in session.exec(query):
                if article not in found:
                    told = tuple(NewName(NameKind(kind), name) for kind, name in names or ())
                    found[article] = NamingArticle(article, title, url, told)
        return list(found.values())
