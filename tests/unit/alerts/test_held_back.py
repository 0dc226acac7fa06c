"""Where alerts are told that were held back: in their conversation, or in a summary."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alerts.dispatch.group_dispatch import GroupDispatch
from core.alerting.matches import Level
from core.alerting.message_kinds import MessageKind
from core.config.watch import WatchConfig
from core.deciding.dispatch import DueGroup, WaitingNotification
from core.deciding.groups import Conversation, Home, ToldOfHome

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
DECIDE = GroupDispatch(WatchConfig.model_validate({}), NOW).decide
SUMMARY = DueGroup(
    receiver="desk",
    key="quiet",
    kind=MessageKind.SUMMARY,
    waiting=(),
    sequence=0,
    dispatched_at=None,
    lasting=False,
    max_per_hour=None,
    recent=(),
    silences=(),
)
NEW = Conversation(sequence=0, dispatched_at=None, lasting=False)
LASTING = Conversation(sequence=2, dispatched_at=NOW - 9 * DAY, lasting=True, level=Level.HIGH.rank)


def home(number: int = 5, conversation: Conversation = NEW) -> Home:
    return Home(id=number, kind=MessageKind.ALERT, conversation=conversation)


DIGEST = replace(home(), kind=MessageKind.DIGEST)


def waiting(
    number: int, home: Home | None, level: Level = Level.NORMAL, *, dismissed: bool = False
) -> WaitingNotification:
    return WaitingNotification(
        id=number,
        alert_id=f"alt_{number}",
        rule="raids",
        level=level,
        source="outlet",
        language=None,
        entities=frozenset(),
        story=None,
        created_at=NOW - SECOND,
        dismissed=dismissed,
        home=home,
    )


@pytest.mark.parametrize(
    ("conversation", "kind"),
    [
        pytest.param(NEW, MessageKind.ALERT, id="nothing was said"),
        pytest.param(LASTING, MessageKind.UPDATE, id="it goes on"),
        pytest.param(replace(LASTING, lasting=False), MessageKind.ALERT, id="it rested"),
    ],
)
def test_what_was_held_back_alone_is_told_in_its_conversation(
    conversation: Conversation, kind: MessageKind
) -> None:
    for others in ((), (waiting(2, home(6), dismissed=True),)):
        held = waiting(1, home(5, conversation))
        decision = DECIDE(replace(SUMMARY, waiting=(held, *others)))
        assert (decision.kind, decision.home, decision.told_of) == (kind, 5, ())


@pytest.mark.parametrize("nowhere", [None, DIGEST])
def test_one_alert_without_a_conversation_reads_as_what_it_is(nowhere: Home | None) -> None:
    decision = DECIDE(replace(SUMMARY, waiting=(waiting(1, nowhere),)))
    assert (decision.kind, decision.home, decision.told_of) == (MessageKind.ALERT, None, ())


@pytest.mark.parametrize("kind", [MessageKind.ALERT, MessageKind.DIGEST])
def test_what_was_not_held_back_is_told_in_its_own_group(kind: MessageKind) -> None:
    decision = DECIDE(replace(SUMMARY, kind=kind, waiting=(waiting(1, None),)))
    assert (decision.kind, decision.home, decision.told_of) == (kind, None, ())


LOW, NORMAL, HIGH = Level.LOW, Level.NORMAL, Level.HIGH


@pytest.mark.parametrize(
    ("held", "told_of"),
    [
        pytest.param([(home(), NORMAL), (None, HIGH)], [(5, False, NORMAL)], id="begins"),
        pytest.param(
            [(None, HIGH), (home(), NORMAL)], [(5, False, NORMAL)], id="begins, after one of none"
        ),
        pytest.param(
            [(home(5, LASTING), NORMAL), (None, HIGH)], [(5, True, HIGH)], id="goes on, as high"
        ),
        pytest.param(
            [(home(5, replace(LASTING, level=LOW.rank)), NORMAL), (None, HIGH)],
            [(5, True, NORMAL)], id="goes on, higher",
        ),
        pytest.param(
            [(home(5, replace(LASTING, lasting=False)), NORMAL), (None, HIGH)],
            [(5, False, NORMAL)], id="begins anew, and forgets how high",
        ),
        pytest.param(
            [(home(5), LOW), (home(5), HIGH), (home(5), NORMAL)], [(5, False, HIGH)],
            id="the highest of several",
        ),
        pytest.param(
            [(home(9), LOW), (home(5), LOW), (home(7), LOW)],
            [(5, False, LOW), (7, False, LOW), (9, False, LOW)], id="in order",
        ),
        pytest.param([(DIGEST, HIGH), (None, HIGH)], [], id="a digest has no conversation"),
    ],
)  # fmt: skip
def test_a_summary_speaks_in_the_conversations_of_its_alerts(
    held: list[tuple[Home | None, Level]], told_of: list[tuple[int, bool, Level]]
) -> None:
    alerts = tuple(waiting(number, *place) for number, place in enumerate(held))
    decision = DECIDE(replace(SUMMARY, waiting=alerts))
    assert (decision.kind, decision.home) == (MessageKind.SUMMARY, None)
    assert decision.told_of == tuple(
        ToldOfHome(id=number, goes_on=goes_on, level=level.rank)
        for number, goes_on, level in told_of
    )


def test_what_is_not_told_speaks_in_no_conversation() -> None:
    alerts = (waiting(1, None), waiting(2, None), waiting(3, home(), dismissed=True))
    assert DECIDE(replace(SUMMARY, waiting=alerts)).told_of == ()


@pytest.mark.parametrize(
    ("sequence", "ago", "lasting", "kind"),
    [
        (0, None, True, MessageKind.ALERT),
        (1, 9 * DAY, True, MessageKind.UPDATE),
        (3, DAY - SECOND, False, MessageKind.UPDATE),
        (3, DAY, False, MessageKind.ALERT),
    ],
)
def test_the_next_message_of_a_group_goes_on_or_begins_anew(
    sequence: int, ago: timedelta | None, lasting: bool, kind: MessageKind
) -> None:
    group = replace(
        SUMMARY,
        kind=MessageKind.ALERT,
        sequence=sequence,
        dispatched_at=None if ago is None else NOW - ago,
        lasting=lasting,
        waiting=(waiting(1, None),),
    )
    assert DECIDE(group).kind is kind
