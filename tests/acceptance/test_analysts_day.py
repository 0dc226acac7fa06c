"""A day of an analyst: three outlets, the shipped rules, seven receivers, work by the story."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from alerts.dispatch.deciders import DECIDERS
from alerts.messages.digest import summarize_digest
from alerts.messages.message import Message
from alerts.rules import RuleSet
from core.alerting.alerts import AlertState
from core.alerting.matches import Level
from core.alerting.message_kinds import MessageKind
from core.config import load_config
from core.config.watch import WatchConfig
from tests.acceptance.analysts_day import STORIES
from tests.integration.alerts.alert_desk import HOUR, MINUTE, Desk, work
from tests.integration.empty_database import empty_database

SHIPPED = Path(__file__).parents[2] / "examples" / "central-asia" / "watch.yaml"
RECEIVERS = ("desk", "second-desk", "chief", "editors", "archive", "case-system", "night")
ROUTES = [
    {
        "when": {"level": "high"},
        "to": ["desk", "case-system"],
        "group_wait": "2m",
        "escalate": {"after": "30m", "to": ["chief"]},
    },
    {"when": {"level": ["normal", "low"]}, "to": ["second-desk"], "group_wait": "2m"},
    {"to": ["archive"], "group_wait": "1m"},
    {"to": ["night"], "digest": "0 20 * * *"},
    {"to": ["editors"], "digest": "0 8 * * *"},
]
TAKEN_ON = 4
"""Stories that the analyst takes on in time, each by one click on whichever alert comes first."""


def correct(desk: Desk, source: str, number: int) -> None:
    """Let an outlet change an article of its own."""
    (stored,) = [
        article
        for article in desk.store.articles(source=source, limit=100).items
        if article.data.title.startswith(STORIES[number][0])
    ]
    text = f"{stored.data.text}\n\nОбновлено: число задержанных мигрантов уточнили в полиции."
    desk.store.record(replace(stored.data, text=text), None, key=stored.data.url)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Live a day: publish, copy, take on, edit and remove, and let the evening come."""
    shipped = load_config(SHIPPED).config
    desk = Desk(empty_database(tmp_path_factory.mktemp("day") / "day.db"), [])
    desk.config = WatchConfig.model_validate(
        {
            **shipped.model_dump(by_alias=True, include={"concepts", "entities", "rules"}),
            "receivers": [{"name": name, "console": {}} for name in RECEIVERS],
            "routes": ROUTES,
        }
    )
    desk.rules = RuleSet.compile(desk.config)
    for number, (title, text) in enumerate(STORIES):
        desk.publish((text,), "agency", title)
        desk.judge()
        desk.pass_time(3 * MINUTE)
        if number < TAKEN_ON:
            case = desk.store.cases().items[0]
            desk.store.change_alert(
                case.alerts[0].id, AlertState.ACKNOWLEDGED, DECIDERS, by="aigul", at=desk.clock()
            )
        desk.publish((text,), "kloop", f"{title}: подробности")
        desk.publish((text,), "ministry", title)
        if number % 3 == 0:
            correct(desk, "kloop", number)
        desk.judge()
        work(desk, 7 * MINUTE)
    for _ in range(60):
        work(desk, 10 * MINUTE)
    while desk.clock().hour != 9:
        work(desk, HOUR)
    return desk


def test_one_click_takes_on_a_story_with_all_its_rules_and_copies(day: Desk) -> None:
    cases = day.store.cases().items
    assert len(cases) == len(STORIES)
    taken = [case for case in cases if case.owner == "aigul"]
    assert len(taken) == TAKEN_ON
    for case in taken:
        assert {alert.state for alert in case.alerts} == {AlertState.ACKNOWLEDGED}
        assert len(case.outlets) == 3


def test_a_story_that_nobody_takes_on_escalates_once(day: Desk) -> None:
    escalated = [
        message.alert.case_id
        for message in day.messages("chief")
        if message.delivery.kind is MessageKind.ESCALATION
    ]
    waiting = {
        case.id
        for case in day.store.cases().items
        if case.owner is None and case.level is Level.HIGH
    }
    by_rule = {
        (case.id, alert.match.rule_id)
        for case in day.store.cases().items
        if case.id in waiting
        for alert in case.alerts
        if alert.match.level is Level.HIGH
    }
    print(f"\nescalations: {len(by_rule)} by rule and story, {len(escalated)} by case")
    assert sorted(escalated) == sorted(waiting)
    assert len(escalated) < len(by_rule)


def test_the_digest_has_one_line_for_each_story(day: Desk) -> None:
    digests = [
        message
        for message in day.messages("editors")
        if message.delivery.kind is MessageKind.DIGEST
    ]
    (digest,) = digests
    summary = summarize_digest(
        Message(
            delivery_id=digest.delivery.id, alerts=digest.alerts, sent_at=day.clock(),
            kind=MessageKind.DIGEST, size=digest.delivery.size,
        ),
        {},
    )  # fmt: skip
    lines = [line for section in summary.sections for line in section.cases]
    assert len(lines) == summary.cases == len(STORIES)
    assert len({line.case for line in lines}) == len(STORIES)
    assert all(len(line.outlets) == 2 for line in lines), "the first has it, two others too"


def test_a_story_is_one_conversation_at_a_desk(day: Desk) -> None:
    for receiver in ("desk", "case-system", "second-desk", "archive"):
        threads: dict[str, set[int]] = {}
        for message in day.messages(receiver):
            threads.setdefault(message.delivery.thread, set()).add(message.alert.case_id)
        assert all(len(cases) == 1 for cases in threads.values())
        assert len(threads) <= len(STORIES)
    total = sum(len(day.messages(receiver)) for receiver in RECEIVERS)
    alerts = len(day.store.alerts(limit=1000).items)
    print(f"\n{alerts} alerts of {len(STORIES)} stories: {total} messages to 7 receivers")
    assert total < alerts
