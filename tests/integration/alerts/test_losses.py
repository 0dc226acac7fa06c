"""A message that was given up was read by nobody: what counted on it begins anew."""

from __future__ import annotations

from functools import partial
from typing import Any

from alerts.dispatch.deciders import DECIDERS
from alerts.dispatch.dispatcher import dispatch, escalate_and_remind, readdress
from core.alerting.alerts import AlertState
from core.alerting.deliveries import (
    AttemptOutcome,
    DeliveryAttempt,
    DeliveryStatus,
    RetryDecision,
)
from core.alerting.notifications import NotificationState
from tests.integration.alerts.alert_desk import (
    HOUR,
    MINUTE,
    NIGHT,
    OTHER_RAID,
    PAPERS_FIRST,
    Desk,
    copied,
    everywhere,
    raided,
    rules_told,
    work,
)
from tests.integration.storage.test_concurrency import at_once

OTHER_PLACE = tuple(f"Мигрант номер {number} рассказал об этом иначе." for number in range(9))

STATUS = {
    DeliveryStatus.DELIVERED: AttemptOutcome.DELIVERED,
    DeliveryStatus.DEAD: AttemptOutcome.PERMANENT,
    DeliveryStatus.PENDING: AttemptOutcome.TRANSIENT,
}


def tried(desk: Desk, becomes: DeliveryStatus, receiver: str = "desk") -> str:
    """Let the next message of a receiver be tried once; return its delivery."""
    now = desk.clock()
    (claimed,) = desk.store.claim_deliveries(
        now, DECIDERS, limit=1, lease=MINUTE, owner="w", receivers=[receiver]
    )
    attempt = DeliveryAttempt(
        delivery_id=claimed.delivery.id,
        number=claimed.delivery.attempts + 1,
        started_at=now,
        finished_at=now,
        outcome=STATUS[becomes],
        detail="400 no such channel",
    )
    again = now + HOUR if becomes is DeliveryStatus.PENDING else None
    desk.store.record_attempt(
        claimed.lease_token, attempt, RetryDecision(becomes, again, "so"), DECIDERS
    )
    return claimed.delivery.id


DIES, ARRIVES, FAILS = DeliveryStatus.DEAD, DeliveryStatus.DELIVERED, DeliveryStatus.PENDING


def threads(desk: Desk, receiver: str = "desk") -> list[tuple[str, int, bool]]:
    """Return kind, place, and whether it begins its conversation, of messages as they were made."""
    return [
        (message.delivery.kind.value, message.delivery.sequence,
         message.delivery.thread == message.delivery.id)
        for message in desk.messages(receiver)
    ]  # fmt: skip


@everywhere
def test_what_a_dead_message_inhibited_is_told(desks: Any) -> None:
    desk = desks({"to": ["desk"], "group_by": "none"}, inhibit=[PAPERS_FIRST])
    copied(desk, "agency")
    desk.pass_time(MINUTE)
    assert rules_told(desk) == ["papers"]
    tried(desk, DIES)
    desk.pass_time(MINUTE)
    assert rules_told(desk) == ["papers", "raids"]
    assert tried(desk, ARRIVES)


def test_a_dead_message_inhibits_nothing_that_comes_later(desks: Any) -> None:
    desk = desks({"to": ["desk"], "group_by": "none"}, inhibit=[PAPERS_FIRST])
    copied(desk, "agency")
    desk.pass_time(MINUTE)
    tried(desk, DIES)
    desk.pass_time(MINUTE)
    desk.publish(OTHER_RAID[:1] + OTHER_RAID[2:], "kloop")  # no papers
    desk.judge()
    desk.pass_time(MINUTE)
    assert rules_told(desk) == ["papers", "raids", "raids"]


def test_what_another_message_brought_still_inhibits(desks: Any) -> None:
    desk = desks(
        {"to": ["desk"], "group_by": "none", "escalate": {"after": "5m", "to": ["desk"]}},
        inhibit=[PAPERS_FIRST],
    )
    copied(desk, "agency")
    work(desk, MINUTE)
    tried(desk, FAILS)
    work(desk, 5 * MINUTE)
    assert tried(desk, ARRIVES)  # the escalation, of the same alert
    desk.pass_time(HOUR)
    tried(desk, DIES)
    desk.pass_time(MINUTE)
    assert rules_told(desk) == ["papers", "papers"]


@everywhere
def test_a_story_begins_anew_when_its_summary_and_what_followed_are_lost(desks: Any) -> None:
    desk = desks({"to": ["desk"], "group_interval": "1m"}, **NIGHT)
    raided(desk, "agency")
    desk.publish(OTHER_PLACE, "agency")
    desk.judge()
    desk.pass_time(2 * HOUR + MINUTE)
    raided(desk, "kloop")
    desk.pass_time(5 * MINUTE)
    assert [kind for kind, _ in desk.kinds()] == ["summary", "update"]
    tried(desk, DIES)
    assert [kind for kind, _ in desk.kinds()] == ["summary", "alert"]
    tried(desk, DIES)
    raided(desk, "azattyk")
    desk.pass_time(5 * MINUTE)
    assert [kind for kind, _ in desk.kinds()] == ["summary", "alert", "alert"]


