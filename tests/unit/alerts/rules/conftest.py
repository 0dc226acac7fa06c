"""Short ways to write rules and articles in tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from alerts.rules import RuleProblem, RuleSet, rule_problems
from core.articles import ArticleData
from core.config.watch import WatchConfig


def _article(text: str = "", title: str = "", source: str = "") -> ArticleData:
    return ArticleData(url="https://example.org/a", title=title, text=text, source=source)


def _config(**sections: Any) -> WatchConfig:
    return WatchConfig.model_validate(sections)


@pytest.fixture
def article() -> Callable[..., ArticleData]:
    return _article


@pytest.fixture
def config() -> Callable[..., WatchConfig]:
    return _config


@pytest.fixture
def rules() -> Callable[..., RuleSet]:
    """Compile sections of a configuration: `rules(rules=[…], concepts={…})`."""
    return lambda **sections: RuleSet.compile(_config(**sections))


@pytest.fixture
def fires() -> Callable[..., bool]:
    """Tell whether a single query fires on a text."""

    def query_fires(query: str, text: str, title: str = "", **sections: Any) -> bool:
        ruleset = RuleSet.compile(_config(rules=[{"id": "r", "when": query}], **sections))
        return bool(ruleset.match(_article(text, title)))

    return query_fires


@pytest.fixture
def problems() -> Callable[..., tuple[RuleProblem, ...]]:
    """Return what is wrong with a single query."""

    def of_query(query: str, **sections: Any) -> tuple[RuleProblem, ...]:
        return rule_problems(_config(rules=[{"id": "r", "when": query}], **sections))

    return of_query
