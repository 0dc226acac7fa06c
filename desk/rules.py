"""How rules fare, as people judged their alerts; whether a configuration is sound; and names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alerts.judging.rule_report import Report, judge_rules
from alerts.rules import RuleCheck, RuleTestFailure, suggest_spellings
from core.cache import cache_directory
from core.config import LoadedConfig, load_config
from storage import Store

__all__ = ["Checked", "Report", "check", "report", "suggest_spellings"]


@dataclass(frozen=True, slots=True)
class Checked:
    """A configuration without errors, and what its rules' own tests came to."""

    loaded: LoadedConfig
    failures: tuple[RuleTestFailure, ...]
    tests: int
    """Tests that all rules have."""


def report(store: Store, since: datetime | None = None) -> Report:
    """Return precision per rule and per term, and words that dismissed alerts have in common.

    `since` leaves out alerts that were raised before.
    """
    return judge_rules(store.rule_outcomes(since))


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
