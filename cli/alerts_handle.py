"""`alerts ack`, `snooze`, `dismiss`, `reopen`, `history`: work on alerts from the terminal."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from cli.age import age
from cli.alerts import alerts, print_notifications
from cli.listing import open_configured, open_loaded, what_runs
from cli.options import DEFAULT_CONFIG, ConfigOption, FormatOption, OutputFormat
from core.alerting.alerts import AlertState, DismissReason

if TYPE_CHECKING:
    from desk.alerts import Signature
    from desk.database import Store

AlertId = Annotated[str, typer.Argument(metavar="ID", help="The alert's id.")]
ByOption = Annotated[
    str | None, typer.Option("--by", help="Who does it; your user name without.", metavar="NAME")
]
NoteOption = Annotated[str, typer.Option("--note", help="Why, for whoever looks later.")]


@alerts.command("ack")
def acknowledge(
    alert_id: AlertId,
    by: ByOption = None,
    note: NoteOption = "",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Take an alert on: it does not escalate. Holds for its rule's alerts about the story."""
    from desk import alerts as desk

    with _signed(by, config) as (store, signed):
        changed = desk.acknowledge(store, alert_id, signed, note)
    _say(alert_id, AlertState.ACKNOWLEDGED, changed)


@alerts.command("snooze")
def snooze(
    alert_id: AlertId,
    lasting: Annotated[
        str, typer.Option("--for", help="How long, such as 4h.", metavar="TIME")
    ] = "4h",
    by: ByOption = None,
    note: NoteOption = "",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Put an alert off; it is told again when the time is over."""
    from desk import alerts as desk

    later = age(lasting, "--for")
    with _signed(by, config) as (store, signed):
        changed = desk.snooze(store, alert_id, signed, signed.at + later, note)
    _say(alert_id, AlertState.SNOOZED, changed)


@alerts.command("dismiss")
def dismiss(
    alert_id: AlertId,
    reason: Annotated[
        DismissReason, typer.Option(help="Why; `wirewatch rules report` learns from it.")
    ],
    by: ByOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Say that an alert was not worth it; nothing more of its story is told by its rule."""
    from desk import alerts as desk

    with _signed(by, config) as (store, signed):
        changed = desk.dismiss(store, alert_id, signed, reason)
    _say(alert_id, AlertState.DISMISSED, changed)


@alerts.command("reopen")
def reopen(
    alert_id: AlertId,
    by: ByOption = None,
    note: NoteOption = "",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Open an alert again."""
    from desk import alerts as desk

    with _signed(by, config) as (store, signed):
        changed = desk.reopen(store, alert_id, signed, note)
    _say(alert_id, AlertState.OPEN, changed)


@alerts.command("history")
def history(
    alert_id: AlertId,
    config: ConfigOption = DEFAULT_CONFIG,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Show what was done about an alert, and what became of it at each receiver."""
    from cli.output import print_json, print_line, print_table
    from desk import alerts as desk

    with open_configured(config) as store:
        found = desk.history(store, alert_id)
    if output is OutputFormat.JSON:
        print_json(found)
        return
    print_table(
        ("at", "by", "state", "reason", "until"),
        [
            (change.at, change.by, change.state, change.reason, change.until)
            for change in found.changes
        ],
    )
    print_line()
    print_notifications(found.notifications)


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

    others = f", and {len(changed) - 1} more about the same story" if len(changed) > 1 else ""
    print_line(f"{alert_id} is {state.value}{others}")
