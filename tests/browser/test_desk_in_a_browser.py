"""The desk in a real Chromium: by mouse, by keys on two layouts, without script, on a phone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from core.alerting.alerts import AlertState
from tests.browser.conftest import Visit
from tests.browser.desk_server import RULE, ServedDesk

pytestmark = [pytest.mark.chromium, pytest.mark.timeout(180)]

expect.set_options(timeout=15_000)
AXE = (Path(__file__).parent / "axe.min.js").read_text(encoding="utf-8")
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}
KEYS = {"a": AlertState.ACKNOWLEDGED, "s": AlertState.SNOOZED, "m": AlertState.ACKNOWLEDGED}
CYRILLIC = {"j": "о", "a": "ф", "s": "ы", "d": "в", "m": "ь", "z": "я", "x": "ч"}


def pages_of(served: ServedDesk) -> list[str]:
    case = served.store.alerts().items[0].case_id
    source = served.desk.config.sources[0].name
    return [
        "/", f"/story/{case}", f"/article/{case}", "/more", "/sources", f"/sources/{source}",
        "/rules", f"/rules/{RULE}/try?without=word&article={case}", "/deliveries?show=all",
        "/status",
    ]  # fmt: skip


def state(served: ServedDesk, title: str) -> AlertState:
    return next(
        alert.state for alert in served.store.alerts().items if alert.article.data.title == title
    )


def first_title(page: Page) -> str:
    return page.inner_text("#stories li:first-child h2 a")


def press(page: Page, key: str, layout: str) -> None:
    """Press a key where `key` lies on a Latin keyboard; on a Russian layout it types another."""
    typed = CYRILLIC[key] if layout == "russian" and key in CYRILLIC else key
    code = f"Key{key.upper()}" if key.isalpha() else f"Digit{key}"
    page.evaluate(
        """([key, code]) => document.activeElement.dispatchEvent(
            new KeyboardEvent("keydown", {key, code, bubbles: true, cancelable: true}))""",
        [typed, code],
    )


@pytest.mark.parametrize("look", LOOKS)
def test_no_page_has_anything_that_assistive_technology_stumbles_over(
    served: ServedDesk, visit: Visit, look: str
) -> None:
    page = visit(**LOOKS[look]).page
    for path in pages_of(served):
        page.goto(served.url + path, wait_until="domcontentloaded")
        page.evaluate(AXE)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        short = [
            (one["id"], [node["target"] for node in one["nodes"]][:3])
            for one in found["violations"]
        ]
        assert short == [], (path, look, json.dumps(short, ensure_ascii=False))


def test_each_button_acts_in_place_and_the_list_does_not_move(
    served: ServedDesk, visit: Visit
) -> None:
    page = visit().page
    title = first_title(page)
    before = page.locator("#stories li").count()
    page.click("#stories li:first-child button[value=acknowledge]")
    page.wait_for_selector("#stories li:first-child .state")
    assert "Taken on by aigul" in page.inner_text("#stories li:first-child")
    assert page.locator("#stories li").count() == before
    assert first_title(page) == title
    assert state(served, title) is AlertState.ACKNOWLEDGED
    assert page.inner_text("#open-count").split()[0] == str(before - 1)


def test_what_was_done_is_undone_by_one_click(served: ServedDesk, visit: Visit) -> None:
    page = visit().page
    title = first_title(page)
    page.click("#stories li:first-child summary")
    page.click("#stories li:first-child button[value='dismiss:old-news']")
    page.wait_for_selector("#undo")
    assert state(served, title) is AlertState.DISMISSED
    page.click("#undo")
    expect(page.locator("#strip")).to_contain_text("Undone")
    assert state(served, title) is AlertState.OPEN


@pytest.mark.parametrize("layout", ["latin", "russian"])
@pytest.mark.parametrize("key", KEYS)
def test_keys_act_on_the_story_that_has_the_focus(
    served: ServedDesk, visit: Visit, key: str, layout: str
) -> None:
    page = visit().page
    press(page, "j", layout)
    title = page.evaluate("document.activeElement.innerText")
    assert title == first_title(page)
    press(page, key, layout)
    page.wait_for_selector("#stories li:first-child .state")
    assert state(served, title) is KEYS[key]
    press(page, "z", layout)
    expect(page.locator("#strip")).to_contain_text("Undone")
    assert state(served, title) is AlertState.OPEN


@pytest.mark.parametrize("layout", ["latin", "russian"])
def test_a_story_is_dismissed_by_two_keys(served: ServedDesk, visit: Visit, layout: str) -> None:
    page = visit().page
    press(page, "j", layout)
    title = page.evaluate("document.activeElement.innerText")
    press(page, "d", layout)
    press(page, "2", layout)
    page.wait_for_selector("#stories li:first-child .state")
    assert "old news" in page.inner_text("#stories li:first-child .state")
    assert state(served, title) is AlertState.DISMISSED


def test_keys_do_nothing_while_somebody_writes_or_has_turned_them_off(
    served: ServedDesk, visit: Visit
) -> None:
    page = visit().page
    page.focus("#find")
    page.keyboard.type("asdm")
    assert page.input_value("#find") == "asdm"
    served.store.set_single_keys("aigul", False)
    page.reload(wait_until="domcontentloaded")
    page.keyboard.press("j")
    page.keyboard.press("a")
    states = {alert.state for alert in served.store.alerts().items}
    assert states == {AlertState.OPEN}


def test_several_are_picked_and_taken_on_at_once(served: ServedDesk, visit: Visit) -> None:
    page = visit().page
    boxes = page.locator(".pick input")
    boxes.nth(0).click()
    boxes.nth(2).click(modifiers=["Shift"])
    assert "3 selected" in page.inner_text("#picked")
    page.click("#picked button[value=acknowledge]")
    page.wait_for_selector("#strip .strip")
    states = [alert.state for alert in served.store.alerts().items]
    assert states.count(AlertState.ACKNOWLEDGED) == 3
    page.click("#undo")
    expect(page.locator("#strip")).to_contain_text("Undone")
    assert {alert.state for alert in served.store.alerts().items} == {AlertState.OPEN}


def test_what_comes_is_announced_and_shown_only_when_asked_for(
    served: ServedDesk, visit: Visit
) -> None:
    page = visit().page
    title = first_title(page)
    served.publish("herald", "en", "Draft office opens at the airport", "Draft")
    page.wait_for_selector("#fresh a")
    assert page.inner_text("#fresh a") == "1 new story — show it"
    assert first_title(page) == title, "the list never moves by itself"
    page.click("#fresh a")
    expect(page.locator("#stories h2").first).to_contain_text("Draft office")


def test_two_people_see_each_other_act(served: ServedDesk, visit: Visit) -> None:
    one, other = visit("aigul").page, visit("azamat").page
    title = first_title(one)
    one.click("#stories li:first-child button[value=acknowledge]")
    one.wait_for_selector("#stories li:first-child .state")
    other.click("#stories li:first-child button[value=snooze]")
    other.wait_for_selector("#stories li:first-child .state")
    assert state(served, title) is AlertState.SNOOZED
    page = one
    page.goto(f"{served.url}/?shelf=later", wait_until="domcontentloaded")
    assert "Put off by azamat" in page.inner_text("#stories")


def test_everything_works_without_script(served: ServedDesk, visit: Visit) -> None:
    page = visit(java_script_enabled=False).page
    title = first_title(page)
    page.click("#stories li:first-child button[value=acknowledge]")
    page.wait_for_selector("#strip .strip")
    assert state(served, title) is AlertState.ACKNOWLEDGED
    page.click("#undo")
    page.wait_for_selector("#strip .strip")
    assert state(served, title) is AlertState.OPEN
    page.click("#stories li:first-child h2 a")
    page.fill("#note", "calling the consulate")
    page.click("form.note button")
    page.wait_for_selector("#strip .strip")
    assert "calling the consulate" in page.inner_text("main")


def test_times_are_in_the_zone_of_the_viewer(visit: Visit) -> None:
    page = visit(timezone_id="Asia/Kathmandu").page
    page.wait_for_function("document.cookie.includes('wirewatch_zone')")
    page.reload(wait_until="domcontentloaded")
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    assert cookies["wirewatch_zone"] in ("Asia/Kathmandu", "Asia/Katmandu")
    shown = page.inner_text("#stories .outlets time >> nth=0")
    utc = page.get_attribute("#stories .outlets time >> nth=0", "datetime")
    assert utc is not None
    minutes = int(shown[3:5]) - int(utc[14:16])
    assert minutes % 60 == 45  # UTC+5:45
