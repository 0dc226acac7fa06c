"""`deliveries log` and `export`: what was sent to whom, when, and what they answered."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.age import moment_ago
from cli.deliveries import deliveries
from cli.listing import open_configured, open_desk
from cli.options import DEFAULT_CONFIG, ConfigOption, FormatOption, LimitOption, OutputFormat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cli.screen import Screen
    from core.alerting.deliveries import LoggedAttempt
    from desk.database import Store
    from desk.delivery_log import Asked


class LogFormat(StrEnum):
    """How the log is written."""

    CSV = "csv"
    JSONL = "jsonl"


ReceiverOption = Annotated[str | None, typer.Option(help="Only to this receiver.")]
RuleOption = Annotated[str | None, typer.Option(help="Only with alerts of this rule.")]
AlertOption = Annotated[str | None, typer.Option(help="Only with this alert.", metavar="ID")]
TextOption = Annotated[
    str,
    typer.Option(
        "--text",
        help="Only with these words in a title, an address, a source or the answer.",
        metavar="WORDS",
    ),
]
SinceOption = Annotated[
    str | None, typer.Option(help="How far back, such as 30d; all without.", metavar="AGE")
]


@deliveries.command("log")
def show_log(
    config: ConfigOption = DEFAULT_CONFIG,
    receiver: ReceiverOption = None,
    rule: RuleOption = None,
    alert: AlertOption = None,
    text: TextOption = "",
    since: SinceOption = None,
    limit: LimitOption = 50,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Show what was sent to whom, and what they answered, the latest attempt first."""
    from cli.output import print_json
    from desk import delivery_log as desk

    with open_desk(config, rule=rule, receiver=receiver) as (store, screen):
        asked = _asked(store, since, alert, receiver=receiver, rule=rule, containing=text)
        shown = desk.latest(store, asked, limit)
    if output is OutputFormat.JSON:
        print_json([desk.line_of(logged) for logged in shown])
        return
    print_log(screen, shown)


def print_log(screen: Screen, attempts: Sequence[LoggedAttempt]) -> None:
    """Print attempts, one a row."""
    from cli.table_layout import counts, texts, title, whole
    from desk.names import short

    screen.table(
        (
            *whole("delivery", "started", "receiver", "what"),
            *counts("alerts", "attempt"),
            *whole("outcome"),
            title(),
            *texts("answer"),
        ),
        [
            (
                short(logged.attempt.delivery_id),
                screen.ago(logged.attempt.started_at),
                logged.receiver,
                logged.kind,
                len(logged.alert_ids),
                logged.attempt.number,
                logged.attempt.outcome,
                logged.title,
                logged.attempt.detail,
            )
            for logged in attempts
        ],
    )


@deliveries.command("export")
def export_deliveries(
    config: ConfigOption = DEFAULT_CONFIG,
    log_format: Annotated[
        LogFormat, typer.Option("--format", help="For spreadsheets, or a JSON object a line.")
    ] = LogFormat.CSV,
    receiver: ReceiverOption = None,
    rule: RuleOption = None,
    alert: AlertOption = None,
    text: TextOption = "",
    since: SinceOption = None,
) -> None:
    """Write every attempt at every delivery, the oldest first.

    Cells of the CSV that a spreadsheet would run as formulas begin with an apostrophe.
    """
    from desk import delivery_log as desk

    with open_configured(config, rule=rule, receiver=receiver) as store:
        asked = _asked(store, since, alert, receiver=receiver, rule=rule, containing=text)
        logged = desk.everything(store, asked)
        as_csv = log_format is LogFormat.CSV
        for line in desk.csv_lines(logged) if as_csv else desk.json_lines(logged):
            sys.stdout.write(line)


def _asked(store: Store, since: str | None, alert: str | None, **conditions: Any) -> Asked:
    from desk.delivery_log import Asked
    from desk.names import named_alert

    start = None if since is None else moment_ago(since, "--since", "30d")
    about = None if alert is None else named_alert(store, alert)
    return Asked(since=start, alert_id=about, **conditions)
