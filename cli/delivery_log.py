"""`deliveries log` and `export`: what was sent to whom, when, and what they answered."""

from __future__ import annotations

import csv
import io
import itertools
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import typer

from cli.listing import open_configured
from cli.options import DEFAULT_CONFIG, ConfigOption, FormatOption, LimitOption, OutputFormat
from cli.outcomes import deliveries
from core.alerting import LoggedAttempt
from core.plain_text import one_line

COLUMNS = (
    "started_at", "finished_at", "receiver", "outcome", "status_code", "answer", "attempt",
    "delivery", "delivery_status", "kind", "alerts", "rule", "level", "source", "title", "url",
)  # fmt: skip
_FORMULA = tuple("=+-@\t\r＝＋－＠")
"""What makes a spreadsheet run a cell, full-width forms included (OWASP, "CSV Injection")."""


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
    from cli.output import print_json, print_table

    start = _moment(since)
    with open_configured(config) as store:
        logged = store.attempt_log(
            since=start, receiver=receiver, rule=rule, alert_id=alert, containing=text,
            newest_first=True,
        )  # fmt: skip
        shown = list(itertools.islice(logged, limit))
    if output is OutputFormat.JSON:
        print_json([_line(one) for one in shown])
        return
    print_table(
        (
            "started",
            "receiver",
            "what",
            "alerts",
            "title",
            "attempt",
            "outcome",
            "answer",
            "delivery",
        ),
        [
            (
                one.attempt.started_at,
                one.receiver,
                one.kind,
                len(one.alert_ids),
                one.title,
                one.attempt.number,
                one.attempt.outcome,
                one.attempt.detail,
                one.attempt.delivery_id,
            )
            for one in shown
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
    start = _moment(since)
    with open_configured(config) as store:
        logged = store.attempt_log(
            since=start, receiver=receiver, rule=rule, alert_id=alert, containing=text
        )
        lines = _csv(logged) if log_format is LogFormat.CSV else _jsonl(logged)
        for line in lines:
            sys.stdout.write(line)


def _moment(since: str | None) -> datetime | None:
    from core.clock import utc_now
    from core.config.values import parse_duration

    try:
        return None if since is None else utc_now() - parse_duration(since)
    except (ValueError, OverflowError):
        raise typer.BadParameter(
            "write a number and a unit, such as 30d", param_hint="--since"
        ) from None


def _csv(logged: Iterable[LoggedAttempt]) -> Iterator[str]:
    """Yield lines as RFC 4180 has them."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for one in logged:
        writer.writerow({name: _cell(value) for name, value in _line(one).items()})
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _jsonl(logged: Iterable[LoggedAttempt]) -> Iterator[str]:
    for one in logged:
        yield json.dumps(_line(one), ensure_ascii=False) + "\n"


def _line(one: LoggedAttempt) -> Mapping[str, Any]:
    attempt = one.attempt
    values = (
        attempt.started_at.isoformat(), attempt.finished_at.isoformat(), one.receiver,
        attempt.outcome.value, attempt.status_code, one_line(attempt.detail), attempt.number,
        attempt.delivery_id, one.status.value, one.kind.value,
        " ".join(one.alert_ids), one.rule_id, one.level.value,
        one.source, one_line(one.title), one.url,
    )  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True))


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
