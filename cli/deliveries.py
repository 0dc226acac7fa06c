"""`deliveries list`, `show` and `retry`: what was sent to whom, and sending it again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import exits
from cli.age import moment_ago
from cli.listing import cursor_of, open_configured, open_desk, show_page
from cli.options import (
    DEFAULT_CONFIG,
    AfterOption,
    ConfigOption,
    FormatOption,
    LimitOption,
    OutputFormat,
)
from core.alerting.deliveries import DeliveryStatus

if TYPE_CHECKING:
    from cli.screen import Screen
    from core.alerting.deliveries import Delivery
    from desk.deliveries import DeliverySheet

DeliveryName = Annotated[
    str,
    typer.Argument(
        metavar="ID",
        help="A delivery's id or its beginning, or an alert, a case or an address with only one.",
    ),
]
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
    with open_desk(config, receiver=receiver) as (store, screen):
        page = store.deliveries(
            status=wanted, receiver=receiver, after=cursor_of(after), limit=limit
        )
    show_page(page, output, lambda: print_deliveries(screen, page.items))


def print_deliveries(screen: Screen, deliveries: Sequence[Delivery]) -> None:
    """Print deliveries, one a row."""
    from cli.table_layout import counts, texts, whole
    from desk.names import short

    screen.table(
        (
            *whole("id", "created", "receiver", "status"),
            *counts("attempts"),
            *whole("next"),
            *texts("last answer"),
        ),
        [
            (
                short(delivery.id),
                screen.ago(delivery.created_at),
                delivery.receiver,
                delivery.status,
                delivery.attempts,
                screen.until(delivery.next_attempt_at),
                delivery.last_detail,
            )
            for delivery in deliveries
        ],
    )


@deliveries.command("show")
def show_delivery(
    name: DeliveryName,
    config: ConfigOption = DEFAULT_CONFIG,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Show every attempt of a delivery and what the receiver answered."""
    from cli.output import print_json
    from desk.deliveries import sheet
    from desk.names import named_delivery

    with open_desk(config) as (store, screen):
        found = sheet(store, named_delivery(store, name))
    if output is OutputFormat.JSON:
        print_json(found.attempts)
    else:
        print_delivery(screen, found)


def print_delivery(screen: Screen, found: DeliverySheet) -> None:
    """Print a delivery with its attempts."""
    from cli.table_layout import counts, reason, whole
    from desk.names import short

    delivery, attempts = found.delivery, found.attempts
    screen.entries(
        (
            ("delivery", short(delivery.id)),
            ("receiver", delivery.receiver),
            ("about", f"alert {short(delivery.alert_id)}, as {delivery.kind.value}"),
            ("made", delivery.created_at),
            ("status", delivery.status),
        )
    )
    screen.line()
    screen.table(
        (*counts("attempt"), *whole("started", "outcome", "code"), reason("answer")),
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
        due = screen.when(delivery.next_attempt_at)
        screen.line(f"{delivery.status}: {first} attempt is due {due}")


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
    from desk.names import named_delivery

    with open_configured(config) as store:
        named = [named_delivery(store, name) for name in ids or ()]
        revived = sum(
            store.replay(
                delivery_id=delivery_id,
                receiver=receiver,
                rule=rule,
                since=start,
                status=DeliveryStatus.DELIVERED if delivered else DeliveryStatus.DEAD,
            )
            for delivery_id in named or (None,)
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
    from desk.names import named_delivery

    watch = load_config(path).config
    try:
        with open_loaded(watch) as store:
            found = send_to(
                store, watch, to, [named_delivery(store, name) for name in ids], utc_now(),
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
