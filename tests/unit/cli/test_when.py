"""Times at the terminal: how long ago, in how long, and the whole of it in the reader's zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest

from cli.screen import Screen
from cli.when import ago, stamp, until

NOW = datetime(2026, 11, 20, 20, 30, tzinfo=UTC)
BISHKEK = ZoneInfo("Asia/Bishkek")
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("back", "shown"),
    [
        (0 * SECOND, "now"),
        (59 * SECOND, "now"),
        (MINUTE, "1m"),
        (59 * MINUTE, "59m"),
        (HOUR, "1h"),
        (23 * HOUR, "23h"),
        (24 * HOUR, "1d"),
        (31 * 24 * HOUR, "2026-10-21"),
        (-30 * SECOND, "soon"),
        (-5 * MINUTE, "in 5m"),
        (-3 * HOUR, "in 3h"),
        (-40 * 24 * HOUR, "2026-12-31"),
    ],
)
def test_lists_say_how_far_off_a_moment_is(back: timedelta, shown: str) -> None:
    assert ago(NOW - back, NOW, BISHKEK) == shown


@pytest.mark.parametrize(
    ("back", "shown"), [(0 * SECOND, "now"), (2 * HOUR, "2h late"), (-2 * HOUR, "in 2h")]
)
def test_what_is_due_is_late_or_to_come(back: timedelta, shown: str) -> None:
    assert until(NOW - back, NOW, BISHKEK) == shown


@pytest.mark.parametrize(
    ("zone", "shown"), [(UTC, "2026-11-20 20:30:00 UTC"), (BISHKEK, "2026-11-21 02:30:00 +06")]
)
def test_a_whole_time_is_local_and_says_so(zone: tzinfo, shown: str) -> None:
    assert stamp(NOW, zone) == shown


def test_a_sheet_says_both_and_no_line_ends_within_a_time(
    capsys: pytest.CaptureFixture[str],
) -> None:
    screen = Screen(NOW, UTC, 44)
    screen.entries([("raised", NOW - HOUR), ("soon", NOW + HOUR), ("old", NOW - 999 * HOUR)])
    screen.line(f"it was there at {screen.when(NOW)}")
    assert capsys.readouterr().out.splitlines() == [
        "raised     2026-11-20 19:30:00 UTC (1h ago)",
        "soon       2026-11-20 21:30:00 UTC (in 1h)",
        "old        2026-10-10 05:30:00 UTC",
        "it was there at",
        "  2026-11-20 20:30:00 UTC (now)",
    ]
