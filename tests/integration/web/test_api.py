"""The API: what it answers, refuses and does once."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from alerts.dispatch.deciders import DECIDERS
from core.alerting.alerts import AlertState
from core.clock import FixedClock
from core.people import Role
from desk.context import Desk
from desk.people import give_token, take_token
from storage.judging.judging_records import StoryPlacement
from tests.integration.storage.samples import NOON, alerted, judgement, recorded
from tests.integration.web.visitors import browser, logged_in
from web.api.endpoints import ENDPOINTS
from web.api.served import PREFIX


def program(desk: Desk, role: Role = Role.WORK) -> httpx.AsyncClient:
    """Return a program with a token."""
    _token, secret = give_token(desk.store, "case-system", role, desk.now(), timedelta(days=90))
    client = browser(desk)
    client.headers.pop("Sec-Fetch-Site")
    client.headers["Authorization"] = f"Bearer {secret}"
    client.base_url = httpx.URL(f"{client.base_url}{PREFIX}")
    return client


def address(path: str, desk: Desk) -> str:
    alert = desk.store.alerts().items[0]
    wanted = alert.id if path.startswith("/alerts") else str(alert.article.id)
    return path.replace("{id}", wanted).lstrip("/")


def body_of(path: str) -> dict[str, Any]:
    return {"text": "calling them"} if path.endswith("/notes") else {}


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: f"{one.method} {one.path}")
async def test_every_endpoint_answers_as_it_is_described(desk: Desk, endpoint: Any) -> None:
    async with program(desk) as client:
        where = address(endpoint.path, desk)
        if endpoint.acts:
            answer = await client.post(where, json=body_of(endpoint.path))
        else:
            query = {"q": "text"} if endpoint.path == "/search" else {}
            answer = await client.get(where, params=query)
    assert answer.status_code == 200, answer.text
    endpoint.answer.model_validate_json(answer.text)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: f"{one.method} {one.path}")
async def test_nothing_is_answered_without_a_token(desk: Desk, endpoint: Any) -> None:
    where = address(endpoint.path, desk)
    async with program(desk) as client:
        for shown in ("", "Bearer nonsense-nonsense", "Basic YTpi", "Bearer "):
            client.headers["Authorization"] = shown
            answer = await client.request(endpoint.method, where, json=body_of(endpoint.path))
            assert answer.status_code == 401, shown
            assert answer.headers["content-type"] == "application/problem+json"
    assert desk.store.alerts().items[0].state is AlertState.OPEN


async def test_a_session_of_the_desk_is_no_token(desk: Desk) -> None:
    async with logged_in(desk) as client:
        assert (await client.get(f"{PREFIX}/stories")).status_code == 401


async def test_who_may_only_read_changes_nothing(desk: Desk) -> None:
    async with program(desk, Role.READ) as client:
        for endpoint in ENDPOINTS:
            if endpoint.acts:
                where = address(endpoint.path, desk)
                answer = await client.post(where, json=body_of(endpoint.path))
                assert answer.status_code == 403
    assert desk.store.alerts().items[0].state is AlertState.OPEN


async def test_a_token_ends_when_it_expires_or_is_taken_back(desk: Desk, clock: FixedClock) -> None:
    async with program(desk) as client:
        assert (await client.get("sources")).status_code == 200
        clock.advance(timedelta(days=90))
        assert (await client.get("sources")).status_code == 401
    async with program(desk) as client:
        assert (await client.get("sources")).status_code == 200
        take_token(desk.store, desk.store.api_tokens()[0].id)
        assert (await client.get("sources")).status_code == 401


async def test_what_a_program_does_is_signed_with_its_name(desk: Desk) -> None:
    alert = desk.store.alerts().items[0]
    async with program(desk) as client:
        await client.post(address("/stories/{id}/dismiss", desk), json={"reason": "old-news"})
    (change,) = desk.store.alert_changes(alert.id)
    assert (change.by, change.reason) == ("case-system", "old-news")


async def test_a_mute_says_until_when_or_that_there_is_no_story_to_mute(desk: Desk) -> None:
    async with program(desk) as client:
        alone = (await client.post(address("/stories/{id}/mute", desk), json={})).json()
        assert (alone["state"], alone["muted_until"]) == ("acknowledged", None)
        told = recorded(desk.store)
        placement = StoryPlacement(
            story=told.article_id, relation="new", of=None, containment=0.0, shared_words=0,
            first_source="kloop", first_at=NOON,
        )  # fmt: skip
        placed = replace(judgement(told.version_id, "drafts"), placement=placement)
        desk.store.commit_judgement([placed], DECIDERS)
        story = next(alert.case_id for alert in desk.store.alerts().items
                     if alert.article.id == told.article_id)  # fmt: skip
        muted = (await client.post(f"stories/{story}/mute", json={"days": 2})).json()
    assert muted["muted_until"] == "2026-03-03T12:00:00Z"


async def test_an_action_with_a_key_is_done_once_and_answered_alike(desk: Desk) -> None:
    where = address("/stories/{id}/notes", desk)
    async with program(desk) as client:
        answers = [
            await client.post(where, json={"text": "once"}, headers={"Idempotency-Key": "k-1"})
            for _ in range(3)
        ]
        assert len({answer.text for answer in answers}) == 1
        assert {answer.status_code for answer in answers} == {200}
        other = await client.post(
            where, json={"text": "another"}, headers={"Idempotency-Key": "k-1"}
        )
        assert other.status_code == 422
        await client.post(where, json={"text": "two"}, headers={"Idempotency-Key": "k-2"})
    case = desk.store.alerts().items[0].case_id
    assert [note.text for note in desk.store.notes(case)] == ["once", "two"]


async def test_a_refusal_is_answered_alike_too(desk: Desk) -> None:
    async with program(desk) as client:
        for _ in range(2):
            answer = await client.post(
                "stories/999/acknowledge", json={}, headers={"Idempotency-Key": "k"}
            )
            assert answer.status_code == 404
            assert json.loads(answer.text)["title"] == "Not there"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "stories?shelf=nowhere", None),
        ("GET", "stories?shelv=open", None),
        ("GET", "stories?limit=0", None),
        ("GET", "stories?limit=1&limit=2", None),
        ("GET", "stories?before=nonsense", None),
        ("GET", "alerts?since=yesterday", None),
        ("GET", "articles/1?version=0", None),
        ("GET", "search", None),
        ("GET", "search?q=text&before=", None),
        ("GET", "search?q=one%20two%20(", None),
        ("POST", "stories/1/snooze", '{"minutes": "soon"}'),
        ("POST", "stories/1/snooze", '{"minute": 5}'),
        ("POST", "stories/1/snooze", "not json"),
        ("POST", "stories/1/notes", "{}"),
        ("POST", "stories/1/acknowledge?note=calling", "{}"),
    ],
)
async def test_what_is_asked_wrongly_is_refused_with_the_place(
    desk: Desk, method: str, path: str, body: str | None
) -> None:
    async with program(desk) as client:
        answer = await client.request(method, path, content=body)
    assert answer.status_code == 422, answer.text
    assert json.loads(answer.text)["detail"]


async def test_pages_of_a_list_go_on_without_gaps(desk: Desk) -> None:
    for _ in range(4):
        alerted(desk.store)
    seen: list[str] = []
    async with program(desk) as client:
        query: dict[str, Any] = {"limit": 2}
        while True:
            page = (await client.get("alerts", params=query)).json()
            seen += [alert["id"] for alert in page["items"]]
            if page["next"] is None:
                break
            query["before"] = page["next"]
    assert sorted(seen) == sorted(alert.id for alert in desk.store.alerts().items)


async def test_the_description_names_every_endpoint(desk: Desk) -> None:
    async with program(desk) as client:
        description = (await client.get("openapi.json")).json()
    assert description["openapi"].startswith("3.1")
    described = {
        (method.upper(), path)
        for path, methods in description["paths"].items()
        for method in methods
    }
    assert described == {(one.method, PREFIX + one.path) for one in ENDPOINTS}
