"""From judged articles to messages: one story is one alert and its updates; what waits, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.delivery.gathering import do_work, flush
from alerts.evaluate import evaluate
from alerts.grouping import Grouping
from alerts.links import action_links
from alerts.rules import RuleSet
from core.alerting import (
    AlertState,
    AttemptOutcome,
    ClaimedDelivery,
    DeliveryAttempt,
    DeliveryStatus,
    MessageKind,
    NotificationState,
    RetryDecision,
)
from core.articles import ArticleData
from core.clock import FixedClock
from core.config.models import WatchConfig, WebSection
from core.config.routing import SilenceMatch
from storage import Store, open_store
from storage.casework import LinkUsedError
from storage.deliveries import alerts_in
from tests.integration.empty_database import empty_database

BEGIN = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)

RAID = (
    "Полиция провела облаву на рынке «Дордой»: проверили документы у двухсот продавцов.",
    "Задержали сорок мигрантов, их доставили в отделение, где держали до вечера без воды.",
    "По словам очевидцев, сотрудники перекрыли три входа и проверяли всех, кто выходил.",
    "Правозащитники требуют назвать основания и сообщить, где находятся эти люди сейчас.",
    "В министерстве заявили, что рейд был плановым и претензий к ведомству никто не имеет.",
)
OTHER_RAID = (
    "В Петербурге мигрантов вывели из общежития строителей и увезли на трёх автобусах.",
    "Там им вручили повестки и предложили подписать контракт, рассказал один из рабочих.",
    "Подрядчик подтвердил, что на стройку не вышла целая смена, и попросил объяснений.",
    "Адвокаты говорят о двадцати шести паспортах, которые до сих пор не вернули силой.",
    "Военный комиссариат на запрос журналистов не ответил, телефон приёмной молчит днём.",
)


class Desk:
    """A store, its rules, and a clock, with people at the receivers' ends."""

    def __init__(self, database: str, routes: list[dict[str, Any]], **more: Any) -> None:
        self.clock = FixedClock(BEGIN)
        self.store: Store = open_store(database, clock=self.clock)
        self.config = WatchConfig.model_validate(
            {
                "receivers": [{"name": "desk", "console": {}}, {"name": "boss", "console": {}}],
                "rules": [
                    {"id": "raids", "when": "мигрант", "topics": ["migration"]},
                    {"id": "papers", "when": "повестка", "level": "high"},
                ],
                "routes": routes,
                **more,
            }
        )
        self.rules = RuleSet.compile(self.config)
        self.grouping = Grouping()
        self._number = 0

    def publish(self, text: tuple[str, ...], source: str = "agency", title: str = "Новость") -> str:
        self._number += 1
        url = f"https://{source}.example/{self._number}"
        data = ArticleData(
            url=url, title=title, text="\n\n".join(text), source=source, language="ru",
            published_at=self.clock(),
        )  # fmt: skip
        self.store.record(data, None, key=url)
        return url

    def judge(self) -> None:
        self.grouping.fill(self.store, self.clock())
        evaluate(self.store, self.rules, self.config, now=self.clock(), grouping=self.grouping)

    def pass_time(self, by: timedelta) -> None:
        """Let time go by as the daemon does: looking at what is due at every minute."""
        end = self.clock() + by
        while self.clock() < end:
            flush(self.store, self.config, self.clock())
            self.clock.advance(min(MINUTE, end - self.clock()))
        flush(self.store, self.config, self.clock())

    def messages(self, receiver: str = "desk") -> list[ClaimedDelivery]:
        """Return what is on its way to a receiver, in the order it was made."""
        claimed: list[ClaimedDelivery] = []
        for one in self.store.deliveries(receiver=receiver, limit=1000).items:
            with self.store._reading() as session:
                alerts = alerts_in(session, one.id, one.alert_id)
            claimed.append(
                ClaimedDelivery(
                    delivery=one, alerts=alerts, lease_token="", leased_until=self.clock()
                )
            )
        return sorted(claimed, key=lambda one: (one.delivery.created_at, one.delivery.id))

    def kinds(self, receiver: str = "desk") -> list[tuple[str, int]]:
        return [(one.delivery.kind.value, one.delivery.size) for one in self.messages(receiver)]


