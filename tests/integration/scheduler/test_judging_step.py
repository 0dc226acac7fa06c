"""The judging step as the daemon runs it: woken, stopped, and met with a database that is away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from structlog.testing import capture_logs

from scheduler.judging_step import JudgingStep
from tests.integration.scheduler.workshop import Workshop
from tests.integration.storage.samples import recorded

Opened = Callable[..., Workshop]
RULES = [{"id": "texts", "when": "text"}]
AT_ONCE = [{"to": ["desk"], "group_by": "none", "group_wait": "0s"}]


async def test_what_is_unjudged_becomes_messages_and_wakes_the_delivery(workshop: Opened) -> None:
    shop = workshop(rules=RULES, routes=AT_ONCE)
    shop.store.sync_sources(list(shop.parts.live.sources.values()))
    for _ in range(3):
        recorded(shop.store)
    stop, woken = asyncio.Event(), asyncio.Event()
    step = JudgingStep(shop.parts, on_messages=woken.set)
    running = asyncio.create_task(step.run(stop))
    async with asyncio.timeout(30):
        await woken.wait()
        stop.set()
        step.wake()
        await running
    assert step.alerts == len(shop.store.alerts().items) == 3
    assert shop.store.next_delivery_at(["desk"]) is not None


async def test_a_database_that_is_away_is_logged_and_judged_when_it_is_back(
    workshop: Opened,
) -> None:
    shop = workshop(away=True, rules=RULES, routes=AT_ONCE)
    stop, woken = asyncio.Event(), asyncio.Event()
    step = JudgingStep(shop.parts, on_messages=woken.set)
    with capture_logs() as logs:
        running = asyncio.create_task(step.run(stop))
        while not logs:
            await asyncio.to_thread(lambda: None)  # lets the step's own thread come to its error
        assert [line["event"] for line in logs] == ["judging failed"]
        shop.come_back()
        shop.store.sync_sources(list(shop.parts.live.sources.values()))
        recorded(shop.store)
        step.wake()
        async with asyncio.timeout(30):
            await woken.wait()
            stop.set()
            step.wake()
            await running
    assert step.alerts == 1
