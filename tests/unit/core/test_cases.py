"""What alerts make up a case, and how people see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.alerting.alerts import Alert, AlertChange, AlertState
from core.alerting.cases import case_of
from core.alerting.matches import Level
from core.articles import ArticleEvent
from tests.unit.alerts import samples

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
OPEN, TAKEN, SNOOZED, DISMISSED, ESCALATED = (
    AlertState.OPEN,
    AlertState.ACKNOWLEDGED,
    AlertState.SNOOZED,
    AlertState.DISMISSED,
    AlertState.ESCALATED,
)


def alert(
    number: int,
    state: AlertState = OPEN,
    *,
    rule: str = "papers",
    level: Level = Level.NORMAL,
    source: str = "kloop",
    only_rule: bool = False,
    event: ArticleEvent = ArticleEvent.PUBLISHED,
) -> Alert:
    known = samples.article()
    article = replace(
        known, id=number, data=replace(known.data, source=source, title=f"title {number}")
    )
    change = None
    if state is not OPEN:
        by = "wirewatch" if state is ESCALATED else f"by {number}"
        change = AlertChange(
            alert_id=f"alt_{number}", at=NOON, by=by, state=state, only_rule=only_rule
        )
    return Alert(
        id=f"alt_{number}",
        match=replace(samples.match(), rule_id=rule, rule_title=rule.title(), level=level),
        article=article,
        created_at=NOON + number * timedelta(minutes=1),
        state=state,
        story=1,
        handled=change,
        event=event,
    )


@pytest.mark.parametrize(
    ("states", "state", "owner"),
    [
        ((OPEN,), OPEN, None),
        ((TAKEN, OPEN), OPEN, None),
        ((OPEN, ESCALATED), ESCALATED, None),
        ((TAKEN, TAKEN), TAKEN, "by 1"),
        ((DISMISSED, SNOOZED), SNOOZED, "by 2"),
        ((DISMISSED, TAKEN), TAKEN, "by 2"),
        ((DISMISSED, OPEN), OPEN, None),
        ((DISMISSED, DISMISSED), DISMISSED, "by 1"),
    ],
)
def test_a_case_is_as_needy_as_its_neediest_alert(
    states: tuple[AlertState, ...], state: AlertState, owner: str | None
) -> None:
    case = case_of([alert(number, of) for number, of in enumerate(states, 1)])
    assert (case.state, case.owner) == (state, owner)


def test_what_was_set_aside_counts_neither_for_the_state_nor_for_the_level() -> None:
    wrong = alert(1, DISMISSED, rule="agenda", level=Level.HIGH, only_rule=True)
    case = case_of([wrong, alert(2, TAKEN)])
    assert (case.state, case.level, case.owner) == (TAKEN, Level.NORMAL, "by 2")
    assert [(rule.id, rule.wrong) for rule in case.rules] == [("agenda", True), ("papers", False)]


def test_a_case_of_mistakes_alone_is_dismissed() -> None:
    case = case_of([alert(1, DISMISSED, level=Level.HIGH, only_rule=True)])
    assert (case.state, case.level, case.owner) == (DISMISSED, Level.HIGH, "by 1")


def test_a_case_begins_with_its_first_article_and_names_outlets_in_their_order() -> None:
    case = case_of(
        [
            alert(3, source="azattyk"),
            alert(2, source="kloop", event=ArticleEvent.EDITED),
            alert(1, source="kaktus", rule="raids", level=Level.HIGH),
            alert(4, source="kaktus", event=ArticleEvent.REMOVED),
        ]
    )
    assert (case.id, case.name, case.title) == (1, "c1", "title 1")
    assert case.outlets == ("kaktus", "kloop", "azattyk")
    assert [rule.id for rule in case.rules] == ["raids", "papers"]
    assert case.events == (ArticleEvent.EDITED, ArticleEvent.REMOVED)
    assert (case.first_at, case.last_at) == (
        NOON + timedelta(minutes=1),
        NOON + timedelta(minutes=4),
    )
    assert [of.id for of in case.alerts] == ["alt_1", "alt_2", "alt_3", "alt_4"]
