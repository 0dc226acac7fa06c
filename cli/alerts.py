"""`alerts list` and `show`: what was raised, and what became of it at each receiver."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.age import ago, moment_ago
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
from core.alerting.cases import case_name
from core.alerting.deliveries import DeliveryStatus
from core.alerting.matches import Level
from core.alerting.notifications import NotificationPurpose
from core.clock import utc_now

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from core.alerting.cases import Case
    from core.alerting.notes import CaseNote
    from desk.alerts import Notification


AlertName = Annotated[
    str,
    typer.Argument(
        metavar="ID",
        help="An alert's id or its beginning, a case (c41), a message, or an article's address.",
    ),
]
alerts = typer.Typer(name="alerts", help="Alerts that were raised.", no_args_is_help=True)


class ListedBy(StrEnum):
    """What a line of the list is."""

    CASE = "case"
    ALERT = "alert"


@alerts.command("list")
def list_alerts(
    config: ConfigOption = DEFAULT_CONFIG,
    rule: Annotated[str | None, typer.Option(help="Only of this rule.")] = None,
    state: Annotated[AlertState | None, typer.Option(help="Only in this state.")] = None,
    level: Annotated[Level | None, typer.Option(help="Only of this level.")] = None,
    source: Annotated[str | None, typer.Option(help="Only of this source.")] = None,
    by: Annotated[
        ListedBy | None,
        typer.Option(
            help="Cases, or every alert by itself. A table shows cases, JSON alerts, without."
        ),
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="How far back, such as 8h; all without.", metavar="AGE")
    ] = None,
    limit: LimitOption = 50,
    after: AfterOption = None,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """List cases with their alerts, the newest first: a story is one, however many rules fired."""
    from desk.names import short

    conditions: dict[str, Any] = {
        "rule": rule, "state": state, "level": level, "source": source,
        "since": None if since is None else moment_ago(since, "--since"),
        "after": cursor_of(after), "limit": limit,
    }  # fmt: skip
    # Programs know the JSON of this command as a list of alerts.
    each = by is ListedBy.ALERT or (by is None and output is OutputFormat.JSON)
    with open_configured(config) as store:
        page = store.alerts(**conditions) if each else store.cases(**conditions)
    if each:
        show_page(
            page,
            output,
            ("id", "raised", "level", "state", "case", "rule", "event", "source", "title"),
            lambda alert: (
                short(alert.id),
                alert.created_at,
                alert.match.level,
                alert.state,
                case_name(alert.case_id),
                alert.match.rule_id,
                alert.event,
                alert.article.data.source,
                alert.article.data.title,
            ),
            wrap=("rule", "event", "source", "title"),
        )
        return
    now = utc_now()
    show_page(page, output, CASE_COLUMNS, lambda case: case_row(case, now), wrap=CASE_WRAPS)


CASE_COLUMNS = ("case", "last", "level", "state", "title", "outlets", "rules")
CASE_WRAPS = ("title", "outlets", "rules")


def case_row(case: Case, now: datetime) -> tuple[str, ...]:
    """Return the cells of a case; by its title stands what happened to it, and who has it."""
    events = "".join(f" [{event.value}]" for event in case.events)
    return (
        case.name,
        ago(case.last_at, now),
        case.level.value,
        case.state.value,
        case.title + events + (f" — {case.owner}" if case.owner else ""),
        _first_and_more(case.outlets),
        _first_and_more([rule.id for rule in case.rules if not rule.wrong] or ["(all wrong)"]),
    )


def _first_and_more(names: Sequence[str]) -> str:
    """Return the first of several names, and how many more: `alerts show` names them all."""
    return f"{names[0]} +{len(names) - 1}" if len(names) > 1 else names[0]


@alerts.command("show")
def show_alert(
    alert_id: AlertName,
    config: ConfigOption = DEFAULT_CONFIG,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Show one alert: what matched, where, what people did, and who was told."""
    from cli.output import cell, print_json, print_line, print_table
    from desk.alerts import sheet
    from desk.names import named_alert

    with open_configured(config) as store:
        found = sheet(store, named_alert(store, alert_id))
    if output is OutputFormat.JSON:
        print_json(found)
        return
    alert = found.alert
    for label, value in (
        ("alert", alert.id),
        ("case", case_name(alert.case_id)),
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
    print_notes(found.notes)
    print_line()
    print_notifications(found.notifications)
    print_line()
    print_table(
        ("delivery", "receiver", "status", "attempts", "next attempt", "last answer"),
        [
            (
                delivery.id,
                delivery.receiver,
                delivery.status,
                delivery.attempts,
                delivery.next_attempt_at,
                delivery.last_detail,
            )
            for delivery in found.deliveries
        ],
    )


def print_notes(notes: Sequence[CaseNote]) -> None:
    """Print what was written about a case, where anything was."""
    from cli.output import print_line, print_table

    if notes:
        print_line()
        print_table(("at", "by", "note"), [(note.at, note.by, note.text) for note in notes])


def print_notifications(notifications: Sequence[Notification]) -> None:
    """Print what became of an alert at each receiver, and why."""
    from cli.output import print_table

    print_table(
        ("receiver", "what for", "became", "why", "due", "delivery"),
        [
            (
                notification.receiver,
                _what_for(notification, revisions),
                *_became(notification),
                notification.delivery_id,
            )
            for notification, revisions in _last_revisions(notifications)
        ],
    )


def _last_revisions(notifications: Sequence[Notification]) -> Iterator[tuple[Notification, int]]:
    """Yield the notifications, of each receiver's revisions the last only, with their number."""
    revisions: dict[str, list[int]] = {}
    for index, notification in enumerate(notifications):
        if notification.purpose.kind is NotificationPurpose.REVISION:
            revisions.setdefault(notification.receiver, []).append(index)
    for index, notification in enumerate(notifications):
        several = revisions.get(notification.receiver, [])
        if index not in several:
            yield notification, 0
        elif index == several[-1]:
            yield notification, len(several)


def _what_for(notification: Notification, revisions: int) -> str:
    if revisions:
        return "message changed" + (f" ({revisions} times)" if revisions > 1 else "")
    return notification.purpose.kind.value


def _became(notification: Notification) -> tuple[str, str, datetime | None]:
    """Say what became of a notification, why, and when it goes on."""
    message = notification.delivery
    if message is None:
        return notification.state.value, notification.reason, notification.due_at
    match message.status:
        case DeliveryStatus.PENDING:
            became = "being tried" if message.attempts else "about to be sent"
            return became, message.last_detail or notification.reason, message.next_attempt_at
        case DeliveryStatus.DEAD:
            return "given up", message.last_detail, None
        case DeliveryStatus.FOLDED:
            return "summed up", message.last_detail, None
        case DeliveryStatus.READDRESSED:
            return "sent to others", message.last_detail, None
        case DeliveryStatus.DELIVERED:
            return "delivered", notification.reason, None
