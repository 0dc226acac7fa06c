"""A store, its rules, and a clock, with people at the receivers' ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alerts.dispatch.dispatcher import dispatch, escalate_and_remind
from alerts.judging.story_grouping import Grouping
from alerts.judging.versions import judge_versions
from alerts.rules import RuleSet
from core.alerting.deliveries import (
    AttemptOutcome,
    ClaimedDelivery,
    DeliveryAttempt,
    DeliveryStatus,
    RetryDecision,
)
from core.articles import ArticleData
from core.clock import FixedClock
from core.config.sections.routes import SilenceMatch
from core.config.watch import WatchConfig
from storage import Store, open_store
from storage.delivery.claimed_messages import alerts_in

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
        judge_versions(
            self.store, self.rules, self.config, now=self.clock(), grouping=self.grouping
        )

    def pass_time(self, by: timedelta) -> None:
        """Let time go by as the daemon does: looking at what is due at every minute."""
        end = self.clock() + by
        while self.clock() < end:
            dispatch(self.store, self.config, self.clock())
            self.clock.advance(min(MINUTE, end - self.clock()))
        dispatch(self.store, self.config, self.clock())

    def messages(self, receiver: str = "desk") -> list[ClaimedDelivery]:
        """Return what is on its way to a receiver, in the order it was made."""
        claimed: list[ClaimedDelivery] = []
        for delivery in self.store.deliveries(receiver=receiver, limit=1000).items:
            with self.store._reading() as session:
                alerts = alerts_in(session, delivery.id, delivery.alert_id)
            claimed.append(
                ClaimedDelivery(
                    delivery=delivery, alerts=alerts, lease_token="", leased_until=self.clock()
                )
            )
        return sorted(claimed, key=lambda claim: (claim.delivery.created_at, claim.delivery.id))

    def kinds(self, receiver: str = "desk") -> list[tuple[str, int]]:
        return [
            (message.delivery.kind.value, message.delivery.size)
            for message in self.messages(receiver)
        ]


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


PAPERS_FIRST = {"when": {"rules": ["papers"]}, "suppress": {"rules": ["raids"]}}
RAIDS_FIRST = {"when": {"rules": ["raids"]}, "suppress": {"rules": ["papers"]}}


def rules_told(desk: Desk, receiver: str = "desk") -> list[str]:
    notified = [alert for message in desk.messages(receiver) for alert in message.alerts]
    return sorted(alert.match.rule_id for alert in notified)


NIGHT = {
    "receivers": [
        {
            "name": "desk",
            "console": {},
            "quiet_hours": {"from": "06:00", "to": "08:00", "timezone": "UTC"},
        }
    ]
}


def work(desk: Desk, time: timedelta = timedelta(0)) -> None:
    desk.pass_time(time)
    escalate_and_remind(desk.store, desk.config, desk.clock())


def copied(desk: Desk, *outlets: str) -> None:
    for outlet in outlets:
        desk.publish(OTHER_RAID, outlet)
    desk.judge()


def silence(desk: Desk, minutes: float, **match: Any) -> None:
    desk.store.add_silence(
        SilenceMatch(**match), author="a", reason="", starts_at=desk.clock(),
        ends_at=desk.clock() + timedelta(minutes=minutes),
    )  # fmt: skip


def raided(desk: Desk, *outlets: str) -> None:
    for outlet in outlets:
        desk.publish(RAID, outlet)
    desk.judge()
