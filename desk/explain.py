"""One URL's path through every stage, and the rules' reasons: the answer of `explain URL`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from alerts.dispatch.route_trace import PassedOver, passed_over
from alerts.dispatch.routing import OF_THE_STORY, facts_of
from alerts.rules import ExplainedNode, RuleExplanation
from alerts.stories.accounts import accounts_of
from core.alerting.alerts import Alert
from core.config.watch import WatchConfig
from desk.addresses import history_of
from scheduler.running_config import RunningConfig
from storage import Store, UrlHistory

__all__ = ["ExplainedNode", "RuleExplanation", "UrlExplanation", "UrlHistory", "explain_url"]


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlExplanation:
    """What storage knows of a URL and what the rules of today say about its latest version."""

    history: UrlHistory
    rules: tuple[RuleExplanation, ...]
    known: bool
    passed_over: Mapping[str, tuple[PassedOver, ...]] = field(default_factory=dict)
    """By the id of each alert, routes that all but other outlets speak for: as they are now, and
    with those that have the story by now."""


def explain_url(store: Store, live: RunningConfig, url: str) -> UrlExplanation:
    """Gather the history of a URL. Raises UrlError when it is not an http or https address."""
    history = history_of(store, url)
    latest = history.versions[-1] if history.versions else None
    return UrlExplanation(
        history=history,
        rules=live.rules.explain(latest.data, latest.first_seen_at) if latest else (),
        known=history.known,
        passed_over={
            alert.id: found
            for alert in history.alerts
            if (found := _waiting_routes(store, live.config, alert))
        },
    )


def _waiting_routes(store: Store, config: WatchConfig, alert: Alert) -> tuple[PassedOver, ...]:
    """Return the routes that an alert is not followed by for want, or because, of other outlets."""
    story = store.story_id(alert.article.id)
    accounts = () if story is None else accounts_of(store.tellings(story))
    facts = facts_of(
        alert.match,
        alert.article,
        config,
        story=story,
        outlets=max(1, len(accounts)),
        accounts=accounts,
    )
    return tuple(one for one in passed_over(facts, config) if one.condition in OF_THE_STORY)
