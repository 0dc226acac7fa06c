"""When an article counts: when it was published, if that can be believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from alerts.over_time import event_time

SEEN = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("published", "at"),
    [
        pytest.param(None, SEEN, id="undated"),
        pytest.param(SEEN, SEEN, id="just-now"),
        pytest.param(SEEN - HOUR, SEEN - HOUR, id="an-hour-before"),
        pytest.param(SEEN - 7 * DAY, SEEN - 7 * DAY, id="a-week-before"),
        pytest.param(SEEN - 7 * DAY - SECOND, SEEN, id="longer-before-than-is-believed"),
        pytest.param(SEEN + SECOND, SEEN, id="in-the-future"),
        pytest.param(datetime(2026, 11, 20, tzinfo=UTC), SEEN, id="a-day-without-a-time"),
        pytest.param(
            datetime(2026, 11, 20, 0, 0, 1, tzinfo=UTC),
            datetime(2026, 11, 20, 0, 0, 1, tzinfo=UTC),
            id="a-second-after-midnight",
        ),
    ],
)
def test_an_article_counts_when_it_was_published_if_that_is_believable(
    published: datetime | None, at: datetime
) -> None:
    assert event_time(published, SEEN) == at


def test_a_believable_date_needs_no_guess() -> None:
    between = (SEEN - 8 * HOUR, SEEN)
    assert event_time(SEEN - HOUR, SEEN, found_between=between, article_id=3) == SEEN - HOUR
    assert event_time(SEEN, SEEN, found_between=between, article_id=3) == SEEN


def test_the_first_of_all_articles_counts_when_it_was_found() -> None:
    assert event_time(None, SEEN, found_between=(SEEN - HOUR, SEEN)) == SEEN


@pytest.mark.parametrize("first_id", [1, 10_000, 123_456_789])
def test_a_nights_worth_of_undated_articles_stays_a_nights_worth(first_id: int) -> None:
    between = (SEEN - 10 * HOUR, SEEN)
    at = [
        event_time(None, SEEN, found_between=between, article_id=number)
        for number in range(first_id, first_id + 20)
    ]
    assert all(SEEN - 10 * HOUR <= moment <= SEEN for moment in at)
    for hour in range(10):
        since = SEEN - (hour + 1) * HOUR
        assert sum(since < moment <= since + HOUR for moment in at) <= 4, "two an hour, or nearly"


def test_a_poll_whose_clock_was_set_back_makes_no_date_in_the_future() -> None:
    between = (SEEN + HOUR, SEEN)
    assert event_time(None, SEEN, found_between=between, article_id=3) == SEEN
