"""What people made of the alerts of rules, as precision is counted from it."""

from __future__ import annotations

from dataclasses import dataclass

from core.alerting.alerts import AlertState
from core.alerting.matches import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleOutcome:
    """An alert, and what people made of it."""

    alert_id: str
    rule: str
    level: Level
    state: AlertState
    reason: str
    """Why it was dismissed; empty when it was not."""
    labels: tuple[str, ...]
    """Terms, concepts and entities that were hit, as the rule calls them."""
    snippet: str
    highlights: tuple[tuple[int, int], ...]
    muted: bool = False
    """Whether somebody had enough of the story, which says nothing of the rule."""
