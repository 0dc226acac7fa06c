"""Judges stored versions: runs the rules, plans alerts, commits everything at once.

Matches, alerts, deliveries and the mark "judged" go into one transaction. A process killed before
it has done nothing, one killed after it has done all; no alert falls in between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog

from alerts.routing import receivers_for
from core.alerting import Match
from core.articles import Article, ArticleData
from core.config.models import WatchConfig
from storage.records import Judgement, JudgementCommitted, PlannedAlert

log = structlog.get_logger(__name__)


class Rules(Protocol):
    """Compiled rules, as far as judging needs them."""

    @property
    def fingerprint(self) -> str:
        """What the rules are, as a short text that changes when they do."""
        ...

    def match(self, article: ArticleData) -> tuple[Match, ...]:
        """Return the rules that fire on `article`."""
        ...


class Judgements(Protocol):
    """The part of storage that judging needs."""

    def unjudged(self, limit: int) -> list[Article]:
        """Return versions that no rules have seen, oldest first."""
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
    judgements = [_judge(article, ruleset, config) for article in store.unjudged(limit)]
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


def _judge(article: Article, ruleset: Rules, config: WatchConfig) -> tuple[Judgement, bool]:
    """Return the judgement of one version, and whether the rules broke down on it."""
    try:
        planned = tuple(
            PlannedAlert(match, receivers_for(match, article, config))
            for match in ruleset.match(article.data)
        )
    except Exception as error:
        log.exception(
            "article_not_judged",
            url=article.data.url,
            version_id=article.version_id,
            error=type(error).__name__,
        )
        ruling = f"{ruleset.fingerprint} failed: {type(error).__name__}"
        return Judgement(article.version_id, ruling), True
    return Judgement(article.version_id, ruleset.fingerprint, planned), False