@pytest.fixture
def desks(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """Make desks: on SQLite, or where the test says so on PostgreSQL."""
    opened: list[Desk] = []

    def made(*routes: dict[str, Any], **more: Any) -> Desk:
        if getattr(request, "param", "sqlite") == "postgresql":
            assert not opened, "there is one PostgreSQL database for a test"
            database = request.getfixturevalue("postgres_url")
        else:
            database = empty_database(tmp_path / f"{len(opened)}.db")
        opened.append(Desk(database, list(routes), **more))
        return opened[-1]

    yield made
    for one in opened:
        one.store.close()


everywhere = pytest.mark.parametrize("desks", ["sqlite", "postgresql"], indirect=True)


def delivered(claimed: ClaimedDelivery, now: datetime) -> tuple[DeliveryAttempt, RetryDecision]:
    """Return what is recorded of a message that its receiver took."""
    attempt = DeliveryAttempt(
        delivery_id=claimed.delivery.id,
        number=1,
        started_at=now,
        finished_at=now,
        outcome=AttemptOutcome.DELIVERED,
        status_code=200,
        detail="200 accepted",
        retry_after=None,
    )
    return attempt, RetryDecision(DeliveryStatus.DELIVERED, None, "accepted")


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
    told = [alert.article.data.source for one in desk.messages() for alert in one.alerts]
    assert sorted(told) == sorted(f"outlet-{outlet}" for outlet in range(30))
    assert len({one.delivery.thread for one in desk.messages()}) == 1
    assert [one.delivery.sequence for one in desk.messages()] == list(range(1, len(kinds) + 1))


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
    told: set[str] = set()
    for _ in range(3):
        now = desk.clock()
        (claimed,) = desk.store.claim_deliveries(
            now, limit=1, lease=MINUTE, owner="w", receivers=["desk"]
        )
        assert {one.article.data.source for one in claimed.earlier} == told
        told |= {one.article.data.source for one in claimed.alerts}
        desk.store.record_attempt(claimed.lease_token, *delivered(claimed, now))
    assert len(told) == 62


def test_two_raids_on_one_day_are_two_alerts(desks: Any) -> None:
    desk = desks({"to": ["desk"]})
    desk.publish(RAID, "one")
    desk.publish(OTHER_RAID, "two")
    desk.judge()
    desk.pass_time(HOUR)
    assert [kind for kind, _ in desk.kinds()] == ["alert", "alert"]
    assert len({one.delivery.thread for one in desk.messages()}) == 2


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
        {"to": ["desk"], "group_by": "none", "max_per_hour": 3, "group_wait": "0s"},
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
    assert {one.match.rule_id for one in desk.messages()[3].alerts} == {"papers"}
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
    (told,) = (n for n in desk.store.notifications(alert.id) if n.receiver == "desk")
    assert (told.state, told.reason) == (
        NotificationState.SILENCED,
        f"{silence.id} of aigul: known raid",
    )
    desk.store.end_silence(silence.id, desk.clock())
    desk.publish(OTHER_RAID)
    desk.judge()
    desk.pass_time(MINUTE)
    assert desk.kinds("desk") == [("alert", 2)]


def test_an_alert_that_says_all_keeps_others_of_its_story_untold(desks: Any) -> None:
    desk = desks(
        {"to": ["desk"]},
        inhibit=[{"when": {"rules": ["papers"]}, "suppress": {"rules": ["raids"]}}],
    )
    desk.publish(OTHER_RAID)
    desk.publish(RAID)
    desk.judge()
    desk.pass_time(MINUTE)
    assert sorted(one.alert.match.rule_id for one in desk.messages()) == ["papers", "raids"]
    states = [
        told.state for alert in desk.store.alerts().items
        for told in desk.store.notifications(alert.id)
    ]  # fmt: skip
    assert states.count(NotificationState.INHIBITED) == 1


PAPERS_FIRST = {"when": {"rules": ["papers"]}, "suppress": {"rules": ["raids"]}}
RAIDS_FIRST = {"when": {"rules": ["raids"]}, "suppress": {"rules": ["papers"]}}


def rules_told(desk: Desk, receiver: str = "desk") -> list[str]:
    told = [alert for one in desk.messages(receiver) for alert in one.alerts]
    return sorted(alert.match.rule_id for alert in told)


def test_of_alerts_that_speak_for_each_other_one_is_told(desks: Any) -> None:
    for group_by in ("story", "none"):
        desk = desks({"to": ["desk"], "group_by": group_by}, inhibit=[PAPERS_FIRST, RAIDS_FIRST])
        desk.publish(OTHER_RAID)
        desk.judge()
        desk.pass_time(MINUTE)
        assert len(rules_told(desk)) == 1


def test_an_alert_speaks_for_others_only_where_it_is_heard(desks: Any) -> None:
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
def test_an_alert_that_is_silenced_speaks_for_nobody(desks: Any, group_by: str) -> None:
    desk = desks({"to": ["desk"], "group_by": group_by}, inhibit=[PAPERS_FIRST])
    desk.store.add_silence(
        SilenceMatch(rules=("papers",)), author="a", reason="", starts_at=BEGIN,
        ends_at=BEGIN + HOUR,
    )  # fmt: skip
    desk.publish(OTHER_RAID)
    desk.judge()
    desk.pass_time(MINUTE)
    assert rules_told(desk) == ["raids"]


def test_an_alert_that_was_dismissed_speaks_for_nobody(desks: Any) -> None:
    desk = desks({"to": ["desk"], "group_by": "none"}, inhibit=[PAPERS_FIRST])
    desk.publish(OTHER_RAID, "one")
    desk.judge()
    desk.pass_time(MINUTE)
    (alert,) = desk.store.alerts(rule="papers").items
    desk.store.change_alert(alert.id, AlertState.DISMISSED, by="a", at=desk.clock())
    desk.publish(OTHER_RAID, "two")
    desk.judge()
    desk.pass_time(MINUTE)
    assert rules_told(desk) == ["papers", "raids"]


def test_an_alert_that_says_all_may_have_the_topic_that_it_speaks_for(desks: Any) -> None:
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


NIGHT = {
    "receivers": [
        {
            "name": "desk",
            "console": {},
            "quiet_hours": {"from": "06:00", "to": "08:00", "timezone": "UTC"},
        }
    ]
}


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
    first, second = (one.delivery for one in desk.messages())
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
    first, second = (one.delivery for one in desk.messages())
    assert (second.thread, second.sequence) == (first.id, 2)


def test_what_was_dismissed_is_not_told_again_for_its_story(desks: Any) -> None:
    desk = desks({"when": {"rules": ["raids"]}, "to": ["desk"]})
    desk.publish(RAID, "one")
    desk.judge()
    desk.pass_time(MINUTE)
    (alert,) = desk.store.alerts().items
    desk.store.change_alert(
        alert.id, AlertState.DISMISSED, by="aigul", at=desk.clock(), reason="wrong-sense"
    )
    desk.publish(RAID, "two")
    desk.publish(OTHER_RAID, "two")
    desk.judge()
    desk.pass_time(HOUR)
    assert [kind for kind, _ in desk.kinds()] == ["alert", "alert"]


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
    made.store.do_work_due(made.clock())
    assert made.kinds("boss") == []
    return made


def test_an_alert_that_nobody_takes_on_escalates_once(desks: Any) -> None:
    desk = escalating(desks)
    for _ in range(3):
        desk.pass_time(MINUTE)
        desk.store.do_work_due(desk.clock())
    assert desk.kinds("boss") == [("escalation", 1)]
    (alert,) = desk.store.alerts(rule="papers").items
    assert alert.state is AlertState.ESCALATED
    assert [one.by for one in desk.store.alert_changes(alert.id)] == ["wirewatch"]


def test_the_first_message_says_that_its_alert_escalated(desks: Any) -> None:
    desk = escalating(desks)
    desk.pass_time(MINUTE)
    desk.store.do_work_due(desk.clock(), shown_by=["desk"])
    assert [kind for kind, _ in desk.kinds("desk")] == ["alert", "revision"]
    assert desk.kinds("boss") == [("escalation", 1)]


def test_a_revision_that_comes_late_shows_what_was_told_meanwhile(desks: Any) -> None:
    desk = desks({"to": ["desk"], "when": {"rules": ["raids"]}, "group_interval": "1m"})
    now = desk.clock()

    def claim() -> ClaimedDelivery:
        (one,) = desk.store.claim_deliveries(
            desk.clock(), limit=1, lease=MINUTE, owner="w", receivers=["desk"]
        )
        return one  # type: ignore[no-any-return]

    desk.publish(RAID, "one")
    desk.judge()
    desk.pass_time(MINUTE)
    first = claim()
    desk.store.record_attempt(first.lease_token, *delivered(first, now))
    desk.store.change_alert(
        first.alert.id, AlertState.ACKNOWLEDGED, by="aigul", at=desk.clock(), shown_by=["desk"]
    )
    revision = claim()
    assert revision.delivery.kind is MessageKind.REVISION
    desk.publish(RAID, "two")
    desk.judge()
    desk.pass_time(2 * MINUTE)  # the lease of the revision runs out
    told = [claim(), claim()]
    update = next(one for one in told if one.delivery.kind is MessageKind.UPDATE)
    desk.store.record_attempt(update.lease_token, *delivered(update, desk.clock()))
    desk.pass_time(2 * MINUTE)
    late = claim()
    assert late.delivery.kind is MessageKind.REVISION
    assert {one.article.data.source for one in late.earlier} == {"one", "two"}


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
    assert desk.store.mend_schedule(desk.clock()) == 2  # a delivery and a group
    desk.pass_time(MINUTE)
    assert len(desk.messages()) == 2
    desk.publish(OTHER_RAID, "two")
    desk.judge()
    desk.pass_time(20 * MINUTE)
    assert len(desk.messages()) == 3


def test_revisions_take_no_room_of_the_hourly_limit(desks: Any) -> None:
    desk = desks({"to": ["desk"], "group_by": "none", "max_per_hour": 2})
    desk.publish(RAID)
    desk.judge()
    desk.pass_time(MINUTE)
    (alert,) = desk.store.alerts().items
    for _ in range(3):
        desk.store.change_alert(
            alert.id, AlertState.ACKNOWLEDGED, by="aigul", at=desk.clock(), shown_by=["desk"]
        )
    desk.publish(OTHER_RAID)
    desk.judge()
    desk.pass_time(MINUTE)
    assert [kind for kind, _ in desk.kinds()].count("alert") == 2


@pytest.mark.parametrize(
    "state", [AlertState.ACKNOWLEDGED, AlertState.DISMISSED, AlertState.SNOOZED]
)
def test_an_alert_that_somebody_took_on_does_not_escalate(desks: Any, state: AlertState) -> None:
    desk = escalating(desks)
    (alert,) = desk.store.alerts(rule="papers").items
    desk.store.change_alert(alert.id, state, by="aigul", at=desk.clock(), until=BEGIN + 9 * HOUR)
    desk.pass_time(HOUR)
    desk.store.do_work_due(desk.clock())
    assert desk.kinds("boss") == []


def test_a_copy_of_a_story_that_is_taken_on_does_not_escalate(desks: Any) -> None:
    desk = escalating(desks)
    (alert,) = desk.store.alerts(rule="papers").items
    desk.store.change_alert(alert.id, AlertState.ACKNOWLEDGED, by="aigul", at=desk.clock())
    desk.publish(OTHER_RAID, "copy")
    desk.judge()
    desk.pass_time(HOUR)
    desk.store.do_work_due(desk.clock())
    assert desk.kinds("boss") == []


def test_what_was_put_off_is_told_again_when_it_is_due(desks: Any) -> None:
    desk = escalating(desks)
    (alert,) = desk.store.alerts(rule="papers").items
    until = desk.clock() + 4 * HOUR
    desk.store.change_alert(alert.id, AlertState.SNOOZED, by="aigul", at=desk.clock(), until=until)
    desk.pass_time(4 * HOUR - MINUTE)
    desk.store.do_work_due(desk.clock())
    assert desk.kinds("desk") == [("alert", 1)]
    desk.pass_time(MINUTE)
    desk.store.do_work_due(desk.clock())
    assert [kind for kind, _ in desk.kinds("desk")] == ["alert", "reminder"]
    assert desk.store.alert(alert.id).state is AlertState.OPEN  # type: ignore[union-attr]


WEB = WebSection.model_validate({"url": "https://w.example", "secret": "long-enough-a-secret"})
ESCALATING = {
    "when": {"rules": ["papers"]},
    "to": ["desk"],
    "group_wait": "1m",
    "escalate": {"after": "15m", "to": ["boss"]},
}


def work(desk: Desk, time: timedelta = timedelta(0)) -> None:
    desk.pass_time(time)
    do_work(desk.store, desk.config, desk.clock())


def copied(desk: Desk, *outlets: str) -> None:
    for outlet in outlets:
        desk.publish(OTHER_RAID, outlet)
    desk.judge()


@everywhere
def test_a_story_of_many_outlets_escalates_once_with_all_of_them(desks: Any) -> None:
    desk = desks(ESCALATING)
    copied(desk, "one", "two", "three")
    work(desk, 16 * MINUTE)
    copied(desk, "four")
    work(desk, HOUR)
    assert desk.kinds("boss") == [("escalation", 3)]
    assert {one.state for one in desk.store.alerts(rule="papers").items} == {AlertState.ESCALATED}


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
    desk.store.change_alert(alert, AlertState.SNOOZED, by="a", at=desk.clock(), until=until)
    work(desk, HOUR)
    work(desk, MINUTE)
    assert [one for one in desk.kinds("desk") if one[0] == "reminder"] == [("reminder", 2)]
    assert desk.kinds("boss") == []  # nobody was told there, so nobody is reminded


@pytest.mark.parametrize("how", ["reminded", "opened again"])
def test_what_is_open_again_escalates_again_in_its_time(desks: Any, how: str) -> None:
    desk = desks(ESCALATING)
    copied(desk, "one")
    desk.pass_time(2 * MINUTE)
    (alert,) = desk.store.alerts(rule="papers").items
    until = desk.clock() + HOUR
    state = AlertState.SNOOZED if how == "reminded" else AlertState.ACKNOWLEDGED
    desk.store.change_alert(alert.id, state, by="a", at=desk.clock(), until=until)
    work(desk, HOUR)
    if how == "opened again":
        desk.store.change_alert(alert.id, AlertState.OPEN, by="a", at=desk.clock())
    work(desk, 14 * MINUTE)
    assert desk.kinds("boss") == []
    work(desk, MINUTE)
    assert desk.kinds("boss") == [("escalation", 1)]


def test_what_escalated_and_was_opened_again_escalates_anew(desks: Any) -> None:
    desk = desks(ESCALATING)
    copied(desk, "one")
    work(desk, 15 * MINUTE)
    (alert,) = desk.store.alerts(rule="papers").items
    desk.store.change_alert(alert.id, AlertState.OPEN, by="a", at=desk.clock())
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


def silence(desk: Desk, minutes: float, **match: Any) -> None:
    desk.store.add_silence(
        SilenceMatch(**match), author="a", reason="", starts_at=desk.clock(),
        ends_at=desk.clock() + timedelta(minutes=minutes),
    )  # fmt: skip


def raided(desk: Desk, *outlets: str) -> None:
    for outlet in outlets:
        desk.publish(RAID, outlet)
    desk.judge()


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
    desk.store.change_alert(alert.id, AlertState.SNOOZED, by="a", at=desk.clock(), until=until)
    silence(desk, 24 * 60, sources=("one",))
    work(desk, HOUR)
    assert [one for one in desk.kinds() if one[0] == "reminder"] == [("reminder", 1)]


def test_a_reminder_waits_for_the_end_of_a_silence(desks: Any) -> None:
    desk = desks({"when": {"rules": ["raids"]}, "to": ["desk"]})
    raided(desk, "one")
    desk.pass_time(MINUTE)
    (alert,) = desk.store.alerts().items
    until = desk.clock() + HOUR
    desk.store.change_alert(alert.id, AlertState.SNOOZED, by="a", at=desk.clock(), until=until)
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
    desk.store.change_alert(alert.id, AlertState.ACKNOWLEDGED, by="a", at=desk.clock())
    raided(desk, "two")
    work(desk, HOUR)
    assert desk.kinds("boss") == []
    desk.store.change_alert(alert.id, AlertState.OPEN, by="a", at=desk.clock())
    work(desk, 16 * MINUTE)
    assert len(desk.kinds("boss")) == 1


def test_an_alert_that_is_only_held_speaks_for_nobody_yet(desks: Any) -> None:
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
        papers.id, AlertState.DISMISSED, by="a", at=desk.clock(), reason="wrong-sense"
    )
    desk.pass_time(2 * HOUR)
    assert rules_told(desk) == ["raids"]


