"""Hours of the day and of the week, whole days, and what a change of the clock makes of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.calendar import DailyHours, day_starts, hours_until, longest, never_over

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
BISHKEK, KYIV, NEW_YORK = "Asia/Bishkek", "Europe/Kyiv", "America/New_York"


def hours(text: str, zone: str = "UTC", days: str = "") -> DailyHours:
    start, end = (time.fromisoformat(part) for part in text.split("-"))
    wanted = frozenset(DAYS.index(day) for day in days.split()) if days else frozenset(range(7))
    return DailyHours(start, end, zone, wanted)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("window", "now", "until"),
    [
        # Bishkek has had no summer time since 2005, and is six hours ahead.
        pytest.param(
            hours("22:00-07:00", BISHKEK),
            "2026-11-20T16:00",
            "2026-11-21T01:00",
            id="from the first moment",
        ),
        pytest.param(hours("22:00-07:00", BISHKEK), "2026-11-20T15:59", None, id="not before"),
        pytest.param(hours("22:00-07:00", BISHKEK), "2026-11-21T01:00", None, id="until the last"),
        pytest.param(
            hours("00:00-00:00", BISHKEK, "sat"),
            "2026-11-20T18:00",
            "2026-11-21T18:00",
            id="a whole day",
        ),
        pytest.param(
            hours("00:00-00:00", BISHKEK, "sat"), "2026-11-20T17:59", None, id="before it"
        ),
        pytest.param(hours("00:00-00:00", BISHKEK, "sat"), "2026-11-21T18:00", None, id="after it"),
        # Kyiv, 29 March 2026: 03:00 becomes 04:00, at 01:00 UTC.
        pytest.param(
            hours("22:00-03:30", KYIV),
            "2026-03-29T00:30",
            "2026-03-29T01:00",
            id="an end in the gap",
        ),
        pytest.param(
            hours("22:00-03:30", KYIV), "2026-03-29T01:00", None, id="over right after the jump"
        ),
        pytest.param(
            hours("03:30-06:00", KYIV),
            "2026-03-29T01:00",
            "2026-03-29T03:00",
            id="a start in the gap",
        ),
        pytest.param(
            hours("03:30-06:00", KYIV), "2026-03-29T00:59", None, id="not before the jump"
        ),
        pytest.param(
            hours("03:15-03:45", KYIV), "2026-03-29T01:00", None, id="hours that do not exist"
        ),
        pytest.param(
            hours("03:30-04:15", KYIV),
            "2026-03-29T01:10",
            "2026-03-29T01:15",
            id="what is left of them",
        ),
        pytest.param(
            hours("00:00-00:00", KYIV, "sun"),
            "2026-03-28T22:00",
            "2026-03-29T21:00",
            id="a day of 23 hours",
        ),
        # Kyiv, 25 October 2026: 04:00 becomes 03:00, at 01:00 UTC.
        pytest.param(
            hours("22:00-03:30", KYIV),
            "2026-10-25T00:45",
            "2026-10-25T01:30",
            id="an end that comes twice",
        ),
        pytest.param(
            hours("03:30-06:00", KYIV),
            "2026-10-25T00:30",
            "2026-10-25T04:00",
            id="a start that comes twice",
        ),
        pytest.param(
            hours("03:30-06:00", KYIV), "2026-10-25T00:29", None, id="not before its first"
        ),
        pytest.param(
            hours("00:00-00:00", KYIV, "sun"),
            "2026-10-24T21:00",
            "2026-10-25T22:00",
            id="a day of 25 hours",
        ),
        # New York, 8 March 2026: 02:00 becomes 03:00, at 07:00 UTC;
        # 1 November: 02:00 becomes 01:00, at 06:00 UTC.
        pytest.param(
            hours("02:30-03:15", NEW_YORK),
            "2026-03-08T07:00",
            "2026-03-08T07:15",
            id="a gap across the sea",
        ),
        pytest.param(hours("02:30-03:15", NEW_YORK), "2026-03-08T06:59", None, id="before it"),
        pytest.param(
            hours("22:00-02:30", NEW_YORK),
            "2026-03-08T06:59",
            "2026-03-08T07:00",
            id="an end in it",
        ),
        pytest.param(
            hours("01:15-01:45", NEW_YORK),
            "2026-11-01T05:50",
            "2026-11-01T06:45",
            id="both come twice",
        ),
        pytest.param(
            hours("01:15-01:45", NEW_YORK), "2026-11-01T06:45", None, id="after the second"
        ),
        pytest.param(
            hours("22:00-07:00", NEW_YORK, "sat"),
            "2026-11-01T11:59",
            "2026-11-01T12:00",
            id="a longer night",
        ),
        # Beirut's clock jumps at midnight: that day begins at one.
        pytest.param(
            hours("00:00-00:00", "Asia/Beirut", "sun"),
            "2026-03-28T22:00",
            "2026-03-29T21:00",
            id="no midnight",
        ),
        pytest.param(
            hours("00:00-00:00", "Asia/Beirut", "sat"),
            "2026-03-28T21:59",
            "2026-03-28T22:00",
            id="till no midnight",
        ),
    ],
)
def test_hours_last_as_the_clock_on_the_wall_shows_them(
    window: DailyHours, now: str, until: str | None
) -> None:
    assert window.until(utc(now)) == (None if until is None else utc(until))


@pytest.mark.parametrize("zone", [BISHKEK, KYIV, NEW_YORK, "Australia/Lord_Howe"])
def test_all_year_round_hours_hold_what_the_clock_shows_in_them(zone: str) -> None:
    window = hours("01:20-03:40", zone)
    moment = utc("2026-01-01T00:00")
    wrong = []
    while moment.year == 2026:
        shown = moment.astimezone(ZoneInfo(zone)).time()
        until = window.until(moment)
        # A time that is shown twice, before the start and within, is within once it was shown.
        if time(1, 20) <= shown < time(3, 40) and (until is None or until <= moment):
            wrong.append(moment)
        moment += timedelta(minutes=20)
    assert wrong == []


WEEKEND = (hours("00:00-00:00", BISHKEK, "sat sun"), hours("18:00-09:00", BISHKEK))


@pytest.mark.parametrize(
    ("now", "until"),
    [
        pytest.param("2026-11-20T11:59", None, id="friday afternoon"),
        pytest.param("2026-11-20T12:00", "2026-11-23T03:00", id="friday evening till monday"),
        pytest.param("2026-11-22T06:00", "2026-11-23T03:00", id="sunday"),
        pytest.param("2026-11-23T12:00", "2026-11-24T03:00", id="monday night"),
    ],
)
def test_hours_that_follow_each_other_at_once_are_over_together(
    now: str, until: str | None
) -> None:
    assert hours_until(WEEKEND, utc(now)) == (None if until is None else utc(until))
    assert hours_until((), utc(now)) is None


@pytest.mark.parametrize(
    ("windows", "for_ever"),
    [
        pytest.param([hours("22:00-22:00")], True, id="day after day"),
        pytest.param([hours("00:00-00:00")], True, id="all days"),
        pytest.param([hours("22:00-22:00", days="sat")], False, id="a day from ten to ten"),
        pytest.param([hours("00:00-00:00", days="sat sun")], False, id="a weekend"),
        pytest.param([hours("09:00-18:00"), hours("18:00-09:00")], True, id="two that meet"),
        pytest.param([hours("09:00-18:00"), hours("18:01-09:00")], False, id="a minute between"),
        pytest.param(
            [hours("09:00-18:00", BISHKEK), hours("12:00-03:00")], True, id="in two zones"
        ),
        pytest.param([], False, id="none"),
    ],
)
def test_hours_that_leave_no_time_between_them_never_end(
    windows: list[DailyHours], for_ever: bool
) -> None:
    assert never_over(windows) is for_ever


def test_the_longest_of_hours_has_an_hour_for_the_clock() -> None:
    assert longest(WEEKEND) == timedelta(hours=63 + 1)
    assert longest(()) == timedelta(0)


@pytest.mark.parametrize(
    ("zone", "last", "starts"),
    [
        ("UTC", date(2026, 3, 2), ["2026-02-28T00:00", "2026-03-01T00:00", "2026-03-02T00:00"]),
        (
            "Asia/Kolkata",
            date(2026, 3, 1),
            ["2026-02-26T18:30", "2026-02-27T18:30", "2026-02-28T18:30"],
        ),
        (
            "Asia/Kathmandu",
            date(2026, 3, 1),
            ["2026-02-26T18:15", "2026-02-27T18:15", "2026-02-28T18:15"],
        ),
        # 29 March has 23 hours in Kyiv, 1 November 25 in New York.
        (KYIV, date(2026, 3, 30), ["2026-03-27T22:00", "2026-03-28T22:00", "2026-03-29T21:00"]),
        (NEW_YORK, date(2026, 11, 2), ["2026-10-31T04:00", "2026-11-01T04:00", "2026-11-02T05:00"]),
        # In Beirut the clock jumps over midnight.
        (
            "Asia/Beirut",
            date(2026, 3, 30),
            ["2026-03-27T22:00", "2026-03-28T22:00", "2026-03-29T21:00"],
        ),
    ],
)
def test_days_begin_when_a_clock_shows_midnight(zone: str, last: date, starts: list[str]) -> None:
    assert day_starts(last, 3, ZoneInfo(zone)) == tuple(utc(start) for start in starts)
