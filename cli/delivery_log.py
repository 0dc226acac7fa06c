"""`deliveries export`: what was sent to whom, when, and what they answered, for a file."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any

import typer

from cli.listing import open_configured
from cli.options import DEFAULT_CONFIG, ConfigOption
from cli.outcomes import deliveries
from core.alerting import LoggedAttempt
from core.plain_text import one_line

COLUMNS = (
    "started_at", "finished_at", "receiver", "outcome", "status_code", "answer", "attempt",
    "delivery", "delivery_status", "alert", "rule", "level", "source", "title", "url",
)  # fmt: skip
_FORMULA = tuple("=+-@\t\r＝＋－＠")
"""What makes a spreadsheet run a cell, full-width forms included (OWASP, "CSV Injection")."""


class LogFormat(StrEnum):
    """How the log is written."""

    CSV = "csv"
    JSONL = "jsonl"


@deliveries.command("export")
def export_deliveries(
    config: ConfigOption = DEFAULT_CONFIG,
    log_format: Annotated[
        LogFormat, typer.Option("--format", help="For spreadsheets, or a JSON object a line.")
    ] = LogFormat.CSV,
    receiver: Annotated[str | None, typer.Option(help="Only to this receiver.")] = None,
    rule: Annotated[str | None, typer.Option(help="Only alerts of this rule.")] = None,
    since: Annotated[
        str | None, typer.Option(help="How far back, such as 30d; all without.", metavar="AGE")
    ] = None,
) -> None:
    """Write every attempt at every delivery, the oldest first.

    Cells of the CSV that a spreadsheet would run as formulas begin with an apostrophe.
    """
    from core.clock import utc_now
    from core.config.values import parse_duration

    try:
        start = None if since is None else utc_now() - parse_duration(since)
    except (ValueError, OverflowError):
        raise typer.BadParameter(
            "write a number and a unit, such as 30d", param_hint="--since"
        ) from None
    with open_configured(config) as store:
        logged = store.attempt_log(since=start, receiver=receiver, rule=rule)
        lines = _csv(logged) if log_format is LogFormat.CSV else _jsonl(logged)
        for line in lines:
            sys.stdout.write(line)


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
        attempt.delivery_id, one.status.value, one.alert_id, one.rule_id, one.level.value,
        one.source, one_line(one.title), one.url,
    )  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True))


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
