"""`alerts` and `deliveries`: what was raised, who was told, and what they answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import exits
from cli.listing import cursor_of, not_found, open_configured, show_page
from cli.options import (
    DEFAULT_CONFIG,
    AfterOption,
    ConfigOption,
    FormatOption,
    LimitOption,
    OutputFormat,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.records import Notification

alerts = typer.Typer(name="alerts", help="Alerts that were raised.", no_args_is_help=True)
deliveries = typer.Typer(
    name="deliveries", help="What was sent to whom, and their answers.", no_args_is_help=True
)


# -- alerts


@alerts.command("list")
def list_alerts(
    config: ConfigOption = DEFAULT_CONFIG,
    rule: Annotated[str | None, typer.Option(help="Only of this rule.")] = None,
    limit: LimitOption = 50,
    after: AfterOption = None,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """List alerts, newest first."""
    with open_configured(config) as store:
        page = store.alerts(rule=rule, after=cursor_of(after), limit=limit)
    show_page(
        page,
        output,
        ("id", "raised", "level", "rule", "source", "title"),
        lambda one: (
            one.id,
            one.created_at,
            one.match.level,
            one.match.rule_id,
            one.article.data.source,
            one.article.data.title,
        ),
    )


@alerts.command("show")
def show_alert(
    alert_id: Annotated[str, typer.Argument(metavar="ID", help="The alert's id.")],
    config: ConfigOption = DEFAULT_CONFIG,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Show one alert: what matched, where, what people did, and who was told."""
    from cli.output import cell, print_json, print_line, print_table

    with open_configured(config) as store:
        alert = store.alert(alert_id)
        if alert is None:
            raise not_found(f"alert '{alert_id}'")
        sent = store.deliveries(alert_id=alert_id, limit=1000).items
        told = store.notifications(alert_id)
    if output is OutputFormat.JSON:
        print_json({"alert": alert, "notifications": told, "deliveries": sent})
        return
    for label, value in (
        ("title", alert.article.data.title),
        ("url", alert.article.data.url),
        ("rule", f"{alert.match.rule_title} ({alert.match.rule_id}, {alert.match.level.value})"),
        ("raised", alert.created_at),
        ("state", alert.state),
        ("hits", ", ".join(sorted({span.label for span in alert.match.spans}))),
        ("snippet", alert.match.snippet.text),
    ):
        print_line(f"{label:<10} {cell(value)}")
    print_line()
    print_told(told)
    print_line()
    print_table(
        ("delivery", "receiver", "status", "attempts", "next attempt", "last answer"),
        [
            (one.id, one.receiver, one.status, one.attempts, one.next_attempt_at, one.last_detail)
            for one in sent
        ],
    )


def print_told(told: Sequence[Notification]) -> None:
    """Print what became of an alert at each receiver, and why."""
    from cli.output import print_table

    print_table(
        ("receiver", "what for", "became", "why", "due", "delivery"),
        [
            (
                one.receiver,
                one.purpose or "alert",
                one.state,
                one.reason,
                one.due_at,
                one.delivery_id,
            )
            for one in told
        ],
    )


# -- deliveries


@deliveries.command("list")
def list_deliveries(
    config: ConfigOption = DEFAULT_CONFIG,
    status: Annotated[
        str | None, typer.Option(help="Only `pending`, `delivered`, `dead` or `folded` ones.")
    ] = None,
    receiver: Annotated[str | None, typer.Option(help="Only of this receiver.")] = None,
    limit: LimitOption = 50,
    after: AfterOption = None,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """List deliveries, newest first."""
    from core.alerting import DeliveryStatus

    try:
        wanted = DeliveryStatus(status) if status else None
    except ValueError:
        raise typer.BadParameter(f"{status!r} is not pending, delivered, dead or folded") from None
    with open_configured(config) as store:
        page = store.deliveries(
            status=wanted, receiver=receiver, after=cursor_of(after), limit=limit
        )
    show_page(
        page,
        output,
        ("id", "created", "receiver", "status", "attempts", "next attempt", "last answer"),
        lambda one: (
            one.id,
            one.created_at,
            one.receiver,
            one.status,
            one.attempts,
            one.next_attempt_at,
            one.last_detail,
        ),
    )


@deliveries.command("show")
def show_delivery(
    delivery_id: Annotated[str, typer.Argument(metavar="ID", help="The delivery's id.")],
    config: ConfigOption = DEFAULT_CONFIG,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Show every attempt of a delivery and what the receiver answered."""
    from cli.output import print_json, print_table

    with open_configured(config) as store:
        attempts = store.attempts(delivery_id)
    if not attempts:
        raise not_found(f"attempt of delivery '{delivery_id}'")
    if output is OutputFormat.JSON:
        print_json(attempts)
        return
    print_table(
        ("attempt", "started", "outcome", "status", "answer"),
        [
            (one.number, one.started_at, one.outcome, one.status_code, one.detail)
            for one in attempts
        ],
    )


@deliveries.command("retry")
def retry_deliveries(
    delivery_id: Annotated[str | None, typer.Argument(metavar="[ID]", help="One delivery.")] = None,
    receiver: Annotated[str | None, typer.Option(help="All dead ones of this receiver.")] = None,
    rule: Annotated[str | None, typer.Option(help="Those led by an alert of this rule.")] = None,
    since: Annotated[
        str | None, typer.Option(help="Those made since, such as 2d.", metavar="AGE")
    ] = None,
    delivered: Annotated[
        bool, typer.Option("--delivered", help="Delivered ones, once more under their old id.")
    ] = False,
    everything: Annotated[bool, typer.Option("--all", help="All dead ones.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Send dead deliveries again: they become due now, and the daemon takes them."""
    from cli.output import print_line
    from core.alerting import DeliveryStatus
    from core.clock import utc_now
    from core.config.values import parse_duration

    if not (delivery_id or receiver or rule or since or everything):
        raise typer.BadParameter("name a delivery, or use --receiver, --rule, --since or --all")
    try:
        start = None if since is None else utc_now() - parse_duration(since)
    except (ValueError, OverflowError):
        raise typer.BadParameter(
            "write a number and a unit, such as 2d", param_hint="--since"
        ) from None
    with open_configured(config) as store:
        revived = store.replay(
            delivery_id=delivery_id,
            receiver=receiver,
            rule=rule,
            since=start,
            status=DeliveryStatus.DELIVERED if delivered else DeliveryStatus.DEAD,
        )
    print_line(f"{revived} deliveries are due again")
    raise typer.Exit(exits.OK if revived else exits.FINDINGS)