def test_what_was_inhibited_waits_for_its_digest(desks: Any) -> None:
    desk = desks(
        {"when": {"rules": ["papers"]}, "to": ["desk"]},
        {"to": ["desk"], "digest": "30 * * * *"},
        inhibit=[PAPERS_FIRST],
    )
    copied(desk, "agency")
    desk.pass_time(31 * MINUTE)
    assert rules_told(desk) == ["papers"]
    tried(desk, DIES)
    desk.pass_time(58 * MINUTE)
    assert rules_told(desk) == ["papers"]
    desk.pass_time(2 * MINUTE)
    assert desk.kinds() == [("alert", 1), ("digest", 1)]


def test_the_escalation_of_what_was_inhibited_counts_from_its_return(desks: Any) -> None:
    route = {"to": ["desk"], "group_by": "none"}
    escalate = {"after": "15m", "to": ["boss"], "level": ["normal"]}
    desk = desks({**route, "escalate": escalate}, inhibit=[PAPERS_FIRST])
    copied(desk, "agency")
    work(desk, MINUTE)
    work(desk, HOUR)
    assert desk.messages("boss") == []
    tried(desk, DIES)
    work(desk, 14 * MINUTE)
    assert desk.messages("boss") == []
    work(desk, 2 * MINUTE)
    assert rules_told(desk, "boss") == ["papers", "raids"], "the case, whole"


def test_what_a_dead_message_told_still_escalates(desks: Any) -> None:
    desk = desks({"to": ["desk"], "escalate": {"after": "15m", "to": ["boss"]}})
    copied(desk, "agency")
    work(desk, MINUTE)
    tried(desk, DIES)
    work(desk, 16 * MINUTE)
    assert desk.kinds("boss") == [("escalation", 2)]


@everywhere
def test_a_later_escalation_counts_if_the_one_that_spoke_for_it_is_dead(desks: Any) -> None:
    desk = desks({"to": ["desk"], "escalate": {"after": "15m", "to": ["boss"]}})
    copied(desk, "agency")
    work(desk, 10 * MINUTE)
    copied(desk, "kloop")
    work(desk, 6 * MINUTE)
    assert desk.kinds("boss") == [("escalation", 4)]
    tried(desk, DIES, "boss")
    work(desk, 2 * MINUTE)
    assert len(desk.messages("boss")) == 1
    work(desk, 8 * MINUTE)
    assert [kind for kind, _ in desk.kinds("boss")] == ["escalation", "escalation"]
    tried(desk, DIES, "boss")
    work(desk, 3 * HOUR)
    assert len(desk.messages("boss")) == 2


def test_a_dead_escalation_of_a_story_that_is_seen_to_stays_dead(desks: Any) -> None:
    desk = desks({"to": ["desk"], "escalate": {"after": "15m", "to": ["boss"]}})
    copied(desk, "agency")
    work(desk, 10 * MINUTE)
    copied(desk, "kloop")
    work(desk, 6 * MINUTE)
    (alert, *_) = desk.store.alerts(rule="papers").items
    desk.store.change_alert(alert.id, AlertState.ACKNOWLEDGED, DECIDERS, by="a", at=desk.clock())
    tried(desk, DIES, "boss")
    work(desk, HOUR)
    assert len(desk.messages("boss")) == 1


@everywhere
def test_a_conversation_begins_anew_when_its_first_message_is_dead(desks: Any) -> None:
    desk = desks({"to": ["desk"], "group_interval": "15m"})
    raided(desk, "agency")
    desk.pass_time(MINUTE)
    tried(desk, DIES)
    raided(desk, "kloop")
    desk.pass_time(MINUTE)
    assert threads(desk) == [("alert", 1, True), ("alert", 1, True)]
    tried(desk, ARRIVES)
    raided(desk, "vesti")
    desk.pass_time(16 * MINUTE)
    assert threads(desk)[2:] == [("update", 2, False)]


def test_what_kept_its_distance_to_a_dead_message_goes_out(desks: Any) -> None:
    desk = desks({"to": ["desk"], "group_interval": "1h"})
    raided(desk, "agency")
    desk.pass_time(MINUTE)
    raided(desk, "kloop")
    desk.pass_time(2 * MINUTE)
    assert len(desk.messages()) == 1
    tried(desk, DIES)
    desk.pass_time(MINUTE)
    assert threads(desk) == [("alert", 1, True), ("alert", 1, True)]


@everywhere
def test_updates_on_their_way_become_the_beginning(desks: Any) -> None:
    desk = desks({"to": ["desk"], "group_interval": "5m"})
    raided(desk, "agency")
    desk.pass_time(MINUTE)
    tried(desk, FAILS)
    for outlet in ("kloop", "vesti"):
        raided(desk, outlet)
        desk.pass_time(10 * MINUTE)
    desk.pass_time(HOUR)
    assert threads(desk) == [("alert", 1, True), ("update", 2, False), ("update", 3, False)]
    tried(desk, DIES)
    assert threads(desk) == [("alert", 1, True), ("alert", 1, True), ("update", 2, False)]
    second, third = desk.messages()[1:]
    assert third.delivery.thread == second.delivery.id
    assert [tried(desk, ARRIVES), tried(desk, ARRIVES)] == [second.delivery.id, third.delivery.id]
    raided(desk, "azattyk")
    desk.pass_time(10 * MINUTE)
    (last,) = desk.messages()[3:]
    assert (last.delivery.thread, last.delivery.sequence) == (second.delivery.id, 3)


