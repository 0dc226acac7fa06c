"""What is known of one URL at every stage, from its entry to the attempts at its messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.alerting.alerts import Alert
from core.alerting.deliveries import Delivery, DeliveryAttempt
from core.alerting.matches import Match
from core.articles import Article, Evidence
from core.sources import TrackedEntry


@dataclass(frozen=True, slots=True)
class VersionJudged:
    """When a version was judged, and by which rules."""

    version: int
    judged_at: datetime
    ruleset: str


@dataclass(frozen=True, slots=True)
class VersionBroken:
    """A version on which the rules broke down, and when it is judged again."""

    version: int
    error: str
    """Type of the error."""
    attempts: int
    failed_at: datetime
    next_at: datetime | None
    """None: when the rules have changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlHistory:
    """Everything storage knows about one canonical URL, stage by stage. Empty if it knows none."""

    key: str
    entry: TrackedEntry | None = None
    evidence: tuple[Evidence, ...] = ()
    """The pages that were fetched for it, without their bodies."""
    versions: tuple[Article, ...] = ()
    """Oldest first. A version that is missing from `judged` awaits its judgement."""
    judged: tuple[VersionJudged, ...] = ()
    broken: tuple[VersionBroken, ...] = ()
    """Those of the versions that are to be judged again."""
    next_visit_at: datetime | None = None
    """When the article is looked at again."""
    article_id: int | None = None
    matches: tuple[tuple[int, Match], ...] = ()
    """(version number, match) pairs."""
    alerts: tuple[Alert, ...] = ()
    deliveries: tuple[tuple[Delivery, tuple[DeliveryAttempt, ...]], ...] = ()

    @property
    def known(self) -> bool:
        """Whether anything was announced or stored at the address."""
        return self.entry is not None or bool(self.versions)
