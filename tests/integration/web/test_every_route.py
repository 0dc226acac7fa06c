"""Every route of the desk, those that come later too: who gets what, and what is only words.

The routes are asked of the application itself. A new one with a new kind of address fails here
until `crowded.py` knows an address of it; one that answers who is not logged in has to be named.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import httpx
import pytest
from starlette.routing import Route

from core.people import Role
from desk.people import forget, give_token
from tests.integration.storage.samples import HOUR, NOON
from tests.integration.web.crowded import Crowded, crowded, routes_of
from tests.integration.web.hostile import TITLES, dangers
from tests.integration.web.visitors import HOST, WEB, browser, logged_in
from tests.unit.alerts.injection import TITLES as MORE_TITLES
from web.app import create_app

OPEN = {
    "/login", "/logout", "/static/{name}", "/favicon.ico", "/healthz", "/readyz",
    "/alert/{token}", "/api/v1/openapi.json",
}  # fmt: skip
"""Who is not logged in is answered here: with no data, but behind a link that was signed."""
KEPT = "whisper"
"""Stands in everything that is kept: who is not logged in must read it nowhere."""
HOSTILE = tuple(dict.fromkeys((*TITLES, *MORE_TITLES)))
CHUNK = 18


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowded]:
    """A desk that nothing is changed at."""
    with crowded(tmp_path_factory.mktemp("quiet"), [f"{KEPT} one", f"{KEPT} two"]) as found:
        yield found


@pytest.fixture(scope="module")
def worn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowded]:
    """A desk at which people do what they like."""
    with crowded(tmp_path_factory.mktemp("worn"), ["one"]) as found:
        yield found


def at(route: Route, desk: Crowded) -> tuple[str, ...]:
    if route.path == "/alert/{token}":
        return ("/alert/eyJh.nonsense", "/alert/x")
    return desk.addresses(route)


def changes(desk: Crowded) -> object:
    store = desk.desk.store
    return (
        [store.alert_changes(alert) for alert in desk.alerts],
        [store.notes(story) for story in desk.stories],
        store.silences(),
        store.source_states(),
        [(one.id, one.status) for one in store.deliveries().items],
        store.people(),
    )


@pytest.mark.parametrize("cookie", [None, "", "nonsense", "'; DROP TABLE desk_session; --"])
async def test_who_is_not_logged_in_reads_nothing(quiet: Crowded, cookie: str | None) -> None:
    app = create_app(quiet.desk, WEB)
    async with browser(quiet.desk) as client:
        if cookie is not None:
            client.headers["Cookie"] = f"wirewatch_8750={cookie}"
            client.headers["Authorization"] = f"Bearer {cookie or 'x'}"
        for method in ("GET", "HEAD"):
            for route in routes_of(app, method):
                for address in at(route, quiet):
                    page = await client.request(method, address)
                    said = page.text + str(page.headers)
                    assert KEPT not in said, address
                    if route.path in OPEN:
                        continue
                    to_login = page.headers.get("location", "").startswith("/login?to=/")
                    assert page.status_code == (303 if to_login else 401), address
                    assert len(page.content) < 200, address


async def test_who_is_not_logged_in_does_nothing(quiet: Crowded) -> None:
    before = changes(quiet)
    app = create_app(quiet.desk, WEB)
    async with browser(quiet.desk) as client:
        for route in routes_of(app, "POST"):
            for address in at(route, quiet):
                done = await client.post(address, data=form(quiet))
                assert KEPT not in done.text
                if route.path not in OPEN:
                    assert done.status_code in (303, 401), address
                    assert done.headers.get("location", "/login").startswith("/login"), address
    assert changes(quiet) == before


def form(desk: Crowded) -> dict[str, str]:
    """Return fields that would do something to each form."""
    return {
        "alert": desk.alerts[0], "do": "acknowledge", "words": "w", "source": "kloop",
        "text": "- id: raids", "id": desk.alerts[0], "delivery": "x", "receiver": "desk",
        "language": "ru", "single": "off", "session": "x", "code": "x", "note": "n",
    }  # fmt: skip


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": HOST},
        {"Sec-Fetch-Site": "same-site", "Origin": HOST},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": ""},
        {"Origin": "https://evil.example", "Referer": f"{HOST}/"},
        {"Origin": f"{HOST}.evil.example"},
        {"Origin": f"{HOST}:444"},
        {"Origin": "http://watch.example.org:8750"},
        {"Origin": "null"},
        {},
    ],
    ids=str,
)
async def test_no_form_of_another_site_does_anything(
    quiet: Crowded, headers: dict[str, str]
) -> None:
    before = changes(quiet)
    app = create_app(quiet.desk, WEB)
    async with logged_in(quiet.desk, "victim") as client:
        client.headers.pop("Sec-Fetch-Site")
        for route in routes_of(app, "POST"):
            for address in at(route, quiet):
                done = await client.post(address, data=form(quiet), headers=headers)
                # The API counts no cookies, and a link that is not signed is none.
                wanted = 401 if route.path.startswith("/api/") else 403
                if route.path != "/alert/{token}":
                    assert done.status_code == wanted, (address, headers)
        client.headers["Sec-Fetch-Site"] = "same-origin"
        assert (await client.get("/more")).status_code == 200, "and nobody was logged out"
    forget(quiet.desk.store, "victim")
    assert changes(quiet) == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:8750"},
        {"Host": f"{HOST.removeprefix('https://')}.evil.example"},
        {"Host": "evil.example#watch.example.org"},
        {"Host": "watch.example.org@evil.example"},
        {"Host": "evil.example", "X-Forwarded-Host": "watch.example.org"},
        {"Host": "[::1"},
        {"Host": ""},
    ],
    ids=str,
)
async def test_by_another_name_no_route_is_reached(quiet: Crowded, headers: dict[str, str]) -> None:
    app = create_app(quiet.desk, WEB)
    async with logged_in(quiet.desk, "victim") as client:
        for method in ("GET", "POST"):
            for route in routes_of(app, method):
                address = at(route, quiet)[0]
                page = await client.request(method, address, headers=headers)
                assert page.status_code == 421, address
                assert KEPT not in page.text
    forget(quiet.desk.store, "victim")


async def test_no_host_of_a_request_gets_into_an_answer(quiet: Crowded) -> None:
    headers = {"Host": "10.66.66.66:8750", "X-Forwarded-Host": "evil.example"}
    async with logged_in(quiet.desk, "victim") as client:
        for route in routes_of(create_app(quiet.desk, WEB), "GET"):
            if route.path == "/events":
                continue
            page = await client.get(quiet.addresses(route)[0], headers=headers)
            assert "66.66" not in page.text + page.headers.get("location", ""), route.path
            assert "evil.example" not in page.text
    forget(quiet.desk.store, "victim")


@pytest.mark.parametrize("ended", ["logged out", "forgotten", "ended by another"])
async def test_a_stolen_cookie_opens_nothing_when_its_session_is_over(
    quiet: Crowded, ended: str
) -> None:
    app = create_app(quiet.desk, WEB)
    async with logged_in(quiet.desk, "victim") as client, browser(quiet.desk) as thief:
        thief.cookies.update(client.cookies)
        assert (await thief.get("/more")).status_code == 200
        if ended == "logged out":
            await client.post("/logout")
        elif ended == "forgotten":
            forget(quiet.desk.store, "victim")
        else:
            (session,) = quiet.desk.store.desk_sessions(quiet.desk.now())
            async with logged_in(quiet.desk, "chief") as chief:
                done = await chief.post("/status/end", data={"session": session.id})
                assert done.status_code in (200, 303)
                await chief.post("/logout")
        for route in routes_of(app, "GET"):
            if route.path not in OPEN:
                page = await thief.get(at(route, quiet)[0])
                assert page.status_code in (303, 401), route.path
                assert KEPT not in page.text
        for route in routes_of(app, "POST"):
            if route.path not in OPEN:
                done = await thief.post(at(route, quiet)[0], data=form(quiet))
                assert done.status_code in (303, 401), route.path


@pytest.mark.parametrize(
    "method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "GET\x00"]
)
async def test_other_methods_do_nothing_anywhere(quiet: Crowded, method: str) -> None:
    before = changes(quiet)
    async with logged_in(quiet.desk, "victim") as client:
        for route in routes_of(create_app(quiet.desk, WEB), "GET"):
            page = await client.request(method, at(route, quiet)[0])
            assert page.status_code in (401, 403, 405), route.path
    forget(quiet.desk.store, "victim")
    assert changes(quiet) == before


# -- what strangers write


def test_there_are_enough_titles() -> None:
    assert len(HOSTILE) >= 87


@pytest.mark.parametrize("start", range(0, len(HOSTILE), CHUNK))
async def test_hostile_titles_are_only_words_on_every_page(tmp_path: Path, start: int) -> None:
    titles = HOSTILE[start : start + CHUNK]
    with crowded(tmp_path, titles) as desk:
        _token, secret = give_token(
            desk.desk.store, "reader", Role.READ, desk.desk.now(), timedelta(days=1)
        )
        async with logged_in(desk.desk) as client:
            for route in routes_of(create_app(desk.desk, WEB), "GET"):
                if route.path == "/events":
                    continue
                # What one of them does in a file or in JSON the others do not do otherwise.
                several = route.path in ("/story/{id}", "/article/{id}", "/alert/{token}")
                for address in desk.addresses(route)[: None if several else 1]:
                    page = await client.get(
                        address,
                        params=asked(route, secret),
                        headers={"Authorization": f"Bearer {secret}"},
                    )
                    assert page.status_code in (200, 303, 503), (address, page.text[:300])
                    check(address, page)


def asked(route: Route, secret: str) -> dict[str, str]:
    if route.path.startswith("/feeds/"):
        return {"token": secret}
    if route.path in ("/search", "/api/v1/search"):
        return {"q": "raid"}
    if route.path == "/sources/{name:path}/poll":
        return {"asked": (NOON - HOUR).isoformat()}
    return {"shelf": "all"} if route.path in ("/", "/stories.{format}") else {}


def check(address: str, page: httpx.Response) -> None:
    """Hold an answer to what its kind can hide."""
    kind = page.headers.get("content-type", "").partition(";")[0]
    assert "evil" not in page.headers.get("location", "")
    assert "set-cookie" not in page.headers, address
    match kind:
        case "text/html":
            assert dangers(page) == [], address
        case "application/json":
            json.loads(page.text)
        case "application/atom+xml":
            ET.fromstring(page.content)  # noqa: S314 - our own, and that is the question
        case "text/csv":
            for row in csv.reader(io.StringIO(page.text.lstrip("\ufeff"))):
                assert not [cell for cell in row if cell[:1] in "=+-@\t\r" and cell[:1]], address
        case _:
            assert page.headers["x-content-type-options"] == "nosniff"
            assert kind not in ("text/xml", "application/xhtml+xml", "image/svg+xml") or (
                address == "/favicon.ico"
            )


FIELDS = (
    "q", "before", "after", "rule", "source", "level", "shelf", "show", "lang", "since", "v", "to",
    "code", "of", "at", "did", "done", "words", "asked", "without", "article", "test", "days",
    "versions", "sort", "group", "state", "iss", "error", "token",
)  # fmt: skip


@pytest.mark.parametrize("title", TITLES)
async def test_what_an_address_asks_for_is_only_words(quiet: Crowded, title: str) -> None:
    async with logged_in(quiet.desk, "victim") as client:
        for route in routes_of(create_app(quiet.desk, WEB), "GET"):
            if route.path == "/events" or route.path.startswith("/static"):
                continue
            address = at(route, quiet)[0]
            page = await client.get(address, params=dict.fromkeys(FIELDS, title))
            # That nothing goes on here is what /readyz is asked for.
            assert page.status_code < 500 or route.path == "/readyz", (address, page.text[:300])
            location = page.headers.get("location", "/")
            assert location.startswith("/"), address
            assert not location.startswith(("//", "/\\")), address
            if page.headers.get("content-type", "").startswith("text/html"):
                assert dangers(page) == [], address
    forget(quiet.desk.store, "victim")


@pytest.mark.parametrize("title", TITLES)
async def test_what_a_form_holds_is_only_words(worn: Crowded, title: str) -> None:
    async with logged_in(worn.desk) as client:
        for route in routes_of(create_app(worn.desk, WEB), "POST"):
            if route.path in ("/logout", "/status/end"):
                continue
            for swaps in ("false", "true"):
                fields = dict.fromkeys((*form(worn), *FIELDS, "back"), title)
                fields |= {"alert": worn.alerts[0], "do": "acknowledge"}
                done = await client.post(
                    at(route, worn)[0], data=fields, headers={"HX-Request": swaps}
                )
                assert done.status_code < 500, (route.path, done.text[:300])
                location = done.headers.get("location", "/")
                assert location.startswith("/"), (route.path, location)
                assert not location.startswith(("//", "/\\")), route.path
                if done.headers.get("content-type", "").startswith("text/html"):
                    assert dangers(done) == [], route.path
