"""Who says so, at the terminal: routes that wait for other outlets, and who told a story."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from core.config import load_config
from tests.integration.alerts.alert_desk import MINUTE, RAID, Desk
from tests.integration.alerts.test_who_says_so import REPORT
from tests.integration.empty_database import empty_database

CONFIG = """
database: sqlite:///desk.db
sources:
  - {name: kloop, title: Kloop, url: "https://kloop.example/", tags: [independent]}
  - {name: azattyk, title: Azattyk, url: "https://azattyk.example/", tags: [independent]}
  - {name: kabar, title: Kabar, url: "https://kabar.example/", tags: [state]}
entities:
  dordoi: {kind: place, ru: [Дордой]}
rules:
  - {id: raids, when: мигрант, title: Raids}
receivers: [{name: desk, console: {}}, {name: boss, console: {}}]
routes:
  - {when: {independent: 2}, to: [boss]}
  - {when: {level: low}, to: [boss]}
  - to: [desk]
"""


@pytest.fixture
def wirewatch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Give the command line of a desk at which three outlets had one story."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "watch.yaml").write_text(CONFIG)
    desk = Desk(empty_database(tmp_path / "desk.db"), [])
    desk.config = load_config(tmp_path / "watch.yaml").config
    desk.rules = type(desk.rules).compile(desk.config)
    for source, text in {"kabar": RAID, "kloop": RAID, "azattyk": REPORT}.items():
        desk.publish(text, source)
        desk.judge()
        desk.clock.advance(7 * MINUTE)
    desk.pass_time(timedelta(0))
    desk.store.close()
    runner = CliRunner()
    return lambda *arguments: runner.invoke(app, [*arguments], env={"COLUMNS": "200"})


def test_routes_that_wait_for_other_voices_are_named(wirewatch: Any) -> None:
    asked = ("routes", "test", "--rule", "raids", "--source", "kloop")
    waiting = "routes[0] asks for independent: 2, there is: 1"
    assert waiting in wirewatch(*asked).stdout
    assert waiting in wirewatch(*asked, "--also", "kabar").stdout
    tried = wirewatch(*asked, "--also", "azattyk").stdout
    assert "asks for" not in tried
    assert "boss" in tried
    assert "routes[1] asks for level: low, there is: normal" in wirewatch(*asked, "--why").stdout
    assert wirewatch(*asked, "--also", "nobody").exit_code == 2


def test_programs_read_the_reason_as_a_word(wirewatch: Any) -> None:
    asked = ("routes", "test", "--rule", "raids", "--source", "kloop", "--format", "json")
    assert [one["receiver"] for one in json.loads(wirewatch(*asked).stdout)] == ["desk"]
    whole = json.loads(wirewatch(*asked, "--why").stdout)
    assert [one["receiver"] for one in whole["hears"]] == ["desk"]
    assert whole["passed_over"][0] == {
        "route": "routes[0]", "condition": "independent", "asks": "2", "found": "1",
    }  # fmt: skip


def test_explain_says_which_route_waits_for_whom(wirewatch: Any) -> None:
    asked = ("explain", "https://kloop.example/2")
    assert "routes[0] asks for independent: 2, there is: 1" in wirewatch(*asked).stdout
    (waiting,) = json.loads(wirewatch(*asked, "--format", "json").stdout)["passed_over"].values()
    assert [one["condition"] for one in waiting] == ["independent"]


def test_show_says_who_had_it_first_who_copied_and_what_was_added(wirewatch: Any) -> None:
    shown = wirewatch("alerts", "show", "https://azattyk.example/3").stdout
    rows = [line.split() for line in shown.splitlines()]
    kabar, kloop, azattyk = (
        next(row for row in rows if row[3:4] == [source])
        for source in ("kabar", "kloop", "azattyk")
    )
    assert kabar[3:] == ["kabar", "state", "–", "–"]
    assert kloop[3:] == ["kloop", "independent", "kabar", "–"]
    assert azattyk[4:6] == ["independent", "–"]
    assert "25 машин" in " ".join(azattyk)


def test_programs_are_shown_the_outlets_too(wirewatch: Any) -> None:
    asked = ("alerts", "show", "https://azattyk.example/3", "--format", "json")
    outlets = json.loads(wirewatch(*asked).stdout)["outlets"]
    assert [(one["source"], one["tags"], one["copies"]) for one in outlets] == [
        ("kabar", ["state"], None), ("kloop", ["independent"], "kabar"),
        ("azattyk", ["independent"], None),
    ]  # fmt: skip
    assert outlets[-1]["numbers"] == ["25 машин"]


def test_a_preview_shows_who_says_so(wirewatch: Any) -> None:
    alerts = json.loads(wirewatch("alerts", "list", "--format", "json").stdout)["items"]
    (named,) = [one["id"] for one in alerts if one["article"]["data"]["source"] == "azattyk"]
    shown = wirewatch("preview", "--receiver", "desk", "--alert", named).stdout
    assert "1 state, 2 independent (1 copy)" in shown
    assert "Kabar first" in shown
