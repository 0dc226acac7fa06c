"""The commands that help with rules, as a user types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integration.children import wirewatch, write_config
from tests.integration.desk import HOSTILE, Desk


@pytest.fixture
def zeppelins(tmp_path: Path) -> Path:
    return write_config(tmp_path, rules=[{"id": "air", "any": ["zeppelin"]}])


def test_backtest_tells_what_a_changed_rule_gains_and_loses(desk: Desk) -> None:
    changed = desk.config.with_name("changed.yaml")
    text = desk.config.read_text(encoding="utf-8")
    changed.write_text(text.replace("zeppelin", "balloon"), encoding="utf-8")
    lost = desk.run("backtest", "-c", str(changed), "--format", "json")
    assert lost.status == 0, lost.err
    (rule,) = json.loads(lost.out)["rules"]
    assert (rule["fires_on"], rule["fired_before"], rule["lost"]["count"]) == (0, 1, 1)
    same = desk.run("backtest", "--rule", "air", "--since", "2d")
    assert "air" in same.out
    assert "+0" in same.out
    assert HOSTILE not in same.out
    gained = desk.run("backtest", "--against", str(changed))
    assert "+1" in gained.out
    assert "+ air: " in gained.out
    assert "\x1b" not in gained.out
    unknown = desk.run("backtest", "--rule", "nobody")
    assert unknown.status == 1
    assert "there is no rule nobody" in unknown.err
    assert desk.run("backtest", "--since", "tuesday").status == 2


def test_explain_shows_any_rule_part_by_part(desk: Desk) -> None:
    listed = json.loads(desk.run("articles", "list", "--source", "plain", "--format", "json").out)
    url = listed["items"][0]["data"]["url"]
    unfired = desk.run("explain", url, "--rule", "air")
    assert "air is silent: not found: zeppelin" in unfired.out
    assert "    - zeppelin" in unfired.out
    assert "    - zeppelin" not in desk.run("explain", url).out


def test_check_warns_of_what_can_hardly_be_meant(tmp_path: Path) -> None:
    config = write_config(
        tmp_path,
        concepts={"unused": {"en": ["x"]}, "german": {"de": ["Wehrpflicht"]}},
        rules=[{"id": "never", "when": "a AND NOT a OR $german AND NOT $german"}],
    )
    done = wirewatch("check", str(config), cwd=tmp_path)
    assert done.status == 0
    assert "no rule and no concept uses $unused" in done.err
    assert "words in 'de' match only as they are written" in done.err


def test_match_prints_the_tree_for_people(tmp_path: Path, zeppelins: Path) -> None:
    (tmp_path / "a.txt").write_text("A zeppelin\nIt flew.\n", encoding="utf-8")
    done = wirewatch(
        "match", "-c", str(zeppelins), "--explain", "--format", "text", "a.txt", cwd=tmp_path
    )
    assert "air fires: found: zeppelin" in done.out
    assert "+ zeppelin   “zeppelin”" in done.out


def test_entities_suggest_prints_lists_to_paste(tmp_path: Path) -> None:
    done = wirewatch("entities", "suggest", "Артур Гайдук", cwd=tmp_path)
    assert done.status == 0
    assert 'en: ["Artur Gayduk", ' in done.out
    assert '"Artur Haiduk"' in done.out
    as_json = json.loads(
        wirewatch("entities", "suggest", "Бастрыкин", "--format", "json", cwd=tmp_path).out
    )
    assert as_json["uz"][0] == "Bastrikin"


def test_an_overridden_rule_is_shown_as_it_is_in_effect(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text(
        "rules:\n  - {id: air, any: [zeppelin], tests: [{text: a zeppelin at sea, match: true}]}\n"
        "  - {id: sea, any: [steamer]}\n",
        encoding="utf-8",
    )
    config = write_config(
        tmp_path,
        include=["pack.yaml"],
        overrides={"rules": {"air": {"level": "low", "none": ["sea"]}, "sea": {"enabled": False}}},
    )
    checked = wirewatch("check", str(config), cwd=tmp_path)
    assert checked.status == 1  # the pack's own test speaks against the veto
    assert f"overridden: level, none ({config}:" in checked.err
    assert f"sea: overridden: off ({config}:" in checked.out
    listed = wirewatch("rules", "list", "-c", str(config), "--format", "json", cwd=tmp_path).json()
    assert [(rule["id"], rule["level"]) for rule in listed["items"]] == [
        ("air", "low"),
        ("sea", None),
    ]
    shown = wirewatch("rules", "show", "air", "-c", str(config), cwd=tmp_path)
    assert "sea" in shown.out
    assert f"{tmp_path / 'pack.yaml'}:2" in shown.out
    text = wirewatch("rules", "list", "-c", str(config), cwd=tmp_path).out
    assert "off" in text.splitlines()[-1]
    assert wirewatch("rules", "show", "aid", "-c", str(config), cwd=tmp_path).status == 1
