"""The rules, and the workbench where a changed one is tried."""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from pathlib import Path

import httpx
import pytest

from alerts.dispatch.deciders import DECIDERS
from core.alerting.alerts import DismissReason
from core.articles import ArticleData
from core.clock import FixedClock
from core.people import Role
from desk import alerts as desk_alerts
from desk import workbench
from desk.context import Desk, desk_over
from scheduler.running_config import live_of, load_running_config
from storage import Judgement, PlannedAlert, open_store
from tests.integration.empty_database import empty_database
from tests.integration.storage.samples import source
from tests.integration.web.hostile import TITLES, dangers
from tests.integration.web.visitors import logged_in, text_of

WATCH = """database: sqlite:///never-opened.db
crawl: {contact: "mailto:desk@example.org"}
sources:
  - {name: kloop, title: Kloop, feed: "https://kloop.example/feed", proxy: "http://a:hush-hush@h"}
rules:
  # what the desk is for
  - id: raids
    title: Raids on workplaces
    level: high
    any: [raid]
    tests:
      - {text: "A raid on a market.", match: true}
  - id: drafts
    any: [draft]
"""
RAIDS = [
    "A raid on a market in the suburbs.",
    "NATO officials planned the raid in Brussels.",
    "Another raid by NATO troops was filmed.",
    "The raid on a dormitory lasted an hour.",
]


@dataclass(frozen=True)
class Newsroom:
    """A desk with stored articles, and the ids of those that the rule fired on, in order."""

    desk: Desk
    folder: Path
    fired: tuple[int, ...]


@pytest.fixture
def room(tmp_path: Path, clock: FixedClock) -> Iterator[Newsroom]:
    (tmp_path / "watch.yaml").write_text(WATCH, encoding="utf-8")
    live = load_running_config(tmp_path / "watch.yaml")
    with open_store(empty_database(tmp_path / "desk.db"), clock=clock) as store:
        store.sync_sources([source()])
        desk = desk_over(store, lambda: live, clock)
        fired = tuple(stored(desk, text) for text in RAIDS)
        stored(desk, "An ambush near the border was filmed.")
        yield Newsroom(desk, tmp_path, fired)


def stored(desk: Desk, text: str, title: str = "") -> int:
    """Store an article, and let the rules that run judge it."""
    url = f"https://kloop.example/{abs(hash((text, title)))}"
    known = ArticleData(
        url=url, title=title or f"On: {text}", text=text, source="kloop", language="en"
    )
    found = desk.store.record(known, None, key=url)
    matches = desk.running().rules.match(known, desk.now())
    planned = tuple(PlannedAlert(match, ()) for match in matches)
    desk.store.commit_judgement([Judgement(found.version_id, "r1", planned)], DECIDERS)
    return found.article_id


def headline(page: httpx.Response) -> str:
    found = re.search(r"now [\d,+]+ alerts[^<]*", page.text)
    return found[0].strip() if found else ""


def yaml_of(page: httpx.Response) -> str:
    return unescape(page.text.partition("<textarea")[2].partition(">\n")[2].partition("</text")[0])


async def attempt(client: httpx.AsyncClient, text: str, **more: str) -> httpx.Response:
    return await client.post("/rules/raids/try", data={"text": text, **more})


async def test_each_rule_shows_how_it_fares(room: Newsroom) -> None:
    for alert in room.desk.store.alerts(rule="raids").items[:3]:
        desk_alerts.acknowledge(room.desk.store, alert.id, room.desk.signed("aigul"))
    async with logged_in(room.desk) as client:
        page = await client.get("/rules")
    text = text_of(page)
    assert 'id="raids"' in page.text
    assert "2 rules" in text
    assert "3 judged; needs 5" in text
    assert "4 alerts in 30 days, 4 today" in page.text
    assert "1/1" in text
    assert "never" in text.partition("drafts")[2]


async def test_what_people_judged_gives_the_share_that_was_right(room: Newsroom) -> None:
    stored(room.desk, "One more raid.")
    alerts = room.desk.store.alerts(rule="raids").items
    for number, alert in enumerate(alerts):
        if number < 3:
            desk_alerts.acknowledge(room.desk.store, alert.id, room.desk.signed("aigul"))
        else:
            desk_alerts.dismiss(
                room.desk.store, alert.id, room.desk.signed("aigul"), DismissReason.WRONG_SENSE
            )
    async with logged_in(room.desk) as client:
        assert "60 % (3 of 5)" in text_of(await client.get("/rules"))


