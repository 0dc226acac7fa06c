"""`alerts`: what was raised, and who was told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

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
from core.alerting.alerts import AlertState
from core.alerting.deliveries import DeliveryStatus
from core.alerting.matches import Level
from core.alerting.notifications import NotificationPurpose

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from desk.alerts import Notification


alerts = typer.Typer(name="alerts", help="Alerts that were raised.", no_args_is_help=True)


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
    print_notifications(found.notifications)
    print_line()
    print_table(
        ("delivery", "receiver", "status", "attempts", "next attempt", "last answer"),
        [
            (one.id, one.receiver, one.status, one.attempts, one.next_attempt_at, one.last_detail)
            for one in found.deliveries
        ],
    )


def print_notifications(notified: Sequence[Notification]) -> None:
    """Print what became of an alert at each receiver, and why."""
    from cli.output import print_table

    print_table(
        ("receiver", "what for", "became", "why", "due", "delivery"),
        [
            (one.receiver, _what_for(one, revisions), *_became(one), one.delivery_id)
            for one, revisions in _last_revisions(notified)
        ],
    )


def _last_revisions(notified: Sequence[Notification]) -> Iterator[tuple[Notification, int]]:
    """Yield what was told, of each receiver's revisions the last only, with their number."""
    revisions: dict[str, list[int]] = {}
    for index, one in enumerate(notified):
        if one.purpose.kind is NotificationPurpose.REVISION:
            revisions.setdefault(one.receiver, []).append(index)
    for index, one in enumerate(notified):
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
