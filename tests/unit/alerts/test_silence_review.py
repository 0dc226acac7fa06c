"""Silences that nobody should make by accident, and those that deserve another look."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alerts.dispatch.silence_review import Concern, TooLong, concerns, is_everything, too_long
from core.alerting.silences import Silence
from core.config.sections.routes import SilenceMatch
from core.config.watch import WatchConfig

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
CONFIG = WatchConfig.model_validate(
    {
        "sources": [
            {"name": "kloop", "feed": "https://kloop.example/f", "tags": ["kg", "north"]},
            {"name": "osh", "feed": "https://osh.example/f", "tags": ["kg"]},
        ],
        "rules": [
            {"id": "drafts", "when": "повестка", "topics": ["army", "law"]},
            {"id": "raids", "when": "облава", "topics": ["law"]},
        ],
        "receivers": [{"name": "desk", "console": {}}, {"name": "boss", "console": {}}],
    }
)


def silence(match: dict[str, Any], *, age: timedelta, left: timedelta = DAY) -> Silence:
    return Silence(
        id="sil_1",
        match=SilenceMatch.model_validate(match),
        author="aigul",
        reason="",
        starts_at=NOW - age,
        ends_at=NOW + left,
    )


@pytest.mark.parametrize(
    ("lasting", "long", "why"),
    [
        (30 * DAY, False, None),
        (30 * DAY + SECOND, False, TooLong.UNUSUAL),
        (30 * DAY + SECOND, True, None),
        (366 * DAY, True, None),
        (366 * DAY + SECOND, True, TooLong.FOR_EVER),
        (366 * DAY + SECOND, False, TooLong.FOR_EVER),
        (timedelta(weeks=999), True, TooLong.FOR_EVER),
    ],
)
def test_a_silence_lasts_a_month_or_as_long_as_is_said_up_to_a_year(
    lasting: timedelta, long: bool, why: TooLong | None
) -> None:
    assert too_long(lasting, long=long) is why


@pytest.mark.parametrize(
    ("match", "everything", "broad"),
    [
        ({"rules": ["*"]}, True, True),
        ({"rules": ["?*"]}, True, True),
        ({"rules": ["[dr]*"]}, True, True),
        ({"rules": ["d*", "r*"]}, True, True),
        ({"sources": ["*"]}, True, True),
        ({"rules": ["*"], "sources": ["*"]}, True, True),
        ({"level": ["low", "normal", "high"]}, True, True),
        ({"rules": ["*"], "level": ["low", "normal", "high"]}, True, True),
        ({"rules": ["d*"]}, False, False),
        ({"rules": ["drafts"]}, False, False),
        ({"rules": ["drafts", "raids"]}, False, True),
        ({"rules": ["drafts"], "sources": ["*"]}, False, False),
        ({"rules": ["*"], "sources": ["kloop"]}, False, False),
        ({"rules": ["*"], "level": ["low", "normal"]}, False, False),
        ({"rules": ["*"], "languages": ["ru"]}, False, False),
        ({"rules": ["*"], "entities": ["dordoi"]}, False, False),
        ({"rules": ["*"], "outlets": 1}, False, False),
        ({"rules": ["*"], "story": 7}, False, False),
        ({"story": 7}, False, False),
        ({"tags": ["kg"]}, False, True),
        ({"tags": ["north"]}, False, False),
        ({"topics": ["law"]}, False, True),
        ({"topics": ["army"]}, False, False),
        ({"receivers": ["boss"]}, False, True),
        ({"receivers": ["boss"], "rules": ["*"]}, False, True),
        ({"receivers": ["boss"], "rules": ["raids"]}, False, False),
    ],
)
def test_conditions_that_leave_nothing_out_are_known(
    match: dict[str, Any], everything: bool, broad: bool
) -> None:
    assert is_everything(SilenceMatch.model_validate(match), CONFIG) is everything
    found = concerns(silence(match, age=DAY), CONFIG, NOW)
    assert (Concern.BROAD in found) is broad


def test_the_only_rule_that_there_is_may_be_named() -> None:
    lone = CONFIG.model_copy(update={"rules": CONFIG.rules[:1]})
    named, any_rule = SilenceMatch(rules=("drafts",)), SilenceMatch(rules=("*",))
    assert not is_everything(named, lone)
    assert is_everything(any_rule, lone)
    assert concerns(silence({"rules": ["drafts"]}, age=DAY), lone, NOW) == ()
    assert concerns(silence({"rules": ["*"]}, age=DAY), lone, NOW) == (Concern.BROAD,)


@pytest.mark.parametrize(
    ("age", "left", "found"),
    [
        (7 * DAY, DAY, ()),
        (7 * DAY + SECOND, DAY, (Concern.OLD,)),
        (DAY, 29 * DAY, ()),
        (DAY, 29 * DAY + SECOND, (Concern.LONG,)),
        (8 * DAY, 400 * DAY, (Concern.LONG, Concern.OLD)),
    ],
)
def test_long_and_old_silences_are_asked_about(
    age: timedelta, left: timedelta, found: tuple[Concern, ...]
) -> None:
    assert concerns(silence({"rules": ["raids"]}, age=age, left=left), CONFIG, NOW) == found