async def test_the_workbench_begins_with_the_rule_as_it_is_written(room: Newsroom) -> None:
    async with logged_in(room.desk) as client:
        page = await client.get("/rules/raids/try")
    assert yaml_of(page).startswith("- id: raids\n  title: Raids on workplaces\n  level: high\n")
    assert "watch.yaml:7" in page.text
    assert headline(page) == "now 4 alerts · with the change 4: +0 gained −0 lost"
    assert "hush-hush" not in page.text


async def test_a_veto_that_the_desk_proposes_is_filled_in_with_its_test(room: Newsroom) -> None:
    false_alarm = room.fired[1]
    async with logged_in(room.desk) as client:
        page = await client.get(f"/rules/raids/try?without=nato&article={false_alarm}")
    text = yaml_of(page)
    assert "  none:\n    - 'nato'\n" in text
    assert "NATO officials planned the raid in Brussels." in text
    assert "match: false" in text
    assert headline(page) == "now 4 alerts · with the change 2: +0 gained −2 lost"
    assert "tests passed: 2/2" in text_of(page)


async def test_lost_gained_and_same_are_told_apart_and_how_people_judged_them(
    room: Newsroom,
) -> None:
    known = {alert.article.id: alert.id for alert in room.desk.store.alerts(rule="raids").items}
    desk_alerts.dismiss(
        room.desk.store, known[room.fired[1]], room.desk.signed("azamat"),
        DismissReason.WRONG_SENSE,
    )  # fmt: skip
    async with logged_in(room.desk) as client:
        page = await attempt(client, "- id: raids\n  any: [raid, ambush]\n  none: [nato]\n")
    assert headline(page) == "now 4 alerts · with the change 3: +1 gained −2 lost"
    text = text_of(page)
    lost = text.partition("Lost 2 of those")[2].partition("Gained 1 On:")[0]
    assert lost.startswith(" 1 were dismissed, 0 taken on")
    assert "Dismissed by azamat: the words mean something else here" in lost
    assert "An ambush near the border" in text.rpartition("Gained 1")[2].partition("Same 2")[0]
    assert "A raid on a market" in text.rpartition("Same 2")[2]


async def test_only_the_days_that_are_asked_for_count(room: Newsroom, clock: FixedClock) -> None:
    clock.advance(timedelta(days=10))
    text = "- id: raids\n  any: [raid]\n  none: [nato]\n"
    async with logged_in(room.desk) as client:
        week, month = await attempt(client, text, days="7"), await attempt(client, text, days="30")
    assert headline(week).startswith("now 0 alerts")
    assert headline(month).startswith("now 4 alerts")


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("- id: raids\n  any: [raid\n", "2:8", "never closed"),
        ("- id: raids\n  anny: [raid]\n", "2:3", "any"),
        ("- id: raids\n  any: [raid AND]\n", "2:", ""),
        ("- id: raids\n  any: [$migrnt]\n", "2:9", "migrnt"),
        ("- id: other\n  any: [raid]\n", "1:7", "keep the id"),
        ("- id: raids\n  any: [raid]\n  sources: {names: [klop]}\n", "3:", "klop"),
        ("", "1:1", ""),
        ("just words", "1:1", "one rule is wanted"),
    ],
)
async def test_what_is_wrong_is_said_with_its_place_and_the_last_result_stays(
    room: Newsroom, text: str, place: str, said: str
) -> None:
    async with logged_in(room.desk) as client:
        await attempt(client, "- id: raids\n  any: [raid]\n  none: [nato]\n")
        page = await attempt(client, text)
    assert page.status_code == 200
    flaws = page.text.partition('<ol id="flaws"')[2].partition("</ol>")[0]
    assert f">{place}" in flaws
    assert said in unescape(flaws)
    assert yaml_of(page).strip() == text.strip()
    assert headline(page) == "now 4 alerts · with the change 2: +0 gained −2 lost"
    assert "Of the version before" in page.text


async def test_a_line_becomes_a_test_of_the_text_that_is_being_written(room: Newsroom) -> None:
    text = "- id: raids\n  any: [raid]\n"
    async with logged_in(room.desk) as client:
        page = await attempt(client, text, test=f"{room.fired[0]}:yes")
        wrong = await attempt(client, yaml_of(page), test=f"{room.fired[2]}:no")
    assert 'text: "A raid on a market in the suburbs."' in yaml_of(page)
    assert "tests passed: 1/1" in text_of(page)
    assert "tests passed: 1/2" in text_of(wrong)
    assert "should not fire on" in text_of(wrong)


