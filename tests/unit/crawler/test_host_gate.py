from __future__ import annotations

import asyncio
import random
from collections import Counter

from crawler.download.host_gate import HostGate


class Visitors:
    """Goes through a gate and notes how many are inside."""

    def __init__(self, gate: HostGate) -> None:
        self.gate = gate
        self.inside: Counter[str] = Counter()
        self.most_of_a_host = 0
        self.most = 0
        self.visits = 0

    async def visit(self, host: str, steps: int = 1) -> None:
        place = await self.gate.enter(host)
        self.inside[host] += 1
        self.most_of_a_host = max(self.most_of_a_host, self.inside[host])
        self.most = max(self.most, self.inside.total())
        try:
            for _ in range(steps):
                await asyncio.sleep(0)  # gives way to the others; passes no time
        finally:
            self.inside[host] -= 1
            self.visits += 1
            self.gate.exit(place)


async def test_never_more_than_the_limits_are_inside() -> None:
    chance = random.Random(7)  # noqa: S311 - guards nothing
    visitors = Visitors(HostGate(total=5, per_host=2))
    await asyncio.gather(
        *(visitors.visit(f"host{chance.randrange(6)}", chance.randrange(5)) for _ in range(500))
    )
    assert visitors.visits == 500
    assert visitors.most_of_a_host == 2
    assert visitors.most == 5


async def test_a_slow_host_does_not_hold_the_places_of_others() -> None:
    gate = HostGate(total=3, per_host=1)
    await gate.enter("slow")
    waiting = [asyncio.create_task(gate.enter("slow")) for _ in range(10)]
    for _ in range(3):
        await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await gate.enter("quick")
        await gate.enter("other")
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_hosts_that_are_done_with_leave_no_trace() -> None:
    gate = HostGate(total=4, per_host=2)
    visitors = Visitors(gate)
    await asyncio.gather(*(visitors.visit(f"host{number}") for number in range(200)))
    assert gate.hosts == 0


async def test_whoever_is_cancelled_while_waiting_takes_no_place() -> None:
    chance = random.Random(11)  # noqa: S311 - guards nothing
    gate = HostGate(total=3, per_host=2)
    visitors = Visitors(gate)
    tasks = [
        asyncio.create_task(visitors.visit(f"host{chance.randrange(3)}", 3)) for _ in range(200)
    ]
    while visitors.visits < 40:
        chance.choice(tasks).cancel()
        await asyncio.sleep(0)
    await asyncio.gather(*tasks, return_exceptions=True)
    assert gate.hosts == 0
    async with asyncio.timeout(5):  # every place is free again
        for host in ("a", "a", "b"):
            await gate.enter(host)


async def test_downloads_that_take_long_lend_their_places() -> None:
    gate = HostGate(total=4, per_host=2, most_slow=10)
    silent = [await gate.enter(f"silent{n}") for n in range(3)]
    waiting = asyncio.create_task(gate.enter("healthy"))
    also = asyncio.create_task(gate.enter("other"))
    await asyncio.sleep(0)
    assert not waiting.done()
    for place in silent[:2]:
        gate.lend(place)
    async with asyncio.timeout(5):
        gate.exit(await waiting)
        gate.exit(await also)
    for place in silent:
        gate.exit(place, worked=False)
    assert gate.hosts == 0


async def test_when_too_many_take_long_places_are_kept_for_hosts_that_answered() -> None:
    gate = HostGate(total=4, per_host=1, most_slow=2)
    gate.exit(await gate.enter("healthy"))
    silent = [await gate.enter(f"silent{n}") for n in range(2)]
    for place in silent:
        gate.lend(place)
    silent += [await gate.enter(f"more{n}") for n in range(3)]
    for place in silent[2:]:
        gate.lend(place)  # as many as may have done so
    stranger = asyncio.create_task(gate.enter("stranger"))
    async with asyncio.timeout(5):
        healthy = await gate.enter("healthy")
    assert not stranger.done()
    gate.exit(silent[0], worked=False)  # another lends its place in turn
    async with asyncio.timeout(5):
        gate.exit(await stranger)
    gate.exit(healthy)
