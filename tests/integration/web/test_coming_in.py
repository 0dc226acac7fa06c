"""Who gets in, and what is refused before a page sees it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from core.clock import FixedClock
from core.people import LOGIN_LASTS, SESSION_LASTS, Role
from desk.context import Desk
from desk.people import invite
from storage import open_store
from tests.integration.empty_database import empty_database
from tests.integration.storage.samples import alerted, source
from tests.integration.web.visitors import HOST, browser, desk_over, logged_in
from web.app import ACTIONS, PAGES
from web.guard import LARGEST_BODY


@pytest.fixture
def desk(tmp_path: Path, clock: FixedClock) -> Iterator[Desk]:
    with open_store(empty_database(tmp_path / "desk.db"), clock=clock) as store:
        store.sync_sources([source()])
        yield desk_over(store, clock)


@pytest.mark.parametrize("path", [path for path, _ in PAGES if "{" not in path])
async def test_no_page_is_shown_before_the_login(desk: Desk, path: str) -> None:
    alerted(desk.store)
    async with browser(desk) as client:
        page = await client.get(path)
    assert page.status_code == 303
    assert page.headers["location"].startswith("/login?to=/")
    assert not page.content


@pytest.mark.parametrize("path", [path for path, _ in ACTIONS])
async def test_no_action_is_done_before_the_login(desk: Desk, path: str) -> None:
    alerted(desk.store)
    alert = desk.store.alerts().items[0]
    async with browser(desk) as client:
        done = await client.post(path, data={"alert": alert.id, "do": "acknowledge", "words": "w"})
    assert (done.status_code, done.headers["location"]) == (303, "/login?to=/")
    assert desk.store.alert_changes(alert.id) == []


@pytest.mark.parametrize("path", ["/events", "/new?after=2026-03-01T12:00:00+00:00"])
async def test_nothing_is_told_to_who_is_not_logged_in(desk: Desk, path: str) -> None:
    async with browser(desk) as client:
        assert (await client.get(path)).status_code == 401


async def test_looking_at_a_login_link_uses_nothing_up(desk: Desk) -> None:
    code = invite(desk.store, "aigul", desk.now())
    async with browser(desk) as client:
        for _ in range(3):
            page = await client.get("/login", params={"code": code, "to": "/story/7"})
            assert "Log in as aigul" in page.text
            assert "set-cookie" not in page.headers
        done = await client.post("/login", data={"code": code, "to": "/story/7"})
    assert (done.status_code, done.headers["location"]) == (303, "/story/7")


async def test_a_login_link_works_once_and_says_when_it_was_used(
    desk: Desk, clock: FixedClock
) -> None:
    code = invite(desk.store, "aigul", desk.now())
    clock.advance(timedelta(minutes=1))
    async with browser(desk) as client:
        assert (await client.post("/login", data={"code": code})).status_code == 303
        again = await client.post("/login", data={"code": code})
    assert again.status_code == 403
    assert "made 12:00, used 12:01" in again.text


async def test_a_login_link_that_is_used_by_many_at_once_lets_one_in(desk: Desk) -> None:
    code = invite(desk.store, "aigul", desk.now())
    async with browser(desk) as client:
        done = await asyncio.gather(*(client.post("/login", data={"code": code}) for _ in range(8)))
    assert sorted({one.status_code for one in done}) == [303, 403]
    assert len(desk.store.desk_sessions(desk.now())) == 1


async def test_a_login_link_is_too_old_after_ten_minutes(desk: Desk, clock: FixedClock) -> None:
    code = invite(desk.store, "aigul", desk.now())
    clock.advance(LOGIN_LASTS)
    async with browser(desk) as client:
        late = await client.post("/login", data={"code": code})
    assert late.status_code == 403
    assert "too old" in late.text


async def test_a_code_of_another_desk_says_so(desk: Desk) -> None:
    async with browser(desk) as client:
        page = await client.post("/login", data={"code": "of-another"})
    assert page.status_code == 403
    assert "another daemon" in page.text


async def test_a_login_leads_to_no_other_site(desk: Desk) -> None:
    for to in ("https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        code = invite(desk.store, "aigul", desk.now())
        async with browser(desk) as client:
            done = await client.post("/login", data={"code": code, "to": to})
        assert done.headers["location"] == "/"


async def test_codes_cannot_be_tried_on_and_on(desk: Desk, clock: FixedClock) -> None:
    async with browser(desk) as client:
        seen = {(await client.post("/login", data={"code": f"{n}"})).status_code for n in range(20)}
        assert seen == {403, 429}
        code = invite(desk.store, "aigul", desk.now())
        done = await client.post("/login", data={"code": code})
        assert done.status_code == 303, "nobody locks others out"
        clock.advance(timedelta(minutes=6))
        assert (await client.post("/login", data={"code": "0"})).status_code == 403


async def test_the_cookie_is_kept_from_scripts_and_other_sites(desk: Desk) -> None:
    code = invite(desk.store, "aigul", desk.now())
    async with browser(desk) as client:
        done = await client.post("/login", data={"code": code})
    cookie = done.headers["set-cookie"]
    assert cookie.startswith("wirewatch_8750=")
    for said in ("HttpOnly", "SameSite=lax", "Secure", "Path=/"):
        assert said in cookie


async def test_a_session_ends_by_logging_out_and_its_cookie_opens_nothing(desk: Desk) -> None:
    async with logged_in(desk) as client:
        stolen = dict(client.cookies)
        assert (await client.get("/")).status_code == 200
        assert (await client.post("/logout")).status_code == 303
    async with browser(desk) as thief:
        thief.cookies.update(stolen)
        assert (await thief.get("/")).status_code == 303


async def test_a_session_lasts_while_it_is_used_and_ends_when_it_is_not(
    desk: Desk, clock: FixedClock
) -> None:
    async with logged_in(desk) as client:
        for _ in range(3):
            clock.advance(SESSION_LASTS - timedelta(minutes=1))
            assert (await client.get("/more")).status_code == 200
        clock.advance(SESSION_LASTS)
        assert (await client.get("/more")).status_code == 303


async def test_who_may_only_look_changes_nothing(desk: Desk) -> None:
    alerted(desk.store)
    alert = desk.store.alerts().items[0]
    async with logged_in(desk, role=Role.READ) as client:
        assert (await client.get("/")).status_code == 200
        done = await client.post("/act", data={"alert": alert.id, "do": "acknowledge"})
    assert done.status_code == 403
    assert desk.store.alert_changes(alert.id) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {},
    ],
)
async def test_a_form_on_another_site_does_nothing(desk: Desk, headers: dict[str, str]) -> None:
    alerted(desk.store)
    alert = desk.store.alerts().items[0]
    async with logged_in(desk) as client:
        client.headers.pop("Sec-Fetch-Site")
        done = await client.post(
            "/act", data={"alert": alert.id, "do": "acknowledge"}, headers=headers
        )
    assert done.status_code == 403
    assert desk.store.alert_changes(alert.id) == []


async def test_a_form_of_ours_is_known_by_its_origin_where_a_browser_says_no_more(
    desk: Desk,
) -> None:
    async with logged_in(desk) as client:
        client.headers.pop("Sec-Fetch-Site")
        done = await client.post("/keys", data={"single": "off"}, headers={"Origin": HOST})
    assert done.status_code == 303


@pytest.mark.parametrize("host", ["evil.example", "watch.example.org.evil.example", "", "a@b"])
async def test_a_name_that_is_not_ours_reaches_nothing(desk: Desk, host: str) -> None:
    async with logged_in(desk) as client:
        assert (await client.get("/", headers={"Host": host})).status_code == 421


@pytest.mark.parametrize(
    "host", ["watch.example.org", "127.0.0.1:8750", "localhost:8750", "[::1]:8750", "10.0.0.7:8750"]
)
async def test_our_own_names_and_bare_addresses_do(desk: Desk, host: str) -> None:
    async with logged_in(desk) as client:
        assert (await client.get("/", headers={"Host": host})).status_code == 200


async def test_a_form_that_is_too_large_is_refused(desk: Desk) -> None:
    async with logged_in(desk) as client:
        done = await client.post("/keys", content=b"x" * (LARGEST_BODY + 1))
    assert done.status_code == 413


async def test_what_every_page_says_to_the_browser(desk: Desk) -> None:
    async with logged_in(desk) as client:
        for path in ("/", "/login", "/static/desk.js", "/nowhere"):
            headers = (await client.get(path)).headers
            policy = headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    "name",
    [
        "../app.py",
        "..%2fapp.py",
        "%2e%2e/app.py",
        "desk.css/../../app.py",
        "app.py",
        "",
        "..%5capp.py",
        "%2fetc%2fpasswd",
        "/etc/passwd",
        "....//app.py",
        "%252e%252e%252fapp.py",
        "desk.css%00.py",
        "..%c0%afapp.py",
        "desk.css/",
        "DESK.CSS",
        ".",
        "%2e",
        "desk.css;/../app.py",
    ],
)
async def test_static_files_are_those_few_alone(desk: Desk, name: str) -> None:
    async with browser(desk) as client:
        page = await client.get(httpx.URL(HOST, raw_path=f"/static/{name}".encode()))
    assert page.status_code in (307, 404, 405)
    assert b"import" not in page.content
    assert b"root:" not in page.content


async def test_two_people_are_told_apart(desk: Desk) -> None:
    alerted(desk.store)
    alert = desk.store.alerts().items[0]
    async with logged_in(desk, "aigul") as one, logged_in(desk, "azamat") as other:
        await one.post("/act", data={"alert": alert.id, "do": "acknowledge"})
        await other.post("/act", data={"alert": alert.id, "do": "reopen"})
    assert [change.by for change in desk.store.alert_changes(alert.id)] == ["aigul", "azamat"]