async def test_the_patch_fits_the_file_and_the_file_is_not_written(room: Newsroom) -> None:
    before = (room.folder / "watch.yaml").read_text(encoding="utf-8")
    async with logged_in(room.desk) as client:
        text = yaml_of(await client.get("/rules/raids/try?without=nato"))
        done = await client.post("/rules/raids/patch", data={"text": text.replace("\n", "\r\n")})
    assert done.headers["content-disposition"].startswith("attachment")
    assert "hush-hush" not in done.text
    assert (room.folder / "watch.yaml").read_text(encoding="utf-8") == before
    (room.folder / "rule.patch").write_text(done.text, encoding="utf-8")
    command = ["git", "apply", "rule.patch"]
    await asyncio.to_thread(subprocess.run, command, cwd=room.folder, check=True)
    (changed,) = (
        rule for rule in load_running_config(room.folder / "watch.yaml").config.rules
        if rule.id == "raids"
    )  # fmt: skip
    assert changed.none == ("nato",)


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ((WATCH.replace("\n", "\r\n"), "\r\n"), "lines end as on Windows"),
        ((WATCH.rstrip("\n"), ""), "the last line has no end"),
        ((WATCH.split("  - id: drafts")[0].rstrip("\n"), ""), "the rule ends the file"),
    ],
)
async def test_the_patch_fits_the_bytes_of_the_file(
    tmp_path: Path, room: Newsroom, told: tuple[str, str], name: str
) -> None:
    text, end = told
    (tmp_path / "watch.yaml").write_bytes(text.encode())
    live = load_running_config(tmp_path / "watch.yaml")
    desk = desk_over(room.desk.store, lambda: live, room.desk.now)
    async with logged_in(desk) as client:
        changed = yaml_of(await client.get("/rules/raids/try?without=nato"))
        done = await client.post("/rules/raids/patch", data={"text": changed})
    (tmp_path / "rule.patch").write_bytes(done.content)
    command = ["git", "apply", "rule.patch"]
    await asyncio.to_thread(subprocess.run, command, cwd=tmp_path, check=True)
    written = (tmp_path / "watch.yaml").read_bytes().decode()
    (rule,) = (
        rule for rule in load_running_config(tmp_path / "watch.yaml").config.rules
        if rule.id == "raids"
    )  # fmt: skip
    assert rule.none == ("nato",), name
    if end:
        assert written.count("\n") == written.count(end)


async def test_there_is_no_patch_of_a_file_that_has_changed(room: Newsroom) -> None:
    async with logged_in(room.desk) as client:
        changed = yaml_of(await client.get("/rules/raids/try?without=nato"))
        path = room.folder / "watch.yaml"
        path.write_text("# one line more\n" + path.read_text("utf-8"), encoding="utf-8")
        done = await client.post("/rules/raids/patch", data={"text": changed})
    assert done.status_code == 409
    assert "There is no patch" in text_of(done)
    assert yaml_of(done) == changed


async def test_a_secret_beside_the_rule_is_in_no_patch(tmp_path: Path, room: Newsroom) -> None:
    beside = '  - {name: a, feed: "https://a.example/", proxy: "http://me:hush-hush@h"}\n'
    head = 'database: sqlite:///x.db\ncrawl: {contact: "mailto:d@e.org"}\n'
    rule = "rules:\n  - id: raids\n    any: [raid]\n"
    (tmp_path / "watch.yaml").write_text(f"{head}{rule}sources:\n{beside}", encoding="utf-8")
    live = load_running_config(tmp_path / "watch.yaml")
    desk = desk_over(room.desk.store, lambda: live, room.desk.now)
    async with logged_in(desk) as client:
        changed = yaml_of(await client.get("/rules/raids/try?without=nato"))
        done = await client.post("/rules/raids/patch", data={"text": changed})
    assert "nato" in done.text
    assert "hush-hush" not in done.text
    (tmp_path / "rule.patch").write_bytes(done.content)
    command = ["git", "apply", "--unidiff-zero", "rule.patch"]
    await asyncio.to_thread(subprocess.run, command, cwd=tmp_path, check=True)


async def test_the_headers_of_a_source_beside_the_rule_are_in_no_patch(
    tmp_path: Path, room: Newsroom
) -> None:
    text = (
        'database: sqlite:///x.db\ncrawl: {contact: "mailto:d@e.org"}\nsources:\n'
        '  - name: a\n    feed: "https://a.example/"\n    headers:\n      X-Way-In: hush-hush\n'
        "rules:\n  - id: raids\n    level: high\n    any: [raid]\n"
    )
    (tmp_path / "watch.yaml").write_text(text, encoding="utf-8")
    live = load_running_config(tmp_path / "watch.yaml")
    desk = desk_over(room.desk.store, lambda: live, room.desk.now)
    async with logged_in(desk) as client:
        bench = await client.get("/rules/raids/try")
        changed = yaml_of(bench).replace("level: high", "level: low")
        done = await client.post("/rules/raids/patch", data={"text": changed})
    assert "+    level: low" in done.text
    assert "hush-hush" not in done.text
    assert "hush-hush" not in bench.text


