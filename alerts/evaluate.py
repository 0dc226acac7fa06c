"""Judges stored versions: runs the rules, plans alerts, commits everything at once.

Matches, alerts, deliveries and the mark "judged" go into one transaction. A process killed before
it has done nothing, one killed after it has done all; no alert falls in between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog

from alerts.counting import CountedRules
from alerts.routing import receivers_for
from core.alerting import Match
from core.articles import Article, ArticleData
from core.config.models import WatchConfig
from core.errors import StorageError
from storage.records import Judgement, JudgementCommitted, PlannedAlert, RuleHistory

log = structlog.get_logger(__name__)


class Rules(Protocol):
    """Compiled rules, as far as judging needs them."""

    @property
    def fingerprint(self) -> str:
        """What the rules are, as a short text that changes when they do."""
        ...

    def match(self, article: ArticleData, now: datetime | None = None) -> tuple[Match, ...]:
        """Return the rules that fire on `article`, whose age is taken at `now`."""
        ...


class Judgements(Protocol):
    """The part of storage that judging needs."""

    def unjudged(self, limit: int) -> list[Article]:
        """Return versions that no rules have seen, oldest first."""
        ...

    def rule_history(self, rule_id: str) -> RuleHistory:
        """Return what a rule over time has counted and when it alerted."""
        ...

    def commit_judgement(self, judgements: Sequence[Judgement]) -> JudgementCommitted:
        """Commit matches, alerts, deliveries and the judged mark in one transaction."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluateReport:
    """What one batch came to."""

    judged: int = 0
    matched: int = 0
    """Pairs of a rule and a version that it fired on."""
    alerts: int = 0
    """New alerts: a rule alerts once per article, however often the article is edited."""
    deliveries: int = 0
    failed: int = 0
    """Versions on which the rules broke down; judged without alerts, and logged."""


def evaluate(
    store: Judgements, ruleset: Rules, config: WatchConfig, *, limit: int = 200
) -> EvaluateReport:
    """Judge up to `limit` versions. Run it again while `judged` is not 0.

    A version on which the rules raise is judged too, without alerts: left unjudged it would come
    first in every batch and in the end hold up all others. The error is logged, and the version's
    stored ruleset ends in ` failed: ERROR`, so that it can be found and judged again.
    Raises StorageError when the batch could not be committed; nothing of it is then.
    """
    counted = CountedRules(config, store.rule_history)
    judgements = [_judge(article, ruleset, config, counted) for article in store.unjudged(limit)]
    if not judgements:
        return EvaluateReport()
    committed = store.commit_judgement([judgement for judgement, _ in judgements])
    return EvaluateReport(
        judged=committed.judged,
        matched=sum(len(judgement.alerts) for judgement, _ in judgements),
        alerts=committed.alerts,
        deliveries=committed.deliveries,
        failed=sum(failed for _, failed in judgements),
    )


def _judge(
    article: Article, ruleset: Rules, config: WatchConfig, counted: CountedRules
) -> tuple[Judgement, bool]:
    """Return the judgement of one version, and whether the rules broke down on it."""
    try:
        # Judged as of when it was first seen: the same whenever it is judged again.
        matches = ruleset.match(article.data, article.first_seen_at)
        planned, counts = [], []
        for match in matches:
            verdict = counted.count(match, article)
            told = verdict is None or verdict.alerts
            receivers = receivers_for(match, article, config) if told else ()
            reason = verdict.reason if verdict is not None and told else ""
            planned.append(PlannedAlert(match, receivers, told, reason))
            if verdict is not None:
                counts.append(verdict.count)
    except StorageError:
        raise  # not the article's fault: it is judged again when storage answers
    except Exception as error:
        log.exception(
            "article_not_judged",
            url=article.data.url,
            version_id=article.version_id,
            error=type(error).__name__,
        )
        ruling = f"{ruleset.fingerprint} failed: {type(error).__name__}"
        return Judgement(article.version_id, ruling), True
    return (
        Judgement(article.version_id, ruleset.fingerprint, tuple(planned), tuple(counts)),
        False,
    )
