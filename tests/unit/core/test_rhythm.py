from __future__ import annotations

import itertools
import struct
import timeit
import zlib
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rhythm import CLUSTER_HALF_LIFE, CLUSTERED, USUAL_RATE, WEEK, Rhythm

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MOMENTS = st.integers(1_420_000_000, 2_050_000_000).map(lambda s: datetime.fromtimestamp(s, UTC))


def lived(days: int, hours: tuple[int, ...] = (9, 10, 11), *, weekend: bool = True) -> Rhythm:
    """Return the rhythm of a source with four entries in each of these hours, polled hourly."""
    rhythm = Rhythm.empty(MONDAY)
    for hour in range(days * 24):
        at = MONDAY + hour * HOUR
        writes = at.hour in hours and (weekend or at.weekday() < 5)
        entries = [at + minute * timedelta(minutes=15) for minute in range(4)] if writes else []
        rhythm = rhythm.observed(entries, at, at + HOUR)
    return rhythm


def test_of_an_unknown_source_the_usual_is_expected_at_every_hour() -> None:
    rhythm = Rhythm.empty(MONDAY)
    assert rhythm.week == pytest.approx((USUAL_RATE,) * WEEK)
    assert rhythm.per_day() == pytest.approx(10)
    assert rhythm.expected(MONDAY, MONDAY + DAY) == pytest.approx(10)


def test_hours_of_the_day_are_learned_within_days_and_for_days_not_seen_yet() -> None:
    rhythm = lived(3)
    friday = MONDAY + 4 * DAY
    assert rhythm.rate(friday + 10 * HOUR) > 5 * rhythm.rate(friday + 22 * HOUR)
    assert rhythm.per_day() == pytest.approx(12, rel=0.25)


def test_the_weekend_is_another_week() -> None:
    rhythm = lived(21, weekend=False)
    saturday = MONDAY + 5 * DAY
    assert rhythm.rate(MONDAY + 10 * HOUR) > 3
    assert rhythm.rate(saturday + 10 * HOUR) < 0.3


def test_a_peculiar_weekday_is_believed_in_after_weeks() -> None:
    rhythm = Rhythm.empty(MONDAY)
    tuesday_noon = MONDAY + DAY + 12 * HOUR
    for week in range(12):
        start = MONDAY + week * 7 * DAY
        noon = start + DAY + 12 * HOUR
        rhythm = rhythm.observed([noon] * 20, start, start + 7 * DAY)
    assert rhythm.rate(tuesday_noon) > 3 * rhythm.rate(tuesday_noon + DAY)


def test_what_was_seen_is_forgotten_by_half_in_four_weeks() -> None:
    busy = lived(28)
    before = busy.per_day()
    later = busy.observed([], MONDAY + 28 * DAY, MONDAY + 56 * DAY).per_day()
    # Two equal stretches, the older of which weighs half: a third of the rate is left.
    assert later == pytest.approx(before / 3, rel=0.05)


def test_a_silent_source_is_not_credited_with_the_usual_rate_for_long() -> None:
    rhythm = Rhythm.empty(MONDAY).observed([], MONDAY, MONDAY + 28 * DAY)
    assert 0 < rhythm.per_day() < 0.1


def test_an_hour_that_is_watched_in_pieces_counts_as_one() -> None:
    entry = MONDAY + timedelta(minutes=31)
    once = Rhythm.empty(MONDAY).observed([entry], MONDAY, MONDAY + HOUR)
    pieces = Rhythm.empty(MONDAY)
    for minute in range(0, 60, 5):
        since, until = MONDAY + timedelta(minutes=minute), MONDAY + timedelta(minutes=minute + 5)
        pieces = pieces.observed([entry] if since < entry <= until else [], since, until)
    assert pieces.week == pytest.approx(once.week, rel=1e-3)
    assert pieces.recent == pytest.approx(once.recent)


def test_long_gaps_equal_many_short_ones() -> None:
    until = MONDAY + 100 * DAY + 5.5 * HOUR
    stepwise = Rhythm.empty(MONDAY)
    for day in range(101):
        since = MONDAY + day * DAY
        stepwise = stepwise.observed([], since, min(since + DAY, until))
    assert Rhythm.empty(MONDAY).observed([], MONDAY, until).exposure == pytest.approx(
        stepwise.exposure, rel=1e-6
    )