async def test_a_rule_that_no_file_holds_is_written_out(room: Newsroom) -> None:
    live = live_of(room.desk.config)
    desk = desk_over(room.desk.store, lambda: live, room.desk.now)
    async with logged_in(desk) as client:
        page = await client.get("/rules/raids/try?without=nato")
        assert headline(page).endswith("−2 lost")
        assert "Download the patch" not in page.text


async def test_the_look_for_gains_ends_in_time_and_says_how_far_it_came(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbench, "BUDGET", 0.0)
    async with logged_in(room.desk) as client:
        page = await attempt(client, "- id: raids\n  any: [raid, ambush]\n")
    assert "Gains were looked for back to 12:00" in text_of(page)
    assert headline(page) == "now 4 alerts · with the change 4: +0 gained −0 lost"


async def test_the_look_at_alerts_ends_in_time_and_says_that_there_are_more(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbench, "BUDGET_OF_ALERTS", 0.0)
    async with logged_in(room.desk) as client:
        page = await attempt(client, yaml_of(await client.get("/rules/raids/try")))
    assert headline(page) == "now 0+ alerts · with the change 0: +0 gained −0 lost"


async def test_one_tries_after_the_other_and_who_comes_second_is_told(room: Newsroom) -> None:
    async with logged_in(room.desk) as client:
        with room.desk.trials.turn:
            page = await client.get("/rules/raids/try")
            assert "Somebody else tries a rule at this moment" in page.text
            assert (await client.get("/rules")).status_code == 200
        assert headline(await client.get("/rules/raids/try"))


async def test_who_only_reads_looks_and_tries_nothing(room: Newsroom) -> None:
    async with logged_in(room.desk, role=Role.READ) as client:
        assert (await client.get("/rules/raids/try")).status_code == 200
        assert (await attempt(client, "- id: raids\n  any: [raid]\n")).status_code == 403


@pytest.mark.parametrize("name", ["nobody", "no/body", "%3Cb%3E", "a%00b"])
async def test_a_rule_that_is_not_there_is_not_found(room: Newsroom, name: str) -> None:
    async with logged_in(room.desk) as client:
        assert (await client.get(f"/rules/{name}/try")).status_code == 404
        for action in ("try", "patch"):
            answer = await client.post(f"/rules/{name}/{action}", data={"text": "x"})
            assert answer.status_code == 404


async def test_hostile_words_are_only_words(room: Newsroom) -> None:
    for number, title in enumerate(TITLES):
        stored(room.desk, f"A raid, number {number}: {title}", title=title)
    async with logged_in(room.desk) as client:
        pages = [await client.get("/rules"), await client.get("/rules/raids/try")]
        pages += [
            await client.get(
                "/rules/raids/try", params={"without": title, "article": str(room.fired[0])}
            )
            for title in TITLES[:4]
        ]
        pages += [await attempt(client, title, test=title, days=title) for title in TITLES]
    assert [page.status_code for page in pages] == [200] * len(pages)
    assert [danger for page in pages for danger in dangers(page)] == []


async def test_an_article_that_is_not_there_adds_nothing(room: Newsroom) -> None:
    async with logged_in(room.desk) as client:
        for article in ("999999", "-1", "x", "9" * 30, "²"):
            page = await client.get("/rules/raids/try", params={"article": article})
            assert page.status_code == 200
            assert "match: false" not in yaml_of(page)


async def test_a_false_alarm_becomes_a_better_rule_in_four_clicks(room: Newsroom) -> None:
    known = {alert.article.id: alert.id for alert in room.desk.store.alerts(rule="raids").items}
    first, second = known[room.fired[1]], known[room.fired[2]]
    reason = DismissReason.WRONG_SENSE
    desk_alerts.dismiss(room.desk.store, first, room.desk.signed("azamat"), reason)
    async with logged_in(room.desk) as client:
        form = {"alert": second, "do": f"dismiss:{reason.value}", "back": "/"}
        done = await client.post("/act", data=form)
        strip = await client.get(done.headers["location"])
        link = re.search(r'href="(/rules/raids/try[^"]*)"', strip.text)
        assert link is not None
        bench = await client.get(unescape(link[1]))
        patch = await client.post("/rules/raids/patch", data={"text": yaml_of(bench)})
    assert "Leave out «nato»? 2 wrong alerts of this rule have it" in text_of(strip)
    assert headline(bench) == "now 4 alerts · with the change 2: +0 gained −2 lost"
    assert "of those 2 were dismissed, 0 taken on" in text_of(bench)
    assert "tests passed: 2/2" in text_of(bench)
    assert "+      - 'nato'" in patch.text
    assert "Another raid by NATO troops was filmed." in patch.text
