"""`test-receiver` and `preview`: what a receiver would be sent, and what it answers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import exits
from cli.options import DEFAULT_CONFIG, ConfigOption


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
    from core.alerting.deliveries import AttemptOutcome
    from core.clock import utc_now
    from desk import receivers as desk
    from desk.errors import UnknownNameError
    from scheduler.running_config import load_running_config, secrets_in

    live = load_running_config(config)
    configure_logs(LogFormat.TEXT, LogLevel.WARNING).learn(secrets_in(live.config))
    try:
        receiver = desk.receiver_named(live.config, name)
    except UnknownNameError as error:
        complain(error.message)
        raise typer.Exit(exits.USAGE) from None
    message = desk.trial_message(live, name, utc_now())
    if preview:
        typer.echo(receiver.preview(message))
        return

    result = asyncio.run(desk.send_once(receiver, message))
    status = f" ({result.status_code})" if result.status_code else ""
    print_line(f"{name} ({receiver.kind}): {result.outcome.value}{status} {result.detail}")
    accepted = result.outcome is AttemptOutcome.DELIVERED
    raise typer.Exit(exits.OK if accepted else exits.FINDINGS)


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
    from desk.names import named_alert
    from scheduler.running_config import load_running_config

    live, now = load_running_config(config), utc_now()
    try:
        chosen = desk.receiver_named(live.config, receiver)
    except UnknownNameError as error:
        complain(error.message)
        raise typer.Exit(exits.USAGE) from None
    message = desk.trial_message(live, receiver, now)
    if alert is not None:
        with open_loaded(live.config) as store:
            wanted = named_alert(store, alert)
            message = desk.message_about(store, live, receiver, wanted, now)
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
