"""What reaches `wirewatch run` while it starts: signals, and a second daemon.

A pipe among the files of the configuration holds the start at a place that a test chooses: the
daemon waits there until the test has written its part.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.integration.children import running_daemon, starting_daemon, wirewatch, write_config

RULE = "rules:\n- {id: first, any: [zeppelin]}\n"


@pytest.fixture
def held_up(tmp_path: Path) -> Path:
    """Return a configuration at whose included file the daemon stands until it is written."""
    os.mkfifo(tmp_path / "more.yaml")
    return write_config(tmp_path, include=["more.yaml"])


@contextmanager
def reading(config: Path) -> Iterator[int]:
    """Give the end of the pipe that the daemon waits at, once it does."""
    end = os.open(config.parent / "more.yaml", os.O_WRONLY)  # waits for the reader
    try:
        yield end
    finally:
        os.close(end)


def test_a_sighup_before_it_is_up_makes_it_read_the_configuration_again(held_up: Path) -> None:
    with starting_daemon(held_up) as daemon:
        with reading(held_up) as end:
            newer = held_up.parent / "newer.yaml"
            newer.write_text(RULE + "- {id: second, any: [blimp]}\n", encoding="utf-8")
            newer.replace(held_up.parent / "more.yaml")
            daemon.send(signal.SIGHUP)
            os.write(end, RULE.encode())
        assert '"rules": 1' in daemon.wait_for_event('"started"')
        daemon.wait_for_event("configuration reloaded")
        assert daemon.stop() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_before_it_is_up_ends_it_in_good_order(
    held_up: Path, number: signal.Signals
) -> None:
    with starting_daemon(held_up) as daemon, reading(held_up):
        daemon.send(number)
        assert daemon.process.wait(20) == 0
    assert not daemon.lines.those(lambda line: '"started"' in line or "Traceback" in line)
    assert not (held_up.parent / "wirewatch.db").exists()


def by_a_symbolic_link(database: Path) -> Path:
    name = database.with_name("elsewhere.db")
    name.symlink_to(database)
    return name


def by_a_hard_link(database: Path) -> Path:
    name = database.with_name("elsewhere.db")
    name.hardlink_to(database)
    return name


def by_a_folder_that_is_a_link(database: Path) -> Path:
    folder = database.parent / "elsewhere"
    folder.symlink_to(database.parent)
    return folder / database.name


@pytest.mark.parametrize(
    "other_name", [by_a_symbolic_link, by_a_hard_link, by_a_folder_that_is_a_link]
)
@pytest.mark.parametrize("once", [(), ("--once",)])
def test_a_second_one_is_refused_by_whichever_name_it_knows_the_database(
    tmp_path: Path, other_name: Callable[[Path], Path], once: tuple[str, ...]
) -> None:
    with running_daemon(write_config(tmp_path)) as daemon:
        name = other_name(tmp_path / "wirewatch.db")
        beside = tmp_path / "beside"
        beside.mkdir()
        config = write_config(beside, database=f"sqlite:///{name}")
        second = wirewatch("run", *once, "-c", str(config), cwd=tmp_path)
        assert second.status == 1
        assert "another wirewatch" in second.err
        assert "Traceback" not in second.err
        assert daemon.stop() == 0
    free = wirewatch("run", "--once", "-c", str(config), cwd=tmp_path)
    assert free.status == 0, free.err


def test_the_lock_leaves_other_commands_their_way_to_the_database(tmp_path: Path) -> None:
    config = write_config(tmp_path)
    with running_daemon(config) as daemon:
        for _ in range(3):  # each opens the file anew and closes it
            assert wirewatch("alerts", "list", "-c", str(config), cwd=tmp_path).status == 0
        second = wirewatch("run", "-c", str(config), cwd=tmp_path)
        assert f"process {daemon.process.pid}" in second.err


def test_a_database_through_a_link_that_leads_nowhere_yet_is_made_there(tmp_path: Path) -> None:
    (tmp_path / "wirewatch.db").symlink_to(tmp_path / "data.db")
    done = wirewatch("run", "--once", "-c", str(write_config(tmp_path)), cwd=tmp_path)
    assert done.status == 0, done.err
    assert (tmp_path / "data.db").stat().st_mode & 0o777 == 0o600
