"""How many alerts and cases there are: what an overview shows of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from core.alerting.alerts import AlertState
from core.alerting.matches import Level
from storage.database.engine import Database
from storage.database.steps import quarter_of, start_of, step_of
from storage.database.tables.alerts import AlertRow, MatchRow, StoryArticleRow
from storage.database.tables.crawl import ArticleRow

_A_CASE = 4
"""Alerts that are read for a case that is counted: a story of several outlets and rules has more,
most cases have fewer."""


class AlertCounts(Database):
    """Queries that count alerts."""

    def case_count(
        self,
        states: Collection[AlertState],
        *,
        since: datetime | None = None,
        after: datetime | None = None,
        level: Level | None = None,
        most: int = 1000,
    ) -> int:
        """Return how many cases have an alert in one of the states, at most `most` + 1.

        With `since`, of alerts that were raised then or later, with `after` later; with `level`, of
        that level.
        """
        alerts = select(AlertRow.article_id).where(
            col(AlertRow.state).in_(sorted(state.value for state in states))
        )
        if since is not None:
            alerts = alerts.where(AlertRow.created_at >= since)
        if after is not None:
            alerts = alerts.where(AlertRow.created_at > after)
        if level is not None:
            alerts = alerts.join(MatchRow, col(MatchRow.id) == AlertRow.match_id)
            alerts = alerts.where(MatchRow.level == level.value)
        with self._reading() as session:
            # Some alerts tell enough where there are very many; all are read only where they do
            # not, because few stories have most of them.
            some = _A_CASE * (most + 1)
            read, cases = _cases_of(session, alerts.limit(some))
            if read == some and cases <= most:
                _, cases = _cases_of(session, alerts)
        return min(cases, most + 1)

    def alerts_by_quarter(
        self, since: datetime, *, rule: str | None = None, news_only: bool = False
    ) -> dict[tuple[datetime, Level], int]:
        """Return how many alerts were raised in each quarter of an hour, by their level.

        With `news_only`, those about Wirewatch itself do not count.
        """
        quarter = quarter_of(self.dialect, col(AlertRow.created_at)).label("quarter")
        query = (
            select(quarter, MatchRow.level, func.count())
            .join(MatchRow, col(MatchRow.id) == AlertRow.match_id)
            .where(AlertRow.created_at >= since)
            .group_by(quarter, col(MatchRow.level))
        )
        if rule is not None:
            query = query.where(AlertRow.rule_id == rule)
        if news_only:
            query = query.join(ArticleRow, col(ArticleRow.id) == AlertRow.article_id).where(
                col(ArticleRow.is_health_alert).is_(False)
            )
        with self._reading() as session:
            return {(start_of(at), Level(level)): count for at, level, count in session.exec(query)}

    def alerts_by_rule(self, since: datetime) -> dict[str, tuple[int, datetime]]:
        """Return for each rule how many alerts it raised, and when the last."""
        query = (
            select(AlertRow.rule_id, func.count(), func.max(AlertRow.created_at))
            .where(AlertRow.created_at >= since)
            .group_by(col(AlertRow.rule_id))
        )
        with self._reading() as session:
            return {rule: (count, last) for rule, count, last in session.exec(query)}

    def rules_over_time(self, starts: Sequence[datetime]) -> dict[tuple[str, int], int]:
        """Return how many alerts each rule raised in each step of time, by where these begin."""
        number = step_of(col(AlertRow.created_at), starts).label("step")
        query = (
            select(AlertRow.rule_id, number, func.count())
            .where(AlertRow.created_at >= starts[0])
            .group_by(col(AlertRow.rule_id), number)
        )
        with self._reading() as session:
            return {(rule, int(at)): count for rule, at, count in session.exec(query)}

    def last_alerts(self, rules: Collection[str]) -> dict[str, datetime]:
        """Return when each rule alerted last; one that never did is left out."""
        found: dict[str, datetime] = {}
        with self._reading() as session:
            for rule in rules:  # a step into the index each, instead of all alerts
                last = session.exec(
                    select(AlertRow.created_at)
                    .where(AlertRow.rule_id == rule)
                    .order_by(col(AlertRow.created_at).desc())
                    .limit(1)
                ).one_or_none()
                if last is not None:
                    found[rule] = last
        return found

    def newest_alert_at(self) -> datetime | None:
        """Return when the newest alert was raised."""
        with self._reading() as session:
            return session.exec(select(func.max(AlertRow.created_at))).one()


def _cases_of(session: Session, alerts: SelectOfScalar[int]) -> tuple[int, int]:
    """Return how many alerts a query finds, given by their articles, and of how many cases."""
    found = alerts.subquery()
    case = func.coalesce(col(StoryArticleRow.story_id), found.c.article_id)
    query = (
        select(func.count(), func.count(case.distinct()))
        .select_from(found)
        .join(StoryArticleRow, col(StoryArticleRow.article_id) == found.c.article_id, isouter=True)
    )
    return session.exec(query).one()
