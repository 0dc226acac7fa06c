"""Which due work counts as untouched."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.due_work import DueWork, WorkKind
from scheduler.untouched import Bound, untouched

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
CRAWLED = {
    WorkKind.POLL: Bound.NOBODY_CRAWLS,
    WorkKind.ENTRY: Bound.NOBODY_CRAWLS,
    WorkKind.VISIT: Bound.NOBODY_CRAWLS,
}
LOOKED_AT = {
    WorkKind.JUDGEMENT: Bound.NOBODY_JUDGES,
    WorkKind.BROKEN_JUDGEMENT: Bound.NOBODY_JUDGES,
    WorkKind.GROUP: Bound.NOBODY_DISPATCHES,
    WorkKind.ESCALATION: Bound.NOBODY_ESCALATES,
    WorkKind.REMINDER: Bound.NOBODY_ESCALATES,
    WorkKind.DELIVERY: Bound.NOBODY_DELIVERS,
}
BOUNDS = [(kind, 30 * MINUTE, why) for kind, why in CRAWLED.items()] + [
    (kind, 15 * MINUTE, why) for kind, why in LOOKED_AT.items()
]


def test_every_kind_has_its_bound() -> None:
    assert {kind for kind, _, _ in BOUNDS} == set(WorkKind)


@pytest.mark.parametrize(("kind", "bound", "reason"), BOUNDS)
def test_what_is_due_for_longer_than_its_bound_is_untouched(
    kind: WorkKind, bound: timedelta, reason: Bound
) -> None:
    (just,) = [DueWork(kind=kind, due_at=NOW - bound)]
    assert untouched([just], NOW, None) == ()
    (late,) = untouched([DueWork(kind=kind, due_at=NOW - bound - MINUTE)], NOW, None)
    assert (late.reason, late.since) == (reason, NOW - bound - MINUTE)
    assert late.work.kind is kind


@pytest.mark.parametrize(
    ("due", "done", "started", "since"),
    [
        (DAY, None, None, DAY),
        (DAY, None, 2 * DAY, DAY),
        (DAY, None, HOUR, HOUR),  # became due while no daemon ran
        (DAY, None, 10 * MINUTE, None),
        (DAY, 10 * MINUTE, 2 * DAY, None),  # a queue that moves
        (DAY, HOUR, 2 * DAY, HOUR),
        (HOUR, DAY, 2 * DAY, HOUR),
        (DAY, HOUR, 2 * HOUR, HOUR),
        (DAY, 2 * HOUR, HOUR, HOUR),
        (DAY, timedelta(0), None, None),  # done at this moment
        (DAY, None, timedelta(0), None),
        (DAY, -HOUR, None, DAY),  # said by a clock that ran ahead
        (DAY, None, -HOUR, DAY),
    ],
)
def test_it_counts_from_when_it_could_have_been_done(
    due: timedelta, done: timedelta | None, started: timedelta | None, since: timedelta | None
) -> None:
    work = DueWork(
        kind=WorkKind.DELIVERY, due_at=NOW - due, done_at=None if done is None else NOW - done
    )
    found = untouched([work], NOW, None if started is None else NOW - started)
    assert [left.since for left in found] == ([] if since is None else [NOW - since])


@pytest.mark.parametrize(
    ("kind", "due", "left"),
    [
        (WorkKind.POLL, 6 * HOUR, False),
        (WorkKind.POLL, 6 * HOUR + MINUTE, True),
        (WorkKind.ENTRY, 6 * HOUR + MINUTE, False),
    ],
)
def test_a_source_that_all_others_pass_by_is_untouched(
    kind: WorkKind, due: timedelta, left: bool
) -> None:
    work = DueWork(kind=kind, due_at=NOW - due, done_at=NOW - MINUTE, about="kloop")
    found = untouched([work], NOW, None)
    assert [(each.work, each.since, each.reason) for each in found] == (
        [(work, NOW - due, Bound.LEFT_BEHIND)] if left else []
    )
