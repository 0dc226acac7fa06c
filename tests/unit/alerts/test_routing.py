"""Who hears of a match."""

from __future__ import annotations

from typing import Any

import pytest

from alerts.routing import facts_of, follow, recipients_for
from core.alerting import Level
from core.config.models import WatchConfig
from tests.unit.alerts.samples import SENT_AT, article, match


def config(*routes: dict[str, Any]) -> WatchConfig:
    return WatchConfig.model_validate(
        {
            "sources": [
                {"name": "outlet", "feed": "https://outlet.example/rss", "tags": ["kg", "free"]}
            ],
            "receivers": [{"name": name, "console": {}} for name in ("desk", "editors", "night")],
            "routes": routes,
        }
    )


def heard(*routes: dict[str, Any], level: Level = Level.HIGH, **data: Any) -> tuple[str, ...]:
    watch = config(*routes)
    facts = facts_of(match(level=level), article(**data), watch)
    told = recipients_for(facts, follow(facts, watch), SENT_AT)
    return tuple(one.receiver for one in told)


def test_without_routes_everybody_hears() -> None:
    assert heard() == ("desk", "editors", "night")


def test_every_matching_route_is_followed_and_each_receiver_hears_once() -> None:
    assert heard(
        {"to": ["editors", "desk"]}, {"when": {"level": "high"}, "to": ["desk", "night"]}
    ) == (
        "editors",
        "desk",
        "night",
    )


def test_routes_of_which_none_applies_reach_nobody() -> None:
    assert heard({"when": {"level": "low"}, "to": ["desk"]}) == ()


@pytest.mark.parametrize(
    ("when", "applies"),
    [
        ({"level": ["normal", "high"]}, True),
        ({"level": "normal"}, False),
        ({"rules": ["*"]}, True),
        ({"rules": ["new-*"]}, True),
        ({"rules": ["new"]}, False),
        ({"rules": ["NEW-*"]}, False),
        ({"sources": ["out*", "other"]}, True),
        ({"sources": ["other"]}, False),
        ({"tags": ["free", "uz"]}, True),
        ({"tags": ["uz"]}, False),
        ({"languages": ["ru"]}, True),
        ({"languages": ["ky"]}, False),
        ({"level": "high", "tags": ["uz"]}, False),
        ({"level": "high", "tags": ["kg"], "rules": ["*citizens"]}, True),
    ],
)
def test_every_condition_of_a_route_must_hold(when: dict[str, Any], applies: bool) -> None:
    assert heard({"when": when, "to": ["desk"]}) == (("desk",) if applies else ())


def test_an_article_of_a_removed_source_has_no_tags() -> None:
    assert heard({"when": {"tags": ["kg"]}, "to": ["desk"]}, source="removed") == ()


def test_an_article_of_unknown_language_takes_no_language_route() -> None:
    assert heard({"when": {"languages": ["ru"]}, "to": ["desk"]}, language=None) == ()
