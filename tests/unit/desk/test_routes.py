"""Who would hear, asked for by hand."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.alerting.matches import Level
from core.config.watch import WatchConfig
from desk.errors import UnknownNameError
from desk.routes import who_hears

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CONFIG = WatchConfig.model_validate(
    {
        "sources": [{"name": "kloop", "feed": "https://kloop.example/f", "tags": ["kg"]}],
        "rules": [{"id": "papers", "when": "повестка", "level": "high", "topics": ["army"]}],
        "receivers": [{"name": "desk", "console": {}}, {"name": "boss", "console": {}}],
        "routes": [
            {"to": ["boss"], "when": {"level": ["high"]}},
            {"to": ["desk"], "when": {"tags": ["kg"], "topics": ["army"]}},
        ],
    }
)


def receivers(**asked: object) -> list[str]:
    return [hearing.receiver for hearing in who_hears(CONFIG, NOON, **asked)]  # type: ignore[arg-type]


def test_a_rule_has_its_own_level_unless_another_is_asked_for() -> None:
    assert receivers(rule="papers") == ["boss"]
    assert receivers(rule="papers", level=Level.LOW) == []


def test_tags_and_topics_are_those_of_the_configuration() -> None:
    assert receivers(rule="papers", source="kloop") == ["boss", "desk"]


def test_alarms_of_our_own_are_loud() -> None:
    assert receivers(rule="receiver-health") == ["boss"]


def test_a_rule_that_is_not_configured_is_refused() -> None:
    with pytest.raises(UnknownNameError) as refused:
        receivers(rule="paper")
    assert str(refused.value) == "there is no rule 'paper' (did you mean 'papers'?)"
