"""The list of cases on screens of usual widths: what names a case is always whole."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cli.alerts import CASE_COLUMNS, CASE_WRAPS, case_row
from cli.output import print_table
from core.alerting.alerts import AlertState
from core.alerting.cases import case_of
from core.alerting.matches import Level
from core.articles import ArticleEvent
from tests.unit.core.test_cases import NOON, alert

CASES = [
    case_of([alert(3, AlertState.ACKNOWLEDGED, level=Level.HIGH)]),
    case_of(
        [
            alert(number, rule=f"naturalized-migrants-mobilization-{number}", source=source)
            for number, source in enumerate(("kloop", "azattyk", "radiomarka"), 1)
        ]
    ),
    case_of([alert(9, event=ArticleEvent.REMOVED)]),
]


@pytest.mark.parametrize("width", [80, 100, 140])
def test_names_times_levels_and_states_are_whole(
    width: int, capsys: pytest.CaptureFixture[str]
) -> None:
    now = NOON + timedelta(hours=5)
    print_table(CASE_COLUMNS, [case_row(case, now) for case in CASES], wrap=CASE_WRAPS, width=width)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= width
    firsts = [line.split() for line in lines if line.startswith("c1 ")]
    assert [line[:4] for line in firsts] == [
        ["c1", "4h", "high", "acknowledged"],
        ["c1", "4h", "normal", "open"],
        ["c1", "4h", "normal", "open"],
    ]
    text = " ".join(" ".join(lines).split())
    assert "kloop +2" in text
    assert "[removed]" in text
    assert "by" in text.split(), "who has it, by the title"
