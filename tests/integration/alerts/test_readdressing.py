"""What waits for a receiver that has left the configuration finds somebody, or is given up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from alerts.dispatch.deciders import DECIDERS
from alerts.dispatch.dispatcher import readdress
from core.alerting.alerts import AlertState
from core.alerting.deliveries import DeliveryStatus
from core.alerting.notifications import NotificationState
from core.config.watch import WatchConfig
from core.deciding.readdressing import ReaddressReport
from tests.integration.alerts.alert_desk import (
    BEGIN,
    HOUR,
    MINUTE,
    OTHER_RAID,
    PAPERS_FIRST,
    Desk,
    copied,
    everywhere,
    rules_told,
    silence,
    work,
)
from tests.integration.alerts.test_losses import ARRIVES, DIES, FAILS, tried


def reconfigured(desk: Desk, *routes: dict[str, Any], names: tuple[str, ...]) -> ReaddressReport:
    """Let the configuration have these receivers and routes, as the daemon goes on with it."""
    receivers = [{"name": name, "console": {}} for name in names]
    changed = desk.config.model_dump(mode="json", include={"rules", "inhibit"}, exclude_unset=True)
    desk.config = WatchConfig.model_validate({**changed, "receivers": receivers, "routes": routes})
    return readdress(desk.store, desk.config, desk.clock())


def of_status(desk: Desk, status: DeliveryStatus) -> list[tuple[str, str, int]]:
    found = desk.store.deliveries(status=status, limit=100).items
    return sorted((row.receiver, row.kind.value, row.size) for row in found)


NEW = ("news", "boss")
PENDING, DEAD, READDRESSED = (
    DeliveryStatus.PENDING,
    DeliveryStatus.DEAD,
    DeliveryStatus.READDRESSED,
)


@everywhere
def test_a_digest_goes_to_the_receiver_that_the_route_names_now(desks: Any) -> None:
    desk = desks({"to": ["desk"], "digest": "30 * * * *"})
    copied(desk, "agency")
    desk.pass_time(5 * MINUTE)
    report = reconfigured(desk, {"to": ["news"], "digest": "30 * * * *"}, names=NEW)
    assert (report.found, report.moved, report.lost) == (1, 2, 0)
    assert reconfigured(desk, {"to": ["news"], "digest": "30 * * * *"}, names=NEW).found == 0
    desk.pass_time(26 * MINUTE)
    assert of_status(desk, PENDING) == [("news", "digest", 2)]
    (alert, _) = desk.store.alerts().items
    assert [
        (notified.receiver, notified.state) for notified in desk.store.notifications(alert.id)
    ] == [("desk", NotificationState.READDRESSED), ("news", NotificationState.SENT)]


def test_what_waits_for_company_goes_to_the_new_receiver(desks: Any) -> None:
    desk = desks({"to": ["desk"], "group_wait": "10m"})
    copied(desk, "agency")
    reconfigured(desk, {"to": ["news"], "group_wait": "10m"}, names=NEW)
    desk.pass_time(11 * MINUTE)
    assert of_status(desk, PENDING) == [("news", "alert", 2)]


@everywhere
def test_what_is_tried_again_goes_to_the_new_receiver(desks: Any) -> None:
    desk = desks({"to": ["desk"]})
    copied(desk, "agency")
    desk.pass_time(MINUTE)
    tried(desk, FAILS)
    report = reconfigured(desk, {"to": ["news"]}, names=NEW)
    assert (report.found, report.moved) == (1, 2)
    desk.pass_time(MINUTE)
    assert of_status(desk, READDRESSED) == [("desk", "alert", 2)]
    assert of_status(desk, PENDING) == [("news", "alert", 2)]
    assert desk.store.replay() == 0


def test_what_somebody_tries_just_now_is_left_alone(desks: Any) -> None:
    desk = desks({"to": ["desk"]})
    copied(desk, "agency")
    desk.pass_time(MINUTE)
    desk.store.claim_deliveries(
        desk.clock(), DECIDERS, limit=1, lease=MINUTE, owner="w", receivers=["desk"]
    )
    assert reconfigured(desk, {"to": ["news"]}, names=NEW).found == 0
    desk.clock.advance(MINUTE)
    assert readdress(desk.store, desk.config, desk.clock()).found == 1


def test_whoever_was_told_is_not_told_twice(desks: Any) -> None:
    desk = desks({"to": ["desk", "boss"]})
    copied(desk, "agency")
    desk.pass_time(MINUTE)
    tried(desk, FAILS)
    tried(desk, ARRIVES, "boss")
    report = reconfigured(desk, {"to": ["boss"]}, names=("boss",))
    assert (report.found, report.moved, report.lost) == (1, 0, 0)
    desk.pass_time(HOUR)
    assert len(desk.messages("boss")) == 1
    assert of_status(desk, DEAD) == []


@everywhere
def test_an_escalation_goes_to_those_whom_the_route_names_now(desks: Any) -> None:
    route = {"to": ["desk"], "escalate": {"after": "15m", "to": ["boss"]}}
    desk = desks(route)
    copied(desk, "agency")
    work(desk, MINUTE)
    now_chief = {"to": ["desk"], "escalate": {"after": "15m", "to": ["chief"]}}
    reconfigured(desk, now_chief, names=("desk", "chief"))
    assert desk.store.orphaned_work(["desk", "chief"]) == []
    work(desk, 16 * MINUTE)
    readdress(desk.store, desk.config, desk.clock())
    assert of_status(desk, READDRESSED) == []
    assert ("chief", "escalation", 2) in of_status(desk, PENDING)
    work(desk, HOUR)
    assert len(desk.messages("chief")) == 1


@everywhere
def test_a_case_escalates_once_though_its_receiver_was_renamed_between_two_alerts(
    desks: Any,
) -> None:
    route = {"to": ["desk"], "escalate": {"after": "15m", "to": ["boss"]}}
    desk = desks(route)
    copied(desk, "agency")
    work(desk, MINUTE)
    renamed = {"to": ["desk"], "escalate": {"after": "15m", "to": ["chief"]}}
    reconfigured(desk, renamed, names=("desk", "chief"))
    copied(desk, "kloop")
    for _ in range(4):
        work(desk, 10 * MINUTE)
        readdress(desk.store, desk.config, desk.clock())
    assert [message.delivery.kind.value for message in desk.messages("chief")] == ["escalation"]
    assert desk.messages("boss") == []


def test_an_escalation_goes_on_though_what_escalates_was_silenced(desks: Any) -> None:
    desk = desks({"to": ["desk"], "escalate": {"after": "15m", "to": ["boss"]}})
    copied(desk, "agency")
    work(desk, MINUTE)
    silence(desk, 60, rules=["papers"])
    work(desk, 16 * MINUTE)
    assert of_status(desk, PENDING)[0] == ("boss", "escalation", 1)
    renamed = {"to": ["desk"], "escalate": {"after": "15m", "to": ["chief"]}}
    reconfigured(desk, renamed, names=("desk", "chief"))
    assert of_status(desk, DEAD) == []
    assert rules_told(desk, "chief") == ["raids"]


def test_an_escalation_to_nobody_is_given_up_and_news(desks: Any) -> None:
    desk = desks({"to": ["desk"], "escalate": {"after": "15m", "to": ["boss"]}})
    copied(desk, "agency")
    work(desk, MINUTE)
    reconfigured(desk, {"to": ["desk"]}, names=("desk",))
    work(desk, 16 * MINUTE)
    assert readdress(desk.store, desk.config, desk.clock()).lost == 1
    assert of_status(desk, DEAD) == [("boss", "escalation", 2)]
    assert [lost.receiver for lost in desk.store.unreported_losses()] == ["boss"]


def test_a_reminder_goes_to_the_new_receiver(desks: Any) -> None:
    desk = desks({"to": ["desk"]})
    copied(desk, "agency")
    desk.pass_time(MINUTE)
    tried(desk, ARRIVES)
    (alert,) = desk.store.alerts(rule="papers").items
    desk.store.change_alert(
        alert.id, AlertState.SNOOZED, DECIDERS, by="a", at=desk.clock(),
        until=desk.clock() + HOUR,
    )  # fmt: skip
    reconfigured(desk, {"to": ["news"]}, names=NEW)
    work(desk, HOUR + MINUTE)
    readdress(desk.store, desk.config, desk.clock())
    assert of_status(desk, PENDING) == [("news", "reminder", 2)]


@everywhere
def test_what_no_route_leads_anywhere_is_given_up_and_can_be_sent(desks: Any) -> None:
    desk = desks({"to": ["desk"], "digest": "30 * * * *"})
    copied(desk, "agency")
    report = reconfigured(desk, {"when": {"rules": ["papers"]}, "to": ["news"]}, names=NEW)
    assert (report.moved, report.lost) == (1, 1)
    desk.pass_time(MINUTE)
    assert of_status(desk, DEAD) == [("desk", "digest", 1)]
    assert rules_told(desk, "news") == ["papers"]
    (lost,) = desk.store.unreported_losses()
    assert (lost.receiver, lost.titles) == ("desk", ("Новость",))
    sent = desk.store.send_elsewhere("boss", desk.clock(), DECIDERS, of="desk", dead_only=True)
    assert (sent.sent, sent.had) == (1, 0)
    assert rules_told(desk, "boss") == ["raids"]
    assert desk.store.unreported_losses() == []
    again = desk.store.send_elsewhere("boss", desk.clock(), DECIDERS, of="desk")
    assert (again.sent, again.had) == (0, 0)


def test_of_a_message_only_what_nobody_hears_is_given_up(desks: Any) -> None:
    desk = desks({"to": ["desk"]})
    copied(desk, "agency")
    desk.pass_time(MINUTE)
    tried(desk, FAILS)
    reconfigured(desk, {"when": {"rules": ["papers"]}, "to": ["news"]}, names=NEW)
    desk.pass_time(MINUTE)
    assert of_status(desk, DEAD) == [("desk", "alert", 1)]
    assert rules_told(desk, "desk") == ["raids"]
    assert rules_told(desk, "news") == ["papers"]


@everywhere
def test_a_receiver_that_comes_back_gets_what_waits(desks: Any) -> None:
    desk = desks({"to": ["desk"]})
    copied(desk, "agency")
    desk.pass_time(MINUTE)
    tried(desk, FAILS)
    reconfigured(desk, {"to": ["news"], "group_wait": "10m"}, names=NEW)
    report = reconfigured(desk, {"to": ["desk"]}, names=("desk", "boss"))
    assert (report.found, report.moved) == (1, 2)
    desk.pass_time(MINUTE)
    (message,) = desk.messages()
    assert (message.delivery.status, message.delivery.attempts) == (PENDING, 0)
    assert (message.delivery.kind.value, message.delivery.sequence) == ("alert", 1)
    assert tried(desk, ARRIVES)


def test_messages_are_sent_to_another_receiver_once(desks: Any) -> None:
    desk = desks({"to": ["desk"]})
    copied(desk, "agency")
    desk.pass_time(MINUTE)
    lost = tried(desk, DIES)
    sent = desk.store.send_elsewhere("boss", desk.clock(), DECIDERS, delivery_id=lost)
    assert sent.sent == 1
    assert rules_told(desk, "boss") == ["papers", "raids"]
    assert of_status(desk, READDRESSED) == [("desk", "alert", 2)]
    desk.pass_time(MINUTE)
    desk.publish(OTHER_RAID, "kloop")
    desk.judge()
    desk.pass_time(MINUTE)
    assert [kind for kind, _ in desk.kinds()] == ["alert", "alert"]


def test_who_has_it_is_sent_nothing(desks: Any) -> None:
    desk = desks({"to": ["desk", "boss"]})
    copied(desk, "agency")
    desk.pass_time(MINUTE)
    tried(desk, DIES)
    found = desk.store.send_elsewhere("boss", desk.clock(), DECIDERS)
    assert (found.sent, found.had) == (0, 1)
    assert len(desk.messages("boss")) == 1


def test_what_is_sent_elsewhere_while_it_waits_was_not_said_here(desks: Any) -> None:
    desk = desks({"to": ["desk"], "group_interval": "5m"})
    copied(desk, "agency")
    desk.pass_time(MINUTE)
    tried(desk, FAILS)
    found = desk.store.send_elsewhere("boss", desk.clock(), DECIDERS, of="desk")
    assert found.sent == 1
    copied(desk, "kloop")
    desk.pass_time(MINUTE)
    assert [kind for kind, _ in desk.kinds()] == ["alert", "alert"]
    assert [kind for kind, _ in desk.kinds("boss")] == ["alert"]
    assert desk.store.unreported_losses() == []
    assert desk.clock() - BEGIN < timedelta(hours=1)


@everywhere
def test_what_a_message_was_to_say_for_others_is_asked_about_with_it(desks: Any) -> None:
    desk = desks({"to": ["desk"]}, inhibit=[PAPERS_FIRST])
    copied(desk, "agency")
    desk.pass_time(MINUTE)
    assert rules_told(desk) == ["papers"]
    assert reconfigured(desk, {"to": ["news"]}, names=NEW).moved == 2
    silence(desk, 60, rules=["papers"])
    desk.pass_time(5 * MINUTE)
    assert rules_told(desk, "news") == ["raids"]


def test_what_a_message_said_for_others_stays_said_when_it_arrived(desks: Any) -> None:
    desk = desks({"to": ["desk"]}, inhibit=[PAPERS_FIRST])
    copied(desk, "agency")
    desk.pass_time(MINUTE)
    tried(desk, ARRIVES)
    assert reconfigured(desk, {"to": ["news"]}, names=NEW).moved == 0
