"""`alerts` and `deliveries`: what was raised, who was told, and what they answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import exits
from cli.age import age
from cli.listing import cursor_of, open_configured, show_page
from cli.options import (
    DEFAULT_CONFIG,
    AfterOption,
    ConfigOption,
    FormatOption,
    LimitOption,
    OutputFormat,
)
from core.alerting import AlertState, DeliveryStatus, Level, NotificationPurpose

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from desk.alerts import Notification

alerts = typer.Typer(name="alerts", help="Alerts that were raised.", no_args_is_help=True)
deliveries = typer.Typer(
    name="deliveries", help="What was sent to whom, and their answers.", no_args_is_help=True
)


# -- alerts


@alerts.command("list")
def list_alerts(
    config: ConfigOption = DEFAULT_CONFIG,
    rule: Annotated[str | None, typer.Option(help="Only of this rule.")] = None,
    state: Annotated[AlertState | None, typer.Option(help="Only in this state.")] = None,
    level: Annotated[Level | None, typer.Option(help="Only of this level.")] = None,
    source: Annotated[str | None, typer.Option(help="Only of this source.")] = None,
    since: Annotated[
        str | None, typer.Option(help="How far back, such as 8h; all without.", metavar="AGE")
    ] = None,
    limit: LimitOption = 50,
    after: AfterOption = None,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """List alerts, newest first."""
    from core.clock import utc_now

    start = None if since is None else utc_now() - age(since, "--since")
    with open_configured(config) as store:
        page = store.alerts(
            rule=rule, state=state, level=level, source=source, since=start,
            after=cursor_of(after), limit=limit,
        )  # fmt: skip
    show_page(
        page,
        output,
        ("id", "raised", "level", "state", "rule", "event", "source", "title"),
        lambda one: (
            one.id,
            one.created_at,
            one.match.level,
            one.state,
            one.match.rule_id,
            one.event,
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
    from desk.alerts import sheet

    with open_configured(config) as store:
        found = sheet(store, alert_id)
    if output is OutputFormat.JSON:
        print_json(found)
        return
    alert = found.alert
    for label, value in (
        ("title", alert.article.data.title),
        ("url", alert.article.data.url),
        ("rule", f"{alert.match.rule_title} ({alert.match.rule_id}, {alert.match.level.value})"),
        ("raised", alert.created_at),
        ("event", alert.event),
        ("because", alert.reason or None),
        ("state", alert.state),
        ("hits", ", ".join(sorted({span.label for span in alert.match.spans}))),
        ("snippet", alert.match.snippet.text),
    ):
        print_line(f"{label:<10} {cell(value)}")
    print_line()
    print_told(found.notifications)
    print_line()
    print_table(
        ("delivery", "receiver", "status", "attempts", "next attempt", "last answer"),
        [
            (one.id, one.receiver, one.status, one.attempts, one.next_attempt_at, one.last_detail)
            for one in found.deliveries
        ],
    )


def print_told(told: Sequence[Notification]) -> None:
    """Print what became of an alert at each receiver, and why."""
    from cli.output import print_table

    print_table(
        ("receiver", "what for", "became", "why", "due", "delivery"),
        [
            (one.receiver, _what_for(one, revisions), *_became(one), one.delivery_id)
            for one, revisions in _last_revisions(told)
        ],
    )


def _last_revisions(told: Sequence[Notification]) -> Iterator[tuple[Notification, int]]:
    """Yield what was told, of each receiver's revisions the last only, with their number."""
    revisions: dict[str, list[int]] = {}
    for index, one in enumerate(told):
        if one.purpose.kind is NotificationPurpose.REVISION:
            revisions.setdefault(one.receiver, []).append(index)
    for index, one in enumerate(told):
        several = revisions.get(one.receiver, [])
        if index not in several:
            yield one, 0
        elif index == several[-1]:
            yield one, len(several)


def _what_for(one: Notification, revisions: int) -> str:
    if revisions:
        return "message changed" + (f" ({revisions} times)" if revisions > 1 else "")
    return one.purpose.kind.value


def _became(one: Notification) -> tuple[str, str, datetime | None]:
    """Say what became of a notification, why, and when it goes on."""
    message = one.delivery
    if message is None:
        return one.state.value, one.reason, one.due_at
    match message.status:
        case DeliveryStatus.PENDING:
            became = "being tried" if message.attempts else "about to be sent"
            return became, message.last_detail or one.reason, message.next_attempt_at
        case DeliveryStatus.DEAD:
            return "given up", message.last_detail, None
        case DeliveryStatus.FOLDED:
            return "summed up", message.last_detail, None
        case DeliveryStatus.DELIVERED:
            return "delivered", one.reason, None


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
            (one.number, one.started_at, one.outcome, one.status_code, one.detail)
            for one in attempts
        ],
    )
    if delivery.next_attempt_at is not None:
        first = "the next" if attempts else "the first"
        print_line(f"{delivery.status}: {first} attempt is due {cell(delivery.next_attempt_at)}")


@deliveries.command("retry")
def retry_deliveries(
    delivery_id: Annotated[str | None, typer.Argument(metavar="[ID]", help="One delivery.")] = None,
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
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Send again what was given up, and at once what waits for its next attempt.

    They become due now, and the daemon takes them. Exit status 1 when there is none.
    """
    from cli.output import print_line
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
    if not revived:
        print_line("nothing to send again: no such delivery was given up or waits for an attempt")
    else:
        print_line(f"{revived} {'delivery is' if revived == 1 else 'deliveries are'} due now")
    raise typer.Exit(exits.OK if revived else exits.FINDINGS)
