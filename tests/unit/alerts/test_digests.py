"""What a digest shows of its cases: all of what is new to its reader, and a number for the rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alerts.dispatch.digests import MAX_CASES, MAX_OWN, plan_digest
from core.alerting.alerts import AlertChange, AlertState
from core.alerting.matches import Level
from core.alerting.notes import CaseNote
from core.articles import ArticleEvent
from core.deciding.digests import CaseInDigest, DigestAlert, DigestFacts, ToldBefore

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CASE = 7
FIRST = DigestAlert(
    id="first", case=CASE, article=7, rule="raids", level=Level.NORMAL, source="agency",
    event=ArticleEvent.PUBLISHED, occasion="", created_at=NOON,
)  # fmt: skip
AGAIN = replace(FIRST, id="again", article=8)
EDIT = replace(AGAIN, id="edit", article=7, event=ArticleEvent.EDITED, occasion="edited-2")
TOLD = {CASE: ToldBefore(alerts=(FIRST,), at=NOON)}
TAKEN_ON = AlertChange(
    alert_id="first", at=NOON + MINUTE, by="aigul", state=AlertState.ACKNOWLEDGED
)
NOTE = CaseNote(case=CASE, at=NOON + MINUTE, by="aigul", text="they confirm it")


def planned(*alerts: DigestAlert, **facts: object):  # type: ignore[no-untyped-def]
    return plan_digest(replace(DigestFacts(alerts=alerts, before=TOLD), **facts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("alert", "facts"),
    [
        pytest.param(AGAIN, {}, id="the same rule and outlet once more"),
        pytest.param(
            EDIT, {"before": {CASE: ToldBefore(alerts=(FIRST, replace(EDIT, id="o")), at=NOON)}},
            id="an edit that was told by another rule",
        ),
        pytest.param(
            AGAIN, {"changes": {CASE: (replace(TAKEN_ON, at=NOON),)}}, id="done before it was told"
        ),
        pytest.param(
            AGAIN, {"changes": {CASE: (replace(TAKEN_ON, only_rule=True),)}}, id="a wrong rule"
        ),
        pytest.param(
            AGAIN, {"notes": {CASE: (replace(NOTE, at=NOON),)}}, id="written before it was told"
        ),
        pytest.param(
            replace(FIRST, counts=True), {}, id="a number of matches that was told itself"
        ),
    ],
)  # fmt: skip
def test_a_case_without_news_is_only_counted(alert: DigestAlert, facts: dict[str, object]) -> None:
    (case,) = planned(alert, **facts).cases
    assert (case.became, case.shown) == (CaseInDigest.KNOWN, False)


def test_what_is_new_about_a_known_case_is_all_that_is_said() -> None:
    copy = replace(AGAIN, id="copy", source="kloop")
    paper = replace(AGAIN, id="paper", rule="papers", level=Level.HIGH)
    plan = planned(
        AGAIN, copy, paper, EDIT, replace(EDIT, id="twice"),
        changes={CASE: (replace(TAKEN_ON, by="bakyt"), TAKEN_ON)}, notes={CASE: (NOTE,)},
    )  # fmt: skip
    (case,) = plan.cases
    assert (case.became, case.shown, case.level, case.alerts) == (
        CaseInDigest.NEWS, True, Level.HIGH, 5,
    )  # fmt: skip
    assert (case.rules, case.sources, case.events) == (
        ("papers",), ("kloop",), (ArticleEvent.EDITED,),
    )  # fmt: skip
    assert (case.change, case.notes) == (TAKEN_ON, (NOTE,))


def test_another_number_of_matches_is_news() -> None:
    (case,) = planned(replace(AGAIN, counts=True)).cases
    assert case.became is CaseInDigest.NEWS


def test_a_case_that_was_never_told_is_shown_whole() -> None:
    (case,) = planned(
        FIRST, replace(EDIT, source="kloop"), before={},
        changes={CASE: (TAKEN_ON,)}, notes={CASE: (NOTE,)},
    ).cases  # fmt: skip
    assert (case.became, case.rules, case.sources) == (
        CaseInDigest.TOLD, ("raids",), ("agency", "kloop"),
    )  # fmt: skip
    assert (case.events, case.change, case.notes) == ((ArticleEvent.EDITED,), None, (NOTE,))


def of_cases(count: int, **more: object) -> list[DigestAlert]:
    return [
        replace(FIRST, id=f"{number:04}", case=number, article=number, **more)  # type: ignore[arg-type]
        for number in range(count)
    ]


@pytest.mark.parametrize("level", Level)
def test_a_level_has_its_room_and_the_rest_is_counted(level: Level) -> None:
    plan = planned(*of_cases(700, level=level), before={})
    assert len(plan.cases) == len(plan.raised) == 700
    assert [case.shown for case in plan.cases] == [
        number < MAX_CASES[level] for number in range(700)
    ]


def test_news_of_ourselves_has_its_own_room() -> None:
    own = of_cases(MAX_OWN + 1, rule="source-health")
    told = replace(FIRST, case=1000, article=1000)
    plan = planned(*own, told, before={})
    assert sum(case.shown for case in plan.cases if case.own) == MAX_OWN
    assert [case.shown for case in plan.cases if not case.own] == [True]


def test_what_has_most_alerts_comes_first_and_what_is_known_last() -> None:
    known = replace(AGAIN, level=Level.HIGH)
    small, large, high = of_cases(3)
    plan = planned(
        known, small, large, replace(large, id="large too"), replace(high, level=Level.HIGH)
    )
    assert [case.id for case in plan.cases] == [high.case, large.case, small.case, CASE]


def test_what_the_lines_are_made_of_is_loaded_first() -> None:
    many = [replace(FIRST, id=f"copy-{number}") for number in range(500)]
    others = of_cases(20, rule="papers")
    kloop = replace(others[3], id="kloop", source="kloop")
    plan = planned(*many, *others, kloop, before={})
    assert plan.load[0] == "copy-0"
    assert {kloop.id, *(alert.id for alert in others[:15])} <= set(plan.load[:30])
    assert sorted(plan.load) == sorted(alert.id for alert in (*many, *others, kloop))


def test_names_are_counted_by_article_in_all_alerts() -> None:
    alerts = of_cases(400, entities=frozenset({"dordoi"}))
    alerts += [replace(alerts[0], id="same", rule="other", entities=frozenset({"dordoi", "osh"}))]
    assert planned(*alerts, before={}).named == (("dordoi", 400), ("osh", 1))
