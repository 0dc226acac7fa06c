"""Alerts that say all: others about the same story are not told where they are heard."""

from __future__ import annotations

from typing import Any

import pytest

from alerts.dispatch.deciders import DECIDERS
from core.alerting.alerts import AlertState
from core.alerting.notifications import NotificationState
from core.config.sections.routes import SilenceMatch
from core.deciding.escalation import Breadth
from tests.integration.alerts.alert_desk import (
    BEGIN,
    HOUR,
    MINUTE,
    OTHER_RAID,
    PAPERS_FIRST,
    RAID,
    RAIDS_FIRST,
    everywhere,
    rules_told,
)


def test_an_alert_that_says_all_keeps_others_of_its_story_untold(desks: Any) -> None:
    desk = desks(
        {"to": ["desk"]},
        inhibit=[{"when": {"rules": ["papers"]}, "suppress": {"rules": ["raids"]}}],
    )
    desk.publish(OTHER_RAID)
    desk.publish(RAID)
    desk.judge()
    desk.pass_time(MINUTE)
    assert sorted(message.alert.match.rule_id for message in desk.messages()) == ["papers", "raids"]
    states = [
        notified.state for alert in desk.store.alerts().items
        for notified in desk.store.notifications(alert.id)
    ]  # fmt: skip
    assert states.count(NotificationState.INHIBITED) == 1


def test_of_alerts_that_inhibit_each_other_one_is_told(desks: Any) -> None:
    for group_by in ("story", "none"):
        desk = desks({"to": ["desk"], "group_by": group_by}, inhibit=[PAPERS_FIRST, RAIDS_FIRST])
        desk.publish(OTHER_RAID)
        desk.judge()
        desk.pass_time(MINUTE)
        assert len(rules_told(desk)) == 1


def test_an_alert_inhibits_others_only_where_it_is_heard(desks: Any) -> None:
    desk = desks(
        {"when": {"rules": ["papers"]}, "to": ["boss"]},
        {"when": {"rules": ["raids"]}, "to": ["desk", "boss"]},
        inhibit=[PAPERS_FIRST],
    )
    desk.publish(OTHER_RAID)
    desk.judge()
    desk.pass_time(MINUTE)
    assert (rules_told(desk, "desk"), rules_told(desk, "boss")) == (["raids"], ["papers"])


@everywhere
@pytest.mark.parametrize("group_by", ["story", "none"])
def test_an_alert_that_is_silenced_inhibits_nobody(desks: Any, group_by: str) -> None:
    desk = desks({"to": ["desk"], "group_by": group_by}, inhibit=[PAPERS_FIRST])
    desk.store.add_silence(
        SilenceMatch(rules=("papers",)), author="a", reason="", starts_at=BEGIN,
        ends_at=BEGIN + HOUR,
    )  # fmt: skip
    desk.publish(OTHER_RAID)
    desk.judge()
    desk.pass_time(MINUTE)
    assert rules_told(desk) == ["raids"]


def test_an_alert_that_was_dismissed_inhibits_nobody(desks: Any) -> None:
    desk = desks({"to": ["desk"], "group_by": "none"}, inhibit=[PAPERS_FIRST])
    desk.publish(OTHER_RAID, "one")
    desk.judge()
    desk.pass_time(MINUTE)
    (alert,) = desk.store.alerts(rule="papers").items
    desk.store.change_alert(
        alert.id, AlertState.DISMISSED, DECIDERS,
        by="a", at=desk.clock(), breadth=Breadth.RULE,
    )  # fmt: skip
    desk.publish(OTHER_RAID, "two")
    desk.judge()
    desk.pass_time(MINUTE)
    assert rules_told(desk) == ["papers", "raids"]


def test_an_alert_that_says_all_may_have_the_topic_that_it_inhibits(desks: Any) -> None:
    everything = {"when": {"rules": ["papers"]}, "suppress": {"topics": ["migration", "draft"]}}
    rules = [
        {"id": "raids", "when": "мигрант", "topics": ["migration"]},
        {"id": "papers", "when": "повестка", "level": "high", "topics": ["draft"]},
    ]
    desk = desks({"to": ["desk"]}, inhibit=[everything], rules=rules)
    desk.publish(OTHER_RAID, "one")
    desk.judge()
    desk.pass_time(MINUTE)
    desk.publish(OTHER_RAID, "two")
    desk.judge()
    desk.pass_time(HOUR)
    assert rules_told(desk) == ["papers", "papers"]


def test_an_alert_that_is_only_held_inhibits_nobody_yet(desks: Any) -> None:
    receivers = [
        {
            "name": "desk",
            "console": {},
            "quiet_hours": {"from": "06:00", "to": "08:00", "break_through": None},
        }
    ]
    desk = desks({"to": ["desk"], "group_by": "none"}, inhibit=[PAPERS_FIRST], receivers=receivers)
    desk.publish(OTHER_RAID)
    desk.judge()
    desk.pass_time(MINUTE)
    (papers,) = desk.store.alerts(rule="papers").items
    desk.store.change_alert(
        papers.id, AlertState.DISMISSED, DECIDERS,
        by="a", at=desk.clock(), reason="wrong-sense", breadth=Breadth.RULE,
    )  # fmt: skip
    desk.pass_time(2 * HOUR)
    assert rules_told(desk) == ["raids"]
