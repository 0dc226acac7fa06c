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
    from storage import open_store

    with open_store(load_config(config).config.database.get_secret_value()) as store:
        current, head = store.schema_revision()
        print_line(f"{store.url_without_secrets}: schema {current}, up to date ({head})")


def doctor(config: ConfigOption = DEFAULT_CONFIG, output: FormatOption = OutputFormat.TEXT) -> None:
    """Check what the daemon needs: configuration, database, parsers, clock, disk.

    Exit status 1 when something is wrong.
    """
    from cli.checkup import run_checkup
    from cli.output import print_json, print_line

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
    from scheduler.heartbeat import HEARTBEAT, STOPPED
    from storage import open_store

    url = load_config(config).config.database.get_secret_value()
    file = url.removeprefix("sqlite:///").partition("?")[0]
    if url.startswith("sqlite:///") and not Path(file).exists():
        print_line("not alive: there is no database yet")
        raise typer.Exit(exits.FINDINGS)
    with open_store(url, migrate=False) as store:
        last = store.last_heartbeat(HEARTBEAT)
    if last is None:
        print_line("not alive: the daemon has never run on this database")
        raise typer.Exit(exits.FINDINGS)
    at, said = last
    if said == STOPPED:
        print_line(f"not alive: the daemon was stopped {cell(at)}")
        raise typer.Exit(exits.FINDINGS)
    age = utc_now() - at
    alive = age <= timedelta(seconds=max_age)
    print_line(f"{'alive' if alive else 'not alive'}: last sign {age.total_seconds():.0f} s ago")
    raise typer.Exit(exits.OK if alive else exits.FINDINGS)


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

    from alerts.receivers import build_receivers
    from cli.logs import configure_logs
    from cli.options import LogFormat, LogLevel
    from cli.output import complain, print_line
    from core.alerting import AttemptOutcome
    from core.clock import utc_now
    from core.config.problems import did_you_mean
    from scheduler.assembly import trial_notice
    from scheduler.live import load_live, secrets_in

    live = load_live(config)
    configure_logs(LogFormat.TEXT, LogLevel.WARNING).learn(secrets_in(live.config))
    receivers = build_receivers(live.config)
    if name not in receivers:
        hint = did_you_mean(name, receivers)
        complain(f"there is no receiver '{name}'" + (f" ({hint})" if hint else ""))
        raise typer.Exit(exits.USAGE)
    receiver = receivers[name]
    notice = trial_notice(live, utc_now())
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
    from alerts.links import links_to_see
    from alerts.receivers import build_receivers
    from alerts.receivers.protocol import Notice
    from cli.listing import not_found
    from cli.output import complain, print_line
    from core.clock import utc_now
    from core.config.problems import did_you_mean
    from scheduler.assembly import trial_notice
    from scheduler.live import load_live
    from storage import open_store

    live = load_live(config)
    receivers = build_receivers(live.config)
    if receiver not in receivers:
        hint = did_you_mean(receiver, receivers)
        complain(f"there is no receiver '{receiver}'" + (f" ({hint})" if hint else ""))
        raise typer.Exit(exits.USAGE)
    notice = trial_notice(live, utc_now())
    if alert is not None:
        with open_store(live.config.database.get_secret_value()) as store:
            found = store.alert(alert)
        if found is None:
            raise not_found(f"alert '{alert}'")
        source = found.article.data.source
        notice = Notice(
            delivery_id="dlv_preview",
            alerts=(found,),
            outlets={source: live.outlet_of(source)},
            sent_at=utc_now(),
            links=links_to_see(live.config.web),
        )
    chosen = receivers[receiver]
    if html is None:
        typer.echo(chosen.preview(notice))
        return
    part = getattr(chosen, "preview_html", None)
    if part is None:
        raise typer.BadParameter(f"'{receiver}' is no mail", param_hint="--html")
    try:
        html.write_text(part(notice), encoding="utf-8")
    except OSError as error:
        raise typer.BadParameter(
            f"{html} cannot be written: {error.strerror}", param_hint="--html"
        ) from None
    print_line(f"written to {html}")
