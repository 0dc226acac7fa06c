"""How far ahead a right clock can have put things: what each limit follows from."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alerts.delivery.delivery_retry import SCHEDULE
from alerts.dispatch.schedule_limits import LIMITS
from alerts.judging.versions import BURST
from core.config.watch import WatchConfig
from core.retry_after import LONGEST_RETRY_AFTER
from crawler.decide.entry_retry import longest_pauses
from scheduler.policy import JITTER, LONGEST
from scheduler.schedule_limits import FIRST_POLL, crawl_limits, judging_limits

HOUR = timedelta(hours=1)
DAY = 24 * HOUR


def config(every: str | None, crawl_every: str | None = None) -> WatchConfig:
    source = {"name": "kloop", "feed": "https://kloop.example/feed", "every": every}
    return WatchConfig.model_validate(
        {
            "sources": [{key: value for key, value in source.items() if value}],
            "crawl": {"every": crawl_every} if crawl_every else {},
        }
    )


@pytest.mark.parametrize(
    ("every", "crawl_every", "longer"),
    [
        (None, None, {}),
        ("2s", None, {}),
        ("21h", None, {}),
        ("2d", None, {"kloop": 2.2 * DAY}),
        (None, "3d", {"kloop": 3.3 * DAY}),
        ("1h", "3d", {}),
    ],
)
def test_only_an_interval_of_its_own_lets_a_source_wait_for_more_than_a_day(
    every: str | None, crawl_every: str | None, longer: dict[str, timedelta]
) -> None:
    limits = crawl_limits(config(every, crawl_every))
    assert dict(limits.poll_of) == longer
    assert limits.poll == max(LONGEST, LONGEST_RETRY_AFTER)


def test_an_interval_counts_with_its_jitter_and_the_longest_of_all_is_no_exception() -> None:
    longest = max(LONGEST, LONGEST_RETRY_AFTER)
    spread = longest / (1 + JITTER)
    at_most = f"{int(spread.total_seconds())}s"
    beyond = f"{int(spread.total_seconds()) + 2}s"
    assert dict(crawl_limits(config(at_most)).poll_of) == {}
    assert list(crawl_limits(config(beyond)).poll_of) == ["kloop"]


def test_each_limit_of_the_crawl_is_what_its_part_keeps_to() -> None:
    limits = crawl_limits(config(None), clocks_differ=HOUR)
    assert (limits.clocks_differ, limits.first_poll, limits.burst) == (HOUR, FIRST_POLL, BURST)
    assert limits.entry_pauses == longest_pauses()
    assert limits.entry == max(LONGEST_RETRY_AFTER, *longest_pauses())
    assert crawl_limits(config(None)).clocks_differ == timedelta(minutes=5)


def test_what_the_rules_broke_down_on_waits_for_the_longest_of_its_pauses() -> None:
    limits = judging_limits(clocks_differ=HOUR)
    assert (limits.clocks_differ, limits.broken) == (HOUR, DAY)
    assert judging_limits().clocks_differ == timedelta(minutes=5)


def test_entries_wait_as_long_as_the_longest_of_their_schedules_has_it() -> None:
    assert longest_pauses() == (
        HOUR / 4,
        24 * HOUR,
        24 * HOUR,
        24 * HOUR,
        24 * HOUR,
        12 * HOUR,
        24 * HOUR,
    )


def test_visits_are_due_within_the_ages_of_the_configuration() -> None:
    limits = crawl_limits(WatchConfig.model_validate({"crawl": {"revisit": ["1h", "30d"]}}))
    assert limits.visit_ages == (HOUR, 30 * DAY)
    assert limits.visit == 30 * DAY
    assert crawl_limits(WatchConfig.model_validate({"crawl": {"revisit": []}})).visit == DAY


def test_deliveries_wait_as_long_as_their_schedule_spreads() -> None:
    assert len(LIMITS.attempt_pauses) == len(SCHEDULE)
    assert LIMITS.attempt_pauses[0] == timedelta(0)
    assert LIMITS.attempt_pauses[1] == timedelta(seconds=6)
    assert max(LIMITS.attempt_pauses) < LIMITS.attempt
