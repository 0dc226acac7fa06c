"""Judges stored versions: runs the rules, plans alerts, commits everything at once.

Matches, alerts, deliveries and the mark "judged" go into one transaction. A process killed before
it has done nothing, one killed after it has done all; no alert falls in between.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from alerts.dispatch.deciders import DECIDERS
from alerts.dispatch.routing import (
    asks_who,
    escalations_for,
    facts_of,
    follow,
    recipients_for,
)
from alerts.judging import judging_again
from alerts.judging.counting import CountedRules
from alerts.judging.old_news import OldNews
from alerts.judging.planning import Plan, Planner
from alerts.judging.story_grouping import Grouping
from alerts.stories.accounts import accounts_of
from core.alerting.accounts import Account, Telling
from core.alerting.matches import Level, Match
from core.articles import Article, ArticleData, ArticleEvent, FirstSight, Untold
from core.config.watch import WatchConfig
from core.deciding.deciders import Deciders
from core.errors import StorageError
from storage.judging.judging_records import (
    Breakdown,
    BrokenVersion,
    Judgement,
    JudgementCommitted,
    PlannedAlert,
    RuleHistory,
    StoryPlacement,
)

log = structlog.get_logger(__name__)

BURST = timedelta(hours=1)
"""How long a source is polled more often after it had what a rule looks for."""


Naming = Callable[[ArticleData, tuple[Match, ...]], tuple[Match, ...]]
"""Adds the names that no entity has to the matches of an article; raises nothing."""


class Rules(Protocol):
    """Compiled rules, as far as judging needs them."""

    @property
    def fingerprint(self) -> str:
        """What the rules are, as a short text that changes when they do."""
        ...

    def judge(self, article: ArticleData, now: datetime | None = None) -> tuple[Match, ...]:
        """Return the rules that fire on `article`, whose age is taken at `now`."""
        ...


class Judgements(Protocol):
    """The part of storage that judging needs."""

    def unjudged(self, limit: int) -> list[Article]:
        """Return versions that no rules have seen, oldest first."""
        ...

    def broken(
        self, ruleset: str, now: datetime, limit: int, *, rested_since: datetime
    ) -> list[BrokenVersion]:
        """Return versions that rules broke down on and that are to be judged again now."""
        ...

    def first_version(self, article_id: int, up_to: int) -> int:
        """Return at which version the article began that an address has at version `up_to`."""
        ...

    def earlier_matches(self, article_id: int, before: int) -> dict[str, tuple[int, Match]]:
        """Return, by rule, its latest match of a version numbered under `before`, and its id."""
        ...

    def rule_history(self, rule_id: str) -> RuleHistory:
        """Return what a rule over time has counted and when it alerted."""
        ...

    def found_between(self, article_id: int) -> tuple[datetime, datetime] | None:
        """Return when an article's source was last read without it, and first with it."""
        ...

    def first_sight(self, article_id: int) -> FirstSight | None:
        """Return when an article's source first showed it; None for one that came by no poll."""
        ...

    def story_id(self, article_id: int) -> int | None:
        """Return the id of the story that an article was placed in."""
        ...

    def tellings(self, story: int) -> tuple[Telling, ...]:
        """Return the articles of a story, the first that was seen first."""
        ...

    def commit_judgement(
        self,
        judgements: Sequence[Judgement],
        deciders: Deciders,
        bursts: Mapping[str, datetime] | None = None,
    ) -> JudgementCommitted:
        """Commit matches, alerts, deliveries, stories and the judged mark in one transaction."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgingReport:
    """What one batch came to."""

    judged: int = 0
    matched: int = 0
    """Pairs of a rule and a version that it fired on."""
    levels: Mapping[Level, int] = field(default_factory=dict)
    """The same by the level of the rule."""
    alerts: int = 0
    """New alerts: a rule alerts once per article, and again about edits only if it says `on`."""
    deliveries: int = 0
    failed: int = 0
    """Versions on which the rules broke down: logged, and judged again later."""


def judge_versions(
    store: Judgements,
    ruleset: Rules,
    config: WatchConfig,
    *,
    now: datetime,
    limit: int = 200,
    grouping: Grouping | None = None,
    naming: Naming | None = None,
) -> JudgingReport:
    """Judge up to `limit` versions at `now`. Run it again while `judged` is not 0.

    With `grouping`, filled before, articles are placed in stories, and sources that just had what
    a rule looks for, or that have a story with several others, are polled sooner. `naming` adds the
    names that no entity has to the matches of an article.

    A version on which the rules raise is judged too, without alerts: left unjudged it would come
    first in every batch and in the end hold up all others. The error is logged, and the version is
    judged again, beside the new ones, when the rules have changed or after a pause that grows.
    Raises StorageError when the batch could not be committed; nothing of it is then.
    """
    judge = _Judge(store, ruleset, config, grouping, naming, now)
    judgements = [judge.judged(article) for article in store.unjudged(limit)]
    judgements += [
        judge.judged_again(version)
        for version in store.broken(
            ruleset.fingerprint,
            now,
            judging_again.AT_ONCE,
            rested_since=now - judging_again.REST_BEFORE_NEW_RULES,
        )
    ]
    if not judgements:
        return JudgingReport()
    committed = store.commit_judgement(judgements, DECIDERS, judge.bursts)
    levels = Counter(
        planned.match.level
        for judgement in judgements
        for planned in judgement.alerts
        if planned.of_version is None
    )
    return JudgingReport(
        judged=committed.judged,
        matched=levels.total(),
        levels=levels,
        alerts=committed.alerts,
        deliveries=committed.deliveries,
        failed=sum(judgement.breakdown is not None for judgement in judgements),
    )


class _Judge:
    """The rules of a configuration at work on one batch of versions."""

    def __init__(
        self,
        store: Judgements,
        ruleset: Rules,
        config: WatchConfig,
        grouping: Grouping | None,
        naming: Naming | None,
        now: datetime,
    ) -> None:
        self._now = now
        self.bursts: dict[str, datetime] = {}
        """Sources in a burst, and until when."""
        self._grouping = grouping
        self._naming = naming
        self._fixed = {source.name for source in config.sources if source.every is not None}
        self._store = store
        self._ruleset = ruleset
        self._config = config
        self._planner = Planner(config, CountedRules(config, store))
        self._asks_who = asks_who(config.routes)
        # Asked for only where an age is in question.
        self._old_news = OldNews(config, lambda article_id: store.first_sight(article_id))
        self._told: dict[int, dict[int, Telling]] = {}
        """By story, its articles that were placed in this batch and are not committed yet."""

    def judged_again(self, version: BrokenVersion) -> Judgement:
        """Return the judgement of a version that rules broke down on before."""
        same_rules = version.ruleset == self._ruleset.fingerprint
        return self.judged(version.article, version.attempts if same_rules else 0)

    def judged(self, article: Article, breakdowns: int = 0) -> Judgement:
        """Return the judgement of one version; these rules broke down on it `breakdowns` times."""
        try:
            plan, untold = self._planned(article)
            matched = any(alert.notified for alert in plan.alerts)
            placement = self._placed(article, matched=matched)
            planned = self._addressed(article, list(plan.alerts), placement)
        except StorageError:
            raise  # not the article's fault: it is judged again when storage answers
        except Exception as error:
            log.exception(
                "article_not_judged",
                url=article.data.url,
                version_id=article.version_id,
                error=type(error).__name__,
            )
            attempts = breakdowns + 1
            next_at = judging_again.next_attempt(attempts, self._now)
            return Judgement(
                article.version_id,
                self._ruleset.fingerprint,
                breakdown=Breakdown(type(error).__name__, attempts, next_at),
            )
        return Judgement(
            article.version_id,
            self._ruleset.fingerprint,
            tuple(planned),
            plan.counts,
            placement,
            untold,
        )

    def _addressed(
        self, article: Article, planned: list[PlannedAlert], placement: StoryPlacement | None
    ) -> list[PlannedAlert]:
        """Say who hears of each alert, and who does if nobody acknowledges it."""
        if not any(alert.notified for alert in planned):
            return planned
        story = placement.story if placement else self._store.story_id(article.id)
        outlets = 1
        if self._grouping is not None and story is not None:
            outlets = self._grouping.outlets(story)
        accounts = self._accounts(story) if self._asks_who else ()
        addressed = []
        for alert in planned:
            if not alert.notified:
                addressed.append(alert)
                continue
            facts = facts_of(
                alert.match,
                article,
                self._config,
                story=story,
                outlets=outlets,
                accounts=accounts,
            )
            routes = follow(facts, self._config)
            addressed.append(
                replace(
                    alert,
                    recipients=recipients_for(facts, routes, self._now),
                    escalations=escalations_for(facts, routes, self._now),
                )
            )
        return addressed

    def _accounts(self, story: int | None) -> tuple[Account, ...]:
        """Return who tells a story by now, this batch included."""
        if story is None:
            return ()
        committed = {telling.article: telling for telling in self._store.tellings(story)}
        return accounts_of((committed | self._told.get(story, {})).values())

    def _placed(self, article: Article, *, matched: bool) -> StoryPlacement | None:
        """Place an article in its story, and note which sources are in a burst now."""
        if self._grouping is None or article.event is ArticleEvent.REMOVED:
            return None
        placement = self._grouping.place(article)
        self._told.setdefault(placement.story, {})[article.id] = Telling(
            article=article.id,
            source=article.data.source,
            seen_at=article.seen_at,
            published_at=article.data.published_at,
            sketch=placement.sketch,
        )
        sources = self._grouping.breaking(placement.story, article.seen_at)
        if matched:
            sources |= {article.data.source}
        if self._config.crawl.every is None:
            until = article.seen_at + BURST
            self.bursts.update(dict.fromkeys(sources - self._fixed, until))
        return placement

    def _planned(self, article: Article) -> tuple[Plan, Untold | None]:
        """Return the plan for a version, and why nobody is told that the article is there."""
        first = article.event is ArticleEvent.PUBLISHED
        earlier = {} if first else self._store.earlier_matches(article.id, article.version)
        if article.event is ArticleEvent.REMOVED:
            return self._planner.removed(article, earlier), None
        # Judged as of when it was first seen: the same whenever it is judged again.
        matches = self._ruleset.judge(article.data, article.first_seen_at)
        if matches and self._naming is not None:
            matches = self._naming(article.data, matches)
        untold = self._old_news.untold(article) if matches else None
        began_at = 1
        if article.version > 1:
            began_at = self._store.first_version(article.id, article.version)
        return self._planner.matched(article, matches, earlier, untold, began_at), untold
