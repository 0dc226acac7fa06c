"""How many articles, alerts and cases there are of each kind: what statistics show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import case, col, func, select

from core.alerting.matches import Level
from core.alerting.tallies import CountedBy
from storage.alerts.alert_counts import AlertCounts
from storage.alerts.raised_alerts import case_id_of_row
from storage.database.steps import quarter_of, start_of
from storage.database.tables.alerts import AlertRow, MatchRow, StoryArticleRow
from storage.database.tables.crawl import ArticleRow, VersionRow

_OF_ALERTS: Mapping[CountedBy, Any] = {
    CountedBy.RULE: AlertRow.rule_id,
    CountedBy.SOURCE: ArticleRow.source,
    CountedBy.LANGUAGE: VersionRow.language,
}
_OF_ARTICLES: Mapping[CountedBy, Any] = {
    CountedBy.SOURCE: ArticleRow.source,
    CountedBy.LANGUAGE: VersionRow.language,
}


class Tallies(AlertCounts):
    """Queries that count by what things have in common. Alerts about ourselves do not count."""

    def alert_tallies(self, by: CountedBy, since: datetime) -> dict[str, Counter[Level]]:
        """Return how many alerts were raised since a time, by a rule, source or language."""
        key = col(_OF_ALERTS[by])
        query = (
            select(key, MatchRow.level, func.count())
            .select_from(AlertRow)
            .join(MatchRow, col(MatchRow.id) == AlertRow.match_id)
            .join(ArticleRow, col(ArticleRow.id) == AlertRow.article_id)
            .join(VersionRow, col(VersionRow.id) == MatchRow.version_id)
            .where(AlertRow.created_at >= since, col(ArticleRow.is_health_alert).is_(False))
            .group_by(key, col(MatchRow.level))
        )
        found: dict[str, Counter[Level]] = {}
        with self._reading() as session:
            for of, level, count in session.exec(query):
                found.setdefault(of or "", Counter())[Level(level)] += count
        return found

    def article_tallies(self, by: CountedBy, since: datetime) -> Counter[str]:
        """Return how many articles were first seen since a time, by their source or language."""
        key = col(_OF_ARTICLES[by])
        query = (
            select(key, func.count())
            .select_from(ArticleRow)
            .where(ArticleRow.first_seen_at >= since, col(ArticleRow.is_health_alert).is_(False))
            .group_by(key)
        )
        if by is CountedBy.LANGUAGE:
            query = query.join(
                VersionRow,
                (col(VersionRow.article_id) == ArticleRow.id)
                & (col(VersionRow.number) == ArticleRow.latest_version),
            )
        with self._reading() as session:
            return Counter({of or "": count for of, count in session.exec(query)})

    def articles_by_quarter(self, since: datetime) -> dict[datetime, int]:
        """Return how many articles were first seen in each quarter of an hour since a time."""
        quarter = quarter_of(self.dialect, col(ArticleRow.first_seen_at)).label("quarter")
        query = (
            select(quarter, func.count())
            .where(ArticleRow.first_seen_at >= since, col(ArticleRow.is_health_alert).is_(False))
            .group_by(quarter)
        )
        with self._reading() as session:
            return {start_of(at): count for at, count in session.exec(query)}

    def cases_by_level(self, since: datetime) -> Counter[Level]:
        """Return how many cases got an alert since a time, by the highest level of those."""
        rank = case(*((col(MatchRow.level) == level.value, level.rank) for level in Level), else_=0)
        cases = (
            select(func.max(rank).label("rank"))
            .select_from(AlertRow)
            .join(MatchRow, col(MatchRow.id) == AlertRow.match_id)
            .join(ArticleRow, col(ArticleRow.id) == AlertRow.article_id)
            .join(
                StoryArticleRow,
                col(StoryArticleRow.article_id) == AlertRow.article_id,
                isouter=True,
            )
            .where(AlertRow.created_at >= since, col(ArticleRow.is_health_alert).is_(False))
            .group_by(case_id_of_row())
            .subquery()
        )
        query = select(cases.c.rank, func.count()).group_by(cases.c.rank)
        by_rank = {level.rank: level for level in Level}
        with self._reading() as session:
            return Counter({by_rank[rank]: count for rank, count in session.exec(query)})
