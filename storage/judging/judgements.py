"""Judging: what the rules said about a version becomes matches, alerts and deliveries at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, insert, or_, select, update

from core.alerting.alerts import AlertState, Escalation
from core.alerting.matches import Match
from core.alerting.notifications import Recipient
from core.articles import Article, ArticleEvent, Untold
from core.deciding.deciders import Deciders
from core.deciding.escalation import EscalationState
from storage.alerts.state_changes import RaisedAlert, inherit_handling
from storage.crawl.sources import set_burst
from storage.database.engine import Database, batches, insert_into
from storage.database.identifiers import alert_id
from storage.database.tables.alerts import (
    AlertRow,
    BrokenJudgementRow,
    EscalationRow,
    MatchRow,
)
from storage.database.tables.crawl import ArticleRow, VersionRow
from storage.delivery.groups import ToNotify, notify
from storage.judging.broken_judgements import put_breakdowns, still_broken
from storage.judging.corrected_alerts import Correction, corrected_alerts
from storage.judging.judging_records import Judgement, JudgementCommitted, PlannedAlert
from storage.judging.rule_history import put_counts, put_notified
from storage.judging.stories import put_placements


class Judgements(Database):
    """Queries that commit what the rules said: matches, alerts and all that follows from them."""

    def commit_judgement(
        self,
        judgements: Sequence[Judgement],
        deciders: Deciders,
        bursts: Mapping[str, datetime] | None = None,
    ) -> JudgementCommitted:
        """Commit matches, alerts, deliveries, stories and judged marks together; safe to repeat.

        `bursts` are sources to be polled often, until a time.

        A rule alerts once per article and occasion: when it matches a later version, the match is
        kept, and nobody is notified again unless the plan names an occasion. A version that was
        judged before is left alone, unless rules broke down on it.
        """
        by_version = {judgement.version_id: judgement for judgement in reversed(judgements)}
        with self._writing() as session:
            return self._commit(session, by_version, deciders, bursts or {})

    def _commit(
        self,
        session: Session,
        by_version: dict[int, Judgement],
        deciders: Deciders,
        bursts: Mapping[str, datetime],
    ) -> JudgementCommitted:
        now = self._clock()
        places = _open_versions(session, by_version)
        open_ids = places.keys()
        # Sources before groups: an alert about a source holds its source when it comes to the
        # groups, and would wait for us there while we wait for it here.
        set_burst(session, bursts, now)
        plans = [
            plan
            for version_id in sorted(open_ids)
            for plan in _plans(by_version[version_id], places[version_id])
        ]
        match_ids = _insert_matches(session, self.dialect, plans) | _earlier_ids(session, plans)
        notified = self._insert_alerts(session, plans, match_ids, now)
        counts = [
            (places[version_id].article_id, count)
            for version_id in sorted(open_ids)
            for count in by_version[version_id].counts
        ]
        put_counts(session, self.dialect, counts)
        placed = [
            (places[version_id].article_id, places[version_id].seen_at, placement)
            for version_id in sorted(open_ids)
            if (placement := by_version[version_id].placement) is not None
        ]
        put_placements(session, self.dialect, placed)
        made = {plan.alert_id for plan in notified}
        corrections = [
            Correction(
                ToNotify(
                    alert_id=plan.alert_id, level=plan.match.level, recipients=plan.recipients
                ),
                match_ids[plan.of_version, plan.match.rule_id],
            )
            for plan in plans
            if plan.corrects and plan.notified and plan.alert_id not in made
        ]
        deliveries = self._notify(session, notified, now, deciders)
        if corrections:
            late = corrected_alerts(session, corrections)
            deliveries += notify(session, self.dialect, late, now, deciders.when_due)
        judged = [by_version[version_id] for version_id in open_ids]
        again = [version_id for version_id in open_ids if places[version_id].again]
        put_breakdowns(session, self.dialect, judged, again, now)
        _mark_judged(session, judged, now)
        _mark_untold(session, judged)
        return JudgementCommitted(len(open_ids), len(notified), deliveries)

    def commit_flatline(
        self,
        article: Article,
        match: Match,
        reason: str,
        recipients: Sequence[Recipient],
        at: datetime,
        deciders: Deciders,
    ) -> bool:
        """Alert about the flatline after `match`, once; return whether this is a new alert.

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
                notified=True,
                reason=reason,
                occasion="",
                recipients=tuple(recipients),
            )
            ids = {(article.version_id, match.rule_id): match_id}
            notified = self._insert_alerts(session, [plan], ids, at)
            # Before the groups, as when a version is judged.
            put_notified(session, self.dialect, [(match.rule_id, "", at)])
            self._notify(session, notified, at, deciders)
        return bool(notified)

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
            if plan.notified:
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
        # Two versions of one article may be judged at once: the second waits here for the first,
        # and its alert is there already, so that nobody is notified twice.
        insertion = insert_into(self.dialect, AlertRow).on_conflict_do_nothing()
        made = session.exec(insertion.returning(col(AlertRow.id)), params=values).scalars()
        return [first[new_id] for new_id in made]

    def _notify(
        self, session: Session, plans: list[_Plan], now: datetime, deciders: Deciders
    ) -> int:
        """Put new alerts on their way, and note who hears if nobody acknowledges them."""
        begins = inherit_handling(
            session,
            {
                plan.alert_id: RaisedAlert(plan.match.rule_id, plan.match.level, plan.article_id)
                for plan in plans
            },
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
        notified = [
            ToNotify(
                alert_id=plan.alert_id,
                level=plan.match.level,
                recipients=plan.recipients,
                at_once=plan.receivers,
            )
            for plan in plans
        ]
        return notify(session, self.dialect, notified, now, deciders.when_due)


@dataclass(frozen=True, slots=True)
class _Plan:
    """A planned alert, placed: its version, its article and the id it will have."""

    version_id: int
    of_version: int
    """The version that the match is of: the one judged, or an earlier one."""
    article_id: int
    alert_id: str
    match: Match
    notified: bool
    reason: str
    occasion: str
    event: ArticleEvent = ArticleEvent.PUBLISHED
    receivers: tuple[str, ...] = ()
    recipients: tuple[Recipient, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    corrects: bool = False


@dataclass(frozen=True, slots=True)
class _OpenVersion:
    """A version that awaits judgement."""

    id: int
    article_id: int
    key: str
    seen_at: datetime
    again: bool
    """Whether rules have broken down on it before."""


def _open_versions(session: Session, by_version: dict[int, Judgement]) -> dict[int, _OpenVersion]:
    """Return the versions that await judgement, which are held from here on."""
    found: dict[int, _OpenVersion] = {}
    is_open = or_(
        col(VersionRow.judged_at).is_(None),
        col(VersionRow.id).in_(select(BrokenJudgementRow.version_id)),
    )
    for ids in batches(sorted(by_version)):
        query = (
            select(
                VersionRow.id,
                VersionRow.article_id,
                ArticleRow.key,
                func.coalesce(VersionRow.new_since, ArticleRow.first_seen_at),
            )
            .add_columns(col(VersionRow.judged_at).is_not(None))
            .join(ArticleRow, col(ArticleRow.id) == VersionRow.article_id)
            .where(col(VersionRow.id).in_(ids), is_open)
            .order_by(col(VersionRow.id))
            # In order of id, so that judges of the same versions queue up. Not the articles: their
            # crawl goes on. What refers to a version, such as a match, need not wait for us.
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
            planned.notified,
            planned.reason,
            planned.occasion,
            planned.event,
            planned.receivers,
            planned.recipients,
            planned.escalations,
            planned.corrects,
        )
        for rule_id, planned in one_per_rule.items()
    ]


def _earlier_ids(session: Session, plans: list[_Plan]) -> dict[tuple[int, str], int]:
    """Return the ids of the matches of earlier versions that plans are about."""
    earlier = {plan.of_version for plan in plans if plan.of_version != plan.version_id}
    return _match_ids(session, earlier)


def _match_ids(session: Session, versions: Collection[int]) -> dict[tuple[int, str], int]:
    found: dict[tuple[int, str], int] = {}
    for ids in batches(sorted(versions)):
        query = select(MatchRow.version_id, MatchRow.rule_id, MatchRow.id)
        for version_id, rule_id, match_id in session.exec(
            query.where(col(MatchRow.version_id).in_(ids))
        ):
            found[version_id, rule_id] = match_id
    return found


def _insert_matches(
    session: Session, dialect: str, plans: list[_Plan]
) -> dict[tuple[int, str], int]:
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
            # Of most articles there are none: what asks for them reads only rows that have some.
            "new_names": [[named.kind.value, named.name] for named in plan.match.new_names] or None,
        }
        for plan in plans
    ]
    # A version that is judged again keeps the match that an alert of it is about.
    insertion = insert_into(dialect, MatchRow).on_conflict_do_nothing()
    placed = (col(MatchRow.version_id), col(MatchRow.rule_id), col(MatchRow.id))
    found: dict[tuple[int, str], int] = {}
    for row in session.exec(insertion.returning(*placed), params=values):
        found[row[0], row[1]] = row[2]
    kept = {plan.version_id for plan in plans if (plan.version_id, plan.match.rule_id) not in found}
    return found | _match_ids(session, kept)


def _mark_judged(session: Session, judgements: list[Judgement], now: datetime) -> None:
    for ruleset in sorted({judgement.ruleset for judgement in judgements}):
        ids = sorted(item.version_id for item in judgements if item.ruleset == ruleset)
        for batch in batches(ids):
            session.exec(
                update(VersionRow)
                .where(col(VersionRow.id).in_(batch))
                .values(judged_at=now, ruleset=ruleset)
            )


def _mark_untold(session: Session, judgements: list[Judgement]) -> None:
    """Write down of which versions nobody is told, and why; few are such."""
    for why in Untold:
        ids = sorted(item.version_id for item in judgements if item.untold is why)
        for batch in batches(ids):
            session.exec(
                update(VersionRow).where(col(VersionRow.id).in_(batch)).values(untold=why.value)
            )
