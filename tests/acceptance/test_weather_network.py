"""Outlets that never answer, names that never resolve: a healthy outlet is heard all the same."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.acceptance.weather import SOON, Crowd, Healthy, rss, told
from tests.integration.children import running_daemon


async def never(_: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


@pytest.mark.chaos
@pytest.mark.timeout(400)
@pytest.mark.parametrize("count", [60, 300])
def test_outlets_that_accept_and_never_answer_hold_nobody_up(tmp_path: Path, count: int) -> None:
    with Healthy() as healthy, Crowd(count, lambda _host, _path: never) as dead:
        sources = [
            {"name": f"dead-{n}", "feed": f"http://{host}/feed", "every": "5s"}
            for n, host in enumerate(dead.hosts)
        ]
        config = healthy.configure(tmp_path, sources)
        with told(f"{count} outlets that never answer", healthy), running_daemon(config) as daemon:
            for _ in range(4):
                healthy.delay()
            assert daemon.stop() == 0
    assert max(healthy.delays) < SOON
