from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.alerting.deliveries import AttemptOutcome, DeliveryAttempt, DeliveryStatus, LoggedAttempt
from core.alerting.matches import Level
from core.alerting.message_kinds import MessageKind
from desk.delivery_log import COLUMNS, csv_lines

LOGGED = LoggedAttempt(
    attempt=DeliveryAttempt(
        delivery_id="dlv_1",
        number=1,
        started_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
        finished_at=datetime(2026, 3, 1, 12, 0, 1, tzinfo=UTC),
        outcome=AttemptOutcome.DELIVERED,
        status_code=200,
        detail="200 accepted: ok",
        retry_after=None,
    ),
    receiver="desk",
    status=DeliveryStatus.DELIVERED,
    kind=MessageKind.ALERT,
    alert_ids=("alt_1", "alt_2"),
    rule_id="drafts",
    level=Level.HIGH,
    source="kloop",
    title="A title",
    url="https://kloop.example/1",
)


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize(
    "title",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        '=HYPERLINK("http://evil.example","x")',
        "＝1+1",
        '=cmd|" /C calc"!A0',
    ],
)
def test_a_title_is_never_a_formula(title: str) -> None:
    (row,) = read("".join(csv_lines([replace(LOGGED, title=title)])))
    assert row["title"] == f"'{title}"


def test_quotes_commas_and_lines_stay_in_their_cell() -> None:
    title = 'He said "no", then\r\nleft; \x1b[31mred'
    (row,) = read("".join(csv_lines([replace(LOGGED, title=title)])))
    assert row["title"].startswith('He said "no", then left; ')
    assert "\x1b" not in row["title"]
    assert row["url"] == LOGGED.url


def test_without_attempts_there_is_the_head_alone() -> None:
    assert "".join(csv_lines([])) == ",".join(COLUMNS) + "\r\n"
