"""Alerts and escalations that go to whoever is on duty, by calendars that others keep."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from alerts.dispatch.duty import DutyReason, rotas_of
from alerts.dispatch.escalation import WorkDue
from cli.main import app
from core.config import ConfigError, load_config
from core.config.sections.schedules import ScheduleConfig
from scheduler.running_config import load_running_config
from scheduler.schedule_alerts import update_schedule_health
from tests.integration.alerts.alert_desk import (
    BEGIN,
    HOUR,
    MINUTE,
    OTHER_RAID,
    everywhere,
    work,
)

NAMES = ("desk", "boss", "aida", "bakyt")
RECEIVERS: list[dict[str, Any]] = [{"name": name, "console": {}} for name in NAMES]


def shifts(*shifts: tuple[str, str, str]) -> str:
    """Return a calendar of shifts of every day: who, from and to, in Bishkek."""
    events = "".join(
        f"BEGIN:VEVENT\nUID:{who}-{start}\nSUMMARY:{who}\n"
        f"DTSTART;TZID=Asia/Bishkek:20261101T{start}00\n"
        f"DTEND;TZID=Asia/Bishkek:2026110{1 + (end < start)}T{end}00\n"
        "RRULE:FREQ=DAILY\nEND:VEVENT\n"
        for who, start, end in shifts
    )
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//x//EN\n{events}END:VCALENDAR\n"


# The desk's story begins at six UTC, which is noon in Bishkek.
AROUND_NOON = shifts(("aida", "0900", "1215"), ("bakyt", "1215", "2100"))


def schedule(text: str | None) -> ScheduleConfig:
    made = ScheduleConfig.model_validate(
        {"name": "duty", "ical": {"file": "duty.ics"}, "fallback": ["boss", "desk"]}
    )
    return made if text is None else made.with_calendar(text)


def on_duty(desks: Any, text: str | None, **route: Any) -> Any:
    desk = desks(
        {"to": ["desk"], "when": {"rules": ["papers"]}, **route},
        receivers=RECEIVERS,
        schedules=[schedule(text)],
    )
    desk.publish(OTHER_RAID)
    desk.judge()
    return desk


def escalated(desk: Any) -> list[str]:
    return [name for name in NAMES if ("escalation", 1) in desk.kinds(name)]


ESCALATE = {"escalate": {"after": "20m", "to": ["schedule:duty"]}}


@everywhere
def test_an_escalation_goes_to_whoever_is_on_duty_when_it_is_due(desks: Any) -> None:
    desk = on_duty(desks, AROUND_NOON, **ESCALATE)
    work(desk, 19 * MINUTE)
    assert escalated(desk) == []
    work(desk, MINUTE)
    assert escalated(desk) == ["bakyt"], "aida had it when the alert came up"
    work(desk, 5 * HOUR)
    assert escalated(desk) == ["bakyt"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param(shifts(("aida", "2100", "0900")), DutyReason.NOBODY, id="a gap"),
        pytest.param(shifts(("aidar", "0900", "2100")), DutyReason.NO_RECEIVER, id="a typo"),
        pytest.param("no calendar", DutyReason.UNREADABLE, id="a broken file"),
        pytest.param(None, DutyReason.UNREADABLE, id="no file"),
    ],
)
def test_where_nobody_is_on_duty_all_of_the_fallback_hear_and_an_alarm_says_why(
    desks: Any, text: str | None, reason: DutyReason
) -> None:
    desk = on_duty(desks, text, **ESCALATE)
    work(desk, 21 * MINUTE)
    assert escalated(desk) == ["desk", "boss"]
    assert rotas_of(desk.config).on_duty("duty", desk.clock()).reason is reason
    assert update_schedule_health(desk.store, desk.config, desk.clock()) == 1
    assert update_schedule_health(desk.store, desk.config, desk.clock() + HOUR) == 0
    assert update_schedule_health(desk.store, desk.config, desk.clock() + 24 * HOUR) == 1
    (told, _again) = (
        message.alert
        for message in desk.messages("boss")
        if message.alert.match.rule_id == "schedule-health"
    )
    assert reason.value in told.article.data.text.lower()


def test_a_schedule_in_order_raises_no_alarm(desks: Any) -> None:
    desk = on_duty(desks, AROUND_NOON)
    assert update_schedule_health(desk.store, desk.config, desk.clock()) == 0


def test_an_escalation_by_a_schedule_that_is_gone_reaches_everybody() -> None:
    from core.config.watch import WatchConfig

    config = WatchConfig.model_validate({"receivers": RECEIVERS, "schedules": [schedule(None)]})
    heard = rotas_of(config).hearing(["schedule:night", "desk"], BEGIN)
    assert heard == ("aida", "bakyt", "boss", "desk")
    assert WorkDue(lambda *_: False).hearing(["desk"], BEGIN) == ("desk",)


@pytest.mark.parametrize(
    ("more", "receiver"),
    [
        pytest.param({}, "aida", id="at once"),
        pytest.param({"group_wait": "20m"}, "bakyt", id="when it is told"),
        pytest.param({"digest": "0 7 * * *"}, "bakyt", id="when the digest is due"),
    ],
)
def test_a_route_leads_to_whoever_is_on_duty_when_it_tells(
    desks: Any, more: dict[str, Any], receiver: str
) -> None:
    desk = on_duty(desks, AROUND_NOON, to=["schedule:duty"], **more)
    desk.pass_time(2 * HOUR)
    heard = [name for name in NAMES if desk.kinds(name)]
    assert heard == [receiver]


CONFIG = """
database: sqlite:///desk.db
rules:
  - {id: papers, when: повестка, level: high}
