"""Work on alerts from the terminal: what each command says, and what it changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from alerts.dispatch.dispatcher import dispatch
from alerts.judging.story_grouping import Grouping
from alerts.judging.versions import judge_versions
from alerts.rules import RuleSet
from cli.main import app
from core.articles import ArticleData
from core.config import load_config
from storage import open_store
from tests.integration.empty_database import empty_database

CONFIG = """
database: sqlite:///desk.db
sources:
  - {name: kloop, url: "https://kloop.example/", tags: [kyrgyzstan]}
entities:
  dordoi: {kind: place, ru: [Дордой]}
rules:
  - {id: raids, when: облава, topics: [migration], title: Raids}
  - {id: papers, when: повестка, level: high, title: Draft notices}
receivers:
  - {name: desk, console: {}}
  - name: night
    console: {}
    quiet_hours: {from: "22:00", to: "07:00", timezone: Asia/Bishkek, break_through: high}
  - name: mail
    email: {to: [a@desk.example], from: w@desk.example, smtp: {host: localhost}}
routes:
  - to: [desk]
    when: {topics: [migration]}
  - to: [night]
    group_wait: 2m
"""
STORIES = (
    ("Облава на рынке Дордой", "Облава прошла утром, задержали сорок человек, сообщили очевидцы."),
    ("Повестка дня", "Повестка заседания парламента: бюджет, налоги и дороги на севере страны."),
    ("Вручили повестки", "Рабочим вручили повестки прямо в общежитии, рассказал их бригадир."),
)


@pytest.fixture
def wirewatch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Give the command line of a desk with three alerts."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "watch.yaml").write_text(CONFIG)
    config = load_config(tmp_path / "watch.yaml").config
    with open_store(empty_database(tmp_path / "desk.db")) as store:
        for number, (title, text) in enumerate(STORIES):
            url = f"https://kloop.example/{number}"
            data = ArticleData(url=url, title=title, text=text, source="kloop", language="ru")
            store.record(data, None, key=url)
        now = datetime.now(UTC)
        grouping = Grouping()
        grouping.fill(store, now)
        judge_versions(store, RuleSet.compile(config), config, now=now, grouping=grouping)
        dispatch(store, config, now)
    runner = CliRunner()
    return lambda *arguments: runner.invoke(app, [*arguments], env={"COLUMNS": "200"})


@pytest.fixture
def alert(wirewatch: Callable[..., Result]) -> Callable[[str], str]:
    """Give the function that finds the id of an alert by its title."""

    def found(title: str) -> str:
        listed = json.loads(wirewatch("alerts", "list", "--format", "json").stdout)["items"]
        return str(next(item["id"] for item in listed if item["article"]["data"]["title"] == title))

    return found


def test_what_is_done_about_an_alert_is_on_record(wirewatch: Any, alert: Any) -> None:
    raid = alert("Облава на рынке Дордой")
    assert (
        wirewatch("alerts", "ack", raid, "--by", "aigul", "--note", "calling them").exit_code == 0
    )
    assert wirewatch("alerts", "snooze", raid, "--for", "2h", "--by", "timur").exit_code == 0
    assert wirewatch("alerts", "reopen", raid, "--by", "aigul").exit_code == 0
    shown = wirewatch("alerts", "history", raid).stdout
    for words in ("aigul", "acknowledged", "calling them", "timur", "snoozed", "open"):
        assert words in shown
    printed = json.loads(wirewatch("alerts", "history", raid, "--format", "json").stdout)
    assert [change["state"] for change in printed["changes"]] == ["acknowledged", "snoozed", "open"]
    assert {notification["receiver"] for notification in printed["notifications"]} == {
        "desk",
        "night",
    }


def test_an_alert_shows_what_became_of_it_at_each_receiver(wirewatch: Any, alert: Any) -> None:
    raid = alert("Облава на рынке Дордой")
    shown = wirewatch("alerts", "show", raid).stdout
    assert "waiting" in shown
    assert "night" in shown
    printed = json.loads(wirewatch("alerts", "show", raid, "--format", "json").stdout)
    assert {
        notification["receiver"]: notification["state"] for notification in printed["notifications"]
    } == {
        "desk": "waiting",
        "night": "waiting",
    }


@pytest.mark.parametrize("command", [("ack",), ("snooze",), ("reopen",), ("history",), ("show",)])
def test_an_alert_that_is_not_there_is_named(wirewatch: Any, command: tuple[str, ...]) -> None:
    done = wirewatch("alerts", *command, "alt_nowhere")
    assert done.exit_code == 1
    assert "alt_nowhere" in done.stderr


def test_a_dismissal_needs_a_reason_and_teaches_the_rules_report(
    wirewatch: Any, alert: Any
) -> None:
    agenda, message = alert("Повестка дня"), alert("Вручили повестки")
    assert wirewatch("alerts", "dismiss", agenda).exit_code == 2
    assert wirewatch("alerts", "dismiss", agenda, "--reason", "boring").exit_code == 2
    assert wirewatch("alerts", "dismiss", agenda, "--reason", "wrong-sense").exit_code == 0
    wirewatch("alerts", "ack", message)
    (papers,) = [
        rule
        for rule in json.loads(wirewatch("rules", "report", "--format", "json").stdout)["rules"]
        if rule["name"] == "papers"
    ]
    assert (papers["right"], papers["wrong"]) == (1, 1)
    assert "papers" in wirewatch("rules", "report").stdout
    assert wirewatch("rules", "report", "--since", "soon").exit_code == 2


def test_a_note_is_written_and_shown_with_its_case(wirewatch: Any, alert: Any) -> None:
    message = alert("Вручили повестки")
    assert wirewatch("alerts", "note", message, " ").exit_code == 2
    assert wirewatch("alerts", "note", "alt_nowhere", "why").exit_code == 1
    noted = wirewatch("alerts", "note", message, "they confirm it", "--by", "aigul")
    assert noted.exit_code == 0
    assert noted.stdout.startswith("noted about c")
    for command in ("show", "history"):
        assert "they confirm it" in wirewatch("alerts", command, message).stdout
        (note,) = json.loads(wirewatch("alerts", command, message, "--format", "json").stdout)[
            "notes"
        ]
        assert (note["by"], note["text"]) == ("aigul", "they confirm it")


def test_a_silence_is_added_listed_and_ended(wirewatch: Any, alert: Any) -> None:
    refused = wirewatch("silences", "add", "--for", "2h")
    assert refused.exit_code == 2
    assert "at least one condition" in refused.stderr
    added = wirewatch(
        "silences", "add", "--source", "kloop", "--entity", "dordoi", "--rule", "raids",
        "--for", "2h", "--reason", "market closed", "--by", "aigul",
    )  # fmt: skip
    assert added.exit_code == 0
    name = added.stdout.split()[0]
    assert "market closed" in wirewatch("silences", "list").stdout
    (listed,) = json.loads(wirewatch("silences", "list", "--format", "json").stdout)
    assert listed["match"] == {"rules": ["raids"], "sources": ["kloop"], "entities": ["dordoi"]}
    ends = datetime.fromisoformat(listed["ends_at"]) - datetime.fromisoformat(listed["starts_at"])
    assert ends == timedelta(hours=2)
    assert wirewatch("silences", "end", name).exit_code == 0
    assert "aigul" not in wirewatch("silences", "list").stdout
    assert "aigul" in wirewatch("silences", "list", "--all").stdout
    assert wirewatch("silences", "end", "sil_nowhere").exit_code == 1
    story = wirewatch("silences", "add", "--story-of", alert("Вручили повестки"))
    assert story.exit_code == 0


def test_a_silence_may_last_until_a_time(wirewatch: Any) -> None:
    def until(time: str, *more: str) -> Any:
        return wirewatch("silences", "add", "--rule", "raids", "--until", time, *more)

    end = (datetime.now(UTC) + timedelta(hours=5)).replace(microsecond=0)
    assert until(end.astimezone(timezone(timedelta(hours=6))).isoformat()).exit_code == 0
    assert until(end.astimezone().replace(tzinfo=None).isoformat()).exit_code == 0
    listed = json.loads(wirewatch("silences", "list", "--format", "json").stdout)
    assert [datetime.fromisoformat(silence["ends_at"]) for silence in listed] == [end, end]
    for wrong in ("soon", "2020-01-01T00:00", "9999-12-31T23:59-14:00", "2200-01-01"):
        refused = until(wrong)
        assert refused.exit_code == 2
        assert "--until" in refused.stderr
    assert until(end.isoformat(), "--for", "2h").exit_code == 2


def test_routes_tell_who_would_hear_and_when(wirewatch: Any) -> None:
    night = ("--at", "2026-11-27T23:30+06:00")
    both = wirewatch("routes", "test", "--rule", "raids", "--source", "kloop", *night).stdout
    assert "desk" in both
    assert "night" in both
    assert "07:00" in both or "01:00" in both  # Bishkek's morning
    high = json.loads(
        wirewatch("routes", "test", "--rule", "papers", *night, "--format", "json").stdout
    )
    assert [hearing["receiver"] for hearing in high] == ["night"]
    unknown = wirewatch("routes", "test", "--rule", "raid")
    assert unknown.exit_code == 2
    assert "raids" in unknown.stderr
    assert wirewatch("routes", "test", "--rule", "raids", "--at", "tonight").exit_code == 2


def test_a_preview_shows_the_message_and_its_page(
    wirewatch: Any, alert: Any, tmp_path: Path
) -> None:
    raid = alert("Облава на рынке Дордой")
    page = tmp_path / "mail.html"
    shown = wirewatch("preview", "--receiver", "mail", "--alert", raid)
    assert shown.exit_code == 0
    assert "Облава на рынке Дордой" in shown.stdout
    written = wirewatch("preview", "--receiver", "mail", "--alert", raid, "--html", str(page))
    assert written.exit_code == 0
    assert "Облава на рынке Дордой" in page.read_text()
    no_page = wirewatch("preview", "--receiver", "desk", "--alert", raid, "--html", str(page))
    assert no_page.exit_code == 2
    assert wirewatch("preview", "--receiver", "nobody", "--alert", raid).exit_code == 2
    assert wirewatch("preview", "--receiver", "desk", "--alert", "alt_nowhere").exit_code == 1


def test_alerts_are_listed_by_state_level_source_and_age(wirewatch: Any, alert: Any) -> None:
    raid = alert("Облава на рынке Дордой")
    wirewatch("alerts", "ack", raid)

    def listed(*options: str) -> set[str]:
        printed = json.loads(wirewatch("alerts", "list", "--format", "json", *options).stdout)
        return {item["article"]["data"]["title"] for item in printed["items"]}

    everything = listed()
    assert len(everything) == 3
    assert listed("--state", "acknowledged") == {"Облава на рынке Дордой"}
    assert listed("--state", "open") == everything - {"Облава на рынке Дордой"}
    assert listed("--level", "normal") == {"Облава на рынке Дордой"}
    assert listed("--source", "kloop", "--since", "1h") == everything
    assert listed("--source", "nobody") == set()
    assert "acknowledged" in wirewatch("alerts", "list").stdout


@pytest.mark.parametrize(
    ("option", "mistyped", "hint"),
    [
        ("--rule", "raid", "did you mean 'raids'?"),
        ("--source", "klop", "did you mean 'kloop'?"),
        ("--receiver", "nobody", "receivers"),
        ("--entity", "dordoy", "did you mean 'dordoi'?"),
        ("--topic", "migratoin", "did you mean 'migration'?"),
    ],
)
def test_a_silence_of_what_is_not_there_is_refused(
    wirewatch: Any, option: str, mistyped: str, hint: str
) -> None:
    done = wirewatch("silences", "add", option, mistyped)
    assert done.exit_code == 2
    words = " ".join(done.stderr.replace("│", " ").split())
    assert mistyped in words
    assert hint in words


@pytest.mark.parametrize("rule", ["raid*", "receiver-health"])
def test_a_silence_may_name_a_pattern_and_our_own_alarms(wirewatch: Any, rule: str) -> None:
    assert wirewatch("silences", "add", "--rule", rule).exit_code == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--rule", "*"), "say --everything"),
        (("--source", "*"), "say --everything"),
        (("--level", "low", "--level", "normal", "--level", "high"), "say --everything"),
        (("--rule", "raids", "--for", "31d"), "say --long"),
        (("--rule", "raids", "--for", "999w"), "longer than 366d"),
        (("--rule", "raids", "--for", "999w", "--long"), "longer than 366d"),
    ],
)
def test_a_silence_of_everything_or_for_ever_is_refused(
    wirewatch: Any, options: tuple[str, ...], said: str
) -> None:
    done = wirewatch("silences", "add", *options)
    assert done.exit_code == 2
    assert said in " ".join(done.stderr.replace("│", " ").split())
    assert json.loads(wirewatch("silences", "list", "--format", "json").stdout) == []


def test_a_silence_that_is_meant_is_made_and_shown_by_doctor_and_routes(wirewatch: Any) -> None:
    made = wirewatch(
        "silences", "add", "--rule", "*", "--everything", "--for", "90d", "--long", "--by", "aigul"
    )
    assert made.exit_code == 0
    name = made.stdout.split()[0]
    tried = wirewatch("routes", "test", "--rule", "papers", "--format", "json")
    assert tried.exit_code == 1, "nobody would hear"
    assert {hearing["silence"] for hearing in json.loads(tried.stdout)} == {f"sil_{name}"}
    loud = wirewatch("routes", "test", "--rule", "source-health")
    assert loud.exit_code == 0
    assert name not in loud.stdout
    with open_store("sqlite:///desk.db") as store:
        dispatch(
            store, load_config(Path("watch.yaml")).config, datetime.now(UTC) + timedelta(hours=1)
        )
    (listed,) = json.loads(wirewatch("silences", "list", "--format", "json").stdout)
    assert listed["kept"] == 3
    checks = json.loads(wirewatch("doctor", "--format", "json").stdout)["checks"]
    (found,) = [check for check in checks if check["name"] == "silences"]
    assert not found["ok"]
    assert f"{name} of aigul is broad, long" in found["detail"]
    assert "kept 3 alerts untold" in found["detail"]
    assert wirewatch("silences", "end", name).exit_code == 0
    checks = json.loads(wirewatch("doctor", "--format", "json").stdout)["checks"]
    assert [check["ok"] for check in checks if check["name"] == "silences"] == [True]


def test_routes_show_the_mute_of_a_story(wirewatch: Any, alert: Any) -> None:
    notice = alert("Вручили повестки")
    made = wirewatch("silences", "add", "--story-of", notice, "--reason", "known")
    name = made.stdout.split()[0]
    assert name not in wirewatch("routes", "test", "--rule", "papers").stdout
    muted = wirewatch("routes", "test", "--rule", "papers", "--story-of", notice)
    assert muted.exit_code == 1
    assert f"silenced by {name}" in muted.stdout
    assert wirewatch("routes", "test", "--rule", "papers", "--story-of", "alt_x").exit_code == 1


def test_routes_are_tried_without_a_database_and_make_none(wirewatch: Any, tmp_path: Path) -> None:
    (tmp_path / "desk.db").unlink()
    done = wirewatch("routes", "test", "--rule", "papers")
    assert done.exit_code == 0
    assert "silences are left out" in done.stderr
    assert not (tmp_path / "desk.db").exists()


def test_routes_can_be_tried_for_alarms_of_our_own(wirewatch: Any) -> None:
    done = wirewatch("routes", "test", "--rule", "receiver-health")
    assert done.exit_code == 0
    assert "night" in done.stdout


def test_a_message_on_its_way_is_shown_as_what_it_is(wirewatch: Any, alert: Any) -> None:
    message = alert("Вручили повестки")
    with open_store("sqlite:///desk.db") as store:
        dispatch(
            store, load_config(Path("watch.yaml")).config, datetime.now(UTC) + timedelta(hours=1)
        )
    assert "about to be sent" in wirewatch("alerts", "show", message).stdout
    (row,) = (
        notification
        for notification in json.loads(
            wirewatch("alerts", "show", message, "--format", "json").stdout
        )["notifications"]
        if notification["receiver"] == "night"
    )
    waiting = wirewatch("deliveries", "show", row["delivery_id"])
    assert waiting.exit_code == 0
    assert "the first attempt is due" in waiting.stdout
    nothing = wirewatch("deliveries", "retry", "dlv_nowhere")
    assert nothing.exit_code == 1
    assert "there is no delivery 'dlv_nowhere'" in nothing.stderr
    first = row["delivery_id"].removeprefix("dlv_")[:8]
    assert first in wirewatch("deliveries", "list").stdout
    again = wirewatch("deliveries", "retry", first)
    assert (again.exit_code, "1 delivery is due now" in again.stdout) == (0, True), again.output


def test_what_one_receiver_did_not_get_is_sent_to_another_by_name(
    wirewatch: Any, alert: Any
) -> None:
    raid = alert("Облава на рынке Дордой")
    with open_store("sqlite:///desk.db") as store:
        dispatch(
            store, load_config(Path("watch.yaml")).config, datetime.now(UTC) + timedelta(hours=1)
        )
    notified = json.loads(wirewatch("alerts", "show", raid, "--format", "json").stdout)
    (message,) = (row["id"] for row in notified["deliveries"] if row["receiver"] == "desk")
    for words in (
        ("retry", message, "--to", "mial"),
        ("retry", message, "--to", "mail", "--delivered"),
        ("retry", message, "--dead"),
        ("retry", "--to", "mail"),
    ):
        assert wirewatch("deliveries", *words).exit_code == 2
    nothing = wirewatch("deliveries", "retry", "--to", "mail", "--dead", "--receiver", "desk")
    assert (nothing.exit_code, "nothing to send" in nothing.stdout) == (1, True)
    known = wirewatch("deliveries", "retry", message, "--to", "night")
    assert (known.exit_code, "told night nothing" in known.stdout) == (1, True)
    sent = wirewatch("deliveries", "retry", message, message, "--to", "mail")
    assert (sent.exit_code, "1 delivery goes to mail now" in sent.stdout) == (0, True)
    listed = wirewatch("deliveries", "list", "--status", "readdressed", "--format", "json")
    (old,) = json.loads(listed.stdout)["items"]
    assert (old["id"], old["receiver"]) == (message, "desk")
    assert "sent to others" in wirewatch("alerts", "history", raid).stdout


def test_the_doctor_names_receivers_that_left_work_behind(wirewatch: Any, alert: Any) -> None:
    assert alert("Вручили повестки")
    path = Path("watch.yaml")
    path.write_text(path.read_text().replace("night", "newsroom"))
    found = json.loads(wirewatch("doctor", "--format", "json").stdout)["checks"]
    (check,) = (finding for finding in found if finding["name"] == "addresses")
    assert check["ok"] is False
    assert "for 'night' 3 alerts, 0 messages and 0 escalations wait" in check["detail"]


def test_a_preview_that_cannot_be_written_says_so(wirewatch: Any) -> None:
    done = wirewatch("preview", "--receiver", "mail", "--html", "/nowhere/x.html")
    assert done.exit_code == 2
    assert "cannot be written" in " ".join(done.stderr.split())
