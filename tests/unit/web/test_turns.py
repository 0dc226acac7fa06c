"""Pages are made in turns: few at once, and one client's hundreds keep nobody else waiting."""

from __future__ import annotations

import asyncio

import pytest

from web.turns import NoTurnError, Refusal, Turns


class Pages:
    """Pages that are made until they are told to end."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self.begun: list[str] = []
        self._ends: dict[str, asyncio.Event] = {}

    def ask(self, client: str, name: str) -> asyncio.Task[None]:
        self._ends[name] = asyncio.Event()
        return asyncio.create_task(self._make(client, name))

    async def _make(self, client: str, name: str) -> None:
        async with self._turns.turn(client):
            self.begun.append(name)
            await self._ends[name].wait()

    async def end(self, name: str) -> None:
        self._ends[name].set()
        await settled()


async def settled() -> None:
    """Let everything go on that can."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_few_are_made_at_once_and_of_one_client_fewer() -> None:
    pages = Pages(Turns(at_once=3, of_one=2))
    asked = [pages.ask("a", name) for name in ("a1", "a2", "a3")]
    asked += [pages.ask("b", name) for name in ("b1", "b2")]
    await settled()
    assert pages.begun == ["a1", "a2", "b1"]
    for name in ("a1", "a2", "b1", "a3", "b2"):
        await pages.end(name)
    assert all(task.done() for task in asked)


async def test_clients_come_in_turns_however_many_one_asks_for() -> None:
    pages = Pages(Turns(at_once=1, of_one=1))
    asked = [pages.ask("greedy", f"g{number}") for number in range(5)]
    await settled()
    asked.append(pages.ask("modest", "m"))
    await settled()
    await pages.end("g0")
    await pages.end("g1")
    assert pages.begun == ["g0", "g1", "m"]
    for task in asked:
        task.cancel()
    await asyncio.gather(*asked, return_exceptions=True)


async def test_who_asks_for_too_many_is_refused_and_others_are_not() -> None:
    turns = Turns(at_once=1, of_one=1, waiting_of_one=2, waiting=3)
    pages = Pages(turns)
    asked = [pages.ask("greedy", f"g{number}") for number in range(3)]
    await settled()
    with pytest.raises(NoTurnError) as refused:
        async with turns.turn("greedy"):
            pass
    assert refused.value.refusal is Refusal.TOO_MANY_OF_ONE
    asked.append(pages.ask("modest", "m"))
    await settled()
    with pytest.raises(NoTurnError) as full:
        async with turns.turn("third"):
            pass
    assert full.value.refusal is Refusal.TOO_MANY
    for task in asked:
        task.cancel()
    await asyncio.gather(*asked, return_exceptions=True)


async def test_who_leaves_while_waiting_keeps_no_turn() -> None:
    pages = Pages(Turns(at_once=1, of_one=1))
    first, second, third = (pages.ask("a", name) for name in ("1", "2", "3"))
    await settled()
    second.cancel()
    await settled()
    await pages.end("1")
    assert pages.begun == ["1", "3"]
    await pages.end("3")
    last = pages.ask("b", "4")
    await settled()
    assert pages.begun[-1] == "4"
    await pages.end("4")
    assert all(task.done() for task in (first, second, third, last))


async def test_who_leaves_as_its_turn_comes_takes_none_and_stops_nobody() -> None:
    pages = Pages(Turns(at_once=1, of_one=1))
    first, second, third = (pages.ask("a", name) for name in ("1", "2", "3"))
    await settled()
    second.cancel()
    first.cancel()
    await settled()
    assert pages.begun == ["1", "3"]
    await pages.end("3")
    assert all(task.done() for task in (first, second, third))
