"""What becomes of an escalation that is due and of a snooze that has ended: as tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alerts.dispatch.escalation import ASK_AGAIN, WorkDue
from core.alerting.alerts import AlertChange, AlertState
from core.alerting.matches import Level
from core.alerting.silences import Silence
from core.config.sections.routes import SilenceMatch
from core.deciding.dispatch import AlertOutline
from core.deciding.escalation import (
    DueEscalation,
    EndedSnooze,
    EscalationDecision,
    EscalationFate,
    EscalationReason,
    EscalationState,
    OtherEscalation,
    SnoozeDecision,
    SnoozeFate,
    SnoozeReason,
)

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def outline(name: str) -> AlertOutline:
    return AlertOutline(
        alert_id=name,
        rule="raids",
        level=Level.HIGH,
        source=f"outlet of {name}",
        language="ru",
        entities=frozenset(),
        story=1,
        created_at=NOW - HOUR,
    )


def outlines(names: str) -> dict[str, AlertOutline]:
    return {name: outline(name) for name in names}


def silence(alert: str = "", receiver: str = "") -> Silence:
    """Keep an alert, or all, from a receiver, or all."""
    return Silence(
        id="slc_1",
        match=SilenceMatch(
            sources=(f"outlet of {alert}",) if alert else (),
            receivers=(receiver,) if receiver else (),
        ),
        author="a",
        reason="",
        starts_at=NOW,
        ends_at=NOW + HOUR,
    )


def silenced(alert: AlertOutline, receiver: str, silences: Sequence[Silence]) -> bool:
    return any(
        (not found.match.sources or alert.source in found.match.sources)
        and (not found.match.receivers or receiver in found.match.receivers)
        for found in silences
    )


WORK = WorkDue(silenced)


def change(name: str, state: AlertState, at: datetime = NOW - HOUR) -> AlertChange:
    return AlertChange(alert_id=name, at=at, by="aigul", state=state, reason=f"of {name}")


def states(**known: AlertState) -> dict[str, AlertState]:
    return known


OPEN, TAKEN, SNOOZED = AlertState.OPEN, AlertState.ACKNOWLEDGED, AlertState.SNOOZED
DUE = DueEscalation(
    alert_id="b",
    receivers=("boss",),
    now=NOW,
    states={"b": OPEN},
    same_rule=frozenset("b"),
    changes={},
    notified=outlines("b"),
)
PAIR = replace(
    DUE,
    states={"a": OPEN, "b": OPEN, "c": OPEN},
    same_rule=frozenset("abc"),
    notified=outlines("abc"),
)
DISMISSED = AlertState.DISMISSED
BESIDE_DISMISSED = replace(
    PAIR, states={"a": DISMISSED, "b": OPEN, "c": OPEN}, changes={"a": change("a", DISMISSED)}
)
TWO = replace(DUE, receivers=("desk", "boss"))


def waits(number: int, *receivers: str, state: str = "waiting") -> OtherEscalation:
    return OtherEscalation(id=number, state=EscalationState(state), receivers=receivers)


def escalate(
    also_done: tuple[int, ...] = (), escalated: str = "b", **hears: str
) -> EscalationDecision:
    return EscalationDecision(
        fate=EscalationFate.ESCALATE,
        reason=EscalationReason.IN_TIME,
        hears={receiver: tuple(alerts) for receiver, alerts in hears.items()},
        also_done=also_done,
        escalated=tuple(escalated),
    )


NOBODY_TOLD = EscalationDecision(
    fate=EscalationFate.CANCEL, reason=EscalationReason.NOBODY_NOTIFIED
)
LATER = EscalationDecision(
    fate=EscalationFate.POSTPONE, reason=EscalationReason.SILENCED, again_at=NOW + 5 * MINUTE
)
SAID = EscalationDecision(fate=EscalationFate.DONE, reason=EscalationReason.ALL_NOTIFIED)


def taken_on(followed: AlertChange | None = None, followers: str = "") -> EscalationDecision:
    return EscalationDecision(
        fate=EscalationFate.CANCEL,
        reason=EscalationReason.ACKNOWLEDGED_BEFORE,
        followed=followed,
        followers=tuple(followers),
    )


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        pytest.param(DUE, escalate(boss="b"), id="nobody took it on"),
        pytest.param(TWO, escalate(boss="b", desk="b"), id="several hear of it"),
        pytest.param(
            replace(DUE, states={"b": AlertState.ESCALATED}), escalate(boss="b"),
            id="what escalated before escalates to more",
        ),
        pytest.param(PAIR, escalate(boss="bac", escalated="abc"), id="with its copies, it leads"),
        pytest.param(
            replace(BESIDE_DISMISSED, same_rule=frozenset("b")),
            escalate(boss="bac", escalated="bc"), id="beside what was dismissed of another rule",
        ),
        pytest.param(
            BESIDE_DISMISSED, taken_on(change("a", DISMISSED), "bc"),
            id="beside what was dismissed of its rule",
        ),
        pytest.param(
            replace(
                PAIR, same_rule=frozenset("b"), states={"a": TAKEN, "b": OPEN, "c": OPEN},
                changes={"a": change("a", TAKEN)},
            ),
            taken_on(change("a", TAKEN), "bc"), id="another rule's alert is taken on",
        ),
        pytest.param(
            replace(PAIR, notified=outlines("cb")), escalate(escalated="abc", boss="bc"),
            id="with those notified",
        ),
        pytest.param(replace(PAIR, notified=outlines("ac")), NOBODY_TOLD, id="only copies"),
        pytest.param(replace(DUE, notified={}), NOBODY_TOLD, id="nobody was told"),
        # -- taken on
        *(
            pytest.param(
                replace(DUE, states={"b": state}, changes={"b": change("b", state)}),
                taken_on(), id=f"it is {state.value}",
            )
            for state in (TAKEN, SNOOZED, AlertState.DISMISSED)
        ),
        pytest.param(
            replace(DUE, notified={}, states={"b": TAKEN}, changes={"b": change("b", TAKEN)}),
            taken_on(), id="taken on, and nobody was told",
        ),
        pytest.param(
            replace(
                PAIR, states=states(c=OPEN, b=OPEN, a=TAKEN), changes={"a": change("a", TAKEN)}
            ),
            taken_on(change("a", TAKEN), "bc"), id="a copy is taken on, the others follow",
        ),
        pytest.param(
            replace(
                PAIR,
                states=states(a=TAKEN, b=AlertState.ESCALATED, c=SNOOZED),
                changes={
                    "a": change("a", TAKEN),
                    "b": change("b", AlertState.ESCALATED, NOW),
                    "c": change("c", SNOOZED, NOW - HOUR + SECOND),
                },
            ),
            taken_on(change("c", SNOOZED, NOW - HOUR + SECOND), "b"),
            id="the last taking on is followed",
        ),
        pytest.param(
            replace(
                PAIR,
                states=states(a=TAKEN, b=OPEN),
                changes={"a": change("a", TAKEN), "b": change("b", OPEN, NOW)},
            ),
            taken_on(change("a", TAKEN), "b"), id="an opening is not followed",
        ),
        # -- who heard before
        pytest.param(
            replace(DUE, heard=(("boss", NOW - HOUR),)), SAID, id="all heard of a copy's"
        ),
        pytest.param(
            replace(TWO, heard=(("boss", NOW - HOUR),)), escalate(desk="b"), id="some did"
        ),
        pytest.param(
            replace(DUE, heard=(("editors", NOW - HOUR),)), escalate(boss="b"), id="others did"
        ),
        pytest.param(
            replace(DUE, heard=(("boss", NOW - HOUR),), opened_at=NOW - HOUR),
            escalate(boss="b"), id="they heard when it was opened again",
        ),
        pytest.param(
            replace(DUE, heard=(("boss", NOW - HOUR),), opened_at=NOW - HOUR + SECOND),
            escalate(boss="b"), id="they heard before it was opened again",
        ),
        pytest.param(
            replace(DUE, heard=(("boss", NOW - HOUR),), opened_at=NOW - HOUR - SECOND),
            SAID, id="they heard after it was opened again",
        ),
        pytest.param(
            replace(DUE, heard=(("boss", NOW + HOUR),), opened_at=NOW - HOUR),
            escalate(boss="b"), id="a clock that ran ahead says when they heard",
        ),
        pytest.param(replace(DUE, receivers=()), SAID, id="nobody is to hear"),
        # -- silences
        pytest.param(replace(DUE, silences=(silence(),)), LATER, id="silenced"),
        pytest.param(
            replace(DUE, silences=(silence(receiver="boss"),)), LATER,
            id="silenced for all who hear",
        ),
        pytest.param(
            replace(TWO, silences=(silence(receiver="boss"),)), escalate(desk="b"),
            id="silenced for some",
        ),
        pytest.param(
            replace(DUE, silences=(silence(receiver="desk"),)), escalate(boss="b"),
            id="silenced for others",
        ),
        pytest.param(
            replace(PAIR, silences=(silence("b"),)), escalate(escalated="abc", boss="ac"),
            id="silenced, and its copies are not",
        ),
        pytest.param(
            replace(PAIR, receivers=("boss", "desk"), silences=(silence("c", "desk"),)),
            escalate(escalated="abc", boss="bac", desk="ba"), id="a copy is silenced for one",
        ),
        pytest.param(
            replace(DUE, heard=(("boss", NOW),), silences=(silence(),)), SAID,
            id="silenced, and all heard",
        ),
        # -- others of the story
        pytest.param(
            replace(DUE, others=(waits(7, "boss"), waits(8))), escalate((7, 8), boss="b"),
            id="what tells nobody else is done, too",
        ),
        pytest.param(
            replace(TWO, others=(waits(7, "boss"), waits(8, "desk", "boss"), waits(9, "hook"))),
            escalate((7, 8), boss="b", desk="b"), id="what tells somebody else is not",
        ),
        pytest.param(
            replace(DUE, others=(waits(7, "boss", "hook"),)), escalate(boss="b"),
            id="what tells more is not",
        ),
        pytest.param(
            replace(
                DUE,
                others=(waits(7, "boss", state="done"), waits(8, "boss", state="cancelled")),
            ),
            escalate(boss="b"), id="what does not wait stays as it is",
        ),
        pytest.param(
            replace(DUE, heard=(("boss", NOW),), others=(waits(7, "boss"),)),
            replace(SAID, also_done=(7,)), id="others are done when all heard",
        ),
        pytest.param(
            replace(DUE, silences=(silence(),), others=(waits(7, "boss"),)), LATER,
            id="others wait when it is postponed",
        ),
    ],
)  # fmt: skip
def test_a_due_escalation(due: DueEscalation, expected: EscalationDecision) -> None:
    assert WORK.escalation(due) == expected


def notified(**alerts: Sequence[str]) -> dict[str, frozenset[str]]:
    return {alert: frozenset(receivers) for alert, receivers in alerts.items()}


ENDED = EndedSnooze(alert_id="b", now=NOW, notified=notified(b=["desk"]), outlines=outlines("b"))
STORY = replace(
    ENDED, notified=notified(a=["desk"], b=["desk", "boss"], c=["boss"]), outlines=outlines("abc")
)
NOT_NOW = SnoozeDecision(
    fate=SnoozeFate.POSTPONE, reason=SnoozeReason.SILENCED, again_at=NOW + 5 * MINUTE
)


def remind(**hears: str) -> SnoozeDecision:
    return SnoozeDecision(
        fate=SnoozeFate.REMIND,
        reason=SnoozeReason.DUE_AGAIN,
        hears={receiver: tuple(alerts) for receiver, alerts in hears.items()},
    )


@pytest.mark.parametrize(
    ("ended", "expected"),
    [
        pytest.param(ENDED, remind(desk="b"), id="who was told is reminded"),
        pytest.param(STORY, remind(boss="bc", desk="ba"), id="each of what it was told of"),
        pytest.param(
            replace(STORY, notified=notified(a=["desk"], c=["boss"])), remind(boss="c", desk="a"),
            id="of copies, if only they were told",
        ),
        pytest.param(
            replace(ENDED, notified={}),
            SnoozeDecision(fate=SnoozeFate.OPEN, reason=SnoozeReason.NOBODY_NOTIFIED),
            id="nobody was told",
        ),
        pytest.param(
            replace(ENDED, notified={}, silences=(silence(),)),
            SnoozeDecision(fate=SnoozeFate.OPEN, reason=SnoozeReason.NOBODY_NOTIFIED),
            id="nobody was told, and it is silenced",
        ),
        pytest.param(replace(ENDED, silences=(silence(),)), NOT_NOW, id="silenced"),
        pytest.param(
            replace(STORY, silences=(silence(receiver="boss"),)), remind(desk="ba"),
            id="silenced for one",
        ),
        pytest.param(
            replace(STORY, silences=(silence("b"),)), remind(boss="c", desk="a"),
            id="silenced, and its copies are not",
        ),
        pytest.param(
            replace(ENDED, silences=(silence(receiver="boss"),)), remind(desk="b"),
            id="silenced for others",
        ),
        pytest.param(
            replace(STORY, notified=notified(a=["desk"], b=["boss"]), silences=(silence("b"),)),
            remind(desk="a"), id="who was told only of what is silenced hears nothing",
        ),
        pytest.param(
            replace(
                STORY,
                notified=notified(a=["desk"], b=["boss"]),
                silences=(silence("a", "desk"), silence("b", "boss")),
            ),
            NOT_NOW, id="everybody may hear only of what they were not told",
        ),
    ],
)  # fmt: skip
def test_a_snooze_that_ended(ended: EndedSnooze, expected: SnoozeDecision) -> None:
    assert WORK.snooze(ended) == expected


def test_silences_are_asked_about_again_in_five_minutes() -> None:
    assert ASK_AGAIN == 5 * MINUTE
