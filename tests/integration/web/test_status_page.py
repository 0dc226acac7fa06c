"""How the daemon stands, and who is logged in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.clock import FixedClock
from core.config.watch import WatchConfig
from core.people import Role
from desk.context import Desk
from scheduler.heartbeat import CONFIGURATION, HEARTBEAT, RUNNING
from storage import open_store
from tests.integration.empty_database import empty_database
from tests.integration.storage.samples import HOUR, NOON, alerted, recorded, source, tracked
from tests.integration.web.hostile import TITLES, dangers
from tests.integration.web.visitors import CONFIG, desk_over, logged_in, text_of

SECRETS = {
    "receivers": [
        {"name": "room", "slack": {"url": "https://hooks.slack.com/services/T0/B0/whisper"}}
    ],
    "web": {"secret": "whisper-whisper-whisper"},
}


@pytest.fixture
def desk(tmp_path: Path, clock: FixedClock) -> Iterator[Desk]:
    address = empty_database(tmp_path / "desk.db")
    config = WatchConfig.model_validate({**CONFIG, **SECRETS, "database": address})
    with open_store(address, clock=clock) as store:
        store.sync_sources([source()])
        yield desk_over(store, clock, config)


async def test_queues_show_how_much_waits_and_since_when(desk: Desk, clock: FixedClock) -> None:
    tracked(desk.store, "https://kloop.example/1", "https://kloop.example/2")
    recorded(desk.store)
    alerted(desk.store, "room")
    clock.advance(2 * HOUR)
    async with logged_in(desk) as client:
        text = text_of(await client.get("/status"))
    assert "Entries to fetch 2 2 h ago" in text
    assert "Versions to judge 1 2 h ago" in text
    assert "Deliveries room 1 2 h ago" in text
    assert "Escalations nothing is due" in text


async def test_work_that_is_left_undone_is_called_so(desk: Desk, clock: FixedClock) -> None:
    recorded(desk.store)
    clock.advance(3 * HOUR)
    async with logged_in(desk) as client:
        text = text_of(await client.get("/status"))
    assert "untouched" in text.partition("Versions to judge")[2].partition("Judgements")[0]


async def test_signs_of_life_and_the_last_reload_are_shown(desk: Desk, clock: FixedClock) -> None:
    desk.store.heartbeat(HEARTBEAT, NOON, RUNNING)
    desk.store.heartbeat(CONFIGURATION, NOON, "watch.yaml:12:5: error: 'whenn' is not known")
    clock.advance(timedelta(minutes=7))
    async with logged_in(desk) as client:
        text = text_of(await client.get("/status"))
    assert "The daemon 7 min ago" in text
    assert "The changed configuration is refused; the last good one runs" in text
    assert "watch.yaml:12:5: error:" in text


async def test_the_configuration_in_force_holds_no_secret(desk: Desk) -> None:
    async with logged_in(desk) as client:
        answer = await client.get("/status")
    assert "name: room" in answer.text
    assert "whisper" not in answer.text


async def test_disk_and_versions_are_shown(desk: Desk) -> None:
    async with logged_in(desk) as client:
        text = text_of(await client.get("/status"))
    for said in ("free", "Wirewatch", "Python", "SQLite", "schema"):
        assert said in text


async def test_a_session_of_ones_own_is_ended_by_whoever_may_only_read(desk: Desk) -> None:
    async with logged_in(desk, role=Role.READ) as one:
        (first,) = desk.store.desk_sessions(NOON)
        async with logged_in(desk, role=Role.READ) as other:
            form = {"session": first.id, "back": "/status"}
            done = await other.post("/status/end", data=form)
            assert done.headers["location"] == "/status?did=ended"
            assert (await one.get("/status")).status_code == 303
            assert (await other.get("/status")).status_code == 200


async def test_sessions_of_others_are_ended_by_who_administers_alone(desk: Desk) -> None:
    async with logged_in(desk, "azamat") as other:
        (theirs,) = desk.store.desk_sessions(NOON)
        async with logged_in(desk, "aigul", role=Role.WORK) as client:
            page = await client.get("/status")
            assert theirs.id not in page.text
            refused = await client.post("/status/end", data={"session": theirs.id})
            assert refused.status_code == 403
            assert (await other.get("/status")).status_code == 200
        async with logged_in(desk, "chief", role=Role.ADMINISTER) as client:
            assert theirs.id in (await client.get("/status")).text
            done = await client.post("/status/end", data={"session": theirs.id, "back": "/status"})
            assert done.status_code == 303
            gone = await client.post("/status/end", data={"session": theirs.id})
            assert gone.status_code == 404
        assert (await other.get("/status")).status_code == 303


async def test_hostile_browsers_and_files_are_only_words(desk: Desk) -> None:
    for title in TITLES:
        desk.store.heartbeat(CONFIGURATION, NOON, title)
        async with logged_in(desk) as client:
            assert dangers(await client.get("/status")) == []
