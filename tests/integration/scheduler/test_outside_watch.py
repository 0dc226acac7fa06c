"""The heartbeat to a watchman outside: sent while all goes on, and only then."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from starlette.responses import RedirectResponse, Response
from structlog.testing import capture_logs

from core.config.watch import WatchConfig
from core.errors import StorageError
from scheduler.heartbeat import HEARTBEAT, RUNNING, STARTED
from scheduler.meters import HeartbeatOutcome
from scheduler.running_config import live_of
from tests.integration.fake_names import resolver_of
from tests.integration.scheduler.workshop import RECEIVERS, Workshop
from tests.integration.storage.samples import HOUR, MINUTE, alerted
from tests.integration.watchman import Watchman

Opened = Callable[..., Workshop]


@pytest.fixture
def watchman() -> Iterator[Watchman]:
    with Watchman() as watching:
        yield watching


def watched(workshop: Opened, watchman: Watchman, **heartbeat: Any) -> Workshop:
    """Return a workshop whose daemon has lived for an hour, and whose first heartbeat is due."""
    shop = workshop(heartbeat={"url": watchman.url, **heartbeat})
    shop.store.heartbeat(STARTED, shop.clock() - HOUR)
    shop.store.heartbeat(HEARTBEAT, shop.clock(), RUNNING)
    shop.parts.outside_watch.may_send(shop.store, shop.parts.live.config)
    asked = shop.parts.live.config.heartbeat
    assert asked is not None
    shop.clock.advance(asked.every)
    return shop


async def tick(shop: Workshop) -> bool:
    """Do what the stage does, and what it wakes; return whether it woke."""
    parts = shop.parts
    if not parts.outside_watch.may_send(parts.store, parts.live.config):
        return False
    await parts.outside_watch.send(parts.live.config)
    return True


def counted(shop: Workshop) -> dict[HeartbeatOutcome, int]:
    return dict(shop.parts.meters.read().heartbeats)


async def test_a_daemon_that_falls_before_the_first_pause_is_over_is_never_heard(
    workshop: Opened, watchman: Watchman
) -> None:
    for _ in range(3):  # it starts, lives for a minute, and is started again
        shop = workshop(heartbeat={"url": watchman.url, "every": "2m"})
        shop.store.heartbeat(STARTED, shop.clock())
        assert not await tick(shop)
        shop.clock.advance(MINUTE)
        assert not await tick(shop)
    assert watchman.heard.those(lambda _: True) == ()
    shop.clock.advance(MINUTE)
    assert await tick(shop)


async def test_it_is_heard_as_often_as_is_asked(workshop: Opened, watchman: Watchman) -> None:
    shop = watched(workshop, watchman, every="2m")
    assert [await tick(shop), await tick(shop)] == [True, False]
    shop.clock.advance(MINUTE)
    assert not await tick(shop)
    shop.clock.advance(MINUTE)
    assert await tick(shop)
    assert watchman.heard.wait(lambda _: True, 2, 5) == (
        ("GET", "/ping/a-name-that-is-secret"), ("GET", "/ping/a-name-that-is-secret")
    )  # fmt: skip
    assert counted(shop) == {HeartbeatOutcome.SENT: 2}


async def test_nothing_is_sent_where_nobody_is_named(workshop: Opened) -> None:
    shop = workshop()
    assert not await tick(shop)
    assert counted(shop) == {}


async def test_it_is_withheld_while_due_work_stays_undone(
    workshop: Opened, watchman: Watchman
) -> None:
    shop = watched(workshop, watchman)
    shop.store.sync_sources(list(shop.parts.live.sources.values()))
    alerted(shop.store)
    shop.clock.advance(16 * MINUTE)
    with capture_logs() as logs:
        assert [await tick(shop), await tick(shop)] == [False, False]
    assert [line["event"] for line in logs] == ["heartbeat withheld"]
    assert logs[0]["undone"] == ["delivery"]
    assert counted(shop) == {HeartbeatOutcome.WITHHELD: 1}
    assert watchman.heard.those(lambda _: True) == ()


async def test_one_that_nobody_can_answer_for_is_withheld_once_and_sent_when_storage_is_back(
    workshop: Opened, watchman: Watchman
) -> None:
    shop = workshop(away=True, heartbeat={"url": watchman.url, "every": "2m"})
    assert not await tick(shop)
    for seconds in (120, 5, 5, 110):  # due, and asked for again until the next is due
        assert counted(shop) == {}
        shop.clock.advance(timedelta(seconds=seconds))
        with pytest.raises(StorageError):
            await tick(shop)
    assert counted(shop) == {HeartbeatOutcome.WITHHELD: 1}
    shop.clock.advance(2 * MINUTE)
    with pytest.raises(StorageError):
        await tick(shop)
    assert counted(shop) == {HeartbeatOutcome.WITHHELD: 2}
    shop.come_back()
    shop.clock.advance(timedelta(seconds=5))
    assert [await tick(shop), await tick(shop)] == [True, False]
    assert counted(shop) == {HeartbeatOutcome.WITHHELD: 2, HeartbeatOutcome.SENT: 1}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Response("no", 500), "it answered 500"),
        (RedirectResponse("http://127.0.0.1:9/"), "it answered 307"),
        (Response("no such check", 404), "it answered 404"),
    ],
)
async def test_that_nobody_hears_is_logged_without_the_address_and_tried_again(
    workshop: Opened, watchman: Watchman, answer: Response, said: str
) -> None:
    shop = watched(workshop, watchman)
    watchman.answers.append(answer)
    with capture_logs() as logs:
        assert await tick(shop)
    (line,) = logs
    assert (line["event"], line["error"]) == ("heartbeat not heard", said)
    assert "a-name-that-is-secret" not in str(logs)
    shop.clock.advance(timedelta(minutes=5))
    assert await tick(shop)
    assert counted(shop) == {HeartbeatOutcome.FAILED: 1, HeartbeatOutcome.SENT: 1}


async def test_a_name_that_leads_into_the_private_network_is_not_dialled(
    workshop: Opened, watchman: Watchman, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolver_of({"hc.test": [["127.0.0.1"]]}))
    named = watchman.url.replace("127.0.0.1", "hc.test")
    shop = watched(workshop, watchman)
    sections = {"receivers": RECEIVERS, "heartbeat": {"url": named}}
    shop.parts.live = live_of(WatchConfig.model_validate(sections))
    with capture_logs() as logs:
        assert await tick(shop)
    assert "its host leads to 127.0.0.1, which was not dialled" in logs[0]["error"]
    assert watchman.heard.those(lambda _: True) == ()
    allowed = {**sections, "network": {"allow": [f"127.0.0.1/32:{watchman.port}"]}}
    shop.parts.live = live_of(WatchConfig.model_validate(allowed))
    shop.clock.advance(HOUR)
    assert await tick(shop)
    assert len(watchman.heard.those(lambda _: True)) == 1


async def test_another_pause_in_the_file_holds_at_once(
    workshop: Opened, watchman: Watchman
) -> None:
    shop = watched(workshop, watchman, every="1h")
    assert await tick(shop)
    sections = {"receivers": RECEIVERS, "heartbeat": {"url": watchman.url, "every": "2m"}}
    shop.parts.live = live_of(WatchConfig.model_validate(sections))
    assert [await tick(shop), await tick(shop)] == [True, False]


async def test_a_clock_that_was_set_back_keeps_no_heartbeat_waiting(
    workshop: Opened, watchman: Watchman
) -> None:
    shop = watched(workshop, watchman)
    assert await tick(shop)
    shop.clock.advance(-2 * HOUR)
    assert await tick(shop)
