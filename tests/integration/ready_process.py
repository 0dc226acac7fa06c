"""Child processes of `wirewatch` that need not import it first.

A process in which everything is imported waits for orders and forks for each. What comes out is a
process of its own, with the standard streams, folder, environment and signals it was given; it
spares each of many hundred children two seconds of imports. What is about starting itself runs
`python -m cli.main` instead.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import importlib
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[2]
_IMPORTED = (
    "cli.main",
    "crawler.parse.sandbox_preload",
    "crawler.service",
    "scheduler.assembly",
    "scheduler.daemon",
    "scheduler.single_pass",
    "desk.backtest",
    "desk.doctor",
    "desk.explain",
    "desk.preview",
)
_READ_AT_START = ("PYTHON", "LC_", "LANG")
"""How names of variables begin that a process reads before anything of ours runs."""
_ORDER_BYTES = 1 << 18


class ReadyProcess:
    """A child that was started this way; it is waited for and killed as `subprocess.Popen` is."""

    def __init__(self, pid: int, status: socket.socket) -> None:
        """Take over a child; `status` gives its exit status once it has ended."""
        self.pid = pid
        self.returncode: int | None = None
        self._status = status

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit status, negative for a signal. Raises subprocess.TimeoutExpired."""
        if self.returncode is None:
            self._status.settimeout(timeout)
            try:
                told = self._status.recv(16)
            except TimeoutError:
                raise subprocess.TimeoutExpired("wirewatch", timeout or 0.0) from None
            except BlockingIOError:
                raise subprocess.TimeoutExpired("wirewatch", 0.0) from None
            self.returncode = int(told) if told else -signal.SIGKILL
            self._status.close()
        return self.returncode

    def poll(self) -> int | None:
        """Return the exit status, None while it runs."""
        try:
            return self.wait(0.0)
        except subprocess.TimeoutExpired:
            return None

    def send_signal(self, number: int) -> None:
        """Send a signal, unless the child is known to have ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Send SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Send SIGKILL."""
        self.send_signal(signal.SIGKILL)


def start(
    arguments: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    stdin: int,
    stdout: int,
    stderr: int,
) -> ReadyProcess:
    """Start `wirewatch` with these arguments; the streams are file descriptors."""
    ours, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)
    order = json.dumps({"arguments": list(arguments), "cwd": str(cwd), "env": dict(env)}).encode()
    assert len(order) < _ORDER_BYTES
    with theirs:
        socket.send_fds(_server(), [order], [stdin, stdout, stderr, theirs.fileno()])
    pid = ours.recv(16)
    assert pid, "the process that forks has ended"
    return ReadyProcess(int(pid), ours)


def can_start(env: Mapping[str, str]) -> bool:
    """Tell whether a forked child would heed this environment as a new interpreter does."""
    return not any(
        name.startswith(_READ_AT_START) and os.environ.get(name) != value
        for name, value in env.items()
        if name != "PYTHONPATH"
    )


@functools.cache
def _server() -> socket.socket:
    ours, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)
    for side in (ours, theirs):
        side.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2 * _ORDER_BYTES)
    with theirs:
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.ready_process", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            cwd=ROOT,
        )

    def end() -> None:
        ours.close()  # it ends by itself when nobody holds this end, however we ended
        server.wait(10)

    atexit.register(end)
    return ours


def _serve(orders: socket.socket) -> None:
    """Fork for every order. Returns in the children only, each as its order says."""
    running: dict[int, tuple[int, socket.socket]] = {}
    with selectors.DefaultSelector() as selector:
        selector.register(orders, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fd in running:
                    pid, status = running.pop(key.fd)
                    selector.unregister(key.fd)
                    os.close(key.fd)
                    ended = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                    _tell(status, ended)
                    continue
                order, streams, *_ = socket.recv_fds(orders, _ORDER_BYTES, 4)
                if not order:
                    os._exit(0)
                status = socket.socket(fileno=streams.pop())
                pid = os.fork()
                if pid == 0:
                    _become(json.loads(order), streams, [orders, status], running)
                    return
                for stream in streams:
                    os.close(stream)
                _tell(status, pid, last=False)
                ends = os.pidfd_open(pid)
                running[ends] = pid, status
                selector.register(ends, selectors.EVENT_READ)


def _tell(status: socket.socket, number: int, *, last: bool = True) -> None:
    with contextlib.suppress(OSError):  # nobody waits for that child any more
        status.send(str(number).encode())
    if last:
        status.close()


def _become(
    order: Mapping[str, object],
    streams: Sequence[int],
    others: Sequence[socket.socket],
    running: Mapping[int, tuple[int, socket.socket]],
) -> None:
    """Make this fork what it was ordered to be."""
    for known in others:
        known.close()
    for ends, (_, status) in running.items():
        os.close(ends)
        status.close()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    # Anew, too: the old ones believe that they still write to what they were opened on.
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - it stays open
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - as above
    sys.stderr = open(  # noqa: SIM115 - as above
        2, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False
    )
    arguments, environment = order["arguments"], order["env"]
    assert isinstance(arguments, list)
    assert isinstance(environment, dict)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    os.chdir(str(order["cwd"]))
    sys.argv = [str(ROOT / "cli" / "main.py"), *arguments]
    # What it starts itself is to find the program that it would be, had it been started.
    sys.modules["__main__"] = sys.modules["cli.main"]


def _run() -> NoReturn:
    from cli.main import main

    main()
    sys.exit(0)


if __name__ == "__main__":
    for _name in _IMPORTED:
        importlib.import_module(_name)
    assert "twisted.internet.reactor" not in sys.modules, "the reactor is each child's own"
    _serve(socket.socket(fileno=int(sys.argv[1])))
    _run()
