"""How often a source publishes: learnt, forgotten, packed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.rhythm import USUAL_RATE, Rhythm

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def daily(hour: int, count: int, weeks: int = 8) -> Rhythm:
    """Return the rhythm of a source with `count` entries at one hour of each day."""
    start = NOW - timedelta(weeks=weeks)
    first = start.replace(hour=hour)
    moments = [first + n * DAY for n in range(7 * weeks) for _ in range(count)]
    return Rhythm.empty(start).observed(moments, start, NOW)


def test_a_source_nothing_is_known_of_has_the_usual_rate() -> None:
    assert Rhythm.empty(NOW).rate(NOW) == pytest.approx(USUAL_RATE)


def test_the_busy_hour_is_told_from_the_quiet_ones() -> None:
    rhythm = daily(9, 3)
    assert rhythm.rate(NOW.replace(hour=9)) > 1.5
    assert rhythm.rate(NOW.replace(hour=3)) < 0.2
    assert rhythm.per_day() == pytest.approx(3, rel=0.15)


def test_what_is_expected_is_the_sum_of_the_rates() -> None:
    rhythm = daily(9, 3)
    assert rhythm.expected(NOW, NOW + 7 * DAY) == pytest.approx(7 * rhythm.per_day())
    assert rhythm.expected(NOW, NOW + 21 * DAY) == pytest.approx(21 * rhythm.per_day())
    assert rhythm.expected(NOW, NOW - HOUR) == 0


def test_silence_lowers_the_rate_and_old_habits_are_forgotten() -> None:
    silent = daily(9, 3).observed([], NOW, NOW + timedelta(weeks=16))
    assert silent.per_day() < 0.5


def test_dates_out_of_the_window_count_as_its_edges() -> None:
    start = Rhythm.empty(NOW)
    seen = start.observed([NOW - 400 * DAY, NOW + 400 * DAY], NOW, NOW + HOUR)
    assert sum(seen.counts) == pytest.approx(2 * sum(seen.exposure), rel=0.01)


def test_time_is_not_observed_twice() -> None:
    once = Rhythm.empty(NOW).observed([], NOW, NOW + DAY)
    again = once.observed([], NOW, NOW + DAY)
    assert again.exposure == once.exposure


def test_the_first_feed_tells_the_rate_and_a_pinned_article_does_not_spoil_it() -> None:
    dates = [NOW - n * HOUR for n in range(1, 31)] + [NOW - 365 * DAY]
    assert 12 < Rhythm.seeded(dates, NOW).per_day() < 30


def test_a_fresh_entry_raises_the_rate_for_a_while() -> None:
    calm = daily(9, 3)
    excited = calm.observed([NOW + HOUR], NOW, NOW + HOUR)
    _, before = next(calm.observed([], NOW, NOW + HOUR).ahead(NOW + HOUR))
    _, after = next(excited.ahead(NOW + HOUR))
    assert after > 2 * before


def test_a_packed_rhythm_comes_back_and_damage_is_noticed() -> None:
    rhythm = daily(9, 3)
    packed = rhythm.to_bytes()
    assert len(packed) <= 800
    assert Rhythm.from_bytes(packed).per_day() == pytest.approx(rhythm.per_day(), rel=0.01)
    for damaged in (b"", packed[:-1], packed[:40] + b"\xff" + packed[41:]):
        with pytest.raises(ValueError, match="rhythm"):
            Rhythm.from_bytes(damaged)


def test_naive_datetimes_are_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        Rhythm.empty(datetime(2026, 3, 4))  # noqa: DTZ001 - the point of the test
