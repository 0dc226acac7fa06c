"""Rules as they are in effect, how they fare, whether a configuration is sound; and names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alerts.judging.rule_report import Report, judge_rules
from alerts.rules import RuleCheck, RuleTestFailure, suggest_spellings
from core.alerting.matches import Level
from core.cache import cache_directory
from core.config import LoadedConfig, load_config
from core.config.overrides import OverriddenRule
from core.config.sections.rules import RuleConfig
from desk.errors import UnknownNameError
from storage import Store

__all__ = [
    "Checked",
    "ListedRule",
    "Report",
    "ShownRule",
    "check",
    "listed",
    "report",
    "shown",
    "suggest_spellings",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedRule:
    """A rule as it is in effect, in a list."""

    id: str
    title: str = ""
    level: Level | None = None
    """None for a rule that is switched off."""
    topics: tuple[str, ...] = ()
    overridden: OverriddenRule | None = None
    """What is different from what its own file says, and where that is said."""


@dataclass(frozen=True, slots=True)
class ShownRule:
    """A rule as it is in effect, with all it says."""

    rule: RuleConfig | None
    """None for one that is switched off."""
    overridden: OverriddenRule | None


@dataclass(frozen=True, slots=True)
class Checked:
    """A configuration without errors, and what its rules' own tests came to."""

    loaded: LoadedConfig
    failures: tuple[RuleTestFailure, ...]
    tests: int
    """Tests that all rules have."""


def report(store: Store, since: datetime | None = None, *, most: int | None = None) -> Report:
    """Return precision per rule and per term, and words that dismissed alerts have in common.

    `since` leaves out alerts that were raised before, `most` all but the latest.
    """
    return judge_rules(store.rule_outcomes(since, most=most))


def check(path: Path) -> Checked:
    """Check a configuration with its rules, and run their tests.

    The warnings are those of `loaded`. Raises ConfigError with every problem at once.
    """
    rule_check = RuleCheck(cache_directory(), reviewing=True)
    loaded = load_config(path, checks=[rule_check])
    return Checked(
        loaded,
        tuple(rule_check.rules.run_tests()),
        sum(len(rule.tests) for rule in loaded.config.rules),
    )


def listed(loaded: LoadedConfig) -> tuple[ListedRule, ...]:
    """Return every rule as it is in effect, those that are switched off last."""
    changed = {rule.id: rule for rule in loaded.overridden}
    rules = tuple(
        ListedRule(
            id=rule.id,
            title=rule.title,
            level=rule.level,
            topics=rule.topics,
            overridden=changed.get(rule.id),
        )
        for rule in loaded.config.rules
    )
    off = (rule for rule in loaded.overridden if rule.off)
    return rules + tuple(ListedRule(id=rule.id, overridden=rule) for rule in off)


def shown(loaded: LoadedConfig, rule_id: str) -> ShownRule:
    """Return one rule as it is in effect. Raises UnknownNameError when there is none."""
    rule = next((rule for rule in loaded.config.rules if rule.id == rule_id), None)
    changed = next((rule for rule in loaded.overridden if rule.id == rule_id), None)
    if rule is None and changed is None:
        raise UnknownNameError("rule", rule_id, (known.id for known in listed(loaded)))
    return ShownRule(rule, changed)
