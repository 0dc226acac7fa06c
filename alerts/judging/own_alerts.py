"""Alerts about ourselves, in one form: receivers, schedules, rules, the configuration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from alerts.dispatch.routing import facts_of, follow, recipients_for
from core.alerting.matches import Level, Match, Snippet
from core.articles import Article, ArticleData
from core.config.watch import WatchConfig
from storage.crawl.sources import OWN_SOURCE
from storage.judging.judging_records import HealthAlert


def own_alert(
    config: WatchConfig,
    rule: tuple[str, str],
    level: Level,
    title: str,
    text: str,
    now: datetime,
    *,
    otherwise: Sequence[str],
) -> HealthAlert:
    """Return an alert about ourselves, by a rule's id and title, for whoever the routes say.

    When they lead to nobody, those hear who are named `otherwise`: routes may go by the source or
    the words of an article, of which there is none.
    """
    data = ArticleData(
        url="https://wirewatch.invalid/",
        title=title,
        text=f"{title}. {text}",
        source=OWN_SOURCE,
        published_at=now,
        language="en",
        site_name="Wirewatch",
    )
    rule_id, rule_title = rule
    match = Match(
        rule_id=rule_id, rule_title=rule_title, level=level, spans=(), snippet=Snippet(text)
    )
    article = Article(
        id=0, version=1, version_id=0, data=data, first_seen_at=now, fetched_at=now,
        content_sha256="",
    )  # fmt: skip
    facts = facts_of(match, article, config)
    found = HealthAlert(data, match, recipients=recipients_for(facts, follow(facts, config), now))
    return found if found.recipients else replace(found, receivers=tuple(otherwise))
