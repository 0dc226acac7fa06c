"""`deliveries list`, `show` and `retry`: what was sent to whom, and sending it again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cli import exits
from cli.age import moment_ago
from cli.listing import cursor_of, open_configured, show_page
from cli.options import (
    DEFAULT_CONFIG,
    AfterOption,
    ConfigOption,
    FormatOption,
    LimitOption,
    OutputFormat,
)
from core.alerting.deliveries import DeliveryStatus

deliveries = typer.Typer(
    name="deliveries", help="What was sent to whom, and their answers.", no_args_is_help=True
)


@deliveries.command("list")
def list_deliveries(
    config: ConfigOption = DEFAULT_CONFIG,
    status: Annotated[
        str | None,
        typer.Option(help="Only `pending`, `delivered`, `dead`, `folded` or `readdressed` ones."),
    ] = None,
    receiver: Annotated[str | None, typer.Option(help="Only of this receiver.")] = None,
    limit: LimitOption = 50,
    after: AfterOption = None,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """List deliveries, newest first."""
    try:
        wanted = DeliveryStatus(status) if status else None
    except ValueError:
        known = "pending, delivered, dead, folded or readdressed"
        raise typer.BadParameter(f"{status!r} is not {known}") from None
    with open_configured(config) as store:
        page = store.deliveries(
            status=wanted, receiver=receiver, after=cursor_of(after), limit=limit
        )
    show_page(
        page,
        output,
        ("id", "created", "receiver", "status", "attempts", "next attempt", "last answer"),
        lambda delivery: (
            delivery.id,
            delivery.created_at,
            delivery.receiver,
            delivery.status,
            delivery.attempts,
            delivery.next_attempt_at,
            delivery.last_detail,
        ),
    )


@deliveries.command("show")
def show_delivery(
    delivery_id: Annotated[str, typer.Argument(metavar="ID", help="The delivery's id.")],
    config: ConfigOption = DEFAULT_CONFIG,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Show every attempt of a delivery and what the receiver answered."""
    from cli.output import cell, print_json, print_line, print_table
    from desk.deliveries import sheet

    with open_configured(config) as store:
        found = sheet(store, delivery_id)
    delivery, attempts = found.delivery, found.attempts
    if output is OutputFormat.JSON:
        print_json(attempts)
        return
    print_table(
        ("attempt", "started", "outcome", "status", "answer"),
        [
            (
                attempt.number,
                attempt.started_at,
                attempt.outcome,
                attempt.status_code,
                attempt.detail,
            )
            for attempt in attempts
        ],
    )
    if delivery.next_attempt_at is not None:
        first = "the next" if attempts else "the first"
        print_line(f"{delivery.status}: {first} attempt is due {cell(delivery.next_attempt_at)}")


@deliveries.command("retry")
def retry_deliveries(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Deliveries.")] = None,
    receiver: Annotated[str | None, typer.Option(help="All of this receiver.")] = None,
    rule: Annotated[str | None, typer.Option(help="Those led by an alert of this rule.")] = None,
    since: Annotated[
        str | None, typer.Option(help="Those made since, such as 2d.", metavar="AGE")
    ] = None,
    delivered: Annotated[
        bool, typer.Option("--delivered", help="Delivered ones, once more under their old id.")
    ] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="All that were given up or wait.")
    ] = False,
    dead: Annotated[
        bool, typer.Option("--dead", help="With --to: only what was given up, not what waits.")
    ] = False,
    to: Annotated[
        str | None,
        typer.Option(help="Send it to this receiver instead, who is not told twice."),
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Send again what was given up, and at once what waits for its next attempt.

    They become due now, and the daemon takes them. Exit status 1 when there is none.
    """
    from cli.output import print_line

    if dead and to is None:
        raise typer.BadParameter("--dead goes with --to RECEIVER; without it use --all")
    if not (ids or receiver or rule or since or everything or dead):
        raise typer.BadParameter("name a delivery, or use --receiver, --rule, --since or --all")
    start = None if since is None else moment_ago(since, "--since", "2d")
    if to is not None:
        if delivered:
            raise typer.BadParameter("--to is for what was not delivered")
        revived = _send_to(config, to, ids or (), receiver, rule, start, dead_only=dead)
        raise typer.Exit(exits.OK if revived else exits.FINDINGS)
    with open_configured(config) as store:
        revived = sum(
            store.replay(
                delivery_id=delivery_id,
                receiver=receiver,
                rule=rule,
                since=start,
                status=DeliveryStatus.DELIVERED if delivered else DeliveryStatus.DEAD,
            )
            for delivery_id in ids or (None,)
        )
    if not revived:
        print_line("nothing to send again: no such delivery was given up or waits for an attempt")
    else:
        print_line(f"{revived} {'delivery is' if revived == 1 else 'deliveries are'} due now")
    raise typer.Exit(exits.OK if revived else exits.FINDINGS)


def _send_to(
    path: Path,
    to: str,
    ids: Sequence[str],
    receiver: str | None,
    rule: str | None,
    since: datetime | None,
    *,
    dead_only: bool,
) -> int:
    """Send another receiver what was not delivered; say so, and return how many messages."""
    from cli.listing import open_loaded
    from cli.output import complain, print_line
    from core.clock import utc_now
    from core.config import load_config
    from desk.deliveries import send_to
    from desk.errors import UnknownNameError

    watch = load_config(path).config
    try:
        with open_loaded(watch) as store:
            found = send_to(
                store, watch, to, ids, utc_now(),
                of=receiver, rule=rule, since=since, dead_only=dead_only,
            )  # fmt: skip
    except UnknownNameError as error:
        complain(error.message)
        raise typer.Exit(exits.USAGE) from None
    if found.sent:
        deliveries_are = "delivery goes" if found.sent == 1 else "deliveries go"
        print_line(f"{found.sent} {deliveries_are} to {to} now")
    if found.had:
        print_line(f"{found.had} told {to} nothing that it was not told before")
    if not found.sent and not found.had:
        print_line("nothing to send: no such delivery was given up or waits for an attempt")
    return found.sent
