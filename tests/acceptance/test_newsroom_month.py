"""A month of a newsroom: every published article is stored once, and every trouble is found."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.month.plan import EARLY, make_plan
from tests.month.play import play


@pytest.mark.timeout(300)
def test_in_a_day_of_eight_outlets_nothing_is_missed(tmp_path: Path) -> None:
    plan = make_plan(outlets=8, days=1, fates=EARLY, seed=4558)
    report = play(plan, tmp_path, step=timedelta(minutes=10))
    print(f"\n{report.table()}")
    # A list of eight hours' death, and one that lies, are of the month alone; here none is hostile.
    of_the_month = ["dead lists alerted", "304 lies", "spoken of by others"]
    assert [row.kind for row in report.rows if not row.planted] == of_the_month
    assert (report.missed, report.told.wrongly) == ([], []), report.table()
    assert (report.twice, report.unwanted, report.refetched) == ([], [], []), report.table()


@pytest.mark.timeout(300)
def test_outlets_that_speak_of_others_take_nothing_from_them(tmp_path: Path) -> None:
    plan = make_plan(outlets=6, days=1, fates=EARLY, seed=1, hostile=True)
    report = play(plan, tmp_path, step=timedelta(minutes=10))
    print(f"\n{report.table()}")
    assert next(row.planted for row in report.rows if row.kind == "spoken of by others")
    assert (report.missed, report.told.wrongly) == ([], []), report.table()


_STEP = timedelta(minutes=10)
"""What is due within it is done together: the two months take an hour and a half on two cores."""


@pytest.mark.chaos
@pytest.mark.timeout(7200)
def test_in_a_month_of_sixty_outlets_nothing_is_missed(tmp_path: Path) -> None:
    report = play(make_plan(outlets=60, days=30, hostile=True), tmp_path, step=_STEP)
    print(f"\n{report.table()}")
    assert (report.missed, report.told.wrongly) == ([], [])
    assert (report.twice, report.unwanted) == ([], [])
    (spoken_of,) = (row for row in report.rows if row.kind == "spoken of by others")
    assert len(report.refetched) <= spoken_of.planted, "only what its own outlet announced later"


@pytest.mark.chaos
@pytest.mark.timeout(7200)
def test_a_monitor_killed_a_hundred_times_in_the_month_misses_nothing(tmp_path: Path) -> None:
    report = play(make_plan(outlets=60, days=30), tmp_path, kills=100, step=_STEP)
    print(f"\n{report.table()}")
    assert report.kills == 100
    assert (report.missed, report.told.wrongly) == ([], [])
    assert (report.twice, report.unwanted) == ([], [])
    assert len(report.refetched) <= 100 * 16, "only what was in flight is asked for again"
