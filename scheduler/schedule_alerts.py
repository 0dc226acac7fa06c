"""Tells people of schedules that lead nowhere: their fallback hears instead of whoever is on duty.

Told once a day for as long as it lasts: an alarm that never comes again is forgotten, and one that
comes at every look is switched off.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

import structlog

from alerts.dispatch.deciders import DECIDERS
from alerts.dispatch.duty import Duty, DutyReason, calendar_of, rotas_of
from alerts.judging.own_alerts import own_alert
from core.alerting.matches import Level
from core.config.sections.health import SCHEDULE_RULE
from core.config.sections.schedules import ScheduleConfig
from core.config.watch import WatchConfig
from core.deciding.deciders import Deciders
from core.duty_calendar import DutyCalendarError
from storage.judging.judging_records import HealthAlert

log = structlog.get_logger(__name__)

_LEVELS = {DutyReason.NOBODY: Level.NORMAL}
"""A gap may be meant; what cannot be read or understood is not."""


class Schedules(Protocol):
    """The part of storage that looking after schedules needs."""

    def commit_schedule_trouble(
        self, trouble: str, health_alert: HealthAlert, now: datetime, deciders: Deciders
    ) -> bool:
        """Alert about a schedule, once for each name of a trouble."""
        ...


def update_schedule_health(store: Schedules, config: WatchConfig, now: datetime) -> int:
    """Tell of schedules that lead to nobody on duty, and of events that cannot be read.

    Returns how many alerts are new.
    """
    rotas, alerts = rotas_of(config), 0
    for schedule in config.schedules:
        duty = rotas.on_duty(schedule.name, now)
        if duty.reason is not DutyReason.ON_DUTY:
            alerts += _tell(store, config, schedule, duty.reason.value, _words(duty), now)
        broken = _unread(schedule)
        if broken:
            text = f"{broken} of its events cannot be read; `wirewatch check` names them."
            alerts += _tell(store, config, schedule, "events", text, now)
    return alerts


def _unread(schedule: ScheduleConfig) -> int:
    calendar = calendar_of(schedule)
    if isinstance(calendar, DutyCalendarError):
        return 0
    return sum(bool(event.trouble) for event in calendar.events)


def _words(duty: Duty) -> str:
    who = ", ".join(duty.receivers)
    detail = f" ({duty.detail})" if duty.detail else ""
    return f"{duty.reason.value.capitalize()}{detail}: {who} hears instead."


def _tell(
    store: Schedules,
    config: WatchConfig,
    schedule: ScheduleConfig,
    trouble: str,
    text: str,
    now: datetime,
) -> bool:
    title = f"Schedule {schedule.name} needs a look"
    level = _LEVELS[DutyReason.NOBODY] if trouble == DutyReason.NOBODY else Level.HIGH
    rule = (SCHEDULE_RULE, "Health of schedules")
    # Routes may lead to nobody: then those hear who stand in.
    alert = own_alert(config, rule, level, title, text, now, otherwise=schedule.fallback)
    log.warning("schedule_in_trouble", schedule=schedule.name, detail=text)
    name = f"{schedule.name}:{trouble}:{now:%Y-%m-%d}"
    return store.commit_schedule_trouble(name, alert, now, DECIDERS)
