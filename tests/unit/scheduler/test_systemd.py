from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from scheduler.systemd import notify, reloading, watchdog_seconds


@pytest.fixture(params=["file", "abstract"])
def manager(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[socket.socket]:
    """Give the service manager's end of the socket, on disk and in the abstract namespace."""
    with TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        name = f"wirewatch-{uuid.uuid4()}"
        shown = str(Path(folder) / "notify") if request.param == "file" else f"@{name}"
        end.bind(shown if request.param == "file" else f"\0{name}")
        end.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", shown)
        yield end


def test_states_arrive_as_one_datagram(manager: socket.socket) -> None:
    assert notify("READY=1", "STATUS=watching 3 sources")
    assert manager.recv(1000) == b"READY=1\nSTATUS=watching 3 sources"


def test_a_reload_says_when_it_began(manager: socket.socket) -> None:
    assert reloading()
    first, second = manager.recv(1000).decode().split("\n")
    assert first == "RELOADING=1"
    name, _, value = second.partition("=")
    assert name == "MONOTONIC_USEC"
    assert int(value) > 0


@pytest.mark.parametrize("address", ["", "relative", "/nowhere/at/all", "@nobody-listens"])
def test_without_a_manager_nothing_happens(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    assert notify("READY=1") is False


def test_a_manager_that_went_away_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end, TemporaryDirectory() as folder:
        path = str(Path(folder) / "notify")
        end.bind(path)
        monkeypatch.setenv("NOTIFY_SOCKET", path)
        assert notify("READY=1")
        end.close()
        assert notify("READY=1") is False


@pytest.mark.parametrize(
    ("limit", "pid", "seconds"),
    [
        ("30000000", None, 15.0),
        ("30000000", "ours", 15.0),
        ("30000000", "1", None),  # meant for another process
        ("0", None, None),
        ("-5", None, None),
        ("soon", None, None),
        ("", None, None),
    ],
)
def test_a_sign_of_life_is_due_twice_in_the_managers_limit(
    monkeypatch: pytest.MonkeyPatch, limit: str, pid: str | None, seconds: float | None
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", limit)
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    if pid is not None:
        monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()) if pid == "ours" else pid)
    assert watchdog_seconds() == seconds
