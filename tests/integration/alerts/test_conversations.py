"""From judged articles to messages: one story is one alert and its updates; what waits, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from alerts.dispatch.deciders import DECIDERS
from alerts.dispatch.schedule_limits import LIMITS
from core.alerting.alerts import AlertState
from core.alerting.matches import Level
from core.alerting.message_kinds import MessageKind
from core.alerting.notifications import NotificationState
from core.config.sections.routes import SilenceMatch
from core.deciding.backlog import FloodGuard
from tests.integration.alerts.alert_desk import (
    BEGIN,
    HOUR,
    MINUTE,
    NIGHT,
    OTHER_RAID,
    RAID,
    delivered,
    everywhere,
    raided,
    rules_told,
    work,
)


def edited_by(outlet: int) -> tuple[str, ...]:
    """Return the raid's story as an outlet prints an agency's text: cut, and with its own end."""
    kept = RAID if outlet % 3 else RAID[:-1]
    return (*kept, f"Читайте также на сайте издания номер {outlet}.")


@everywhere
def test_thirty_outlets_with_one_story_are_one_alert_and_its_updates(desks: Any) -> None:
    desk = desks({"to": ["desk"], "group_wait": "30s"})
    for outlet in range(30):
        desk.publish(edited_by(outlet), f"outlet-{outlet}")
        desk.judge()
        desk.pass_time(2 * MINUTE)
    desk.pass_time(HOUR)
    kinds = desk.kinds()
    assert kinds[0] == ("alert", 1)
    assert {kind for kind, _ in kinds[1:]} == {"update"}
    assert len(kinds) <= 6
    notified = [
        alert.article.data.source for message in desk.messages() for alert in message.alerts
    ]
    assert sorted(notified) == sorted(f"outlet-{outlet}" for outlet in range(30))
    assert len({message.delivery.thread for message in desk.messages()}) == 1
    assert [message.delivery.sequence for message in desk.messages()] == list(
        range(1, len(kinds) + 1)
    )


def test_an_update_knows_every_outlet_that_was_told_before(desks: Any) -> None:
    desk = desks({"to": ["desk"], "group_wait": "0s"})
    desk.publish(edited_by(1), "outlet-0")
    desk.judge()
    desk.pass_time(MINUTE)
    for outlet in range(1, 61):
        desk.publish(edited_by(outlet), f"outlet-{outlet}")
    desk.judge()
    desk.pass_time(HOUR)
    desk.publish(edited_by(62), "latecomer")
    desk.judge()
    desk.pass_time(HOUR)
    notified: set[str] = set()
    for _ in range(3):
        now = desk.clock()
        (claimed,) = desk.store.claim_deliveries(
            now, DECIDERS, limit=1, lease=MINUTE, owner="w", receivers=["desk"]
        )
        assert {alert.article.data.source for alert in claimed.earlier} == notified
        notified |= {alert.article.data.source for alert in claimed.alerts}
        desk.store.record_attempt(claimed.lease_token, *delivered(claimed, now), DECIDERS)
    assert len(notified) == 62


def test_two_raids_on_one_day_are_two_alerts(desks: Any) -> None:
    desk = desks({"to": ["desk"]})
    desk.publish(RAID, "one")
    desk.publish(OTHER_RAID, "two")
    desk.judge()
    desk.pass_time(HOUR)
    assert [kind for kind, _ in desk.kinds()] == ["alert", "alert"]
    assert len({message.delivery.thread for message in desk.messages()}) == 2


def test_two_rules_on_one_article_are_one_message(desks: Any) -> None:
    desk = desks({"to": ["desk"]})
    desk.publish(OTHER_RAID)
    desk.judge()
    desk.pass_time(MINUTE)
    assert desk.kinds() == [("alert", 2)]
    assert desk.messages()[0].alert.match.rule_id == "papers", "what matters most leads"


def test_a_more_important_rule_does_not_wait_for_the_interval(desks: Any) -> None:
    desk = desks({"to": ["desk"], "group_interval": "2h"})
    desk.publish(RAID, "one")
    desk.judge()
    desk.pass_time(MINUTE)
    desk.publish((*RAID, "Задержанным вручили повестки."), "two")
    desk.judge()
    desk.pass_time(MINUTE)
    assert [kind for kind, _ in desk.kinds()] == ["alert", "update"]
    assert desk.kinds("desk")[1] == ("update", 2)


@pytest.mark.parametrize(
    ("group_by", "expected"), [("none", 4), ("rule", 1), ("source", 2), ("story", 2)]
)
def test_alerts_share_messages_by_what_the_route_says(
    desks: Any, group_by: str, expected: int
) -> None:
    desk = desks({"when": {"rules": ["raids"]}, "to": ["desk"], "group_by": group_by})
    for text in (RAID, OTHER_RAID):
        for source in ("one", "two"):
            desk.publish(text, source)
    desk.judge()
    desk.pass_time(MINUTE)
    assert len(desk.kinds()) == expected
    assert sum(size for _, size in desk.kinds()) == 4


def test_a_digest_comes_at_its_time_in_the_readers_zone(desks: Any) -> None:
    desk = desks({"to": ["desk"], "digest": "0 18 * * *", "timezone": "Asia/Bishkek"})
    for text, source in ((RAID, "one"), (RAID, "two"), (OTHER_RAID, "one")):
        desk.publish(text, source)
        desk.judge()
    desk.pass_time(6 * HOUR - MINUTE)
    assert desk.kinds() == []
    desk.pass_time(MINUTE)
    assert desk.clock() == datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    assert desk.kinds() == [("digest", 4)]


def quiet(**changes: Any) -> list[dict[str, Any]]:
    hours = {"from": "22:00", "to": "07:00", "timezone": "Asia/Bishkek", **changes}
    return [
        {"name": "desk", "console": {}, "quiet_hours": hours},
        {"name": "boss", "console": {}},
    ]


def test_quiet_hours_hold_back_and_sum_up_what_does_not_matter_much(desks: Any) -> None:
    desk = desks({"when": {"rules": ["raids"]}, "to": ["desk"]}, receivers=quiet())
    desk.clock.advance(datetime(2026, 11, 20, 17, 0, tzinfo=UTC) - desk.clock())
    desk.publish(RAID, "one")
    desk.publish(OTHER_RAID, "two")
    desk.judge()
    desk.pass_time(8 * HOUR - MINUTE)
    assert desk.kinds() == []
    desk.pass_time(MINUTE)
    assert desk.kinds() == [("summary", 2)]


def test_what_matters_breaks_through_quiet_hours(desks: Any) -> None:
    desk = desks({"to": ["desk"]}, receivers=quiet())
    desk.clock.advance(datetime(2026, 11, 20, 17, 0, tzinfo=UTC) - desk.clock())
    desk.publish(OTHER_RAID)
    desk.judge()
    desk.pass_time(MINUTE)
    assert desk.kinds() == [("alert", 1)]
    assert desk.messages()[0].alert.match.rule_id == "papers"


def test_what_breaks_through_counts_and_is_summed_up_before_the_morning(desks: Any) -> None:
    desk = desks(
        {
            "to": ["desk"],
            "group_by": "none",
            "max_per_hour": {"messages": 3, "break_through": None},
            "group_wait": "0s",
        },
        receivers=quiet(),
    )
    desk.clock.advance(datetime(2026, 11, 20, 17, 0, tzinfo=UTC) - desk.clock())
    for number in range(5):
        desk.publish((f"Рабочему номер {number} вручили повестку.",), f"outlet-{number}")
        desk.publish((f"Мигранта номер {number} проверили.",), f"other-{number}")
        desk.judge()
        desk.pass_time(MINUTE)
    assert desk.kinds() == [("alert", 1)] * 3
    desk.pass_time(HOUR)
    assert desk.kinds()[3:] == [("summary", 2)]
    assert {alert.match.rule_id for alert in desk.messages()[3].alerts} == {"papers"}
    desk.pass_time(24 * HOUR)
    assert desk.kinds()[4:] == [("summary", 5)]


@everywhere
def test_what_is_over_the_limit_becomes_one_summary(desks: Any) -> None:
    desk = desks(
        {"when": {"rules": ["raids"]}, "to": ["desk"], "group_by": "none", "max_per_hour": 3}
    )
    for number in range(10):
        desk.publish((f"Мигрантов номер {number} проверили.",), f"outlet-{number}")
        desk.judge()
        desk.pass_time(MINUTE)
    assert desk.kinds() == [("alert", 1)] * 3
    desk.pass_time(HOUR)
    assert desk.kinds()[3:] == [("summary", 7)]


def test_a_silence_keeps_alerts_untold_and_says_so(desks: Any) -> None:
    desk = desks({"to": ["desk", "boss"]})
    silence = desk.store.add_silence(
        SilenceMatch(topics=("migration",), receivers=("desk",)),
        author="aigul", reason="known raid", starts_at=BEGIN, ends_at=BEGIN + HOUR,
    )  # fmt: skip
    desk.publish(RAID)
    desk.judge()
    desk.pass_time(MINUTE)
    assert (desk.kinds("desk"), desk.kinds("boss")) == ([], [("alert", 1)])
    (alert,) = desk.store.alerts().items
    (notified,) = (n for n in desk.store.notifications(alert.id) if n.receiver == "desk")
    assert (notified.state, notified.reason) == (
        NotificationState.SILENCED,
        f"{silence.name} of aigul: known raid",
    )
    desk.store.end_silence(silence.id, desk.clock())
    desk.publish(OTHER_RAID)
    desk.judge()
    desk.pass_time(MINUTE)
    assert desk.kinds("desk") == [("alert", 2)]


@everywhere
def test_more_on_what_a_summary_told_is_an_update(desks: Any) -> None:
    desk = desks({"to": ["desk"], "when": {"rules": ["raids"]}}, **NIGHT)
    desk.publish(RAID, "one")
    desk.publish(OTHER_RAID, "one")
    desk.judge()
    desk.pass_time(2 * HOUR)
    assert desk.kinds() == [("summary", 2)]
    desk.publish(RAID, "two")
    desk.judge()
    desk.pass_time(HOUR)
    assert desk.kinds() == [("summary", 2), ("update", 1)]
    update = desk.messages()[-1].delivery
    assert update.thread == update.id  # the summary is about other stories, too


def test_one_alert_held_over_the_night_begins_its_conversation(desks: Any) -> None:
    desk = desks({"to": ["desk"], "when": {"rules": ["raids"]}}, **NIGHT)
    desk.publish(RAID, "one")
    desk.judge()
    desk.pass_time(2 * HOUR)
    assert desk.kinds() == [("alert", 1)]
    desk.publish(RAID, "two")
    desk.judge()
    desk.pass_time(HOUR)
    assert desk.kinds() == [("alert", 1), ("update", 1)]
    first, second = (message.delivery for message in desk.messages())
    assert second.thread == first.id


@everywhere
def test_one_update_held_over_the_night_stays_in_its_conversation(desks: Any) -> None:
    desk = desks({"to": ["desk"], "when": {"rules": ["raids"]}}, **NIGHT)
    desk.clock.advance(-HOUR)
    desk.publish(RAID, "one")
    desk.judge()
    desk.pass_time(HOUR)
    desk.publish(RAID, "two")
    desk.judge()
    desk.pass_time(3 * HOUR)
    assert desk.kinds() == [("alert", 1), ("update", 1)]
    first, second = (message.delivery for message in desk.messages())
    assert (second.thread, second.sequence) == (first.id, 2)


def test_what_was_dismissed_is_not_told_again_for_its_story(desks: Any) -> None:
    desk = desks({"when": {"rules": ["raids"]}, "to": ["desk"]})
    desk.publish(RAID, "one")
    desk.judge()
    desk.pass_time(MINUTE)
    (alert,) = desk.store.alerts().items
    desk.store.change_alert(
        alert.id, AlertState.DISMISSED, DECIDERS, by="aigul", at=desk.clock(), reason="wrong-sense"
    )
    desk.publish(RAID, "two")
    desk.publish(OTHER_RAID, "two")
    desk.judge()
    desk.pass_time(HOUR)
    assert [kind for kind, _ in desk.kinds()] == ["alert", "alert"]


@everywhere
def test_a_clock_that_ran_ahead_does_not_silence_a_conversation(desks: Any) -> None:
    desk = desks({"to": ["desk"], "when": {"rules": ["raids"]}, "group_by": "rule"})
    desk.clock.advance(60 * 24 * HOUR)
    desk.publish(RAID, "one")
    desk.judge()
    desk.pass_time(MINUTE)
    desk.publish(OTHER_RAID, "one")  # waits for the interval, two months from now
    desk.judge()
    desk.clock.advance(-60 * 24 * HOUR - MINUTE)
    assert desk.store.mend_schedule(desk.clock(), LIMITS) == 2  # a delivery and a group
    desk.pass_time(MINUTE)
    assert len(desk.messages()) == 2
    desk.publish(OTHER_RAID, "two")
    desk.judge()
    desk.pass_time(20 * MINUTE)
    assert len(desk.messages()) == 3


def test_revisions_take_no_room_of_the_hourly_limit(desks: Any) -> None:
    limit = {"messages": 2, "break_through": None}
    desk = desks({"to": ["desk"], "group_by": "none", "max_per_hour": limit})
    desk.publish(RAID)
    desk.judge()
    desk.pass_time(MINUTE)
    (alert,) = desk.store.alerts().items
    for _ in range(3):
        desk.store.change_alert(
            alert.id,
            AlertState.ACKNOWLEDGED,
            DECIDERS,
            by="aigul",
            at=desk.clock(),
            shown_by=["desk"],
        )
    desk.publish(OTHER_RAID)
    desk.judge()
    desk.pass_time(MINUTE)
    assert [kind for kind, _ in desk.kinds()].count("alert") == 2


def test_a_summary_holds_nothing_longer_than_it_must_after_a_wrong_clock(desks: Any) -> None:
    desk = desks({"to": ["desk"], "when": {"rules": ["raids"]}}, **NIGHT)
    desk.clock.advance(365 * 24 * HOUR)
    raided(desk, "one")
    desk.pass_time(MINUTE)
    desk.clock.advance(-365 * 24 * HOUR)
    assert desk.store.mend_schedule(desk.clock(), LIMITS) >= 1
    raided(desk, "two")
    desk.pass_time(3 * HOUR)
    assert [kind for kind, _ in desk.kinds()] != []


def test_finer_routes_take_what_they_can_and_leave_the_rest(desks: Any) -> None:
    desk = desks(
        {
            "to": ["desk"],
            "routes": [{"when": {"level": "high"}, "to": ["boss"], "group_by": "none"}],
        }
    )
    desk.publish(OTHER_RAID)
    desk.judge()
    desk.pass_time(MINUTE)
    assert [message.alert.match.rule_id for message in desk.messages("boss")] == ["papers"]
    assert [message.alert.match.rule_id for message in desk.messages("desk")] == ["raids"]


def test_a_route_may_be_the_last_that_is_looked_at(desks: Any) -> None:
    desk = desks({"when": {"level": "high"}, "to": ["boss"], "continue": False}, {"to": ["desk"]})
    desk.publish(OTHER_RAID)
    desk.judge()
    desk.pass_time(MINUTE)
    assert [message.alert.match.rule_id for message in desk.messages("desk")] == ["raids"]


def test_a_route_may_wait_until_several_outlets_have_the_story(desks: Any) -> None:
    desk = desks({"when": {"outlets": 3}, "to": ["desk"]})
    for number in range(4):
        desk.publish(RAID, f"outlet-{number}")
        desk.judge()
        desk.pass_time(MINUTE)
    (first, *_) = desk.messages()
    assert first.alert.article.data.source == "outlet-2"


def test_a_backlog_of_hours_becomes_one_summary(desks: Any) -> None:
    desk = desks({"to": ["desk"], "group_by": "none"})
    for number in range(5):
        desk.publish((f"Мигрантов номер {number} проверили.",), f"outlet-{number}")
    desk.judge()
    desk.pass_time(MINUTE)
    now = desk.clock() + 7 * HOUR
    old = now - 6 * HOUR
    summary = desk.store.fold_backlog("desk", DECIDERS, older_than=old, now=now)
    assert summary is not None
    assert desk.store.fold_backlog("desk", DECIDERS, older_than=old, now=now) is None
    found = {message.delivery.id: message for message in desk.messages()}
    assert found[summary].delivery.size == len(found[summary].alerts) == 5
    statuses = sorted(message.delivery.status.value for message in found.values())
    assert statuses == ["folded"] * 5 + ["pending"]
    assert replace(found[summary].delivery).kind is MessageKind.SUMMARY


def test_what_matters_passes_the_limit_and_the_rest_becomes_one_summary(desks: Any) -> None:
    desk = desks({"to": ["desk"], "group_by": "none", "max_per_hour": 2})
    for number in range(4):
        desk.publish((f"Рабочему номер {number} вручили повестку.",), f"outlet-{number}")
        desk.publish((f"Номер {number}: мигрант задержан.",), f"other-{number}")
        desk.judge()
        desk.pass_time(MINUTE)
    assert rules_told(desk) == ["papers"] * 4 + ["raids"]
    desk.pass_time(HOUR)
    assert desk.kinds()[-1] == ("summary", 3)


SLACK = [{"name": "desk", "slack": {"url": "https://hooks.example/x"}}]


@everywhere
def test_a_flood_becomes_a_summary_and_what_matters_does_not_wait(desks: Any) -> None:
    desk = desks({"to": ["desk"], "group_by": "none"}, receivers=SLACK)
    for number in range(100):
        desk.publish((f"Номер {number}: мигрант задержан.",), f"outlet-{number}")
    desk.judge()
    desk.publish(("Рабочему вручили повестку.",), "late")
    desk.judge()
    desk.pass_time(MINUTE)
    assert desk.kinds() == [("alert", 1)] * 31
    assert "papers" in rules_told(desk)
    (claimed,) = desk.store.claim_deliveries(
        desk.clock(), DECIDERS, limit=1, lease=MINUTE, owner="a", receivers=["desk"]
    )
    assert claimed.alert.match.rule_id == "papers", "it is taken before all that came before"
    desk.pass_time(10 * MINUTE)
    assert desk.kinds()[31:] == [("summary", 70)]
    held = [n for a in desk.store.alerts(limit=200).items for n in desk.store.notifications(a.id)]
    assert {each.state.value for each in held} == {"sent"}


@everywhere
def test_what_waited_through_an_outage_becomes_one_summary_and_what_matters_does_not(
    desks: Any,
) -> None:
    desk = desks({"to": ["desk"], "group_by": "none"})
    for number in range(5):
        desk.publish((f"Номер {number}: мигрант задержан.",), f"outlet-{number}")
    desk.publish(("Рабочему вручили повестку.",), "late")
    desk.judge()
    desk.pass_time(MINUTE)
    now = desk.clock() + MINUTE
    guard = FloodGuard(4, 10 * MINUTE, Level.HIGH)
    asked: dict[str, Any] = {"older_than": now - 6 * HOUR, "now": now}
    assert desk.store.fold_backlog("desk", DECIDERS, **asked) is None
    wider = replace(guard, messages=5)
    assert desk.store.fold_backlog("desk", DECIDERS, **asked, guard=wider) is None
    summary = desk.store.fold_backlog("desk", DECIDERS, **asked, guard=guard)
    found = {message.delivery.id: message for message in desk.messages()}
    assert len(found[summary].alerts) == 5
    pending = [m for m in found.values() if m.delivery.status.value == "pending"]
    assert sorted(len(message.alerts) for message in pending) == [1, 5]
    folded = [m for m in found.values() if m.delivery.status.value == "folded"]
    assert {m.delivery.last_detail for m in folded} == {f"too many at once; part of {summary}"}
    first, second = desk.store.claim_deliveries(
        now, DECIDERS, limit=9, lease=MINUTE, owner="a", receivers=["desk"]
    )
    assert (first.alert.match.rule_id, second.delivery.id) == ("papers", summary)


@everywhere
def test_a_mute_route_notifies_nobody_and_the_record_says_why(desks: Any) -> None:
    hours = {"from": "06:00", "to": "08:00"}
    desk = desks({"to": ["desk"], "mute": hours, "escalate": {"after": "1m", "to": ["boss"]}})
    desk.publish(OTHER_RAID)
    desk.judge()
    work(desk, 3 * HOUR)
    assert (desk.kinds(), desk.kinds("boss")) == ([], [])
    for alert in desk.store.alerts().items:
        (muted,) = desk.store.notifications(alert.id)
        assert (muted.state.value, muted.reason) == (
            "muted", "its route notifies nobody at this hour"
        )  # fmt: skip
    desk.publish(("Мигранта задержали вечером.",), "other")
    desk.judge()
    desk.pass_time(MINUTE)
    assert desk.kinds() == [("alert", 1)], "what was muted is not told later"


def test_the_log_finds_a_message_by_every_alert_in_it(desks: Any) -> None:
    desk = desks({"to": ["desk"], "group_by": "story"})
    desk.publish(OTHER_RAID, title="Рабочим вручили повестки")
    desk.publish(RAID, "elsewhere", title="Облава на рынке")
    desk.judge()
    desk.pass_time(HOUR)
    now = desk.clock()
    for claimed in desk.store.claim_deliveries(
        now, DECIDERS, limit=9, lease=MINUTE, owner="w", receivers=["desk"]
    ):
        assert desk.store.record_attempt(claimed.lease_token, *delivered(claimed, now), DECIDERS)
    log = desk.store.attempt_log
    (both,) = log(rule="papers")
    assert len(both.alert_ids) == 2
    assert list(log(rule="raids", containing="РАБОЧИМ")) == [both]
    assert [list(log(alert_id=alert_id)) for alert_id in both.alert_ids] == [[both]] * 2
    assert [attempt.source for attempt in log(containing="elsewhere.example")] == ["elsewhere"]
    assert len(list(log(containing="200 ACCEPTED"))) == 2
    assert list(log(containing="никогда")) == []
    second = desk.store.deliveries(alert_id=both.alert_ids[1]).items
    assert [delivery.id for delivery in second] == [both.attempt.delivery_id]
