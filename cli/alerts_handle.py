"""`alerts ack`, `snooze`, `dismiss`, `reopen`, `note`, `history`: work on alerts by hand."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from cli.age import age
from cli.alerts import AlertName, alerts, print_notes, print_notifications
from cli.listing import open_desk, open_loaded, what_runs
from cli.options import DEFAULT_CONFIG, ConfigOption, FormatOption, OutputFormat
from core.alerting.alerts import AlertState, DismissReason
from core.alerting.cases import case_name

if TYPE_CHECKING:
    from cli.screen import Screen
    from desk.alerts import AlertHistory, Signature
    from desk.database import Store

ByOption = Annotated[
    str | None, typer.Option("--by", help="Who does it; your user name without.", metavar="NAME")
]
NoteOption = Annotated[str, typer.Option("--note", help="Why, for whoever looks later.")]


@alerts.command("ack")
def acknowledge(
    alert_id: AlertName,
    by: ByOption = None,
    note: NoteOption = "",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Take a case on: it does not escalate. Holds for every rule and copy of the story."""
    from desk import alerts as desk
    from desk.names import named_alert

    with _signed(by, config) as (store, signed):
        changed = desk.acknowledge(store, named_alert(store, alert_id), signed, note)
    _say(alert_id, AlertState.ACKNOWLEDGED, changed)


@alerts.command("snooze")
def snooze(
    alert_id: AlertName,
    lasting: Annotated[
        str, typer.Option("--for", help="How long, such as 4h.", metavar="TIME")
    ] = "4h",
    by: ByOption = None,
    note: NoteOption = "",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Put a case off; it is told again when the time is over."""
    from desk import alerts as desk
    from desk.names import named_alert

    later = age(lasting, "--for")
    with _signed(by, config) as (store, signed):
        changed = desk.snooze(store, named_alert(store, alert_id), signed, signed.at + later, note)
    _say(alert_id, AlertState.SNOOZED, changed)


@alerts.command("dismiss")
def dismiss(
    alert_id: AlertName,
    reason: Annotated[
        DismissReason, typer.Option(help="Why; `wirewatch rules report` learns from it.")
    ],
    only_rule: Annotated[
        bool, typer.Option("--only-rule", help="Only this rule was wrong; the case goes on.")
    ] = False,
    by: ByOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Say that a case was not worth it; nothing more of it is told, unless it matters more."""
    from desk import alerts as desk
    from desk.names import named_alert

    with _signed(by, config) as (store, signed):
        wanted = named_alert(store, alert_id)
        changed = desk.dismiss(store, wanted, signed, reason, only_rule=only_rule)
    _say(alert_id, AlertState.DISMISSED, changed)


@alerts.command("reopen")
def reopen(
    alert_id: AlertName,
    by: ByOption = None,
    note: NoteOption = "",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Open a case again."""
    from desk import alerts as desk
    from desk.names import named_alert

    with _signed(by, config) as (store, signed):
        changed = desk.reopen(store, named_alert(store, alert_id), signed, note)
    _say(alert_id, AlertState.OPEN, changed)


@alerts.command("note")
def note(
    alert_id: AlertName,
    text: Annotated[str, typer.Argument(help="What to keep in mind about the case.")],
    by: ByOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Write a note about a case. Nothing else changes; who hears of the case next reads it."""
    from cli.output import print_line
    from desk import alerts as desk
    from desk.names import named_alert

    if not text.strip():
        raise typer.BadParameter("a note needs words", param_hint="TEXT")
    with _signed(by, config) as (store, signed):
        written = desk.note(store, named_alert(store, alert_id), signed, text)
    print_line(f"noted about {case_name(written.case)}")


@alerts.command("history")
def history(
    alert_id: AlertName,
    config: ConfigOption = DEFAULT_CONFIG,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Show what was done about an alert, and what became of it at each receiver."""
    from cli.output import print_json
    from desk import alerts as desk
    from desk.names import named_alert

    with open_desk(config) as (store, screen):
        found = desk.history(store, named_alert(store, alert_id))
    if output is OutputFormat.JSON:
        print_json(found)
    else:
        print_history(screen, found)


def print_history(screen: Screen, found: AlertHistory) -> None:
    """Print what was done about an alert, and what became of it at each receiver."""
    from cli.table_layout import texts, whole

    screen.table(
        (*whole("at", "by", "state", "until"), *texts("reason")),
        [
            (
                screen.ago(change.at),
                change.by,
                change.state,
                screen.ago(change.until),
                change.reason,
            )
            for change in found.changes
        ],
    )
    print_notes(screen, found.notes)
    screen.line()
    print_notifications(screen, found.notifications)


@contextmanager
def _signed(by: str | None, config: ConfigOption) -> Iterator[tuple[Store, Signature]]:
    """Open the database for somebody who acts now."""
    from core.clock import utc_now
    from desk.alerts import signed_by

    now = utc_now()
    watched = what_runs(config)
    with open_loaded(watched) as store:
        yield store, signed_by(by or getpass.getuser(), watched, now)


def _say(alert_id: str, state: AlertState, changed: tuple[str, ...]) -> None:
    from cli.output import print_line

    others = f", and {len(changed) - 1} more of the same case" if len(changed) > 1 else ""
    print_line(f"{alert_id} is {state.value}{others}")
