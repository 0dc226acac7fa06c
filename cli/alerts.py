"""`alerts list` and `show`: what was raised, and what became of it at each receiver."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.age import moment_ago
from cli.listing import cursor_of, open_desk, open_loaded, show_page, what_runs
from cli.options import (
    DEFAULT_CONFIG,
    AfterOption,
    ConfigOption,
    FormatOption,
    LimitOption,
    OutputFormat,
)
from cli.untold import FROM_THE_FEED
from core.alerting.alerts import AlertState
from core.alerting.cases import case_name
from core.alerting.deliveries import DeliveryStatus
from core.alerting.matches import Level
from core.alerting.notifications import NotificationPurpose
from core.articles import ArticleEvent, WordsFrom

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from cli.screen import Screen
    from core.alerting.alerts import Alert
    from core.alerting.cases import Case
    from core.alerting.notes import CaseNote
    from desk.alerts import AlertSheet, CaseOutlet, Notification


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
    conditions: dict[str, Any] = {
        "rule": rule, "state": state, "level": level, "source": source,
        "since": None if since is None else moment_ago(since, "--since"),
        "after": cursor_of(after), "limit": limit,
    }  # fmt: skip
    # Programs know the JSON of this command as a list of alerts.
    each = by is ListedBy.ALERT or (by is None and output is OutputFormat.JSON)
    with open_desk(config, source=source, rule=rule) as (store, screen):
        if each:
            alerts = store.alerts(**conditions)
            show_page(alerts, output, lambda: print_alerts(screen, alerts.items))
        else:
            cases = store.cases(**conditions)
            show_page(cases, output, lambda: print_cases(screen, cases.items))


def print_alerts(screen: Screen, alerts: Sequence[Alert]) -> None:
    """Print alerts, one a row."""
    from cli.table_layout import names, title, whole
    from desk.names import short

    screen.table(
        (*whole("id", "raised", "level", "state", "case", "source"), *names("rule"), title()),
        [
            (
                short(alert.id),
                screen.ago(alert.created_at),
                alert.match.level,
                alert.state,
                case_name(alert.case_id),
                alert.article.data.source,
                alert.match.rule_id,
                _happened((alert.event,)) + _words_from(alert) + alert.article.data.title,
            )
            for alert in alerts
        ],
    )


def print_cases(screen: Screen, cases: Sequence[Case]) -> None:
    """Print cases, one a row; before its title stands what happened to it."""
    from cli.table_layout import names, title, whole

    screen.table(
        (*whole("case", "last", "level", "state", "by"), title(), *names("outlets", "rules")),
        [
            (
                case.name,
                screen.ago(case.last_at),
                case.level,
                case.state,
                case.owner,
                _happened(case.events) + case.title,
                _first_and_more(case.outlets),
                _first_and_more(
                    [rule.id for rule in case.rules if not rule.wrong] or ["(all wrong)"]
                ),
            )
            for case in cases
        ],
    )


def _happened(events: Sequence[ArticleEvent]) -> str:
    return "".join(f"[{event.value}] " for event in events if event is not ArticleEvent.PUBLISHED)


def _words_from(alert: Alert) -> str:
    fed = alert.article.data.words_from is WordsFrom.FEED
    return f"[{FROM_THE_FEED}] " if fed else ""


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
    from cli.output import print_json
    from cli.screen import screen_of
    from desk.alerts import sheet
    from desk.names import named_alert

    watch = what_runs(config)
    with open_loaded(watch) as store:
        found = sheet(store, named_alert(store, alert_id), watch)
    if output is OutputFormat.JSON:
        print_json(found)
    else:
        print_alert(screen_of(watch), found)


def print_alert(screen: Screen, found: AlertSheet) -> None:
    """Print all about an alert."""
    from cli.table_layout import counts, texts, whole
    from desk.names import short

    alert = found.alert
    new_names = ", ".join(new.name for new in alert.match.new_names)
    screen.entries(
        (
            ("alert", short(alert.id)),
            ("case", case_name(alert.case_id)),
            ("title", alert.article.data.title),
            ("url", alert.article.data.url),
            ("article", alert.article.id),
            ("rule", f"{alert.match.rule_title} ({alert.match.rule_id})"),
            ("level", alert.match.level),
            ("raised", alert.created_at),
            ("event", alert.event),
            *(
                [("words", FROM_THE_FEED)]
                if alert.article.data.words_from is WordsFrom.FEED
                else []
            ),
            ("because", alert.reason or None),
            ("state", alert.state),
            ("hits", ", ".join(sorted({span.label for span in alert.match.spans}))),
            ("snippet", alert.match.snippet.text),
            *([("new names", new_names)] if new_names else []),
        )
    )
    print_notes(screen, found.notes)
    screen.line()
    if len(found.outlets) > 1:
        print_outlets(screen, found.outlets)
        screen.line()
    print_notifications(screen, found.notifications)
    screen.line()
    screen.table(
        (
            *whole("delivery", "receiver", "status"),
            *counts("attempts"),
            *whole("next"),
            *texts("last answer"),
        ),
        [
            (
                short(delivery.id),
                delivery.receiver,
                delivery.status,
                delivery.attempts,
                screen.until(delivery.next_attempt_at),
                delivery.last_detail,
            )
            for delivery in found.deliveries
        ],
    )


def print_notes(screen: Screen, notes: Sequence[CaseNote]) -> None:
    """Print what was written about a case, where anything was."""
    from cli.table_layout import texts, whole

    if notes:
        screen.line()
        screen.table(
            (*whole("at", "by"), *texts("note")), [(note.at, note.by, note.text) for note in notes]
        )


def print_outlets(screen: Screen, outlets: Sequence[CaseOutlet]) -> None:
    """Print who has a story, in the order in which they had it, and what each brought."""
    from cli.table_layout import texts, whole

    screen.table(
        (*whole("had it", "outlet"), *texts("tags"), *whole("copies"), *texts("adds")),
        [
            (
                outlet.at,
                outlet.source,
                ", ".join(outlet.tags),
                outlet.copies,
                ", ".join((*outlet.names, *outlet.numbers)),
            )
            for outlet in outlets
        ],
    )


def print_notifications(screen: Screen, notifications: Sequence[Notification]) -> None:
    """Print what became of an alert at each receiver, and why."""
    from cli.table_layout import reason, whole
    from desk.names import short

    rows = []
    for notification, revisions in _last_revisions(notifications):
        became, why, due = _became(notification)
        delivery = notification.delivery_id
        rows.append(
            (
                notification.receiver,
                _what_for(notification, revisions),
                became,
                screen.until(due),
                None if delivery is None else short(delivery),
                why,
            )
        )
    screen.table((*whole("receiver", "what for", "became", "due", "delivery"), reason("why")), rows)


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