def test_an_update_shows_nothing_of_what_is_dead(desks: Any) -> None:
    desk = desks({"to": ["desk"], "group_interval": "5m"})
    raided(desk, "agency")
    desk.pass_time(MINUTE)
    tried(desk, ARRIVES)
    raided(desk, "kloop")
    desk.pass_time(10 * MINUTE)
    tried(desk, DIES)
    raided(desk, "vesti")
    desk.pass_time(10 * MINUTE)
    (update,) = desk.store.claim_deliveries(
        desk.clock(), DECIDERS, limit=1, lease=MINUTE, owner="w", receivers=["desk"]
    )
    assert [alert.article.data.source for alert in update.earlier] == ["agency"]
    assert (update.delivery.kind.value, update.delivery.sequence) == ("update", 2)


def test_a_dead_summary_has_told_nobody_of_its_stories(desks: Any) -> None:
    desk = desks({"to": ["desk"], "group_interval": "5m"}, **NIGHT)
    raided(desk, "agency")
    desk.publish(("Мигрантам продлили срок патента до конца года.",), "kloop")
    desk.judge()
    desk.pass_time(2 * HOUR)
    assert desk.kinds() == [("summary", 2)]
    tried(desk, DIES)
    raided(desk, "vesti")
    desk.pass_time(MINUTE)
    assert threads(desk)[1:] == [("alert", 1, True)]


def test_a_dead_message_takes_no_room_of_the_limit(desks: Any) -> None:
    desk = desks({"to": ["desk"], "group_by": "none", "max_per_hour": 1})
    raided(desk, "agency")
    desk.pass_time(MINUTE)
    tried(desk, DIES)
    raided(desk, "kloop")
    desk.pass_time(MINUTE)
    assert desk.kinds() == [("alert", 1), ("alert", 1)]


def test_what_is_sent_again_arrives_once(desks: Any) -> None:
    desk = desks({"to": ["desk"], "group_by": "none"}, inhibit=[PAPERS_FIRST])
    copied(desk, "agency")
    desk.pass_time(MINUTE)
    lost = tried(desk, DIES)
    desk.pass_time(MINUTE)
    assert desk.store.replay(delivery_id=lost) == 1
    assert {tried(desk, ARRIVES), tried(desk, ARRIVES)} == {
        message.delivery.id for message in desk.messages()
    }
    desk.pass_time(HOUR)
    assert rules_told(desk) == ["papers", "raids"]
    states = [
        notification.state for alert in desk.store.alerts().items
        for notification in desk.store.notifications(alert.id)
    ]  # fmt: skip
    assert states == [NotificationState.SENT] * 2


@everywhere
def test_messages_die_while_everybody_works_on_them(desks: Any) -> None:
    desk = desks(
        {"to": ["desk"], "group_by": "none", "escalate": {"after": "15m", "to": ["boss"]}},
        inhibit=[PAPERS_FIRST],
    )
    for number in range(12):
        copied(desk, f"agency{number}")
        work(desk, 2 * MINUTE)
    work(desk, 10 * MINUTE)
    store, now = desk.store, desk.clock()
    claimed = store.claim_deliveries(
        now, DECIDERS, limit=99, lease=HOUR, owner="w", receivers=["desk", "boss"]
    )
    alerts = [alert.id for alert in store.alerts(limit=99).items]

    def die(part: int) -> int:
        for message in claimed[part::3]:
            attempt = DeliveryAttempt(
                delivery_id=message.delivery.id, number=1, started_at=now, finished_at=now,
                outcome=AttemptOutcome.PERMANENT,
            )  # fmt: skip
            decision = RetryDecision(DIES, None, "so")
            assert store.record_attempt(message.lease_token, attempt, decision, DECIDERS)
        return 0

    def see_to_it() -> int:
        for alert in alerts:
            store.change_alert(alert, AlertState.ACKNOWLEDGED, DECIDERS, by="a", at=now)
        return 0

    def look() -> int:
        for _ in range(12):
            dispatch(store, desk.config, now)
            escalate_and_remind(store, desk.config, now)
        return 0

    def move() -> int:
        for _ in range(6):
            store.send_elsewhere("boss", now, DECIDERS, of="desk")
            readdress(store, desk.config, now)
        return 0

    at_once(partial(die, 0), partial(die, 1), partial(die, 2), see_to_it, look, look, move)
    dispatch(store, desk.config, now)
    states = [
        notification.state for alert in alerts for notification in store.notifications(alert)
        if notification.receiver == "desk"
    ]  # fmt: skip
    assert NotificationState.INHIBITED not in states
    assert NotificationState.WAITING not in states