def test_entries_dated_outside_are_counted_at_the_nearer_end() -> None:
    since, until = MONDAY + 9 * HOUR, MONDAY + 10 * HOUR - timedelta(minutes=1)
    strange = [MONDAY - 400 * DAY, MONDAY + 400 * DAY]
    rhythm = Rhythm.empty(MONDAY).observed(strange, since, until)
    assert rhythm.counts == Rhythm.empty(MONDAY).observed([since, until], since, until).counts
    assert sum(map(bool, rhythm.counts)) == 1


def test_time_is_not_observed_twice_and_a_clock_that_goes_back_changes_nothing() -> None:
    rhythm = lived(2)
    end = MONDAY + 2 * DAY
    assert rhythm.observed([], MONDAY, end) == rhythm
    assert rhythm.observed([], end - 3 * HOUR, end - HOUR) == rhythm
    overlapping = rhythm.observed([], end - HOUR, end + HOUR)
    assert overlapping == rhythm.observed([], end, end + HOUR)


def test_the_first_poll_learns_the_rate_from_the_dates_in_the_feed() -> None:
    published = [MONDAY - hour * HOUR for hour in range(40)]
    assert Rhythm.seeded(published, MONDAY).per_day() == pytest.approx(24, rel=0.1)
    assert Rhythm.seeded([], MONDAY) == Rhythm.empty(MONDAY)


def test_a_pinned_entry_does_not_make_a_source_look_silent() -> None:
    published = [MONDAY - hour * HOUR for hour in range(40)]
    with_pinned = Rhythm.seeded([*published, MONDAY - 3000 * DAY], MONDAY)
    assert with_pinned.per_day() == pytest.approx(24, rel=0.2)


def test_an_archive_that_is_listed_with_the_news_does_not_make_a_source_look_silent() -> None:
    news = [MONDAY - hour * HOUR for hour in range(0, 48, 6)]
    archive = [MONDAY - (800 + day) * DAY for day in range(8)]
    assert Rhythm.seeded(news + archive, MONDAY) == Rhythm.seeded(news, MONDAY)


def test_a_few_entries_after_a_long_silence_do_not_make_a_source_look_busy() -> None:
    archive = [MONDAY - (800 + day) * DAY for day in range(8)]
    assert Rhythm.seeded([MONDAY - HOUR, MONDAY - 2 * HOUR, *archive], MONDAY).per_day() < 1


def test_a_feed_whose_entries_all_bear_one_date_is_no_endless_rate() -> None:
    now = MONDAY + timedelta(minutes=30)
    assert Rhythm.seeded([now] * 50, now).per_day() < 500
    assert Rhythm.seeded([now + DAY] * 50, now) == Rhythm.seeded([now] * 50, now)


def test_the_expected_number_is_the_sum_of_the_rates() -> None:
    rhythm = lived(10)
    hours = sum(rhythm.rate(MONDAY + hour * HOUR) for hour in range(31))
    assert rhythm.expected(MONDAY, MONDAY + 31 * HOUR) == pytest.approx(hours)
    assert rhythm.expected(MONDAY + HOUR / 2, MONDAY + HOUR) == pytest.approx(rhythm.week[0] / 2)
    assert rhythm.expected(MONDAY, MONDAY) == 0
    assert rhythm.expected(MONDAY, MONDAY - DAY) == 0
    weeks = rhythm.expected(MONDAY, MONDAY + timedelta(weeks=3, hours=5))
    assert weeks == pytest.approx(
        21 * rhythm.per_day() + rhythm.expected(MONDAY, MONDAY + 5 * HOUR)
    )


def test_an_entry_raises_the_rate_for_a_while() -> None:
    quiet = Rhythm.empty(MONDAY).observed([], MONDAY, MONDAY + DAY)
    excited = Rhythm.empty(MONDAY).observed([MONDAY + DAY] * 3, MONDAY, MONDAY + DAY)
    _, before = next(quiet.ahead(MONDAY + DAY))
    _, after = next(excited.ahead(MONDAY + DAY))
    assert after > 4 * before


