"""`doctor`, `healthcheck`, `test-receiver` and `db`: is everything in order."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from cli import exits
from cli.options import DEFAULT_CONFIG, ConfigOption, FormatOption, OutputFormat

db = typer.Typer(name="db", help="The database's schema.", no_args_is_help=True)


@db.command("upgrade")
def upgrade(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Bring the database to the schema of this version. Safe to repeat, even at the same time."""
    from cli.output import print_line
    from core.config import load_config
    from desk import database

    state = database.upgrade(load_config(config).config)
    print_line(f"{state.database}: schema {state.current}, up to date ({state.newest})")


def doctor(config: ConfigOption = DEFAULT_CONFIG, output: FormatOption = OutputFormat.TEXT) -> None:
    """Check what the daemon needs: configuration, database, parsers, clock, disk.

    Exit status 1 when something is wrong.
    """
    from cli.output import print_json, print_line
    from desk.doctor import run_checkup

    findings = run_checkup(config)
    if output is OutputFormat.JSON:
        print_json({"ok": all(one.ok for one in findings), "checks": findings})
    else:
        for one in findings:
            print_line(f"{'ok  ' if one.ok else 'FAIL'}  {one.name:<14} {one.detail}")
    raise typer.Exit(exits.OK if all(one.ok for one in findings) else exits.FINDINGS)


def healthcheck(
    config: ConfigOption = DEFAULT_CONFIG,
    max_age: Annotated[
        int, typer.Option(help="Oldest sign of life, in seconds, that counts as alive.")
    ] = 60,
) -> None:
    """Tell whether the daemon gave a sign of life lately. For containers and monitors.

    Exit status 0: alive. 1: not.
    """
    from cli.output import cell, print_line
    from core.clock import utc_now
    from core.config import load_config
    from desk.pulse import Life, pulse

    now = utc_now()
    found = pulse(load_config(config).config, now, timedelta(seconds=max_age))
    match found.life:
        case Life.NO_DATABASE:
            print_line("not alive: there is no database yet")
        case Life.NEVER_RAN:
            print_line("not alive: the daemon has never run on this database")
        case Life.STOPPED:
            print_line(f"not alive: the daemon was stopped {cell(found.at)}")
        case Life.SILENT | Life.ALIVE:
            age = (now - found.at).total_seconds() if found.at else 0.0
            said = "alive" if found.life is Life.ALIVE else "not alive"
            print_line(f"{said}: last sign {age:.0f} s ago")
    raise typer.Exit(exits.OK if found.life is Life.ALIVE else exits.FINDINGS)


def try_receiver(
    name: Annotated[str, typer.Argument(help="Name of the receiver.")],
    config: ConfigOption = DEFAULT_CONFIG,
    preview: Annotated[
        bool, typer.Option("--preview", help="Only show what would be sent.")
    ] = False,
) -> None:
    """Send a real sample through the real path, and show what the receiver answered.

    Exit status 1 when it was not accepted.
    """
    import asyncio

    from cli.logs import configure_logs
    from cli.options import LogFormat, LogLevel
    from cli.output import complain, print_line
    from core.alerting import AttemptOutcome
    from core.clock import utc_now
    from desk import receivers as desk
    from desk.errors import UnknownNameError
    from scheduler.running_config import load_live, secrets_in

    live = load_live(config)
    configure_logs(LogFormat.TEXT, LogLevel.WARNING).learn(secrets_in(live.config))
    try:
        receiver = desk.receiver_named(live.config, name)
    except UnknownNameError as error:
        complain(error.message)
        raise typer.Exit(exits.USAGE) from None
    notice = desk.sample_message(live, utc_now())
    if preview:
        typer.echo(receiver.preview(notice))
        return

    async def send() -> bool:
        try:
            result = await receiver.send(notice)
        finally:
            await receiver.close()
        status = f" ({result.status_code})" if result.status_code else ""
        print_line(f"{name} ({receiver.kind}): {result.outcome.value}{status} {result.detail}")
        return result.outcome is AttemptOutcome.DELIVERED

    raise typer.Exit(exits.OK if asyncio.run(send()) else exits.FINDINGS)


def preview(
    receiver: Annotated[str, typer.Option(help="Name of the receiver.")],
    alert: Annotated[
        str | None, typer.Option(help="Id of an alert; a sample without.", metavar="ID")
    ] = None,
    html: Annotated[
        Path | None, typer.Option(help="Write a mail's HTML part into this file.", metavar="FILE")
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Show what a receiver would be sent. Sends nothing."""
    from cli.listing import open_loaded
    from cli.output import complain, print_line
    from core.clock import utc_now
    from desk import receivers as desk
    from desk.errors import UnknownNameError
    from scheduler.running_config import load_live

    live, now = load_live(config), utc_now()
    try:
        chosen = desk.receiver_named(live.config, receiver)
    except UnknownNameError as error:
        complain(error.message)
        raise typer.Exit(exits.USAGE) from None
    message = desk.sample_message(live, now)
    if alert is not None:
        with open_loaded(live.config) as store:
            message = desk.message_about(store, live, alert, now)
    if html is None:
        typer.echo(chosen.preview(message))
        return
    page = desk.mail_page(chosen, message)
    if page is None:
        raise typer.BadParameter(f"'{receiver}' is no mail", param_hint="--html")
    try:
        html.write_text(page, encoding="utf-8")
    except OSError as error:
        raise typer.BadParameter(
            f"{html} cannot be written: {error.strerror}", param_hint="--html"
        ) from None
    print_line(f"written to {html}")
