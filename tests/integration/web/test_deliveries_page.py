"""What was sent to whom, what they answered, and sending it again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.dispatch.deciders import DECIDERS
from core.alerting.deliveries import AttemptOutcome, DeliveryStatus
from core.articles import ArticleData
from core.clock import FixedClock
from core.config.watch import WatchConfig
from core.people import Role
from desk.context import Desk
from storage import Cursor, Store, open_store
from tests.integration.alerts.loopback import http_server, reply
from tests.integration.empty_database import empty_database
from tests.integration.storage.samples import (
    DEAD,
    DELIVERED,
    NOON,
    alerted,
    attempt,
    claim,
    judgement,
    source,
)  # fmt: skip
from tests.integration.web.hostile import TITLES, dangers
from tests.integration.web.visitors import CONFIG, desk_over, logged_in, text_of

RECEIVERS = [
    {"name": "desk", "console": {}},
    {"name": "chief", "console": {}},
]


@pytest.fixture
def desk(tmp_path: Path, clock: FixedClock) -> Iterator[Desk]:
    config = WatchConfig.model_validate({**CONFIG, "receivers": RECEIVERS})
    with open_store(empty_database(tmp_path / "desk.db"), clock=clock) as store:
        store.sync_sources([source()])
        yield desk_over(store, clock, config)


def about(store: Store, title: str, rule: str = "drafts", receiver: str = "desk") -> None:
    """Store an article of this title, and let a rule send it to a receiver."""
    url = f"https://kloop.example/{len(store.alerts(limit=1000).items)}"
    known = ArticleData(url=url, title=title, text=f"Text of {url}.", source="kloop")
    recorded = store.record(known, None, key=url)
    planned = [judgement(recorded.version_id, rule, receivers=(receiver,))]
    store.commit_judgement(planned, DECIDERS)


def tried(store: Store, receiver: str, *, dead: bool, detail: str = "") -> None:
    for claimed in claim(store, receiver):
        outcome = AttemptOutcome.PERMANENT if dead else AttemptOutcome.DELIVERED
        decision = DEAD if dead else DELIVERED
        store.record_attempt(
            claimed.lease_token, attempt(claimed, outcome, detail), decision, DECIDERS
        )


async def test_everything_is_shown_first_and_each_kind_under_its_tab(desk: Desk) -> None:
    about(desk.store, "Gone", receiver="chief")
    tried(desk.store, "chief", dead=True, detail="403 channel is archived")
    about(desk.store, "Told")
    tried(desk.store, "desk", dead=False, detail="250 queued")
    about(desk.store, "Still here")
    async with logged_in(desk) as client:
        waiting = text_of(await client.get("/deliveries?show=waiting"))
        dead = text_of(await client.get("/deliveries?show=dead"))
        everything = text_of(await client.get("/deliveries"))
    assert "All Waiting 1 Given up 1 Summed up 0" in waiting
    assert "Still here" in waiting
    assert "Not tried yet." in waiting
    assert "Gone" not in waiting
    assert "given up" in dead
    assert "403 channel is archived" in dead
    assert [title in everything for title in ("Gone", "Told", "Still here")] == [True] * 3
    assert "200 250 queued" in everything


async def test_words_receivers_rules_and_time_narrow_the_list(
    desk: Desk, clock: FixedClock
) -> None:
    about(desk.store, "ПОВЕСТКА на границе", rule="drafts")
    about(desk.store, "Raid at a market", rule="raids", receiver="chief")
    clock.advance(timedelta(hours=3))
    about(desk.store, "Later raid", rule="raids")
    titles = ("ПОВЕСТКА", "Raid at", "Later raid")
    asked = ("words=повестка", "receiver=chief", "rule=raids", "since=1h", "words=raid&rule=drafts")
    async with logged_in(desk) as client:
        shown = {}
        for query in asked:
            text = text_of(await client.get(f"/deliveries?show=all&{query}"))
            shown[query] = [title for title in titles if title in text]
    assert shown == {
        "words=повестка": ["ПОВЕСТКА"],
        "receiver=chief": ["Raid at"],
        "rule=raids": ["Raid at", "Later raid"],
        "since=1h": ["Later raid"],
        "words=raid&rule=drafts": [],
    }


async def test_long_lists_come_in_pages_without_gaps_or_repeats(
    desk: Desk, clock: FixedClock
) -> None:
    for number in range(65):
        about(desk.store, f"Story-{number:02}.")
        clock.advance(timedelta(seconds=1))
    for narrowed in ("", "&words=story-"):
        seen, address = [], f"/deliveries?show=all{narrowed}"
        async with logged_in(desk) as client:
            for _ in range(3):
                answer = await client.get(address)
                text = text_of(answer)
                seen += [number for number in range(65) if f"Story-{number:02}." in text]
                link = answer.text.partition('rel="next" href="')[2].partition('"')[0]
                address = link.replace("&amp;", "&")
        assert address == ""
        assert sorted(seen) == list(range(65))


async def test_a_dead_delivery_is_sent_again(desk: Desk) -> None:
    about(desk.store, "Gone")
    tried(desk.store, "desk", dead=True)
    (dead,) = desk.store.deliveries().items
    async with logged_in(desk) as client:
        form = {"delivery": dead.id, "back": "/deliveries?show=dead"}
        answer = await client.post("/deliveries/again", data=form)
        assert answer.headers["location"] == "/deliveries?show=dead&did=again"
        assert "On its way again." in text_of(await client.get(answer.headers["location"]))
        again = await client.post("/deliveries/again", data=form)
    assert desk.store.deliveries().items[0].status is DeliveryStatus.PENDING
    assert again.headers["location"] == "/deliveries?show=dead&did=nothing"


async def test_who_only_reads_sends_nothing(desk: Desk) -> None:
    about(desk.store, "Gone")
    tried(desk.store, "desk", dead=True)
    (dead,) = desk.store.deliveries().items
    async with logged_in(desk, role=Role.READ) as client:
        done = await client.post("/deliveries/again", data={"delivery": dead.id})
    assert done.status_code == 403
    assert desk.store.deliveries().items[0].status is DeliveryStatus.DEAD


async def test_a_form_that_names_nothing_sends_nothing(desk: Desk) -> None:
    about(desk.store, "Gone")
    tried(desk.store, "desk", dead=True)
    async with logged_in(desk) as client:
        for form in ({}, {"delivery": ""}, {"delivery": "dlv_unknown"}, {"receiver": "unknown"}):
            done = await client.post("/deliveries/again", data=form)
            assert done.headers["location"].endswith("did=nothing")
    assert desk.store.deliveries().items[0].status is DeliveryStatus.DEAD


async def test_a_receiver_that_takes_nothing_has_a_bar_that_sends_all_again(desk: Desk) -> None:
    for number in range(3):
        about(desk.store, f"Story {number}", receiver="chief")
    tried(desk.store, "chief", dead=True, detail="invalid_auth")
    about(desk.store, "One more", receiver="chief")
    async with logged_in(desk) as client:
        text = text_of(await client.get("/deliveries"))
        await client.post("/deliveries/again", data={"receiver": "chief"})
    assert "chief takes nothing since 12:00 ( invalid_auth ); 1 waits, 3 were given up." in text
    found = desk.store.deliveries(receiver="chief").items
    assert [one.status for one in found] == [DeliveryStatus.PENDING] * 4


async def test_an_address_that_names_no_place_begins_at_the_top(desk: Desk) -> None:
    about(desk.store, "Told")
    number = str(Cursor(NOON, 7))
    async with logged_in(desk) as client:
        for place in ("garbage", number, "0" * 5000):
            answer = await client.get("/deliveries", params={"show": "all", "before": place})
            assert answer.status_code == 200
            assert "Told" in answer.text


async def test_hostile_titles_and_answers_are_only_words(desk: Desk) -> None:
    for title in TITLES:
        about(desk.store, title)
    for claimed, title in zip(claim(desk.store), TITLES, strict=False):
        said = replace(attempt(claimed, AttemptOutcome.PERMANENT), detail=title)
        desk.store.record_attempt(claimed.lease_token, said, DEAD, DECIDERS)
    alerted(desk.store)
    async with logged_in(desk) as client:
        pages = [await client.get(f"/deliveries?show={tab}") for tab in ("all", "dead", TITLES[0])]
        pages.append(await client.get("/deliveries", params={"words": TITLES[1]}))
    assert [one.status_code for one in pages] == [200] * 4
    assert [danger for one in pages for danger in dangers(one)] == []


async def test_a_sample_says_what_the_receiver_answers(tmp_path: Path, clock: FixedClock) -> None:
    refusal = reply(403, b"not for you")
    with open_store(empty_database(tmp_path / "desk.db"), clock=clock) as store:
        async with http_server(reply(200, b"ok"), refusal) as server:
            hook = {"name": "hook", "webhook": {"url": f"{server.url}/hook"}}
            config = WatchConfig.model_validate({**CONFIG, "receivers": [hook]})
            desk = desk_over(store, clock, config)
            async with logged_in(desk) as client:
                sent = await client.post(
                    "/deliveries/sample", data={"receiver": "hook", "back": "/deliveries"}
                )
                taken = await client.get(sent.headers["location"])
                await client.post(
                    "/deliveries/sample", data={"receiver": "hook", "back": "/deliveries"}
                )
                refused = await client.get("/deliveries")
                nobody = await client.post("/deliveries/sample", data={"receiver": "none"})
        assert len(server.requests) == 2
        assert "test" in server.requests[0].body.decode().lower()
    assert "sample taken (200)" in text_of(taken)
    assert "sample refused (403)" in text_of(refused)
    assert nobody.status_code == 404
    assert not store.deliveries().items, "a sample is no delivery"


async def test_one_sample_at_a_time(desk: Desk) -> None:
    async with logged_in(desk) as client:
        with desk.trials.sampling:
            answer = await client.post("/deliveries/sample", data={"receiver": "desk"})
            assert answer.headers["location"] == "/?did=sampling"
    assert desk.trials.samples.get("desk") is None


async def test_who_only_reads_sends_no_sample(desk: Desk) -> None:
    async with logged_in(desk, role=Role.READ) as client:
        answer = await client.post("/deliveries/sample", data={"receiver": "desk"})
    assert answer.status_code == 403
