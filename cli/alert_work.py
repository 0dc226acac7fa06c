"""`alerts ack`, `snooze`, `dismiss`, `reopen`, `history`: work on alerts from the terminal."""

from __future__ import annotations

import getpass
from datetime import timedelta
from typing import Annotated

import typer

from cli.age import age
from cli.listing import not_found, open_configured
from cli.options import DEFAULT_CONFIG, ConfigOption, FormatOption, OutputFormat
from cli.outcomes import alerts, exported, print_told
from core.alerting import AlertState, DismissReason

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
    _change(alert_id, AlertState.ACKNOWLEDGED, by, config, reason=note)


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
    _change(alert_id, AlertState.SNOOZED, by, config, reason=note, later=age(lasting, "--for"))


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
    _change(alert_id, AlertState.DISMISSED, by, config, reason=reason.value)


@alerts.command("reopen")
def reopen(
    alert_id: AlertId,
    by: ByOption = None,
    note: NoteOption = "",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Open an alert again."""
    _change(alert_id, AlertState.OPEN, by, config, reason=note)


@alerts.command("history")
def history(
    alert_id: AlertId,
    config: ConfigOption = DEFAULT_CONFIG,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Show what was done about an alert, and what became of it at each receiver."""
    from cli.output import print_json, print_line, print_table

    with open_configured(config) as store:
        if store.alert(alert_id) is None:
            raise not_found(f"alert '{alert_id}'")
        changes, told = store.alert_changes(alert_id), store.notifications(alert_id)
    if output is OutputFormat.JSON:
        print_json({"changes": changes, "notifications": exported(told)})
        return
    print_table(
        ("at", "by", "state", "reason", "until"),
        [(one.at, one.by, one.state, one.reason, one.until) for one in changes],
    )
    print_line()
    print_told(told)


def _change(
    alert_id: str,
    state: AlertState,
    by: str | None,
    config: ConfigOption,
    *,
    reason: str = "",
    later: timedelta | None = None,
) -> None:
    from alerts.dispatch.deciders import DECIDERS
    from alerts.receivers import revising
    from cli.output import print_line
    from core.clock import utc_now
    from core.config import load_config
    from storage import open_store

    now = utc_now()
    watched = load_config(config).config
    with open_store(watched.database.get_secret_value()) as store:
        if store.alert(alert_id) is None:
            raise not_found(f"alert '{alert_id}'")
        changed = store.change_alert(
            alert_id,
            state,
            DECIDERS,
            by=by or getpass.getuser(),
            at=now,
            reason=reason,
            until=None if later is None else now + later,
            shown_by=revising(watched),
        )
    others = f", and {len(changed) - 1} more about the same story" if len(changed) > 1 else ""
    print_line(f"{alert_id} is {state.value}{others}")
