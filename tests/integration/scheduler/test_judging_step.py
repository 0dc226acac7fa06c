"""The judging step as the daemon runs it: woken, stopped, and met with a database that is away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from core.config.watch import WatchConfig
from scheduler.judging_step import JudgingStep
from scheduler.running_config import live_of
from tests.integration.scheduler.workshop import RECEIVERS, SOURCES, Workshop
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


# -- rules that lived shortly


def use(shop: Workshop, rules: list[dict[str, str]]) -> None:
    """Go on with other rules, as after a reload."""
    config = {"sources": SOURCES, "receivers": RECEIVERS, "routes": AT_ONCE, "rules": rules}
    shop.parts.live = live_of(WatchConfig.model_validate({"database": shop.url, **config}))


def judged(shop: Workshop) -> JudgingStep:
    shop.store.sync_sources(list(shop.parts.live.sources.values()))
    recorded(shop.store)
    step = JudgingStep(shop.parts)
    step.judge_batch()
    return step


@pytest.mark.parametrize("restarted", [False, True])
def test_what_rules_judged_that_lived_shortly_is_judged_again(
    workshop: Opened, restarted: bool
) -> None:
    shop = workshop(rules=[{"id": "others", "when": "zeppelin"}], routes=AT_ONCE)
    step = judged(shop)
    assert shop.store.alerts().items == ()
    shop.clock.advance(timedelta(seconds=59))
    use(shop, RULES)
    step = JudgingStep(shop.parts) if restarted else step
    step.judge_batch()
    (alert,) = shop.store.alerts().items
    assert alert.match.rule_id == "texts"


def test_what_rules_judged_that_were_in_force_for_long_is_not(workshop: Opened) -> None:
    shop = workshop(rules=[{"id": "others", "when": "zeppelin"}], routes=AT_ONCE)
    step = judged(shop)
    shop.clock.advance(timedelta(seconds=60))
    use(shop, RULES)
    step.judge_batch()
    assert shop.store.alerts().items == ()


def test_nobody_hears_twice_of_what_is_judged_again(workshop: Opened) -> None:
    shop = workshop(rules=RULES, routes=AT_ONCE)
    step = judged(shop)
    (first,) = shop.store.alerts().items
    deliveries = shop.store.delivery_counts()
    use(shop, [*RULES, {"id": "more", "when": "zeppelin"}])
    step.judge_batch()
    (alert,) = shop.store.alerts().items
    assert (alert.id, alert.match) == (first.id, first.match)
    assert shop.store.delivery_counts() == deliveries
    assert shop.store.unjudged(10) == []


def test_a_match_that_notified_nobody_goes_with_the_rules_that_made_it(workshop: Opened) -> None:
    edits = [{"id": "texts", "when": "text", "on": ["edited"]}]
    shop = workshop(rules=edits, routes=AT_ONCE)
    step = judged(shop)
    (article,) = shop.store.articles().items
    assert shop.store.earlier_matches(article.id, 99)
    use(shop, [{"id": "others", "when": "zeppelin"}])
    step.judge_batch()
    assert not shop.store.earlier_matches(article.id, 99)


def test_rules_that_take_turns_quickly_leave_the_last_ones_word(workshop: Opened) -> None:
    shop = workshop(rules=RULES, routes=AT_ONCE)
    step = judged(shop)
    for number in range(5):
        shop.clock.advance(timedelta(seconds=10))
        use(shop, [{"id": f"half-{number}", "when": "zeppelin"}])
        recorded(shop.store)
        step.judge_batch()
    shop.clock.advance(timedelta(seconds=10))
    use(shop, RULES)
    step.judge_batch()
    assert len(shop.store.alerts().items) == 6
