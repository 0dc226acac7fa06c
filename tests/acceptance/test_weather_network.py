"""Outlets that never answer, names that never resolve: a healthy outlet is heard all the same."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest

from tests.acceptance.weather import SOON, Crowd, Healthy, told
from tests.integration.children import running_daemon, store_of


async def never(_: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


@pytest.mark.chaos
@pytest.mark.timeout(400)
def test_outlets_that_accept_and_never_answer_hold_nobody_up(tmp_path: Path) -> None:
    with Healthy() as healthy, Crowd(300, lambda _host, _path: never) as silent:
        sources = [
            {"name": f"silent-{n}", "feed": f"http://{host}/feed", "every": "5s"}
            for n, host in enumerate(silent.hosts)
        ]
        config = healthy.configure(tmp_path, sources)
        with told("300 outlets never answer", healthy), running_daemon(config) as daemon:
            healthy.warm_up()
            while len(silent.asked) < len(silent.hosts):
                healthy.delay()
            healthy.delay()
            assert daemon.stop() == 0
    assert max(healthy.delays) < SOON


@pytest.mark.chaos
@pytest.mark.timeout(400)
def test_names_whose_servers_never_answer_hold_nobody_up(tmp_path: Path) -> None:
    names: dict[str, list[list[str]] | None] = {f"n{n}.example": None for n in range(300)}
    with Healthy() as healthy:
        sources = [
            {"name": f"silent-{n}", "feed": f"http://{name}/feed", "every": "5s"}
            for n, name in enumerate(names)
        ]
        (tmp_path / "names.json").write_text(json.dumps(names), encoding="utf-8")
        through = [sys.executable, "-m", "tests.integration.fake_names", "names.json"]
        config = healthy.configure(tmp_path, sources)
        with (
            told("300 names never resolve", healthy),
            running_daemon(config, through=through) as daemon,
            store_of(config) as store,
        ):
            healthy.warm_up()
            while sum(state.last_polled_at is not None for state in store.source_states()) < 290:
                healthy.delay()
            assert daemon.stop() == 0
    assert max(healthy.delays) < SOON
