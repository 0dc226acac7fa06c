"""`run`: the daemon, or one pass over everything that is due."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from cli import exits
from cli.options import (
    DEFAULT_CONFIG,
    ConfigOption,
    LogFormat,
    LogFormatOption,
    LogLevel,
)
from cli.poll import print_pass

if TYPE_CHECKING:
    import asyncio

    from core.config.sections.web import WebSection
    from scheduler.assembly import Assembly


def run(
    config: ConfigOption = DEFAULT_CONFIG,
    once: Annotated[
        bool, typer.Option("--once", help="Poll every source, judge, deliver, and end.")
    ] = False,
    log_format: LogFormatOption = LogFormat.TEXT,
    log_level: Annotated[
        LogLevel | None,
        typer.Option(
            "--log-level",
            help="Least important event. Left out: `info`, and `warning` on a terminal, which "
            "shows alerts and one line of status.",
        ),
    ] = None,
) -> None:
    """Watch the sources, and tell people, until stopped.

    SIGTERM or Ctrl-C finishes what is in flight and ends within ten seconds. SIGHUP, or saving
    the file, reloads the configuration; one with errors changes nothing and is reported.
    """
    from cli.logs import configure_logs
    from scheduler.running_config import load_running_config, secrets_in

    quiet = log_format is LogFormat.TEXT and not once and _watched_by_a_person()
    level = log_level or (LogLevel.WARNING if quiet else LogLevel.INFO)
    mask = configure_logs(log_format, level)
    if once:
        from cli.screen import screen_of
        from scheduler.single_pass import run_single_pass

        live = load_running_config(config)
        mask.learn(secrets_in(live.config))
        report = run_single_pass(live, list(live.sources), exclusive=True)
        print_pass(screen_of(live.config), report)
        raise typer.Exit(exits.FINDINGS if report.failed else exits.OK)
    from cli.status_line import run_with_status
    from scheduler.daemon import Daemon

    raise typer.Exit(
        run_with_status(
            lambda console, on_status: Daemon(
                config,
                console=console,
                on_loaded=lambda live: mask.learn(secrets_in(live.config)),
                on_status=on_status,
                serve=serve_desk,
            )
        )
    )


async def serve_desk(parts: Assembly, web: WebSection, stop: asyncio.Event) -> None:
    """Serve the desk. Imported where needed: who has no `web:` loads nothing of it."""
    from desk.context import desk_of
    from web.server import serve

    await serve(desk_of(parts), web, stop)


def _watched_by_a_person() -> bool:
    """Tell whether alerts and log lines would share a terminal with the status line."""
    return sys.stdout.isatty() and sys.stderr.isatty()
