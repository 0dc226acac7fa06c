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
    from cli.output import print_json, print_line
    from desk.doctor import run_checkup

    findings = run_checkup(config)
    if output is OutputFormat.JSON:
        print_json({"ok": all(finding.ok for finding in findings), "checks": findings})
    else:
        for finding in findings:
            said = "FAIL" if not finding.ok else "warn" if finding.warning else "ok  "
            print_line(f"{said}  {finding.name:<14} {finding.detail}")
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
    from cli.output import cell, print_line
    from core.clock import utc_now
    from desk.pulse import Life, in_words, pulse

    now = utc_now()
    found = pulse(what_runs(config), now, timedelta(seconds=max_age))
    match found.life:
        case Life.NO_DATABASE:
            print_line("not alive: there is no database yet")
        case Life.NEVER_RAN:
            print_line("not alive: the daemon has never run on this database")
        case Life.STOPPED:
            print_line(f"not alive: the daemon was stopped {cell(found.at)}")
        case Life.AHEAD:
            print_line(
                f"not alive: its last sign lies ahead, {cell(found.at)}; the clock was set back"
            )
        case Life.IDLE:
            for left in found.untouched:
                print_line(f"not well: {in_words(left)}")
        case Life.SILENT | Life.ALIVE:
            age = (now - found.at).total_seconds() if found.at else 0.0
            said = "alive" if found.life is Life.ALIVE else "not alive"
            print_line(f"{said}: last sign {age:.0f} s ago")
    if found.refused is not None:
        refused = found.refused
        print_line(f"the last good configuration runs, since {cell(refused.at)}: {refused.said}")
    raise typer.Exit(exits.OK if found.life is Life.ALIVE else exits.FINDINGS)
