"""What cache headers ask of a poller."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crawler.decide.freshness import freshness

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"cache-control": "public, max-age=600"}, timedelta(minutes=10)),
        ({"cache-control": 'MAX-AGE="60"'}, timedelta(minutes=1)),
        ({"cache-control": "max-age=600", "age": "540"}, timedelta(minutes=1)),
        ({"cache-control": "max-age=600", "age": "601"}, None),
        ({"cache-control": "no-cache, max-age=600"}, None),
        ({"cache-control": "max-age=0", "expires": "Sun, 01 Mar 2026 13:00:00 GMT"}, None),
        ({"expires": "Sun, 01 Mar 2026 12:05:00 GMT"}, timedelta(minutes=5)),
        ({"expires": "Sun, 01 Mar 2020 12:05:00 GMT"}, None),
        ({"cache-control": "max-age=1"}, timedelta(seconds=1)),
        ({"cache-control": "max-age=600", "age": "599"}, timedelta(seconds=1)),
        ({"cache-control": "max-age=600", "age": "600"}, None),
        ({"cache-control": "max-age=600", "age": "-5"}, timedelta(minutes=10)),
        ({"expires": "Sun, 01 Mar 2026 12:00:00 GMT"}, None),
        ({"expires": "Sun, 01 Mar 2026 12:05:00 -0000"}, timedelta(minutes=5)),
        ({"expires": "Sun, 01 Mar 2026 15:05:00 +0300"}, timedelta(minutes=5)),
        ({"expires": "Fri, 01 Mar 2030 12:00:00 GMT"}, timedelta(days=366)),
        ({"expires": "-1"}, None),
        ({"expires": "soon"}, None),
        ({"cache-control": "max-age=999999999999"}, timedelta(days=366)),
        ({}, None),
    ],
)
def test_freshness_is_what_the_headers_say(
    headers: dict[str, str], expected: timedelta | None
) -> None:
    assert freshness(headers, NOW) == expected