receivers:
  - {name: desk, console: {}}
  - {name: aida, console: {}}
  - {name: bakyt, console: {}}
schedules:
  - {name: duty, ical: {file: rota/duty.ics}, fallback: [desk]}
routes:
  - {to: [schedule:duty], escalate: {after: 20m, to: [schedule:duty]}}
"""


@pytest.fixture
def wirewatch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rota").mkdir()
    (tmp_path / "watch.yaml").write_text(CONFIG)
    (tmp_path / "rota" / "duty.ics").write_text(AROUND_NOON)
    return lambda *arguments: CliRunner().invoke(app, [*arguments])


def test_a_try_of_the_routes_shows_who_would_be_on_duty(wirewatch: Any) -> None:
    done = wirewatch("routes", "test", "--rule", "papers", "--at", "2026-11-20T12:00+06:00")
    assert done.exit_code == 0
    aida, bakyt = (line for line in done.stdout.splitlines() if "routes[0]" in line)
    assert "aida" in aida
    assert "bakyt" in bakyt
    assert done.stdout.count("schedule:duty") == 2
    night = wirewatch("routes", "test", "--rule", "papers", "--at", "2026-11-20T03:00+06:00")
    assert "fallback of" in night.stdout


def test_a_check_names_whom_a_calendar_names_that_is_no_receiver(
    wirewatch: Any, tmp_path: Path
) -> None:
    assert "duty.ics" not in wirewatch("check", "watch.yaml").output
    rota = tmp_path / "rota" / "duty.ics"
    rota.write_text(shifts(("aidar", "0900", "2100"), ("bakyt", "2100", "0900")))
    said = wirewatch("check", "watch.yaml")
    assert said.exit_code == 0, "whoever keeps the calendar cannot stop the daemon"
    assert "rota/duty.ics:6:1: warning: event 'aidar' names no receiver" in said.output
    assert "did you mean 'aida'?" in said.output
    rota.unlink()
    assert "cannot be read" in wirewatch("check", "watch.yaml").output
    wrong = CONFIG.replace("to: [schedule:duty], esc", "to: [schedule:dutty], esc")
    (tmp_path / "watch.yaml").write_text(wrong.replace("fallback: [desk]", "fallback: [disk]"))
    with pytest.raises(ConfigError) as refused:
        load_config("watch.yaml")
    assert "did you mean 'schedule:duty'?" in str(refused.value)
    assert "there is no receiver 'disk'" in str(refused.value)


def test_a_changed_calendar_is_a_changed_configuration(wirewatch: Any, tmp_path: Path) -> None:
    assert wirewatch is not None
    live = load_running_config(Path("watch.yaml"))
    assert not live.files_changed()
    (tmp_path / "rota" / "duty.ics").unlink()
    assert live.files_changed()
    without = load_running_config(Path("watch.yaml"))
    assert without.config.schedules[0].calendar is None
    (tmp_path / "rota" / "duty.ics").write_text(shifts(("bakyt", "0000", "2359")))
    assert without.files_changed()
    newer = load_config("watch.yaml")
    assert newer.fingerprint != without.loaded.fingerprint
    at = BEGIN + timedelta(hours=1)
    assert rotas_of(newer.config).on_duty("duty", at).receivers == ("bakyt",)
