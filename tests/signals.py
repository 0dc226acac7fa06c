"""Signals as a terminal would give them to the processes that tests start.

A script that runs the tests in the background lets them ignore SIGINT and SIGQUIT, `nohup` SIGHUP.
An ignored signal is inherited by every child; one that is caught is not.
"""

from __future__ import annotations

import signal
from types import FrameType

_OFTEN_IGNORED = (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTERM)


def stop_children_from_inheriting_ignored_signals() -> None:
    """Catch what this process was started to ignore, and do nothing about it.

    The process itself goes on ignoring it, as its caller wished; its children do not.
    """
    for number in _OFTEN_IGNORED:
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, _go_on)


def _go_on(_number: int, _frame: FrameType | None) -> None:
    """Stand in for SIG_IGN."""
