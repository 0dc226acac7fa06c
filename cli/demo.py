"""`wirewatch demo`: the real daemon, the real path, and a newsroom on this machine to watch."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import LogFormat, LogLevel, LogLevelOption

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from scheduler.daemon import Daemon
    from scheduler.status import DaemonStatus

_OPENING = """\
A newsroom is open on this machine: {outlets} outlets in seven languages, publishing as you watch.
One of them is slow and one fails at first, as outlets do. The daemon is the real one; its alerts
appear here as they are delivered.
"""
_CLOSING = """\

That was the whole path: feed, article, text, rule, alert. To watch real outlets:

  wirewatch init my-desk          writes my-desk/watch.yaml, with comments
  wirewatch check my-desk/watch.yaml
  wirewatch run -c my-desk/watch.yaml

examples/central-asia/watch.yaml holds real outlets of Russia and Central Asia with rules.
"""


def run_demo(seconds: float) -> int:
    """Run the demonstration for `seconds` (0: until Ctrl-C) and return its exit status."""
    from rich.console import Console

    from cli.status_line import run_with_status
    from demo.config import demo_config
    from demo.newsroom import Newsroom
    from scheduler.daemon import Daemon

    with (
        tempfile.TemporaryDirectory(prefix="wirewatch-demo-") as folder,
        Newsroom() as newsroom,
    ):
        config = Path(folder) / "watch.yaml"
        config.write_text(
            demo_config(newsroom.urls, f"sqlite:///{folder}/demo.db"), encoding="utf-8"
        )

        def build(console: Console, on_status: Callable[[DaemonStatus], None] | None) -> Daemon:
            console.print(_OPENING.format(outlets=len(newsroom.outlets)), markup=False)
            return Daemon(
                config,
                console=console,
                on_status=on_status,
                on_started=lambda: _end_after(seconds),
            )

        status = run_with_status(build)
    Console(highlight=False).print(_CLOSING, markup=False)
    return status


def _end_after(seconds: float) -> None:
    """Stop the daemon the way a person would, with the signal of Ctrl-C."""
    if seconds > 0:
        timer = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGINT))
        timer.daemon = True
        timer.start()


def demo(
    seconds: Annotated[
        float, typer.Option("--for", help="End after so many seconds; 0 runs until Ctrl-C.")
    ] = 40.0,
    log_level: LogLevelOption = LogLevel.ERROR,
) -> None:
    """See it work: the real daemon against a newsroom on this machine, alerts on the terminal."""
    from cli.logs import configure_logs

    configure_logs(LogFormat.TEXT, log_level)
    raise typer.Exit(run_demo(seconds))
