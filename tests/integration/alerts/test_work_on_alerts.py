"""What people do about alerts, and what happens when nobody does: escalations and reminders."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from alerts.dispatch.deciders import DECIDERS
from alerts.messages.action_links import ACTIONS, LinkAction, action_links
from core.alerting.alerts import AlertState
from core.alerting.deliveries import ClaimedDelivery
from core.alerting.message_kinds import MessageKind
from core.config.sections.routes import SilenceMatch
from core.config.sections.web import WebSection
from core.deciding.escalation import Breadth
from storage.alerts.handling import LinkUsedError
from tests.integration.alerts.alert_desk import (
    BEGIN,
    HOUR,
    MINUTE,
    OTHER_RAID,
    RAID,
    Desk,
    copied,
    delivered,
    everywhere,
    raided,
    silence,
    work,
)
from tests.integration.storage.samples import WORK


def escalating(desks: Any) -> Desk:
    made: Desk = desks(
        {
            "when": {"rules": ["papers"]},
            "to": ["desk"],
            "escalate": {"after": "15m", "to": ["boss"]},
        }
    )
    made.publish(OTHER_RAID)
    made.judge()
    made.pass_time(14 * MINUTE)
    made.store.do_work_due(made.clock(), WORK, DECIDERS)
    assert made.kinds("boss") == []
    return made


def test_an_alert_that_nobody_takes_on_escalates_once(desks: Any) -> None:
    desk = escalating(desks)
    for _ in range(3):
        desk.pass_time(MINUTE)
        desk.store.do_work_due(desk.clock(), WORK, DECIDERS)
    assert desk.kinds("boss") == [("escalation", 1)]
    (alert,) = desk.store.alerts(rule="papers").items
    assert alert.state is AlertState.ESCALATED
    assert [change.by for change in desk.store.alert_changes(alert.id)] == ["wirewatch"]


def test_the_first_message_says_that_its_alert_escalated(desks: Any) -> None:
    desk = escalating(desks)
    desk.pass_time(MINUTE)
    desk.store.do_work_due(desk.clock(), WORK, DECIDERS, shown_by=["desk"])
    assert [kind for kind, _ in desk.kinds("desk")] == ["alert", "revision"]
    assert desk.kinds("boss") == [("escalation", 1)]


def test_a_revision_that_comes_late_shows_what_was_told_meanwhile(desks: Any) -> None:
    desk = desks({"to": ["desk"], "when": {"rules": ["raids"]}, "group_interval": "1m"})
    now = desk.clock()

    def claim() -> ClaimedDelivery:
        (claimed,) = desk.store.claim_deliveries(
            desk.clock(), DECIDERS, limit=1, lease=MINUTE, owner="w", receivers=["desk"]
        )
        return claimed  # type: ignore[no-any-return]

    desk.publish(RAID, "one")
    desk.judge()
    desk.pass_time(MINUTE)
    first = claim()
    desk.store.record_attempt(first.lease_token, *delivered(first, now), DECIDERS)
    desk.store.change_alert(
        first.alert.id,
        AlertState.ACKNOWLEDGED,
        DECIDERS,
        by="aigul",
        at=desk.clock(),
        shown_by=["desk"],
    )
    revision = claim()
    assert revision.delivery.kind is MessageKind.REVISION
    desk.publish(RAID, "two")
    desk.judge()
    desk.pass_time(2 * MINUTE)  # the lease of the revision runs out
    notified = [claim(), claim()]
    update = next(message for message in notified if message.delivery.kind is MessageKind.UPDATE)
    desk.store.record_attempt(update.lease_token, *delivered(update, desk.clock()), DECIDERS)
    desk.pass_time(2 * MINUTE)
    late = claim()
    assert late.delivery.kind is MessageKind.REVISION
    assert {alert.article.data.source for alert in late.earlier} == {"one", "two"}


@pytest.mark.parametrize(
    "state", [AlertState.ACKNOWLEDGED, AlertState.DISMISSED, AlertState.SNOOZED]
)
def test_an_alert_that_somebody_took_on_does_not_escalate(desks: Any, state: AlertState) -> None:
    desk = escalating(desks)
    (alert,) = desk.store.alerts(rule="papers").items
    desk.store.change_alert(
        alert.id, state, DECIDERS, by="aigul", at=desk.clock(), until=BEGIN + 9 * HOUR
    )
    desk.pass_time(HOUR)
    desk.store.do_work_due(desk.clock(), WORK, DECIDERS)
    assert desk.kinds("boss") == []


def test_a_copy_of_a_story_that_is_taken_on_does_not_escalate(desks: Any) -> None:
    desk = escalating(desks)
    (alert,) = desk.store.alerts(rule="papers").items
    desk.store.change_alert(
        alert.id, AlertState.ACKNOWLEDGED, DECIDERS, by="aigul", at=desk.clock()
    )
    desk.publish(OTHER_RAID, "copy")
    desk.judge()
    desk.pass_time(HOUR)
    desk.store.do_work_due(desk.clock(), WORK, DECIDERS)
    assert desk.kinds("boss") == []


def test_what_was_put_off_is_told_again_when_it_is_due(desks: Any) -> None:
    desk = escalating(desks)
    (alert,) = desk.store.alerts(rule="papers").items
    until = desk.clock() + 4 * HOUR
    desk.store.change_alert(
        alert.id, AlertState.SNOOZED, DECIDERS, by="aigul", at=desk.clock(), until=until
    )
    desk.pass_time(4 * HOUR - MINUTE)
    desk.store.do_work_due(desk.clock(), WORK, DECIDERS)
    assert desk.kinds("desk") == [("alert", 1)]
    desk.pass_time(MINUTE)
    desk.store.do_work_due(desk.clock(), WORK, DECIDERS)
    assert [kind for kind, _ in desk.kinds("desk")] == ["alert", "reminder"]
    assert desk.store.alert(alert.id).state is AlertState.OPEN  # type: ignore[union-attr]


WEB = WebSection.model_validate({"url": "https://w.example", "secret": "long-enough-a-secret"})
ESCALATING = {
    "when": {"rules": ["papers"]},
    "to": ["desk"],
    "group_wait": "1m",
    "escalate": {"after": "15m", "to": ["boss"]},
}


@everywhere
def test_a_story_of_many_outlets_escalates_once_with_all_of_them(desks: Any) -> None:
    desk = desks(ESCALATING)
    copied(desk, "one", "two", "three")
    work(desk, 16 * MINUTE)
    copied(desk, "four")
    work(desk, HOUR)
    assert desk.kinds("boss") == [("escalation", 3)]
    assert {alert.state for alert in desk.store.alerts(rule="papers").items} == {
        AlertState.ESCALATED
    }


def test_a_story_that_was_put_off_is_called_to_mind_once(desks: Any) -> None:
    desk = desks(ESCALATING, {"when": {"rules": ["papers"]}, "to": ["boss"]})
    match = SilenceMatch(receivers=("boss",))
    desk.store.add_silence(
        match, author="a", reason="", starts_at=BEGIN, ends_at=BEGIN + 10 * MINUTE
    )
    copied(desk, "one", "two")
    desk.pass_time(2 * MINUTE)
    alert = desk.store.alerts(rule="papers").items[0].id
    until = desk.clock() + HOUR
    desk.store.change_alert(
        alert, AlertState.SNOOZED, DECIDERS, by="a", at=desk.clock(), until=until
    )
    work(desk, HOUR)
    work(desk, MINUTE)
    assert [kind for kind in desk.kinds("desk") if kind[0] == "reminder"] == [("reminder", 2)]
    assert desk.kinds("boss") == []  # nobody was told there, so nobody is reminded


@pytest.mark.parametrize("how", ["reminded", "opened again"])
def test_what_is_open_again_escalates_again_in_its_time(desks: Any, how: str) -> None:
    desk = desks(ESCALATING)
    copied(desk, "one")
    desk.pass_time(2 * MINUTE)
    (alert,) = desk.store.alerts(rule="papers").items
    until = desk.clock() + HOUR
    state = AlertState.SNOOZED if how == "reminded" else AlertState.ACKNOWLEDGED
    desk.store.change_alert(alert.id, state, DECIDERS, by="a", at=desk.clock(), until=until)
    work(desk, HOUR)
    if how == "opened again":
        desk.store.change_alert(alert.id, AlertState.OPEN, DECIDERS, by="a", at=desk.clock())
    work(desk, 14 * MINUTE)
    assert desk.kinds("boss") == []
    work(desk, MINUTE)
    assert desk.kinds("boss") == [("escalation", 1)]


def test_what_escalated_and_was_opened_again_escalates_anew(desks: Any) -> None:
    desk = desks(ESCALATING)
    copied(desk, "one")
    work(desk, 15 * MINUTE)
    (alert,) = desk.store.alerts(rule="papers").items
    desk.store.change_alert(alert.id, AlertState.OPEN, DECIDERS, by="a", at=desk.clock())
    work(desk, 15 * MINUTE)
    assert desk.kinds("boss") == [("escalation", 1), ("escalation", 1)]


@pytest.mark.parametrize("since", [timedelta(0), 5 * MINUTE])
def test_what_is_silenced_does_not_escalate(desks: Any, since: timedelta) -> None:
    desk = desks(ESCALATING)
    copied(desk, "one")
    desk.store.add_silence(
        SilenceMatch(rules=("papers",)), author="a", reason="", starts_at=BEGIN + since,
        ends_at=BEGIN + 9 * HOUR,
    )  # fmt: skip
    work(desk, HOUR)
    assert desk.kinds("boss") == []
    (alert,) = desk.store.alerts(rule="papers").items
    assert alert.state is AlertState.OPEN


BOTH_LEVELS = {
    "when": {"rules": ["raids"]},
    "to": ["desk"],
    "escalate": {"after": "15m", "to": ["boss"], "level": ["normal", "high"]},
}


def test_a_story_escalates_by_the_outlet_that_was_told(desks: Any) -> None:
    desk = desks(BOTH_LEVELS)
    silence(desk, 24 * 60, sources=("one",))
    raided(desk, "one", "two")
    work(desk, HOUR)
    assert desk.kinds("boss") == [("escalation", 1)]
    assert desk.messages("boss")[0].alert.article.data.source == "two"


def test_the_time_to_escalate_counts_from_what_was_told(desks: Any) -> None:
    desk = desks(BOTH_LEVELS)
    silence(desk, 10, sources=("one",))
    raided(desk, "one")
    work(desk, 14 * MINUTE)
    raided(desk, "two")
    work(desk, 14 * MINUTE)
    assert desk.kinds("boss") == []
    work(desk, 2 * MINUTE)
    assert len(desk.kinds("boss")) == 1


def test_an_escalation_waits_for_the_end_of_a_silence(desks: Any) -> None:
    desk = desks(BOTH_LEVELS)
    raided(desk, "one")
    desk.pass_time(10 * MINUTE)
    silence(desk, 10, receivers=("boss",))
    for _ in range(30):
        work(desk, MINUTE)
    assert desk.kinds("boss") == [("escalation", 1)]


def test_nobody_hears_twice_that_a_story_escalated(desks: Any) -> None:
    desk = desks(
        {**BOTH_LEVELS, "when": {"sources": ["one"]}},
        {
            "when": {"sources": ["two"]},
            "to": ["desk"],
            "escalate": {"after": "30m", "to": ["boss", "desk"], "level": ["normal", "high"]},
        },
    )
    raided(desk, "one", "two")
    for _ in range(40):
        work(desk, MINUTE)
    assert desk.kinds("boss") == [("escalation", 2)]
    assert [kind for kind, _ in desk.kinds("desk")].count("escalation") == 1


def test_a_reminder_is_told_of_the_outlet_that_is_not_silenced(desks: Any) -> None:
    desk = desks({"when": {"rules": ["raids"]}, "to": ["desk"]})
    raided(desk, "one", "two")
    desk.pass_time(MINUTE)
    (alert,) = desk.store.alerts(source="two").items
    until = desk.clock() + HOUR
    desk.store.change_alert(
        alert.id, AlertState.SNOOZED, DECIDERS, by="a", at=desk.clock(), until=until
    )
    silence(desk, 24 * 60, sources=("one",))
    work(desk, HOUR)
    assert [kind for kind in desk.kinds() if kind[0] == "reminder"] == [("reminder", 1)]


def test_a_reminder_waits_for_the_end_of_a_silence(desks: Any) -> None:
    desk = desks({"when": {"rules": ["raids"]}, "to": ["desk"]})
    raided(desk, "one")
    desk.pass_time(MINUTE)
    (alert,) = desk.store.alerts().items
    until = desk.clock() + HOUR
    desk.store.change_alert(
        alert.id, AlertState.SNOOZED, DECIDERS, by="a", at=desk.clock(), until=until
    )
    desk.pass_time(HOUR - MINUTE)
    silence(desk, 20, rules=("raids",))
    work(desk, 2 * MINUTE)
    assert [kind for kind, _ in desk.kinds()] == ["alert"]
    for _ in range(30):
        work(desk, MINUTE)
    assert [kind for kind, _ in desk.kinds()] == ["alert", "reminder"]


def test_a_copy_made_while_a_story_is_taken_on_escalates_when_it_is_opened(desks: Any) -> None:
    desk = desks(
        {**BOTH_LEVELS, "when": {"rules": ["raids"], "outlets": 2}, "continue": False},
        {"when": {"rules": ["raids"]}, "to": ["desk"]},
    )
    raided(desk, "one")
    desk.pass_time(MINUTE)
    (alert,) = desk.store.alerts().items
    desk.store.change_alert(alert.id, AlertState.ACKNOWLEDGED, DECIDERS, by="a", at=desk.clock())
    raided(desk, "two")
    work(desk, HOUR)
    assert desk.kinds("boss") == []
    desk.store.change_alert(alert.id, AlertState.OPEN, DECIDERS, by="a", at=desk.clock())
    work(desk, 16 * MINUTE)
    assert len(desk.kinds("boss")) == 1


def test_what_another_alert_says_does_not_escalate(desks: Any) -> None:
    inhibit = [{"when": {"rules": ["raids"]}, "suppress": {"rules": ["papers"]}}]
    desk = desks(ESCALATING, {"when": {"rules": ["raids"]}, "to": ["desk"]}, inhibit=inhibit)
    copied(desk, "one")
    work(desk, HOUR)
    assert [message.alert.match.rule_id for message in desk.messages("desk")] == ["raids"]
    assert desk.kinds("boss") == []


@everywhere
def test_a_copy_of_what_is_taken_on_is_taken_on(desks: Any) -> None:
    desk = desks(ESCALATING)
    copied(desk, "one")
    desk.pass_time(2 * MINUTE)
    (alert,) = desk.store.alerts(rule="papers").items
    desk.store.change_alert(
        alert.id, AlertState.ACKNOWLEDGED, DECIDERS, by="aigul", at=desk.clock(), reason="calling"
    )
    copied(desk, "two")
    work(desk, HOUR)
    assert [alert.state for alert in desk.store.alerts(rule="papers").items] == [
        AlertState.ACKNOWLEDGED
    ] * 2
    update = desk.messages("desk")[-1]
    assert update.delivery.kind is MessageKind.UPDATE
    change = update.alert.handled
    assert change is not None
    assert (change.by, change.reason) == ("aigul", "calling")
    offered = {link.label for link in action_links(update, WEB)}
    assert offered == set(ACTIONS.values()) - {ACTIONS[LinkAction.ACKNOWLEDGE]}


def test_a_change_of_a_case_holds_for_every_rule(desks: Any) -> None:
    desk = desks({"to": ["desk"]})
    copied(desk, "one")
    alert = desk.store.alerts(rule="papers").items[0].id
    changed = desk.store.change_alert(
        alert, AlertState.ACKNOWLEDGED, DECIDERS, by="a", at=desk.clock()
    )
    assert len(changed) == 2


def test_what_was_wrong_of_a_rule_stays_so_when_the_case_is_taken_on(desks: Any) -> None:
    desk = desks({"to": ["desk"]})
    copied(desk, "one")
    papers, raids = (desk.store.alerts(rule=rule).items[0].id for rule in ("papers", "raids"))
    desk.store.change_alert(
        raids, AlertState.DISMISSED, DECIDERS, by="a", at=desk.clock(), breadth=Breadth.RULE
    )
    desk.store.change_alert(papers, AlertState.ACKNOWLEDGED, DECIDERS, by="b", at=desk.clock())
    copied(desk, "two")
    states = {(alert.match.rule_id, alert.state) for alert in desk.store.alerts().items}
    assert states == {("papers", AlertState.ACKNOWLEDGED), ("raids", AlertState.DISMISSED)}


def test_a_link_works_once(desks: Any) -> None:
    desk = escalating(desks)
    (alert,) = desk.store.alerts(rule="papers").items

    def follow(state: AlertState) -> None:
        desk.store.change_alert(
            alert.id, state, DECIDERS, by="link", at=desk.clock(), nonce="dlv_1:ack"
        )

    follow(AlertState.ACKNOWLEDGED)
    desk.store.change_alert(alert.id, AlertState.OPEN, DECIDERS, by="aigul", at=desk.clock())
    with pytest.raises(LinkUsedError):
        follow(AlertState.ACKNOWLEDGED)
    assert desk.store.alert(alert.id).state is AlertState.OPEN  # type: ignore[union-attr]
