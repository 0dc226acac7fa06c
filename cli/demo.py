"""`wirewatch demo`: the real daemon, the real path, and a newsroom on this machine to watch."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
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
A newsroom is open on this machine: {outlets} outlets in seven languages, publishing as
you watch. One is slow, one fails at first, and a source cannot be read at all,
as outlets do. The daemon is the real one; its alerts appear here as they are
delivered. Lines with >>> say what else happens meanwhile.

{ending}
From a second terminal you can look at it, too:

  export WIREWATCH_CONFIG={config}
  wirewatch alerts list
  wirewatch sources health
  wirewatch web login         another link to the desk
"""
_LINK = """\
The desk, for your browser (once, within ten minutes):
  {link}
"""
_BY_ITSELF = "It ends by itself after {seconds:.0f} seconds, or with Ctrl-C."
_BY_HAND = "It goes on until Ctrl-C."
_CLOSING = """\

{totals}

That was the whole path: feed, article, text, rule, alert, and what people do
with it. To watch real outlets:

  wirewatch init my-desk          writes my-desk/watch.yaml, with comments
  wirewatch check my-desk/watch.yaml
  wirewatch run -c my-desk/watch.yaml

examples/central-asia/watch.yaml holds real outlets of Russia and Central Asia
with rules.
"""


def run_demo(seconds: float) -> int:
    """Run the demonstration for `seconds` (0: until Ctrl-C) and return its exit status."""
    from rich.console import Console

    from cli.demo_playbook import OUTLET, Playbook
    from cli.run import serve_desk
    from cli.status_line import run_with_status
    from demo.config import demo_config
    from demo.newsroom import Newsroom
    from scheduler.daemon import Daemon

    plain = Console(highlight=False)
    with (
        tempfile.TemporaryDirectory(prefix="wirewatch-demo-") as folder,
        Newsroom() as newsroom,
    ):
        config = Path(folder) / "watch.yaml"
        lost = f"{newsroom.urls[OUTLET]}/night-edition.xml"
        config.write_text(
            demo_config(
                newsroom.urls, f"sqlite:///{folder}/demo.db", lost_feed=lost, web=_free_address()
            ),
            encoding="utf-8",
        )
        ending = _BY_ITSELF.format(seconds=seconds) if seconds > 0 else _BY_HAND
        opening = _OPENING.format(outlets=len(newsroom.outlets), ending=ending, config=config)
        plain.print(opening, markup=False, soft_wrap=True)
        played: list[Playbook] = []

        def build(console: Console, on_status: Callable[[DaemonStatus], None] | None) -> Daemon:
            playbook = Playbook(newsroom, config, console)
            played.append(playbook)

            def note(status: DaemonStatus) -> None:
                playbook.note(status)
                if on_status is not None:
                    on_status(status)

            def begin() -> None:
                playbook.start()
                # Beside the daemon's loop: it takes a moment to read the configuration again.
                threading.Thread(target=_print_link, args=(console, config), daemon=True).start()
                _end_after(seconds)

            return Daemon(
                config, console=console, on_status=note, on_started=begin, serve=serve_desk
            )

        status = run_with_status(build)
        for playbook in played:
            playbook.stop()
    totals = "".join(playbook.totals() for playbook in played)
    plain.print(_CLOSING.format(totals=totals), markup=False, soft_wrap=True)
    return status


def _print_link(console: Console, config: Path) -> None:
    """Print a link that logs whoever watches in to the desk of the demonstration."""
    from cli.listing import open_loaded, what_runs
    from cli.web import login_link

    watched = what_runs(config)
    with open_loaded(watched) as store:
        link = login_link(store, watched, None, None)
    console.print(_LINK.format(link=link), markup=False, soft_wrap=True)


def _free_address() -> str:
    """Return where the desk can listen: at its usual port, or where there is room."""
    for port in (8750, 0):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return f"127.0.0.1:{probe.getsockname()[1]}"
    raise OSError("no port is free on 127.0.0.1")


def _end_after(seconds: float) -> None:
    """Stop the daemon the way a person would, with the signal of Ctrl-C."""
    if seconds > 0:
        timer = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGINT))
        timer.daemon = True
        timer.start()


def demo(
    seconds: Annotated[
        float, typer.Option("--for", help="End after so many seconds; 0 runs until Ctrl-C.")
    ] = 90.0,
    log_level: LogLevelOption = LogLevel.ERROR,
) -> None:
    """See it work: the real daemon against a newsroom on this machine, alerts on the terminal."""
    from cli.logs import configure_logs

    configure_logs(LogFormat.TEXT, log_level)
    raise typer.Exit(run_demo(seconds))
