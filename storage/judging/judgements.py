"""Judging: what the rules said about a version becomes matches, alerts and deliveries at once.

A transactional outbox: the judged mark and all that follows from it are one commit, so a process
may be killed at any moment and nobody misses an alert or hears of it as two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, insert, or_, select, update
from sqlmodel.sql.expression import Select

from core.alerting import (
    Alert,
    AlertState,
    Escalation,
    Field,
    Level,
    Match,
    Recipient,
    Snippet,
    Span,
    SpanKind,
)
from core.articles import Article, ArticleEvent
from core.deciding.deciders import Deciders
from core.deciding.escalation import EscalationState
from storage.alerts.state_changes import inherit_handling
from storage.crawl.articles import stored_article
from storage.crawl.sources import heat
from storage.database.engine import Database, batches, insert_into
from storage.database.identifiers import alert_id
from storage.database.paging import continues, newest_first, page_of
from storage.database.tables import (
    AlertRow,
    ArticleRow,
    BrokenJudgementRow,
    EscalationRow,
    MatchRow,
    StoryArticleRow,
    VersionRow,
)
from storage.delivery.groups import Told, tell
from storage.judging.broken_judgements import put_breakdowns, still_broken
from storage.judging.rule_history import put_counts, put_told
from storage.judging.stories import put_placements
from storage.records import Cursor, Judgement, JudgementCommitted, Page, PlannedAlert


class Judging(Database):
    """Queries about matches and alerts."""

    def commit_judgement(
        self,
        judgements: Sequence[Judgement],
        deciders: Deciders,
        hot: Mapping[str, datetime] | None = None,
    ) -> JudgementCommitted:
        """Commit matches, alerts, deliveries, stories and judged marks together; safe to repeat.

        `hot` are sources to be polled sooner, until a time.

        A rule alerts once per article and occasion: when it matches a later version, the match is
        kept, and nobody is told again unless the plan names an occasion. A version that was judged
        before is left alone, unless rules broke down on it.
        """
        by_version = {judgement.version_id: judgement for judgement in reversed(judgements)}
        with self._writing() as session:
            return self._commit(session, by_version, deciders, hot or {})

    def _commit(
        self,
        session: Session,
        by_version: dict[int, Judgement],
        deciders: Deciders,
        hot: Mapping[str, datetime],
    ) -> JudgementCommitted:
        now = self._clock()
        places = _open_versions(session, by_version)
        open_ids = places.keys()
        plans = [
            plan
            for version_id in sorted(open_ids)
            for plan in _plans(by_version[version_id], places[version_id])
        ]
        match_ids = _insert_matches(session, plans) | _earlier_ids(session, plans)
        told = self._insert_alerts(session, plans, match_ids, now)
        counts = [
            (places[version_id].article_id, count)
            for version_id in sorted(open_ids)
            for count in by_version[version_id].counts
        ]
        put_counts(session, self.dialect, counts)
        placed = [
            (places[version_id].article_id, places[version_id].first_seen_at, placement)
            for version_id in sorted(open_ids)
            if (placement := by_version[version_id].placement) is not None
        ]
        put_placements(session, self.dialect, placed)
        deliveries = self._tell(session, told, now, deciders)
        heat(session, hot, now)
        judged = [by_version[version_id] for version_id in open_ids]
        again = [version_id for version_id in open_ids if places[version_id].again]
        put_breakdowns(session, self.dialect, judged, again, now)
        _mark_judged(session, judged, now)
        return JudgementCommitted(len(open_ids), len(told), deliveries)

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
        if rule is not None:
            query = query.where(AlertRow.rule_id == rule)
        if state is not None:
            query = query.where(AlertRow.state == state.value)
        if level is not None:
            query = query.where(MatchRow.level == level.value)
        if source is not None:
            query = query.where(ArticleRow.source == source)
        if since is not None:
            query = query.where(AlertRow.created_at >= since)
        if after is not None:
            query = query.where(continues(AlertRow.created_at, AlertRow.id, after))
        with self._reading() as session:
            return page_of(
                session.exec(query.limit(limit + 1)).all(),
                limit,
                lambda found: stored_alert(*found),
                lambda alert: Cursor(alert.created_at, alert.id),
            )

    def alert(self, wanted: str) -> Alert | None:
        """Return the alert with this id, with the version of the article that raised it."""
        with self._reading() as session:
            found = session.exec(alert_rows().where(AlertRow.id == wanted)).one_or_none()
            return None if found is None else stored_alert(*found)

    def matches(self, article_id: int) -> list[tuple[int, Match]]:
        """Return (version number, match) for every rule that fired on an article."""
        with self._reading() as session:
            return matches_of(session, article_id)

    def earlier_matches(self, article_id: int, before: int) -> dict[str, tuple[int, Match]]:
        """Return, by rule, its latest match of a version numbered under `before`.

        Each comes with the id of its version.
        """
        query = (
            select(VersionRow.id, MatchRow)
            .join(MatchRow, col(MatchRow.version_id) == VersionRow.id)
            .where(VersionRow.article_id == article_id, VersionRow.number < before)
            .order_by(col(VersionRow.number))
        )
        with self._reading() as session:
            return {
                row.rule_id: (version_id, _match(row)) for version_id, row in session.exec(query)
            }

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
            .where(MatchRow.rule_id == rule_id)
            .order_by(col(ArticleRow.first_seen_at).desc(), col(MatchRow.id).desc())
            .limit(1)
        )
        with self._reading() as session:
            found = session.exec(query).one_or_none()
            if found is None:
                return None
            match, article, version = found
            return stored_article(article, version), _match(match)

    def commit_silence(
        self,
        article: Article,
        match: Match,
        reason: str,
        recipients: Sequence[Recipient],
        at: datetime,
        deciders: Deciders,
    ) -> bool:
        """Alert about the silence after `match`, once; return whether this is a new alert.

        The alert is about the last article that matched: there is no other to show.
        """
        with self._writing() as session:
            match_id, key = session.exec(
                select(MatchRow.id, ArticleRow.key)
                .join(VersionRow, col(VersionRow.id) == MatchRow.version_id)
                .join(ArticleRow, col(ArticleRow.id) == VersionRow.article_id)
                .where(MatchRow.version_id == article.version_id, MatchRow.rule_id == match.rule_id)
            ).one()
            plan = _Plan(
                article.version_id,
                article.version_id,
                article.id,
                alert_id(match.rule_id, key),
                match,
                told=True,
                reason=reason,
                occasion="",
                recipients=tuple(recipients),
            )
            ids = {(article.version_id, match.rule_id): match_id}
            told = self._insert_alerts(session, [plan], ids, at)
            self._tell(session, told, at, deciders)
            put_told(session, self.dialect, [(match.rule_id, "", at)])
        return bool(told)

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

    def _insert_alerts(
        self,
        session: Session,
        plans: list[_Plan],
        match_ids: dict[tuple[int, str], int],
        now: datetime,
    ) -> list[_Plan]:
        """Insert the alerts that do not exist yet and return their plans."""
        first: dict[str, _Plan] = {}
        for plan in plans:
            if plan.told:
                first.setdefault(plan.alert_id, plan)
        # In order of id, so that two processes that judge the same article cannot deadlock.
        values = [
            {
                "id": new_id,
                "rule_id": plan.match.rule_id,
                "article_id": plan.article_id,
                "match_id": match_ids[plan.of_version, plan.match.rule_id],
                "created_at": now,
                "reason": plan.reason,
                "occasion": plan.occasion,
                "event": plan.event.value,
                "state": AlertState.OPEN.value,
            }
            for new_id, plan in sorted(first.items())
        ]
        if not values:
            return []
        insertion = insert_into(self.dialect, AlertRow).on_conflict_do_nothing()
        made = session.exec(insertion.returning(col(AlertRow.id)), params=values).scalars()
        return [first[new_id] for new_id in made]

    def _tell(self, session: Session, plans: list[_Plan], now: datetime, deciders: Deciders) -> int:
        """Put new alerts on their way, and note who hears if nobody takes them on."""
        begins = inherit_handling(
            session,
            {plan.alert_id: (plan.match.rule_id, plan.article_id) for plan in plans},
            deciders.handed_down,
        )
        waiting = [
            {
                "alert_id": plan.alert_id,
                "due_at": now + escalation.after,
                "after": int(escalation.after.total_seconds()),
                "receivers": list(escalation.receivers),
                # A cancelled one counts if the story is opened again.
                "state": (
                    EscalationState.WAITING.value
                    if begins[plan.alert_id].escalates
                    else EscalationState.CANCELLED.value
                ),
            }
            for plan in plans
            for escalation in plan.escalations
        ]
        if waiting:
            session.exec(insert(EscalationRow), params=waiting)
        told = [
            Told(
                alert_id=plan.alert_id,
                level=plan.match.level,
                recipients=plan.recipients,
                at_once=plan.receivers,
            )
            for plan in plans
        ]
        return tell(session, self.dialect, told, now, deciders.when_due)


@dataclass(frozen=True, slots=True)
class _Plan:
    """A planned alert, placed: its version, its article and the id it will have."""

    version_id: int
    of_version: int
    """The version that the match is of: the one judged, or an earlier one."""
    article_id: int
    alert_id: str
    match: Match
    told: bool
    reason: str
    occasion: str
    event: ArticleEvent = ArticleEvent.PUBLISHED
    receivers: tuple[str, ...] = ()
    recipients: tuple[Recipient, ...] = ()
    escalations: tuple[Escalation, ...] = ()


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


def stored_alert(
    alert: AlertRow, match: MatchRow, article: ArticleRow, version: VersionRow
) -> Alert:
    """Return the domain type for an alert and what it is about."""
    return Alert(
        id=alert.id,
        match=_match(match),
        article=stored_article(article, version),
        created_at=alert.created_at,
        reason=alert.reason,
        occasion=alert.occasion,
        event=ArticleEvent(alert.event),
        state=AlertState(alert.state),
    )


@dataclass(frozen=True, slots=True)
class _OpenVersion:
    """A version that awaits judgement."""

    id: int
    article_id: int
    key: str
    first_seen_at: datetime
    again: bool
    """Whether rules have broken down on it before."""


def _open_versions(session: Session, by_version: dict[int, Judgement]) -> dict[int, _OpenVersion]:
    """Return the versions that await judgement, which are held from here on."""
    found: dict[int, _OpenVersion] = {}
    is_open = or_(
        col(VersionRow.judged_at).is_(None),
        col(VersionRow.id).in_(select(BrokenJudgementRow.version_id)),
    )
    for some in batches(sorted(by_version)):
        query = (
            select(VersionRow.id, VersionRow.article_id, ArticleRow.key, ArticleRow.first_seen_at)
            .add_columns(col(VersionRow.judged_at).is_not(None))
            .join(ArticleRow, col(ArticleRow.id) == VersionRow.article_id)
            .where(col(VersionRow.id).in_(some), is_open)
            .order_by(col(VersionRow.id))
            .with_for_update(of=VersionRow, key_share=True)
        )
        for row in session.execute(query):
            found[row[0]] = _OpenVersion(*row)
    judged = [version.id for version in found.values() if version.again]
    # Asked anew under the lock: another process may have judged them while we waited for it.
    for version_id in {*judged} - still_broken(session, judged):
        del found[version_id]
    return found


def _plans(judgement: Judgement, version: _OpenVersion) -> list[_Plan]:
    """Return the planned alerts of a version, placed; one for each rule."""
    one_per_rule: dict[str, PlannedAlert] = {}
    for planned in judgement.alerts:
        one_per_rule.setdefault(planned.match.rule_id, planned)
    return [
        _Plan(
            version.id,
            version.id if planned.of_version is None else planned.of_version,
            version.article_id,
            alert_id(rule_id, version.key, planned.occasion),
            planned.match,
            planned.told,
            planned.reason,
            planned.occasion,
            planned.event,
            planned.receivers,
            planned.recipients,
            planned.escalations,
        )
        for rule_id, planned in one_per_rule.items()
    ]


def _earlier_ids(session: Session, plans: list[_Plan]) -> dict[tuple[int, str], int]:
    """Return the ids of the matches of earlier versions that plans are about."""
    versions = sorted({plan.of_version for plan in plans if plan.of_version != plan.version_id})
    found: dict[tuple[int, str], int] = {}
    for some in batches(versions):
        query = select(MatchRow.version_id, MatchRow.rule_id, MatchRow.id)
        for version_id, rule_id, match_id in session.exec(
            query.where(col(MatchRow.version_id).in_(some))
        ):
            found[version_id, rule_id] = match_id
    return found


def _insert_matches(session: Session, plans: list[_Plan]) -> dict[tuple[int, str], int]:
    plans = [plan for plan in plans if plan.of_version == plan.version_id]
    if not plans:
        return {}
    values = [
        {
            "version_id": plan.version_id,
            "rule_id": plan.match.rule_id,
            "rule_title": plan.match.rule_title,
            "level": plan.match.level.value,
            "spans": [
                [span.field.value, span.start, span.end, span.label, span.kind.value]
                for span in plan.match.spans
            ],
            "snippet": plan.match.snippet.text,
            "highlights": plan.match.snippet.highlights,
        }
        for plan in plans
    ]
    insertion = insert(MatchRow).returning(
        col(MatchRow.version_id), col(MatchRow.rule_id), col(MatchRow.id)
    )
    return {
        (version_id, rule_id): match_id
        for version_id, rule_id, match_id in session.exec(insertion, params=values)
    }


def _mark_judged(session: Session, judgements: list[Judgement], now: datetime) -> None:
    for ruleset in sorted({judgement.ruleset for judgement in judgements}):
        ids = sorted(item.version_id for item in judgements if item.ruleset == ruleset)
        for some in batches(ids):
            session.exec(
                update(VersionRow)
                .where(col(VersionRow.id).in_(some))
                .values(judged_at=now, ruleset=ruleset)
            )


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
    )
