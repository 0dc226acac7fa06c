"""`healthcheck` and `doctor` see that due work stays undone, whatever the sign of life says."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from core.clock import FixedClock, utc_now
from scheduler.heartbeat import HEARTBEAT, RUNNING, STARTED
from storage import open_store
from tests.integration.children import wirewatch_here, write_config
from tests.integration.storage.samples import alerted

HOUR = timedelta(hours=1)


def desk(folder: Path, *, started: timedelta, sign: timedelta = timedelta(0)) -> Path:
    """Configure a desk whose daemon lives, and whose only delivery is due for three hours."""
    config = write_config(folder, receivers=[{"name": "desk", "console": {}}])
    now = utc_now()
    database = f"sqlite:///{folder / 'wirewatch.db'}"
    with open_store(database, clock=FixedClock(now - 3 * HOUR)) as store:
        alerted(store, "desk")
        store.heartbeat(STARTED, now - started)
        store.heartbeat(HEARTBEAT, now - sign, RUNNING)
    return config


def test_a_daemon_that_leaves_a_delivery_undone_is_not_well(tmp_path: Path) -> None:
    config = desk(tmp_path, started=4 * HOUR)
    found = wirewatch_here("healthcheck", "-c", str(config), cwd=tmp_path)
    assert found.status == 1
    assert "a delivery of desk is untouched since" in found.out
    checks = wirewatch_here("doctor", "-c", str(config), "--format", "json", cwd=tmp_path).json()
    (daemon,) = (check for check in checks["checks"] if check["name"] == "daemon")
    assert not daemon["ok"]
    assert "probed every five minutes" in daemon["detail"]


def test_a_daemon_that_has_just_started_is_given_time(tmp_path: Path) -> None:
    config = desk(tmp_path, started=HOUR / 6)
    found = wirewatch_here("healthcheck", "-c", str(config), cwd=tmp_path)
    assert (found.status, found.out[:6]) == (0, "alive:")


def test_a_sign_of_life_that_lies_ahead_is_none(tmp_path: Path) -> None:
    config = desk(tmp_path, started=HOUR / 6, sign=-2 * HOUR)
    found = wirewatch_here("healthcheck", "-c", str(config), cwd=tmp_path)
    assert found.status == 1
    assert "the clock was set back" in found.out