def test_a_summary_holds_nothing_longer_than_it_must_after_a_wrong_clock(desks: Any) -> None:
    desk = desks({"to": ["desk"], "when": {"rules": ["raids"]}}, **NIGHT)
    desk.clock.advance(365 * 24 * HOUR)
    raided(desk, "one")
    desk.pass_time(MINUTE)
    desk.clock.advance(-365 * 24 * HOUR)
    assert desk.store.mend_schedule(desk.clock()) >= 1
    raided(desk, "two")
    desk.pass_time(3 * HOUR)
    assert [kind for kind, _ in desk.kinds()] != []


def test_what_another_alert_says_does_not_escalate(desks: Any) -> None:
    inhibit = [{"when": {"rules": ["raids"]}, "suppress": {"rules": ["papers"]}}]
    desk = desks(ESCALATING, {"when": {"rules": ["raids"]}, "to": ["desk"]}, inhibit=inhibit)
    copied(desk, "one")
    work(desk, HOUR)
    assert [one.alert.match.rule_id for one in desk.messages("desk")] == ["raids"]
    assert desk.kinds("boss") == []


@everywhere
def test_a_copy_of_what_is_taken_on_is_taken_on(desks: Any) -> None:
    desk = desks(ESCALATING)
    copied(desk, "one")
    desk.pass_time(2 * MINUTE)
    (alert,) = desk.store.alerts(rule="papers").items
    desk.store.change_alert(
        alert.id, AlertState.ACKNOWLEDGED, by="aigul", at=desk.clock(), reason="calling"
    )
    copied(desk, "two")
    work(desk, HOUR)
    assert [one.state for one in desk.store.alerts(rule="papers").items] == [
        AlertState.ACKNOWLEDGED
    ] * 2
    update = desk.messages("desk")[-1]
    assert update.delivery.kind is MessageKind.UPDATE
    change = update.alert.handled
    assert change is not None
    assert (change.by, change.reason) == ("aigul", "calling")
    assert "acknowledge" not in [one.label for one in action_links(update, WEB)]
    assert len(action_links(update, WEB)) == 3


