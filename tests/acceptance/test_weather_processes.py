"""Processes of a daemon that are killed or stopped: work goes on, and nothing stays in flight."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from core.sources import EntryStatus
from tests.acceptance.weather import SOON, Healthy, children_of, killed, told, workers_of
from tests.integration.children import Daemon, running_daemon, store_of

REPLACED = 30.0
"""Seconds within which a fork server that was killed is noticed and replaced."""


def nothing_waits(config: Path) -> bool:
    with store_of(config) as store:
        return not store.entries(status=EntryStatus.PENDING, limit=1).items


@pytest.mark.chaos
@pytest.mark.timeout(500)
def test_parser_workers_that_are_killed_again_and_again_lose_nothing(tmp_path: Path) -> None:
    with Healthy() as healthy:
        config = healthy.configure(tmp_path, [])
        with (
            told("parser workers killed again and again", healthy),
            running_daemon(config) as daemon,
        ):
            healthy.warm_up()
            deaths, until, published = 0, time.monotonic() + 20, []
            while time.monotonic() < until:
                published.append(healthy.publish())
                step = time.monotonic() + 0.5
                while time.monotonic() < step:
                    deaths += killed(workers_of(daemon.process.pid))
            assert deaths
            print(f"\n{deaths} workers killed, {len(published)} articles meanwhile")
            for _ in range(3):
                healthy.delay()
            for url in published:
                healthy.arrived(url, timeout=150)
            assert nothing_waits(config)
            assert daemon.stop() == 0
    assert max(healthy.delays) < SOON


@pytest.mark.chaos
@pytest.mark.timeout(500)
@pytest.mark.parametrize("which", ["fork server", "resource tracker", "both", "everything"])
def test_helpers_that_are_killed_are_replaced(tmp_path: Path, which: str) -> None:
    with Healthy() as healthy:
        config = healthy.configure(tmp_path, [])
        with told(f"{which} killed", healthy), running_daemon(config) as daemon:
            healthy.warm_up()
            for _ in range(3):
                _kill(daemon, which)
                healthy.delay()
                _kill(daemon, which)
                killed(workers_of(daemon.process.pid))
                healthy.delay()
            assert nothing_waits(config)
            assert daemon.stop() == 0
    assert max(healthy.delays) < REPLACED


def _kill(daemon: Daemon, which: str) -> None:
    """Kill helpers; the fork server is the one that has children."""
    helpers = children_of(daemon.process.pid)
    if which == "everything":
        deaths = killed([*workers_of(daemon.process.pid), *helpers])
    elif which == "both":
        deaths = killed(helpers)
    else:
        forks = which == "fork server"
        deaths = killed([pid for pid in helpers if bool(children_of(pid)) == forks])
    assert deaths