def test_excitement_brings_the_share_of_followers_and_no_more() -> None:
    until = MONDAY + DAY
    rhythm = Rhythm.empty(MONDAY).observed([until], MONDAY, until)
    steps = list(itertools.takewhile(lambda step: step[0] < 1, rhythm.ahead(until)))
    hours = sum(length for length, _ in steps)
    assert hours > 5 * CLUSTER_HALF_LIFE
    background = (1 - CLUSTERED) * rhythm.expected(until, until + hours * HOUR)
    followers = sum(length * rate for length, rate in steps) - background
    assert followers == pytest.approx(CLUSTERED, rel=0.05)


def test_it_survives_storage() -> None:
    rhythm = lived(40, weekend=False)
    data = rhythm.to_bytes()
    again = Rhythm.from_bytes(data)
    assert len(data) <= 800
    assert again.hours == rhythm.hours
    assert again.week == pytest.approx(rhythm.week, rel=2e-3)
    assert again.to_bytes() == data


def test_storage_after_every_poll_changes_little() -> None:
    kept, stored = Rhythm.empty(MONDAY), Rhythm.empty(MONDAY)
    for poll in range(14 * 24 * 12):
        since = MONDAY + poll * timedelta(minutes=5)
        until = since + timedelta(minutes=5)
        entries = [until] if poll % 7 == 0 else []
        kept = kept.observed(entries, since, until)
        stored = Rhythm.from_bytes(stored.observed(entries, since, until).to_bytes())
    assert stored.week == pytest.approx(kept.week, rel=5e-3)


def test_damaged_or_foreign_bytes_are_refused() -> None:
    data = lived(3).to_bytes()
    with pytest.raises(ValueError, match="bytes"):
        Rhythm.from_bytes(b"")
    with pytest.raises(ValueError, match="checksum"):
        Rhythm.from_bytes(data[:100] + bytes([data[100] ^ 1]) + data[101:])
    for body, words in (
        (b"\x09" + data[1:-4], "version 9"),
        (data[:1] + struct.pack("<d", float("nan")) + data[9:-4], "impossible"),
        (data[:9] + struct.pack("<f", -1) + data[13:-4], "impossible"),
    ):
        with pytest.raises(ValueError, match=words):
            Rhythm.from_bytes(body + struct.pack("<I", zlib.crc32(body)))


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        Rhythm.empty(datetime(2026, 3, 2))  # noqa: DTZ001
    with pytest.raises(ValueError, match="aware"):
        lived(1).observed([datetime(2026, 3, 2)], MONDAY, MONDAY + 2 * DAY)  # noqa: DTZ001


def test_zones_make_no_difference() -> None:
    almaty = timezone(timedelta(hours=5))
    assert Rhythm.empty(MONDAY.astimezone(almaty)) == Rhythm.empty(MONDAY)


def test_a_decision_takes_no_time_that_counts() -> None:
    rhythm = lived(30)

    def decide() -> None:
        until = MONDAY + 30 * DAY + timedelta(minutes=10)
        list(itertools.islice(rhythm.observed([], MONDAY, until).ahead(until), 24))

    # 0.1 ms when measured; the bound leaves room for busy machines.
    assert min(timeit.repeat(decide, number=20, repeat=5)) / 20 < 1e-3


@given(
    start=MOMENTS,
    published=st.lists(MOMENTS, max_size=20),
    gaps=st.lists(st.floats(0, 5000), max_size=8),
)
def test_rates_are_always_finite_and_above_zero(
    start: datetime, published: list[datetime], gaps: list[float]
) -> None:
    rhythm = Rhythm.seeded(published, start)
    now = start
    for gap in gaps:
        now += gap * HOUR
        rhythm = rhythm.observed(published, start, now)
    rhythm = Rhythm.from_bytes(rhythm.to_bytes())
    assert all(0 < rate < 1e4 for rate in rhythm.week)
    assert rhythm.expected(start, now) >= 0
    assert all(
        0 < hours <= 1 and rate > 0 for hours, rate in itertools.islice(rhythm.ahead(now), 9)
    )
