"""Who would hear, asked for by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.alerting.matches import Level
from core.alerting.silences import Silence
from core.config.sections.routes import SilenceMatch
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
    return [hearing.receiver for hearing in who_hears(CONFIG, NOON, **asked).hears]  # type: ignore[arg-type]


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


HOUR = timedelta(hours=1)


def silence(match: SilenceMatch, begins: timedelta = -HOUR, ends: timedelta = HOUR) -> Silence:
    return Silence(
        id="sil_1",
        match=match,
        author="aigul",
        reason="known",
        starts_at=NOON + begins,
        ends_at=NOON + ends,
    )


@pytest.mark.parametrize(
    ("made", "kept"),
    [
        (silence(SilenceMatch(rules=("papers",))), ["boss", "desk"]),
        (silence(SilenceMatch(rules=("papers",), receivers=("desk",))), ["desk"]),
        (silence(SilenceMatch(story=7)), ["boss", "desk"]),
        (silence(SilenceMatch(story=8)), []),
        (silence(SilenceMatch(sources=("other",))), []),
        (silence(SilenceMatch(rules=("papers",)), HOUR, 2 * HOUR), []),
        (silence(SilenceMatch(rules=("papers",)), -2 * HOUR, -HOUR), []),
    ],
)
def test_a_silence_that_would_keep_it_is_named(made: Silence, kept: list[str]) -> None:
    heard = who_hears(CONFIG, NOON, rule="papers", source="kloop", story=7, silences=(made,)).hears
    assert [hearing.receiver for hearing in heard] == ["boss", "desk"]
    assert [hearing.receiver for hearing in heard if hearing.silence == "sil_1"] == kept
    said = "NOT TOLD: silenced by 1 of aigul until 2026-03-01 13:00 UTC (known); "
    assert all(hearing.how.startswith(said) is bool(hearing.silence) for hearing in heard)


@pytest.mark.parametrize(
    ("match", "kept"),
    [
        (SilenceMatch(rules=("*",)), False),
        (SilenceMatch(rules=("receiver-*",)), False),
        (SilenceMatch(receivers=("boss",)), False),
        (SilenceMatch(rules=("receiver-health",)), True),
    ],
)
def test_alarms_of_our_own_are_silenced_by_name_alone(match: SilenceMatch, kept: bool) -> None:
    (heard,) = who_hears(CONFIG, NOON, rule="receiver-health", silences=(silence(match),)).hears
    assert bool(heard.silence) is kept
