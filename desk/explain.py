"""One URL's path through every stage, and the rules' reasons: the answer of `explain URL`."""

from __future__ import annotations

from dataclasses import dataclass

from alerts.rules import ExplainedNode, RuleExplanation
from core.urls import canonical_url
from scheduler.running_config import RunningConfig
from storage import Store, UrlHistory

__all__ = ["ExplainedNode", "RuleExplanation", "UrlExplanation", "UrlHistory", "explain_url"]


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlExplanation:
    """What storage knows of a URL and what the rules of today say about its latest version."""

    history: UrlHistory
    rules: tuple[RuleExplanation, ...]
    known: bool


def explain_url(store: Store, live: RunningConfig, url: str) -> UrlExplanation:
    """Gather the history of a URL. Raises UrlError when it is not an http or https address."""
    history = store.url_history(canonical_url(url))
    latest = history.versions[-1] if history.versions else None
    return UrlExplanation(
        history=history,
        rules=live.rules.explain(latest.data, latest.first_seen_at) if latest else (),
        known=history.entry is not None or bool(history.versions),
    )
