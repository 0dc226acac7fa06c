"""How long a server asks to be left alone, in whatever words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.receivers.transport.http import retry_after_of

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
DAY = 86_400.0


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        (" 120 ", 120.0),
        ("1.5", 1.5),
        ("172800", DAY),
        ("Fri, 20 Nov 2026 08:01:00 GMT", 60.0),
        ("Fri, 20 Nov 2026 08:01:00 -0000", 60.0),
        ("Friday, 20-Nov-26 08:01:00 GMT", 60.0),
        ("Fri, 20 Nov 2026 07:00:00 GMT", 0.0),
        ("Mon, 23 Nov 2026 08:00:00 GMT", DAY),
        ("Fri, 20 Nov 2099 08:00:00 GMT", None),
        ("999999999999", None),
        ("99999999999999999999", None),
        ("-5", None),
        ("nan", None),
        ("inf", None),
        ("1e9", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_read(value: str | None, seconds: float | None) -> None:
    assert retry_after_of(value, NOW) == seconds


@given(st.text(max_size=60))
def test_no_header_breaks_the_reader(value: str) -> None:
    seconds = retry_after_of(value, NOW)
    assert seconds is None or 0 <= seconds <= DAY
