"""Messages that were given up: others hear which, one alert for each receiver and look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Protocol

import structlog

from alerts.dispatch.deciders import DECIDERS
from core.alerting.deliveries import LostDelivery
from core.alerting.matches import Level
from core.config.watch import WatchConfig
from core.deciding.deciders import Deciders
from core.plain_text import one_line, shorten
from scheduler.health_alerts import receiver_alert
from storage.judging.judging_records import HealthAlert

log = structlog.get_logger(__name__)

APART = timedelta(minutes=5)
"""Between two messages about what one receiver lost: it may refuse everything, all day."""
_TITLES = 3
_TITLES_IN_TEXT = 20
_TITLE_LENGTH = 120
"""How many lost titles the title of the alert names, how many its text, and how long each is."""


class LostLetters(Protocol):
    """The part of storage that knows what was given up."""

    def unreported_losses(self, limit: int = 500) -> list[LostDelivery]:
        """Return messages that were given up and that others are yet to hear of."""
        ...

    def commit_losses(
        self,
        receiver: str,
        ids: Sequence[str],
        health_alert: HealthAlert,
        now: datetime,
        deciders: Deciders,
    ) -> bool:
        """Alert about messages that were given up, once."""
        ...


def report_losses(store: LostLetters, config: WatchConfig, now: datetime) -> int:
    """Tell others what was given up since the last look; return how many alerts are new."""
    lost = sorted(store.unreported_losses(), key=lambda delivery: delivery.receiver)
    alerts = 0
    for receiver, messages in groupby(lost, key=lambda delivery: delivery.receiver):
        found = list(messages)
        health_alert = _alarm(config, receiver, found, now)
        log.error("messages_lost", receiver=receiver, count=len(found))
        ids = [delivery.id for delivery in found]
        alerts += store.commit_losses(receiver, ids, health_alert, now, DECIDERS)
    return alerts


def _alarm(
    config: WatchConfig, receiver: str, lost: Sequence[LostDelivery], now: datetime
) -> HealthAlert:
    s = "s" * (len(lost) != 1)
    named = [_shown((*delivery.titles, delivery.id)[0]) for delivery in lost[:_TITLES]]
    more = f" and {len(lost) - _TITLES} more" if len(lost) > _TITLES else ""
    title = f"{len(lost)} message{s} could not be delivered to {receiver}: {'; '.join(named)}{more}"
    level = max([Level.NORMAL, *(delivery.level for delivery in lost)], key=lambda high: high.rank)
    return receiver_alert(
        config, receiver, title, _text(lost), now, level, matter="lost", interval=APART
    )


def _text(lost: Sequence[LostDelivery]) -> str:
    """Name what was lost, why, and what can be done."""
    titles = list(dict.fromkeys(title for delivery in lost for title in delivery.titles))
    alerts = sum(delivery.size for delivery in lost)
    lines = [_shown(title) for title in titles[:_TITLES_IN_TEXT]]
    if len(titles) > len(lines):
        lines.append(f"and more, {alerts} alerts in all")
    why = one_line(lost[0].detail) or "it did not say"
    return (
        f"Lost: {'; '.join(lines)}. Why: {why}. `wirewatch deliveries retry` sends again what was"
        " given up, with `--to` to somebody else."
    )


def _shown(title: str) -> str:
    return shorten(one_line(title), _TITLE_LENGTH)
