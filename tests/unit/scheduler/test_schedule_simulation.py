from __future__ import annotations

import pytest

from bench.schedule import (
    OTHERS,
    TOLERANCE,
    Feed,
    Fixed,
    Outcome,
    Span,
    at_budget,
    compare,
    feeds,
    holds,
    simulate,
)

SPAN = Span(measured_from=14 * 24.0, measured_until=16 * 24.0)
Table = dict[str, tuple[float, Outcome]]


@pytest.fixture(scope="module")
def table() -> Table:
    return compare(feeds(24, seed=4, until=SPAN.end), 2.0, SPAN)


def test_all_spend_the_same(table: Table) -> None:
    ours = table["ours"][1].requests
    assert table["fixed interval"][1].requests == pytest.approx(ours, rel=TOLERANCE)
    assert table["Miniflux"][1].requests == pytest.approx(ours, rel=TOLERANCE)
    # Its intervals move in steps, and so does the number of its requests.
    assert table["Media Cloud"][1].requests == pytest.approx(ours, rel=0.15)


def test_at_the_same_budget_ours_is_earliest_on_the_mean(table: Table) -> None:
    assert holds(table)
    assert all(table[name][1].mean > 1.2 * table["ours"][1].mean for name in OTHERS)


def test_half_of_the_news_comes_far_sooner_than_by_a_fixed_interval(table: Table) -> None:
    fixed, ours = table["fixed interval"][1], table["ours"][1]
    assert fixed.percentile(0.5) > 1.8 * ours.percentile(0.5)


@pytest.mark.parametrize("name", ["Miniflux", "Media Cloud"])
def test_small_sources_are_not_forgotten_for_busy_ones(table: Table, name: str) -> None:
    assert table[name][1].percentile(0.95) > 1.4 * table["ours"][1].percentile(0.95)


def test_nothing_is_lost(table: Table) -> None:
    assert table["ours"][1].lost == 0


def test_delays_and_losses_are_counted_from_publication_to_the_poll() -> None:
    feed = Feed("three", (10.5, 11.25, 11.5, 11.75), window=2)
    outcome = simulate(feed, Fixed(1.0), Span(10.0, 12.0), 0.0)
    assert outcome == Outcome(requests=2, delays=(0.5, 0.5, 0.25), lost=1)
    assert outcome.percentile(0.75) == 0.5
    assert outcome.percentile(1) == float("inf")


def test_a_budget_is_found_by_scaling() -> None:
    scale, outcome = at_budget(100, lambda scale: Outcome(int(1000 / scale), (), 0), 0.1, 1000)
    assert scale == pytest.approx(10, rel=0.02)
    assert outcome.requests == pytest.approx(100, rel=TOLERANCE)
