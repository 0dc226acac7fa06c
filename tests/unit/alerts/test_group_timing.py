"""When a group is due, and whether its conversation goes on: a table of cases for each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alerts.dispatch.group_timing import CONVERSATION, continuation, when_due
from core.alerting.matches import Level
from core.alerting.notifications import Recipient
from core.deciding.groups import ContinuationReason, Conversation, DueReason, Joining

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
NEW = Conversation(sequence=0, dispatched_at=None, lasting=False)
LASTING = Conversation(sequence=1, dispatched_at=NOW - HOUR, lasting=True, level=Level.NORMAL.rank)
DAILY = replace(LASTING, lasting=False)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("conversation", "goes_on", "reason"),
    [
        pytest.param(NEW, False, ContinuationReason.NOTHING_SAID, id="nothing was said"),
        pytest.param(
            replace(LASTING, sequence=0), False, ContinuationReason.NOTHING_SAID,
            id="nothing was said in a lasting one",
        ),
        pytest.param(LASTING, True, ContinuationReason.LASTING, id="a story's lasts"),
        pytest.param(
            replace(LASTING, dispatched_at=NOW - 300 * DAY), True, ContinuationReason.LASTING,
            id="a story's lasts for ever",
        ),
        pytest.param(
            replace(LASTING, sequence=7), True, ContinuationReason.LASTING, id="after many messages"
        ),
        pytest.param(DAILY, True, ContinuationReason.OF_LATE, id="an hour ago"),
        pytest.param(
            replace(DAILY, dispatched_at=NOW), True, ContinuationReason.OF_LATE, id="just now"
        ),
        pytest.param(
            replace(DAILY, dispatched_at=NOW - DAY + SECOND), True, ContinuationReason.OF_LATE,
            id="a second less than a day ago",
        ),
        pytest.param(
            replace(DAILY, dispatched_at=NOW - DAY), False, ContinuationReason.RESTED, id="rested"
        ),
        pytest.param(
            replace(DAILY, dispatched_at=NOW - DAY - SECOND), False, ContinuationReason.RESTED,
            id="longer ago",
        ),
        pytest.param(
            replace(DAILY, dispatched_at=None), False, ContinuationReason.RESTED,
            id="nobody knows when",
        ),
    ],
)  # fmt: skip
def test_a_conversation_goes_on(
    conversation: Conversation, goes_on: bool, reason: ContinuationReason
) -> None:
    found = continuation(conversation, NOW)
    assert (found.goes_on, found.reason) == (goes_on, reason)


def test_a_conversation_rests_for_a_day() -> None:
    assert CONVERSATION == DAY


FIRST = Joining(
    recipient=Recipient(receiver="desk", group="g", wait=2 * MINUTE, interval=15 * MINUTE),
    level=Level.NORMAL,
    conversation=NEW,
    due_at=None,
    now=NOW,
)
DIGEST = replace(FIRST.recipient, dispatch_at=NOW + 9 * HOUR)


def notified(ago: timedelta, level: Level = Level.NORMAL, *, lasting: bool = True) -> Conversation:
    return Conversation(sequence=1, dispatched_at=NOW - ago, lasting=lasting, level=level.rank)


@pytest.mark.parametrize(
    ("joining", "after", "reason"),
    [
        pytest.param(FIRST, 2 * MINUTE, DueReason.COMPANY, id="the first waits for company"),
        pytest.param(
            replace(FIRST, recipient=replace(FIRST.recipient, wait=timedelta(0))),
            timedelta(0), DueReason.COMPANY, id="or for none",
        ),
        pytest.param(
            replace(FIRST, recipient=DIGEST), 9 * HOUR, DueReason.DIGEST, id="a digest has its time"
        ),
        pytest.param(
            replace(FIRST, recipient=replace(DIGEST, dispatch_at=NOW - HOUR)),
            -HOUR, DueReason.DIGEST, id="a digest keeps it when it is past",
        ),
        pytest.param(
            replace(FIRST, recipient=DIGEST, conversation=notified(MINUTE)),
            9 * HOUR, DueReason.DIGEST, id="a digest keeps it whatever was told",
        ),
        pytest.param(
            replace(FIRST, conversation=notified(MINUTE)),
            14 * MINUTE, DueReason.INTERVAL, id="the next keeps its distance",
        ),
        pytest.param(
            replace(FIRST, conversation=notified(timedelta(0))),
            15 * MINUTE, DueReason.INTERVAL, id="from what was told just now, too",
        ),
        pytest.param(
            replace(FIRST, conversation=notified(13 * MINUTE - SECOND)),
            2 * MINUTE + SECOND, DueReason.INTERVAL, id="distance a second longer than waiting",
        ),
        pytest.param(
            replace(FIRST, conversation=notified(13 * MINUTE)),
            2 * MINUTE, DueReason.COMPANY, id="distance as long as waiting",
        ),
        pytest.param(
            replace(FIRST, conversation=notified(13 * MINUTE + SECOND)),
            2 * MINUTE, DueReason.COMPANY, id="distance a second shorter than waiting",
        ),
        pytest.param(
            replace(FIRST, conversation=notified(HOUR)), 2 * MINUTE, DueReason.COMPANY,
            id="distance long past",
        ),
        pytest.param(
            replace(FIRST, conversation=notified(MINUTE), level=Level.HIGH),
            2 * MINUTE, DueReason.MATTERS_MORE, id="what matters more keeps none",
        ),
        pytest.param(
            replace(FIRST, conversation=notified(MINUTE), level=Level.LOW),
            14 * MINUTE, DueReason.INTERVAL, id="what matters less keeps it",
        ),
        pytest.param(
            replace(FIRST, conversation=notified(MINUTE, Level.HIGH), level=Level.HIGH),
            14 * MINUTE, DueReason.INTERVAL, id="what matters as much keeps it",
        ),
        pytest.param(
            replace(
                FIRST,
                conversation=notified(DAY, lasting=False),
                recipient=replace(FIRST.recipient, interval=2 * DAY),
            ),
            2 * MINUTE, DueReason.COMPANY, id="a conversation that begins anew keeps none",
        ),
        pytest.param(
            replace(
                FIRST,
                conversation=notified(DAY - SECOND, lasting=False),
                recipient=replace(FIRST.recipient, interval=2 * DAY),
            ),
            DAY + SECOND, DueReason.INTERVAL, id="one that goes on does",
        ),
        pytest.param(
            replace(FIRST, conversation=replace(LASTING, dispatched_at=None)),
            2 * MINUTE, DueReason.COMPANY, id="nobody knows when something was told",
        ),
        pytest.param(
            replace(FIRST, conversation=notified(-SECOND)),
            2 * MINUTE, DueReason.CLOCK_AHEAD, id="something was told in the future",
        ),
        pytest.param(
            replace(FIRST, due_at=NOW + MINUTE), MINUTE, DueReason.OTHERS_WAIT,
            id="others are due sooner",
        ),
        pytest.param(
            replace(FIRST, due_at=NOW + 2 * MINUTE - SECOND),
            2 * MINUTE - SECOND, DueReason.OTHERS_WAIT, id="others are due a second sooner",
        ),
        pytest.param(
            replace(FIRST, due_at=NOW + 2 * MINUTE), 2 * MINUTE, DueReason.COMPANY,
            id="others are due then, too",
        ),
        pytest.param(
            replace(FIRST, due_at=NOW + 9 * MINUTE), 2 * MINUTE, DueReason.COMPANY,
            id="others are due later, and come along",
        ),
        pytest.param(
            replace(FIRST, due_at=NOW - MINUTE), -MINUTE, DueReason.OTHERS_WAIT,
            id="others are late",
        ),
    ],
)  # fmt: skip
def test_a_group_is_due(joining: Joining, after: timedelta, reason: DueReason) -> None:
    due = when_due(joining)
    assert (due.at - NOW, due.reason) == (after, reason)
