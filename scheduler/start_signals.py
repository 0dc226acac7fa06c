"""Signals that come before the daemon is up, held until there is somebody to act on them.

Until then they would do what they do to any process: SIGHUP, which asks to read the configuration
again, would end it. Loads nothing of ours, so that it can be in force before anything else is.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Sequence
from pathlib import PurePath
from types import FrameType

_PROGRAMS = frozenset({"wirewatch", "-m"})
"""What `sys.argv` begins with in our own process; while `python -m` looks for us it is `-m`."""


class StartSignals:
    """What was asked of the process while it started."""

    def __init__(self) -> None:
        self.reload = False
        """Whether to read the configuration again: what was read may have been the old one."""
        self.stop = False
        """Whether to end. Also kept, since a library may swallow what ends the process."""

    def hold(self) -> None:
        """Remember SIGHUP; end the process in good order on SIGTERM and Ctrl-C.

        In force until the daemon's loop takes the signals over. Does nothing in another thread
        than the main one, where Python has no say over signals.
        """
        if threading.current_thread() is not threading.main_thread():
            return
        signal.signal(signal.SIGHUP, self._remember)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)

    def hold_for(self, argv: Sequence[str]) -> None:
        """Do so if this process is to become the daemon; any other command ends as usual."""
        daemon = argv[1:2] == ["run"] and "--once" not in argv
        if daemon and PurePath(argv[0]).name in _PROGRAMS:
            self.hold()

    def _remember(self, _number: int, _frame: FrameType | None) -> None:
        self.reload = True

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self.stop = True
        # Nothing is under way yet, and a migration is a transaction: what is open is undone.
        raise SystemExit(0)


START_SIGNALS = StartSignals()
"""Of this process, which has one set of signals."""
