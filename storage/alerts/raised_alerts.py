"""Alerts that were raised, with their articles and the matches behind them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import Select

from core.alerting.alerts import Alert, AlertState
from core.alerting.matches import (
    Field,
    Level,
    Match,
    NameKind,
    NewName,
    Snippet,
    Span,
    SpanKind,
)
from core.articles import Article, ArticleEvent
from core.config.sections.health import OWN_RULES
from storage.crawl.stored_articles import stored_article
from storage.database.engine import Database, batches
from storage.database.pages import Cursor, Page
from storage.database.paging import continues, newest_first, page_of
from storage.database.tables.alerts import (
    AlertRow,
    MatchRow,
    StoryArticleRow,
)
from storage.database.tables.crawl import ArticleRow, VersionRow


class RaisedAlerts(Database):
    """Queries about alerts that were raised, and the matches behind them."""

    def alerts(
        self,
        *,
        rule: str | None = None,
        state: AlertState | None = None,
        level: Level | None = None,
        source: str | None = None,
        since: datetime | None = None,
        after: Cursor | None = None,
        limit: int = 50,
    ) -> Page[Alert]:
        """Return alerts, the newest first; each condition that is given must hold."""
        query = alert_rows().order_by(*newest_first(AlertRow.created_at, AlertRow.id))
        query = query.where(*alert_conditions(rule, state, level, source, since))
        if after is not None:
            query = query.where(continues(AlertRow.created_at, AlertRow.id, after))
        with self._reading() as session:
            page = page_of(
                session.exec(query.limit(limit + 1)).all(),
                limit,
                lambda found: stored_alert(*found),
                lambda alert: Cursor(alert.created_at, alert.id),
            )
            return replace(page, items=with_stories(session, page.items))

    def alert(self, wanted: str) -> Alert | None:
        """Return the alert with this id, with the version of the article that raised it."""
        with self._reading() as session:
            found = session.exec(alert_rows().where(AlertRow.id == wanted)).one_or_none()
            return None if found is None else with_stories(session, [stored_alert(*found)])[0]

    def matches(self, article_id: int) -> list[tuple[int, Match]]:
        """Return (version number, match) for every rule that fired on an article."""
        with self._reading() as session:
            return matches_of(session, article_id)

    def matches_of_articles(
        self, article_ids: Collection[int]
    ) -> dict[int, list[tuple[int, Match]]]:
        """Return the same for several articles, by the article."""
        found: dict[int, list[tuple[int, Match]]] = {}
        with self._reading() as session:
            for batch in batches(sorted(article_ids)):
                query = (
                    select(VersionRow.article_id, VersionRow.number, MatchRow)
                    .join(MatchRow, col(MatchRow.version_id) == VersionRow.id)
                    .where(col(VersionRow.article_id).in_(batch))
                    .order_by(col(VersionRow.number), col(MatchRow.id))
                )
                for article_id, number, row in session.exec(query):
                    found.setdefault(article_id, []).append((number, _match(row)))
        return found

    def earlier_matches(self, article_id: int, before: int) -> dict[str, tuple[int, Match]]:
        """Return, by rule, its latest match of a version numbered under `before`.

        Each comes with the id of its version. Those of another article, which stood at the address
        before this one, do not count.
        """
        query = (
            select(VersionRow.id, MatchRow)
            .join(MatchRow, col(MatchRow.version_id) == VersionRow.id)
            .where(VersionRow.article_id == article_id, VersionRow.number < before)
            .where(VersionRow.number >= _first_number(article_id, before))
            .order_by(col(VersionRow.number))
        )
        with self._reading() as session:
            return {
                row.rule_id: (version_id, _match(row)) for version_id, row in session.exec(query)
            }

    def first_version(self, article_id: int, up_to: int) -> int:
        """Return at which version the article began that an address has at version `up_to`."""
        with self._reading() as session:
            return int(session.exec(select(_first_number(article_id, up_to + 1))).one())

    def story_id(self, article_id: int) -> int | None:
        """Return the id of the story that an article was placed in."""
        with self._reading() as session:
            placed = session.get(StoryArticleRow, article_id)
            return None if placed is None else placed.story_id

    def latest_match(self, rule_id: str) -> tuple[Article, Match] | None:
        """Return the newest article that a rule fired on, in the version it fired on."""
        query = (
            select(MatchRow, ArticleRow, VersionRow)
            .join(VersionRow, col(VersionRow.id) == MatchRow.version_id)
            .join(ArticleRow, col(ArticleRow.id) == VersionRow.article_id)
            # A rule that never matched may have alerted of that: the article is made up.
            .where(MatchRow.rule_id == rule_id, col(ArticleRow.is_health_alert).is_(False))
            .order_by(col(ArticleRow.first_seen_at).desc(), col(MatchRow.id).desc())
            .limit(1)
        )
        with self._reading() as session:
            found = session.exec(query).one_or_none()
            if found is None:
                return None
            match, article, version = found
            return stored_article(article, version), _match(match)

    def fired_rules(self, article_ids: Sequence[int]) -> dict[int, set[str]]:
        """Return ids of the rules that fired on any version of each of the articles."""
        fired: dict[int, set[str]] = {}
        query = (
            select(col(VersionRow.article_id), col(MatchRow.rule_id))
            .join(MatchRow, col(MatchRow.version_id) == VersionRow.id)
            .where(col(VersionRow.article_id).in_(article_ids))
            .distinct()
        )
        with self._reading() as session:
            for article_id, rule_id in session.exec(query):
                fired.setdefault(article_id, set()).add(rule_id)
        return fired

    def alert_counts(self, article_ids: Sequence[int]) -> dict[int, Counter[str]]:
        """Return how many alerts there are about each of the articles, by rule."""
        query = (
            select(AlertRow.article_id, AlertRow.rule_id, func.count())
            .where(col(AlertRow.article_id).in_(article_ids))
            .group_by(col(AlertRow.article_id), col(AlertRow.rule_id))
        )
        counts: dict[int, Counter[str]] = {}
        with self._reading() as session:
            for article_id, rule_id, count in session.exec(query):
                counts.setdefault(article_id, Counter())[rule_id] = count
        return counts


def _first_number(article_id: int, before: int) -> ScalarSelect[int]:
    """Return the query for the last version under `before` that was published, not edited."""
    return (
        sa_select(func.coalesce(func.max(col(VersionRow.number)), 1))
        .where(
            col(VersionRow.article_id) == article_id,
            col(VersionRow.number) < before,
            col(VersionRow.event) == ArticleEvent.PUBLISHED.value,
        )
        .scalar_subquery()
    )


def matches_of(session: Session, article_id: int) -> list[tuple[int, Match]]:
    """Return (version number, match) for every rule that fired on an article."""
    query = (
        select(VersionRow.number, MatchRow)
        .join(MatchRow, col(MatchRow.version_id) == VersionRow.id)
        .where(VersionRow.article_id == article_id)
        .order_by(col(VersionRow.number), col(MatchRow.id))
    )
    return [(number, _match(row)) for number, row in session.exec(query)]


def alert_rows() -> Select[AlertRow, MatchRow, ArticleRow, VersionRow]:
    """Return the query for alerts with all that `stored_alert` needs."""
    return (
        select(AlertRow, MatchRow, ArticleRow, VersionRow)
        .join(MatchRow, col(MatchRow.id) == AlertRow.match_id)
        .join(ArticleRow, col(ArticleRow.id) == AlertRow.article_id)
        .join(VersionRow, col(VersionRow.id) == MatchRow.version_id)
    )


def alert_conditions(
    rule: str | None,
    state: AlertState | Collection[AlertState] | None,
    level: Level | None,
    source: str | None,
    since: datetime | None,
    language: str | None = None,
) -> list[ColumnElement[bool]]:
    """Return what must hold of an alert, for queries with its match and its article."""
    conditions: list[ColumnElement[bool]] = []
    if rule is not None:
        conditions.append(col(AlertRow.rule_id) == rule)
    if isinstance(state, AlertState):
        conditions.append(col(AlertRow.state) == state.value)
    elif state is not None:
        conditions.append(col(AlertRow.state).in_(sorted(wanted.value for wanted in state)))
    if level is not None:
        conditions.append(col(MatchRow.level) == level.value)
    if source is not None:
        conditions.append(col(ArticleRow.source) == source)
    if since is not None:
        conditions.append(col(AlertRow.created_at) >= since)
    if language is not None:
        version = select(VersionRow.language).where(VersionRow.id == MatchRow.version_id)
        conditions.append(version.scalar_subquery() == language)
    return conditions


def case_id_of_row() -> ColumnElement[int]:
    """Return the id of an alert's case: its story's, or its article's that is in none.

    For queries in which its story is joined, where it has one.
    """
    return func.coalesce(col(StoryArticleRow.story_id), col(AlertRow.article_id))


def stored_alert(
    alert: AlertRow, match: MatchRow, article: ArticleRow, version: VersionRow
) -> Alert:
    """Return the domain type for an alert and what it is about."""
    own = alert.rule_id in OWN_RULES
    return Alert(
        id=alert.id,
        match=_match(match),
        article=stored_article(article, version),
        created_at=alert.created_at,
        reason="" if own else alert.reason,
        own=alert.reason if own else "",
        occasion=alert.occasion,
        event=ArticleEvent(alert.event),
        state=AlertState(alert.state),
    )


def with_stories(session: Session, alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    """Return alerts with the stories that their articles are part of."""
    known = tuple(alerts)
    stories: dict[int, int] = {}
    for batch in batches(sorted({alert.article.id for alert in known})):
        query = select(StoryArticleRow.article_id, StoryArticleRow.story_id).where(
            col(StoryArticleRow.article_id).in_(batch)
        )
        stories.update(session.exec(query).all())
    return tuple(replace(alert, story=stories.get(alert.article.id)) for alert in known)


def _match(row: MatchRow) -> Match:
    return Match(
        rule_id=row.rule_id,
        rule_title=row.rule_title,
        level=Level(row.level),
        spans=tuple(
            Span(Field(field), start, end, label, SpanKind(kind))
            for field, start, end, label, kind in row.spans
        ),
        snippet=Snippet(row.snippet, tuple((start, end) for start, end in row.highlights)),
        new_names=tuple(NewName(NameKind(kind), name) for kind, name in row.new_names or ()),
    )
