"""The rules as the desk lists them: how often each alerts, how often it is right, its own tests."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from weakref import WeakKeyDictionary

from alerts.rules import RuleSet
from core.alerting.matches import Level
from core.calendar import day_starts
from desk import overview
from desk.context import Desk

DAYS = 30
NEEDS_JUDGED = overview.NEEDS_JUDGED
NEEDY_BELOW = round(100 * overview.NEEDY_BELOW)
"""Per cent right below which a rule needs a look."""
_COUNTS_KEPT = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """A rule in the list."""

    id: str
    title: str
    level: Level
    days: tuple[int, ...]
    """Alerts of each day, today last."""
    right: int
    """Alerts that somebody judged to be right."""
    judged: int
    last: datetime | None
    passed: int
    tests: int

    @property
    def percent(self) -> int | None:
        """How much of what was judged was right; None while that means nothing."""
        return round(100 * self.right / self.judged) if self.judged >= NEEDS_JUDGED else None


_failed: WeakKeyDictionary[RuleSet, Mapping[str, int]] = WeakKeyDictionary()
_testing = threading.Lock()


def rows(desk: Desk, zone: tzinfo) -> tuple[RuleRow, ...]:
    """Return the configured rules, in the order of the configuration."""
    starts = day_starts(desk.now().astimezone(zone).date(), DAYS, zone)
    rules = desk.config.rules
    counted = overview.kept(
        desk,
        ("rules", starts[0]),
        _COUNTS_KEPT,
        lambda: desk.store.rules_over_time(starts),
    )
    last = desk.store.last_alerts([rule.id for rule in rules])
    scores = {score.rule: score for score in overview.rule_scores(desk).rules}
    failed = _failures(desk.running().rules)
    found = []
    for rule in rules:
        score = scores.get(rule.id)
        found.append(
            RuleRow(
                id=rule.id,
                title=rule.title or rule.id,
                level=rule.level,
                days=tuple(counted.get((rule.id, day), 0) for day in range(DAYS)),
                right=score.right if score else 0,
                judged=score.right + score.wrong if score else 0,
                last=last.get(rule.id),
                passed=len(rule.tests) - failed.get(rule.id, 0),
                tests=len(rule.tests),
            )
        )
    return tuple(found)


def _failures(rules: RuleSet) -> Mapping[str, int]:
    """Return how many of each rule's tests fail; asked once of what runs."""
    with _testing:
        known = _failed.get(rules)
        if known is None:
            counted: dict[str, int] = {}
            for failure in rules.run_tests():
                counted[failure.rule_id] = counted.get(failure.rule_id, 0) + 1
            known = _failed[rules] = counted
        return known
