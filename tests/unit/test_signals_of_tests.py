"""The tests' own processes can be interrupted, however the run of tests was started."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

SESSION = """
import os, signal, subprocess, sys
from tests.signals import stop_children_from_inheriting_ignored_signals
stop_children_from_inheriting_ignored_signals()
os.kill(os.getpid(), signal.SIGINT)
print("still runs", flush=True)
child = "import signal; print(*(signal.getsignal(n) is signal.SIG_IGN for n in (1, 2, 3, 15)))"
subprocess.run([sys.executable, "-c", child])
"""


def test_children_of_a_session_that_ignores_signals_do_not_ignore_them() -> None:
    done = subprocess.run(
        ["sh", "-c", "trap '' INT QUIT HUP TERM; exec \"$@\"", "sh", sys.executable, "-c", SESSION],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ["still runs", "False False False False"]