def test_a_change_of_a_whole_story_holds_for_every_rule(desks: Any) -> None:
    desk = desks({"to": ["desk"]})
    copied(desk, "one")
    alert = desk.store.alerts(rule="papers").items[0].id
    changed = desk.store.change_alert(
        alert, AlertState.ACKNOWLEDGED, by="a", at=desk.clock(), any_rule=True
    )
    assert len(changed) == 2


def test_a_link_works_once(desks: Any) -> None:
    desk = escalating(desks)
    (alert,) = desk.store.alerts(rule="papers").items

    def follow(state: AlertState) -> None:
        desk.store.change_alert(alert.id, state, by="link", at=desk.clock(), nonce="dlv_1:ack")

    follow(AlertState.ACKNOWLEDGED)
    desk.store.change_alert(alert.id, AlertState.OPEN, by="aigul", at=desk.clock())
    with pytest.raises(LinkUsedError):
        follow(AlertState.ACKNOWLEDGED)
    assert desk.store.alert(alert.id).state is AlertState.OPEN  # type: ignore[union-attr]


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
    assert [one.alert.match.rule_id for one in desk.messages("boss")] == ["papers"]
    assert [one.alert.match.rule_id for one in desk.messages("desk")] == ["raids"]


def test_a_route_may_be_the_last_that_is_looked_at(desks: Any) -> None:
    desk = desks({"when": {"level": "high"}, "to": ["boss"], "continue": False}, {"to": ["desk"]})
    desk.publish(OTHER_RAID)
    desk.judge()
    desk.pass_time(MINUTE)
    assert [one.alert.match.rule_id for one in desk.messages("desk")] == ["raids"]


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
    summary = desk.store.fold_backlog("desk", older_than=old, now=now)
    assert summary is not None
    assert desk.store.fold_backlog("desk", older_than=old, now=now) is None
    found = {one.delivery.id: one for one in desk.messages()}
    assert found[summary].delivery.size == len(found[summary].alerts) == 5
    statuses = sorted(one.delivery.status.value for one in found.values())
    assert statuses == ["folded"] * 5 + ["pending"]
    assert replace(found[summary].delivery).kind is MessageKind.SUMMARY


# -- proof


def test_the_log_finds_a_message_by_every_alert_in_it(desks: Any) -> None:
    desk = desks({"to": ["desk"], "group_by": "story"})
    desk.publish(OTHER_RAID, title="Рабочим вручили повестки")
    desk.publish(RAID, "elsewhere", title="Облава на рынке")
    desk.judge()
    desk.pass_time(HOUR)
    now = desk.clock()
    for claimed in desk.store.claim_deliveries(
        now, limit=9, lease=MINUTE, owner="w", receivers=["desk"]
    ):
        assert desk.store.record_attempt(claimed.lease_token, *delivered(claimed, now))
    log = desk.store.attempt_log
    (both,) = log(rule="papers")
    assert len(both.alert_ids) == 2
    assert list(log(rule="raids", containing="РАБОЧИМ")) == [both]
    assert [list(log(alert_id=one)) for one in both.alert_ids] == [[both]] * 2
    assert [one.source for one in log(containing="elsewhere.example")] == ["elsewhere"]
    assert len(list(log(containing="200 ACCEPTED"))) == 2
    assert list(log(containing="никогда")) == []
    second = desk.store.deliveries(alert_id=both.alert_ids[1]).items
    assert [one.id for one in second] == [both.attempt.delivery_id]
