"""`doctor` and `healthcheck`: is everything in order."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from cli import exits
from cli.options import DEFAULT_CONFIG, ConfigOption, FormatOption, OutputFormat


def doctor(config: ConfigOption = DEFAULT_CONFIG, output: FormatOption = OutputFormat.TEXT) -> None:
    """Check what the daemon needs: configuration, database, parsers, clock, disk.

    Exit status 1 when something is wrong.
    """
    from cli.output import print_json
    from cli.screen import this_screen
    from desk.doctor import run_checkup

    findings = run_checkup(config)
    if output is OutputFormat.JSON:
        print_json({"ok": all(finding.ok for finding in findings), "checks": findings})
    else:
        screen = this_screen()
        for finding in findings:
            said = "FAIL" if not finding.ok else "warn" if finding.warning else "ok  "
            screen.entries([(f"{said}  {finding.name}", finding.detail)], label=20)
    raise typer.Exit(exits.OK if all(finding.ok for finding in findings) else exits.FINDINGS)


def healthcheck(
    config: ConfigOption = DEFAULT_CONFIG,
    max_age: Annotated[
        int, typer.Option(help="Oldest sign of life, in seconds, that counts as alive.")
    ] = 60,
) -> None:
    """Tell whether the daemon is alive and does what is due. For containers and monitors.

    Exit status 0: it is. 1: it gave no sign of life lately, or leaves due work undone. A broken
    configuration file is shown, and is no reason for 1: the daemon goes on with the last good one.
    """
    from cli.listing import what_runs
    from cli.screen import screen_of
    from desk.pulse import Life, in_words, pulse

    watched = what_runs(config)
    screen = screen_of(watched)
    found = pulse(watched, screen.now, timedelta(seconds=max_age))
    match found.life:
        case Life.NO_DATABASE:
            screen.line("not alive: there is no database yet")
        case Life.NEVER_RAN:
            screen.line("not alive: the daemon has never run on this database")
        case Life.STOPPED:
            screen.line(f"not alive: the daemon was stopped {screen.when(found.at)}")
        case Life.AHEAD:
            at = screen.when(found.at)
            screen.line(f"not alive: its last sign lies ahead, {at}; the clock was set back")
        case Life.IDLE:
            for left in found.untouched:
                screen.line(f"not well: {in_words(left)}")
        case Life.SILENT | Life.ALIVE:
            age = (screen.now - found.at).total_seconds() if found.at else 0.0
            said = "alive" if found.life is Life.ALIVE else "not alive"
            screen.line(f"{said}: last sign {age:.0f} s ago")
    if found.refused is not None:
        refused = found.refused
        screen.line(
            f"the last good configuration runs, since {screen.when(refused.at)}: {refused.said}"
        )
    raise typer.Exit(exits.OK if found.life is Life.ALIVE else exits.FINDINGS)
