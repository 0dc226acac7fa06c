from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery.announced_dates import read_date

MOMENT = datetime(2026, 5, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Fri, 01 May 2026 10:00:00 GMT", "Fri, 1 May 2026 15:00:00 +0500", "1 May 26 10:00 UT",
        "Friday, 01-May-26 10:00:00 GMT", "Fri May  1 10:00:00 2026", "May 1, 2026 10:00 AM",
        "2026-05-01T10:00:00Z", "2026-05-01T15:00:00+05:00", "2026-05-01 10:00",
        "2026-05-01T10:00:00.123456789Z"[:19], "2026-05-01 13:00:00 MSK", "20260501T100000Z",
        "Пт, 01 мая 2026 16:00:00 +0600", "1 мая 2026 г. в 13:00 MSK", "01.05.2026 10:00",
        "1 травня 2026, 13:00 EEST", "1 мамыр 2026 15:00 +05", "Fri,1 May 2026 19:0:0 GMT+9",
        "Fri, 01 May 2026 03:00:00 PDT", "Fri, 01 May 2026 06:00:00 EDT (New York)",
        "2026 жылғы 1 мамыр, 10:00", "2026-жылдын 1-майы, 10:00", "2026-yil 1-may 10:00",
        "1-may 2026-yil, 10:00", "1 мамыр 2026 жыл, 10:00", "1 майи соли 2026, 10:00",
        "2026-жылдын 1-майы, саат 10:00", "1 мамыр 2026 ж., сағат 10:00",
        "1 майи 2026, соати 10:00",
        "Friday, May 1st, 2026 at 10:00 am", "2026-yil 1-may, soat 10:00", "01.05.2026 в 10:00",
        " Fri,  01 May\n2026 10:00:00 +0000 ", "Fri, 01 May 2026 10:00:00 XYZ",
    ],
)  # fmt: skip
def test_the_spellings_of_feeds_name_one_moment(text: str) -> None:
    assert read_date(text) == MOMENT


def test_hour_24_and_leap_seconds_are_the_next_moment() -> None:
    assert read_date("Thu, 30 Apr 2026 24:00:00 GMT") == MOMENT - timedelta(hours=10)
    assert read_date("Fri, 01 May 2026 09:59:60 GMT") == MOMENT


def test_a_day_without_a_time_is_its_start() -> None:
    assert read_date("2026-05-01") == datetime(2026, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "", None, "10:30", "May", "2026", "2026-05", "100500", "yesterday", "01/05/2026 10:00",
        "31 Feb 2026", "Thu, 01 Jan 1970 00:00:00 GMT", "0001-01-01T00:00:00", "0000-00-00",
        "Fri, 01 Foo 2026 10:00:00 GMT", "2026-05-01T25:00:00Z", "2026-05-01T10:61:00Z",
        "2026-05-01T10:00:00+99:00", "9" * 500,
    ],
)  # fmt: skip
def test_an_incomplete_or_impossible_date_is_none(text: str | None) -> None:
    assert read_date(text) is None


@given(st.datetimes(min_value=datetime(1990, 1, 2), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001
def test_what_python_writes_is_read_back(moment: datetime) -> None:
    aware = moment.replace(tzinfo=UTC, microsecond=0)
    assert read_date(aware.isoformat()) == aware
    assert read_date(aware.strftime("%a, %d %b %Y %H:%M:%S +0000")) == aware


@given(st.text(max_size=90))
def test_any_text_is_a_utc_date_or_none(text: str) -> None:
    moment = read_date(text)
    assert moment is None or moment.utcoffset() == timedelta(0)
