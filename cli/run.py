"""`run`: the daemon, or one pass over everything that is due."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import exits
from cli.options import (
    DEFAULT_CONFIG,
    ConfigOption,
    LogFormat,
    LogFormatOption,
    LogLevel,
    LogLevelOption,
)
from cli.poll import print_pass


def run(
    config: ConfigOption = DEFAULT_CONFIG,
    once: Annotated[
        bool, typer.Option("--once", help="Poll every source, judge, deliver, and end.")
    ] = False,
    log_format: LogFormatOption = LogFormat.TEXT,
    log_level: LogLevelOption = LogLevel.INFO,
) -> None:
    """Watch the sources, and tell people, until stopped.

    SIGTERM or Ctrl-C finishes what is in flight and ends within ten seconds. SIGHUP, or saving
    the file, reloads the configuration; one with errors changes nothing and is reported.
    """
    from cli.logs import configure_logs
    from scheduler.running_config import load_running_config, secrets_in

    mask = configure_logs(log_format, log_level)
    if once:
        from scheduler.single_pass import run_single_pass

        live = load_running_config(config)
        mask.learn(secrets_in(live.config))
        report = run_single_pass(live, list(live.sources), exclusive=True)
        print_pass(report)
        raise typer.Exit(exits.FINDINGS if report.failed else exits.OK)
    from cli.status_line import run_with_status
    from scheduler.daemon import Daemon
    from web.server import serve

    raise typer.Exit(
        run_with_status(
            lambda console, on_status: Daemon(
                config,
                console=console,
                on_loaded=lambda live: mask.learn(secrets_in(live.config)),
                on_status=on_status,
                serve=serve,
            )
        )
    )
