"""What vantages say of a source, which is asked next, and when it is a verdict that they differ."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.failures import FailureKind
from core.vantages import (
    HOLDS_FOR,
    SILENCES,
    TurnedAway,
    VantageAnswer,
    VantagesDiffer,
    answer_of_failure,
    answer_of_status,
    differing,
    following,
    is_over,
    next_vantage,
    still_differ,
)

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
REFUSED = TurnedAway(1, VantageAnswer.REFUSED, 403)
SILENT = TurnedAway(1, VantageAnswer.SILENT)
DEAD = TurnedAway(1, VantageAnswer.UNREACHED)


def differ(closed: TurnedAway = REFUSED, *, times: int = 1) -> VantagesDiffer:
    return VantagesDiffer(url="u", closed=closed, opened=2, at=NOW, times=times)


@pytest.mark.parametrize(
    ("status", "by_proxy", "answer"),
    [
        (200, True, None),
        (304, True, None),
        (401, True, None),
        (403, False, VantageAnswer.REFUSED),
        (403, True, VantageAnswer.REFUSED),
        (404, True, None),
        (407, False, None),
        (407, True, VantageAnswer.UNREACHED),
        (429, True, None),
        (451, False, VantageAnswer.REFUSED),
        (502, False, None),
        (502, True, VantageAnswer.UNREACHED),
        (503, True, None),
        (504, True, VantageAnswer.UNREACHED),
    ],
)
def test_a_status_says_whether_a_vantage_was_turned_away(
    status: int, by_proxy: bool, answer: VantageAnswer | None
) -> None:
    assert answer_of_status(status, by_proxy=by_proxy) is answer


@pytest.mark.parametrize("kind", FailureKind)
def test_only_silence_says_something_of_a_vantage(kind: FailureKind) -> None:
    silence = {FailureKind.DNS, FailureKind.CONNECT, FailureKind.TIMEOUT, FailureKind.BROKEN}
    expected = VantageAnswer.SILENT if kind in silence else None
    assert answer_of_failure(kind, led_on=True) is expected


def test_a_proxy_that_does_not_lead_on_says_nothing_of_the_outlet() -> None:
    assert answer_of_failure(FailureKind.CONNECT, led_on=False) is VantageAnswer.UNREACHED


@pytest.mark.parametrize(
    ("count", "tried", "asked"),
    [(3, [1], 2), (3, [2], 1), (3, [1, 2], 3), (3, [3, 1], 2), (2, [1, 2], None), (1, [1], None)],
)
def test_each_vantage_is_asked_once(count: int, tried: list[int], asked: int | None) -> None:
    assert next_vantage(count, tried) == asked


@pytest.mark.parametrize(
    ("tried", "closed"),
    [
        ([], None),
        ([DEAD], None),
        ([REFUSED], REFUSED),
        ([DEAD, SILENT], SILENT),
        ([TurnedAway(2, VantageAnswer.REFUSED, 403)], None),
    ],
)
def test_vantages_differ_where_one_read_what_another_was_refused(
    tried: list[TurnedAway], closed: TurnedAway | None
) -> None:
    found = differing("u", tried, 2, NOW)
    assert found == (closed and VantagesDiffer(url="u", closed=closed, opened=2, at=NOW))


@pytest.mark.parametrize(
    ("pause", "times"), [(timedelta(0), 5), (HOLDS_FOR, 5), (HOLDS_FOR + SECOND, 1)]
)
def test_what_differs_again_is_counted_until_a_long_pause(pause: timedelta, times: int) -> None:
    seen = VantagesDiffer(url="u", closed=SILENT, opened=2, at=NOW + pause)
    assert following(differ(times=4), seen).times == times
    assert following(None, seen) == seen


@pytest.mark.parametrize(
    ("url", "opened", "count", "over"),
    [("u", 1, 2, True), ("v", 1, 2, False), ("u", 2, 2, False), ("v", 1, 1, True)],
)
def test_it_is_over_when_the_closed_vantage_reads_the_page(
    url: str, opened: int, count: int, over: bool
) -> None:
    assert is_over(differ(), url, opened, count) is over


@pytest.mark.parametrize(
    ("seen", "age", "verdict"),
    [
        (differ(), timedelta(0), True),
        (differ(), HOLDS_FOR, True),
        (differ(), HOLDS_FOR + SECOND, False),
        (differ(TurnedAway(1, VantageAnswer.BLOCK_PAGE)), SECOND, True),
        (differ(SILENT, times=SILENCES - 1), SECOND, False),
        (differ(SILENT, times=SILENCES), SECOND, True),
    ],
)
def test_a_refusal_counts_at_once_and_silence_only_in_a_row(
    seen: VantagesDiffer, age: timedelta, verdict: bool
) -> None:
    assert still_differ(seen, NOW + age) is verdict
