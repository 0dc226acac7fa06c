"""People who come in by the word of a proxy, and those who only say that they do."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from core.clock import FixedClock
from core.config.sections.web import WebSection
from core.people import Role
from desk.context import Desk
from desk.people import forget, give_role, invite
from tests.integration.storage.samples import NOON
from tests.integration.web.visitors import HOST
from web.app import create_app

PROXY, ELSEWHERE = "10.1.2.3", "10.9.9.9"


def web_behind(role: str | None = "work", **trusted: object) -> WebSection:
    section = {"networks": ["10.1.0.0/16", "::1"], **trusted}
    if role is not None:
        section["role"] = role
    return WebSection.model_validate({"url": HOST, "trusted_proxy": section})


def through(desk: Desk, web: WebSection, peer: str = PROXY, **headers: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=create_app(desk, web), client=(peer, 4711))
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.AsyncClient(
        transport=transport, base_url=HOST, headers={"Sec-Fetch-Site": "same-origin", **headers}
    )


async def test_whom_the_proxy_names_is_in_and_acts_by_that_name(desk: Desk) -> None:
    alert = desk.store.alerts().items[0]
    async with through(desk, web_behind(), X_Forwarded_User="aigul@example.org") as client:
        assert (await client.get("/")).status_code == 200
        await client.post("/act", data={"alert": alert.id, "do": "acknowledge"})
    assert [change.by for change in desk.store.alert_changes(alert.id)] == ["aigul@example.org"]
    assert [person.name for person in desk.store.people()] == ["aigul@example.org"]


@pytest.mark.parametrize(
    ("peer", "headers"),
    [
        (ELSEWHERE, {}),
        (ELSEWHERE, {"X_Forwarded_For": PROXY}),
        (ELSEWHERE, {"X_Forwarded_For": f"{PROXY}, {PROXY}", "X_Real_IP": PROXY}),
        (ELSEWHERE, {"Forwarded": f"for={PROXY}"}),
        ("127.0.0.1", {"X_Forwarded_For": PROXY}),
        ("testclient", {}),
    ],
)
async def test_from_anywhere_else_the_header_means_nothing(
    desk: Desk, peer: str, headers: dict[str, str]
) -> None:
    async with through(desk, web_behind(), peer, X_Forwarded_User="aigul", **headers) as client:
        page = await client.get("/")
        assert (page.status_code, page.headers["location"]) == (303, "/login?to=/")
        assert (await client.get("/events")).status_code == 401
        assert (await client.get("/api/v1/stories")).status_code == 401
    assert desk.store.people() == ()


@pytest.mark.parametrize("peer", ["10.1.0.0", "10.1.255.255", "::ffff:10.1.2.3", "::1"])
async def test_the_networks_are_those_of_the_connection(desk: Desk, peer: str) -> None:
    async with through(desk, web_behind(), peer, X_Forwarded_User="aigul") as client:
        assert (await client.get("/")).status_code == 200


async def test_without_a_trusted_proxy_no_header_lets_anybody_in(desk: Desk) -> None:
    web = WebSection.model_validate({"url": HOST})
    async with through(desk, web, "127.0.0.1", X_Forwarded_User="aigul") as client:
        assert (await client.get("/")).status_code == 303


@pytest.mark.parametrize("name", ["X-Forwarded-User", "x-forwarded-user", "X-FORWARDED-USER"])
async def test_a_header_that_comes_twice_is_refused(desk: Desk, name: str) -> None:
    async with through(desk, web_behind()) as client:
        headers = [("X-Forwarded-User", "evil"), (name, "aigul")]
        for path in ("/", "/login", "/static/desk.css", "/api/v1/stories"):
            assert (await client.get(path, headers=headers)).status_code == 400


@pytest.mark.parametrize(
    "name",
    [
        b"evil, aigul",
        b"\xff\xfe",
        b"ai\xe2\x80\x8bgul",
        b"\xe2\x80\xaelugia",
        b"a  b",
        b"x" * 101,
        "айгуль".encode("cp1251"),
    ],
)
async def test_a_header_that_holds_no_name_is_refused(desk: Desk, name: bytes) -> None:
    async with through(desk, web_behind()) as client:
        page = await client.get("/", headers=[(b"X-Forwarded-User", name)])
    assert page.status_code == 400
    assert desk.store.people() == ()


async def test_names_are_those_of_people_and_not_of_letters_alone(desk: Desk) -> None:
    async with through(desk, web_behind()) as client:
        header = [(b"X-Forwarded-User", "Айгүл Н.".encode())]
        page = await client.get("/more", headers=header)
    assert "You are Айгүл Н." in page.text
    assert "Log out" not in page.text


@pytest.mark.parametrize("said", ["", "   "])
async def test_whom_the_proxy_does_not_name_logs_in_as_ever(desk: Desk, said: str) -> None:
    code = invite(desk.store, "azamat", desk.now())
    async with through(desk, web_behind(), X_Forwarded_User=said) as client:
        assert (await client.get("/")).status_code == 303
        assert (await client.post("/login", data={"code": code})).status_code == 303
        assert "You are azamat" in (await client.get("/more")).text


async def test_the_proxys_word_counts_before_a_cookie(desk: Desk) -> None:
    code = invite(desk.store, "azamat", desk.now())
    async with through(desk, web_behind()) as client:
        await client.post("/login", data={"code": code})
        page = await client.get("/more", headers={"X-Forwarded-User": "aigul"})
    assert "You are aigul" in page.text


async def test_without_a_role_who_is_unknown_is_refused_and_told_why(desk: Desk) -> None:
    async with through(desk, web_behind(None), X_Forwarded_User="aigul") as client:
        for path in ("/", "/login", "/story/1"):
            page = await client.get(path)
            assert page.status_code == 403
            assert "aigul, who has no role here" in page.text
        assert (await client.get("/events")).status_code == 401
        assert desk.store.people() == ()
        give_role(desk.store, "aigul", Role.READ)
        assert (await client.get("/")).status_code == 200
        assert (await client.post("/act", data={"do": "acknowledge"})).status_code == 403


async def test_a_role_given_by_hand_stays_and_one_as_configured_follows_it(desk: Desk) -> None:
    give_role(desk.store, "aigul", Role.READ)
    async with through(desk, web_behind("administer"), X_Forwarded_User="aigul") as client:
        assert (await client.post("/act", data={})).status_code == 403
    async with through(desk, web_behind("read"), X_Forwarded_User="new") as client:
        assert (await client.get("/")).status_code == 200
    async with through(desk, web_behind(None), X_Forwarded_User="new") as client:
        assert (await client.get("/")).status_code == 403
    forget(desk.store, "aigul")
    async with through(desk, web_behind(None), X_Forwarded_User="aigul") as client:
        assert (await client.get("/")).status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
async def test_forms_of_other_sites_do_nothing_behind_a_proxy_either(desk: Desk, site: str) -> None:
    alert = desk.store.alerts().items[0]
    async with through(desk, web_behind(), X_Forwarded_User="aigul") as client:
        client.headers["Sec-Fetch-Site"] = site
        done = await client.post("/act", data={"alert": alert.id, "do": "acknowledge"})
    assert done.status_code == 403
    assert desk.store.alert_changes(alert.id) == []


async def test_another_header_may_be_the_one(desk: Desk) -> None:
    web = web_behind(user_header="Remote-User")
    async with through(desk, web, Remote_User="aigul", X_Forwarded_User="evil") as client:
        assert "You are aigul" in (await client.get("/more")).text


async def test_wrong_codes_are_counted_by_who_is_behind_the_proxy(desk: Desk) -> None:
    async with through(desk, web_behind()) as client:

        async def tried(forwarded: str) -> int:
            headers = {"X-Forwarded-For": forwarded}
            return (await client.post("/login", data={"code": "0"}, headers=headers)).status_code

        for number in range(10):
            # What the client itself put before the proxy's entry counts for nothing.
            assert await tried(f"198.51.100.{number}, 203.0.113.7, {PROXY}") == 403
        assert await tried("203.0.113.7") == 429
        assert await tried("203.0.113.8") == 403


async def test_from_elsewhere_x_forwarded_for_starts_no_count_of_its_own(desk: Desk) -> None:
    async with through(desk, web_behind(), ELSEWHERE) as client:
        answers = [
            await client.post(
                "/login", data={"code": "0"}, headers={"X-Forwarded-For": f"203.0.113.{number}"}
            )
            for number in range(11)
        ]
    assert answers[-1].status_code == 429


async def test_numbers_are_not_for_everybody_behind_a_proxy_on_this_machine(desk: Desk) -> None:
    web = WebSection.model_validate({"trusted_proxy": {"networks": ["127.0.0.1"]}})
    async with through(desk, web, "127.0.0.1") as client:
        client.base_url = httpx.URL("http://127.0.0.1:8750")
        assert (await client.get("/metrics")).status_code == 401


async def test_sessions_that_are_over_are_deleted_by_the_next_login(
    desk: Desk, clock: FixedClock
) -> None:
    async with through(desk, web_behind(), ELSEWHERE) as client:
        for _ in range(3):
            await client.post("/login", data={"code": invite(desk.store, "aigul", desk.now())})
        clock.advance(timedelta(days=31))
        await client.post("/login", data={"code": invite(desk.store, "azamat", desk.now())})
    assert [one.person for one in desk.store.desk_sessions(NOON)] == ["azamat"]
