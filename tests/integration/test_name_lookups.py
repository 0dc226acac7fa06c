"""Look-ups in threads: names that are silent hold nobody up, and not the process either."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from core.name_lookups import NameLookups, look_up

ROOT = Path(__file__).parents[2]


class Resolver:
    """Names that hang until the end of the test, and others."""

    def __init__(self) -> None:
        self.end = threading.Event()
        self.asked: list[str] = []
        self.answers: dict[str, object] = {}
        self._changed = threading.Condition()

    def ask(self, lookups: NameLookups, host: str) -> None:
        def call() -> str:
            self.asked.append(host)
            if host.startswith("silent"):
                self.end.wait(30)
            return host

        def done(_worked: bool, result: object) -> None:
            with self._changed:
                self.answers[host] = result
                self._changed.notify_all()

        lookups.start(host, call, done)

    def wait_for(self, host: str) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: host in self.answers, 10)


def test_three_hundred_silent_names_do_not_hold_up_one_that_nobody_knows_yet() -> None:
    resolver, lookups = Resolver(), NameLookups()
    for number in range(300):
        resolver.ask(lookups, f"silent{number}")
    resolver.ask(lookups, "healthy")
    resolver.wait_for("healthy")
    assert len(resolver.answers) == 1
    resolver.end.set()


def test_one_that_answered_has_threads_of_its_own_when_all_others_are_taken() -> None:
    few = {"answering": 1, "unknown": 2, "silent": 1}
    resolver, lookups = Resolver(), NameLookups(few)
    resolver.ask(lookups, "healthy")
    resolver.wait_for("healthy")
    for number in range(5):
        resolver.ask(lookups, f"silent{number}")
    resolver.ask(lookups, "stranger")
    resolver.answers.clear()
    resolver.ask(lookups, "healthy")
    resolver.wait_for("healthy")
    assert "stranger" not in resolver.answers
    resolver.end.set()
    resolver.wait_for("stranger")


async def test_an_answer_and_an_error_come_as_from_the_system() -> None:
    assert {place[4][0] for place in await look_up("localhost", 80)} <= {"127.0.0.1", "::1"}
    with pytest.raises(UnicodeError):
        await look_up("a..b", 80)


async def test_who_goes_away_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    end = threading.Event()

    def silent(*_: object, **__: object) -> list[object]:
        end.wait(30)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    task = asyncio.create_task(look_up("silent.example", 80))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    end.set()


def test_a_process_ends_while_a_name_is_looked_up() -> None:
    script = (
        "import threading; from core.name_lookups import LOOKUPS;"
        "LOOKUPS.start('a', threading.Event().wait, print); print('over')"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, timeout=60, check=True
    )
    assert ended.stdout == b"over\n"
