"""Grouping, silences, quiet hours, limits and escalation against a small model, at random moments.

The model keeps plain lists and knows nothing of tables. Both are told the same things at the same
times, over the night in which the clocks of Berlin go back; what each receiver was told must agree.
"""

from __future__ import annotations

import itertools
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from alerts.dispatch.deciders import DECIDERS
from alerts.dispatch.dispatcher import dispatch, escalate_and_remind
from alerts.dispatch.routing import AlertFacts, escalations_for, follow, recipients_for
from core.alerting.alerts import AlertState
from core.alerting.matches import Level, Match, Snippet
from core.articles import ArticleData
from core.clock import FixedClock
from core.config.sections.routes import SilenceMatch
from core.config.watch import WatchConfig
from core.deciding.escalation import Breadth
from storage import Judgement, PlannedAlert, Store, open_store
from storage.delivery.claimed_messages import alerts_in
from storage.judging.judging_records import StoryPlacement
from tests.integration.empty_database import empty_database

BERLIN = ZoneInfo("Europe/Berlin")
BEGIN = datetime(2026, 10, 24, 19, 0, tzinfo=UTC)
"""In the night that follows, 03:00 in Berlin becomes 02:00."""
MINUTE = timedelta(minutes=1)
WAIT, INTERVAL, ESCALATE = 2 * MINUTE, 15 * MINUTE, 20 * MINUTE
MOST = 3

CONFIG = WatchConfig.model_validate(
    {
        "receivers": [
            {
                "name": "desk",
                "console": {},
                "quiet_hours": {"from": "23:30", "to": "02:30", "timezone": "Europe/Berlin"},
            },
            {"name": "hook", "console": {}},
            {"name": "boss", "console": {}},
        ],
        "rules": [{"id": "calm", "when": "a"}, {"id": "loud", "when": "b", "level": "high"}],
        "routes": [
            {
                "to": ["desk"],
                "group_wait": "2m",
                "group_interval": "15m",
                "escalate": {"after": "20m", "to": ["boss"]},
            },
            {"to": ["hook"], "group_by": "none", "max_per_hour": MOST},
        ],
    }
)
LEVELS = {"calm": Level.NORMAL, "loud": Level.HIGH}


def quiet_until(now: datetime) -> datetime | None:
    """Say it with wall clocks: quiet from 23:30 to 02:30, the last one that clocks show."""
    local = now.astimezone(BERLIN)
    minutes = local.hour * 60 + local.minute
    evening = local.date() if minutes >= 23 * 60 + 30 else local.date() - timedelta(days=1)
    begins = datetime(evening.year, evening.month, evening.day, 23, 30, tzinfo=BERLIN)
    morning = evening + timedelta(days=1)
    ends = datetime(morning.year, morning.month, morning.day, 2, 30, fold=1, tzinfo=BERLIN)
    if begins.astimezone(UTC) <= now < ends.astimezone(UTC):
        return ends.astimezone(UTC)
    return None


@dataclass
class Waiting:
    """Alerts that the model wants told together."""

    due: datetime
    alerts: list[tuple[str, Level, int, str]] = field(default_factory=list)
    """Id, level, story, rule."""


class Model:
    """What ought to be told, by the words of the documentation."""

    def __init__(self) -> None:
        self.notified: list[tuple[str, str, frozenset[str]]] = []
        """Receiver, kind, alerts."""
        self.groups: dict[tuple[str, str], Waiting] = {}
        self.order: dict[tuple[str, str], int] = {}
        """Groups in the order they came into being, in which those due at once are looked at."""
        self.last: dict[int, tuple[datetime, Level]] = {}
        """When the desk last heard of a story, and the highest level it heard."""
        self.hook: list[datetime] = []
        self.silences: list[tuple[str, datetime]] = []
        self.state: dict[str, AlertState] = {}
        self.changed_at: dict[str, datetime] = {}
        self.aside: set[str] = set()
        """Alerts that were mistakes of their rules."""
        self.story_of: dict[str, tuple[int, str]] = {}
        self.escalations: dict[str, datetime] = {}
        self.escalating: set[str] = set()
        """Alerts that ever had one before them."""

    def raised(self, alert: str, rule_id: str, story: int, now: datetime) -> None:
        level = LEVELS[rule_id]
        entry = (alert, level, story, rule_id)
        state = self._begins(alert, rule_id, story)
        self.state[alert], self.story_of[alert] = state, (story, rule_id)
        soonest = now + WAIT
        if story in self.last and level.rank <= self.last[story][1].rank:
            soonest = max(soonest, self.last[story][0] + INTERVAL)
        group = self._group(("desk", f"story:{story}"), soonest)
        group.due = min(group.due, soonest)
        group.alerts.append(entry)
        self._group(("hook", alert), now).alerts.append(entry)
        if level is Level.HIGH and state is AlertState.OPEN:
            self.escalations[alert] = now + ESCALATE
        if level is Level.HIGH:
            self.escalating.add(alert)

    def _begins(self, alert: str, rule_id: str, story: int) -> AlertState:
        """Say how an alert begins, by what was done last about its case."""
        case = [other for other, place in self.story_of.items() if place[0] == story]
        if any(other in self.aside and self.story_of[other][1] == rule_id for other in case):
            self.aside.add(alert)
            return AlertState.DISMISSED
        handled = [
            other
            for other in case
            if other not in self.aside and self.state[other] is not AlertState.OPEN
        ]
        if not handled:
            return AlertState.OPEN
        last = max(handled, key=lambda other: (self.changed_at[other], other))
        highest = max(LEVELS[self.story_of[other][1]].rank for other in handled)
        if self.state[last] is AlertState.DISMISSED and LEVELS[rule_id].rank > highest:
            return AlertState.OPEN
        self.changed_at[alert] = self.changed_at[last]
        return self.state[last]

    def _group(self, key: tuple[str, str], due: datetime) -> Waiting:
        self.order.setdefault(key, len(self.order))
        return self.groups.setdefault(key, Waiting(due))

    def changed(
        self, alert: str, state: AlertState, now: datetime, *, only_rule: bool = False
    ) -> None:
        for other in self._case(alert, only_rule=only_rule):
            self.state[other], self.changed_at[other] = state, now
            self.aside.discard(other)
            if only_rule:
                self.aside.add(other)
            self.escalations.pop(other, None)
            if state is AlertState.OPEN and other in self.escalating:
                self.escalations[other] = now + ESCALATE

    def _case(self, alert: str, *, only_rule: bool = False) -> set[str]:
        """Return what is one piece of work with an alert; what was set aside is not."""
        story, rule_id = self.story_of[alert]
        return {
            other
            for other, (of, by) in self.story_of.items()
            if of == story and (by == rule_id or (not only_rule and other not in self.aside))
        }

    def look(self, now: datetime) -> None:
        while due := [key for key, group in self.groups.items() if group.due <= now]:
            for key in sorted(due, key=lambda key: (self.groups[key].due, self.order[key])):
                self._dispatch(key, self.groups.pop(key), now)

    def _dispatch(self, key: tuple[str, str], group: Waiting, now: datetime) -> None:
        receiver, name = key
        silenced = {rule_id for rule_id, ends in self.silences if ends > now}
        dismissed = {
            self.story_of[alert_id] for alert_id, state in self.state.items()
            if state is AlertState.DISMISSED
        }  # fmt: skip
        left = [
            entry for entry in group.alerts
            if entry[3] not in silenced and (entry[2], entry[3]) not in dismissed
            and self.state[entry[0]] is not AlertState.DISMISSED
        ]  # fmt: skip
        until = quiet_until(now) if receiver == "desk" else None
        if until is not None:
            loud = [
                entry for entry in left if entry[1] is Level.HIGH and not name.startswith("held")
            ]
            self._hold("desk", "held quiet", until, [entry for entry in left if entry not in loud])
            left = loud
        elif receiver == "hook" and not name.startswith("held"):
            recent = [at for at in self.hook if at > now - timedelta(hours=1)]
            if left and len(recent) >= MOST:
                until = recent[len(recent) - MOST] + timedelta(hours=1)
                self._hold("hook", "held overflow", until, left)
                left = []
        if not left:
            return
        ids = frozenset(entry[0] for entry in left)
        if name.startswith("held"):
            begun = receiver == "desk" and left[0][2] in self.last
            alone = "update" if begun else "alert"
            self.notified.append((receiver, alone if len(left) == 1 else "summary", ids))
            if receiver == "desk":
                for _, level, story, _ in left:
                    known = self.last.get(story, (now, level))[1]
                    highest = max(known, level, key=lambda level: level.rank)
                    self.last[story] = (now, highest)
        elif receiver == "desk":
            story = left[0][2]
            before = self.last.get(story)
            level = max([entry[1] for entry in left], key=lambda level: level.rank)
            if before is not None:
                level = max(level, before[1], key=lambda level: level.rank)
            self.last[story] = (now, level)
            self.notified.append((receiver, "update" if before else "alert", ids))
        else:
            self.notified.append((receiver, "alert", ids))
        if receiver == "hook":
            self.hook.append(now)

    def _hold(self, receiver: str, name: str, until: datetime, held: list[Any]) -> None:
        if held:
            self._group((receiver, name), until).alerts += held

    def work(self, now: datetime) -> None:
        silenced = {rule_id for rule_id, ends in self.silences if ends > now}
        on_their_way = {entry[0] for group in self.groups.values() for entry in group.alerts}
        on_their_way.update(*(ids for _, _, ids in self.notified))
        for alert in [alert_id for alert_id, due in self.escalations.items() if due <= now]:
            if self.escalations.pop(alert, None) is None:
                continue  # one of the same story said all
            if self.state[alert] not in (AlertState.OPEN, AlertState.ESCALATED):
                continue
            if alert not in on_their_way:
                continue
            case = self._case(alert)
            heard = {
                other for other in case & on_their_way if self.story_of[other][1] not in silenced
            }
            if not heard:
                self.escalations[alert] = now + 5 * MINUTE
                continue
            for other in case:
                self.escalations.pop(other, None)
                if self.state[other] is not AlertState.DISMISSED:
                    self.state[other], self.changed_at[other] = AlertState.ESCALATED, now
            self.notified.append(("boss", "escalation", frozenset(heard)))


class Alerting(RuleBasedStateMachine):
    """The store and the model, told the same."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self.clock = FixedClock(BEGIN)
        database = empty_database(Path(self._folder.name) / "model.db")
        self.store: Store = open_store(database, clock=self.clock)
        self.model = Model()
        self.alerts: list[str] = []
        self._stories: dict[int, int] = {}
        self._numbers = itertools.count()

    def teardown(self) -> None:
        self.store.close()
        self._folder.cleanup()

    @initialize(minutes=st.integers(0, 5 * 60))
    def some_evening(self, minutes: int) -> None:
        self.clock.advance(minutes * MINUTE)

    @rule(rule_id=st.sampled_from(sorted(LEVELS)), story=st.integers(0, 2))
    def an_article_matches(self, rule_id: str, story: int) -> None:
        url = f"https://outlet.example/{next(self._numbers)}"
        data = ArticleData(url=url, title="t", text="x", source="outlet", language="en")
        version = self.store.record(data, None, key=url)
        article = next(
            version_of_it
            for version_of_it in self.store.unjudged(100)
            if version_of_it.version_id == version.version_id
        )
        root = self._stories.setdefault(story, article.id)
        match = Match(
            rule_id=rule_id, rule_title=rule_id, level=LEVELS[rule_id], spans=(),
            snippet=Snippet("x"),
        )  # fmt: skip
        facts = AlertFacts(rule=rule_id, level=LEVELS[rule_id], source="outlet", story=root)
        routes = follow(facts, CONFIG)
        planned = PlannedAlert(
            match,
            recipients=recipients_for(facts, routes, self.clock()),
            escalations=escalations_for(facts, routes, self.clock()),
        )
        placement = StoryPlacement(
            story=root, relation="copy", of=None, containment=1.0, shared_words=9,
            first_source="outlet", first_at=BEGIN,
        )  # fmt: skip
        judgement = Judgement(version.version_id, "rules", (planned,), placement=placement)
        self.store.commit_judgement([judgement], DECIDERS)
        alert = next(
            alert.id
            for alert in self.store.alerts(limit=1000).items
            if alert.article.id == article.id
        )
        self.alerts.append(alert)
        self.model.raised(alert, rule_id, story, self.clock())

    @rule(minutes=st.sampled_from([1, 3, 10, 30, 90]))
    def time_goes_by(self, minutes: int) -> None:
        end = self.clock() + minutes * MINUTE
        while True:
            self._look()
            coming = (
                self.store.next_dispatch_at(),
                self.store.next_work_at(),
                *(group.due for group in self.model.groups.values()),
                *self.model.escalations.values(),
            )
            now = self.clock()
            if now == end:
                return
            later = [at for at in coming if at is not None and now < at < end]
            self.clock.advance(min([*later, end]) - now)

    @rule(rule_id=st.sampled_from(sorted(LEVELS)), minutes=st.integers(1, 120))
    def somebody_wants_silence(self, rule_id: str, minutes: int) -> None:
        ends = self.clock() + minutes * MINUTE
        self.store.add_silence(
            SilenceMatch(rules=(rule_id,)), author="a", reason="", starts_at=self.clock(),
            ends_at=ends,
        )  # fmt: skip
        self.model.silences.append((rule_id, ends))

    @precondition(lambda self: self.alerts)
    @rule(
        which=st.integers(0, 999),
        state=st.sampled_from([AlertState.ACKNOWLEDGED, AlertState.DISMISSED, AlertState.OPEN]),
    )
    def somebody_works_on_an_alert(self, which: int, state: AlertState) -> None:
        alert = self.alerts[which % len(self.alerts)]
        self.store.change_alert(alert, state, DECIDERS, by="a", at=self.clock())
        self.model.changed(alert, state, self.clock())

    @precondition(lambda self: self.alerts)
    @rule(which=st.integers(0, 999))
    def a_rule_was_wrong(self, which: int) -> None:
        alert = self.alerts[which % len(self.alerts)]
        self.store.change_alert(
            alert, AlertState.DISMISSED, DECIDERS,
            by="a", at=self.clock(), breadth=Breadth.RULE,
        )  # fmt: skip
        self.model.changed(alert, AlertState.DISMISSED, self.clock(), only_rule=True)

    @invariant()
    def everybody_was_told_what_the_model_says(self) -> None:
        with self.store._reading() as session:
            notified = sorted(
                (
                    delivery.receiver,
                    delivery.kind.value,
                    tuple(
                        sorted(
                            alert.id for alert in alerts_in(session, delivery.id, delivery.alert_id)
                        )
                    ),
                )
                for delivery in self.store.deliveries(limit=1000).items
            )
        wanted = sorted((who, kind, tuple(sorted(ids))) for who, kind, ids in self.model.notified)
        assert notified == wanted

    @invariant()
    def every_alert_is_somewhere_at_every_receiver(self) -> None:
        for alert in self.alerts:
            reached = {notification.receiver for notification in self.store.notifications(alert)}
            assert {"desk", "hook"} <= reached

    def _look(self) -> None:
        dispatch(self.store, CONFIG, self.clock())
        escalate_and_remind(self.store, CONFIG, self.clock())
        self.model.look(self.clock())
        self.model.work(self.clock())


def endure(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        Alerting,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_everybody_is_told_what_the_model_says() -> None:
    endure(examples=12, steps=15)


@pytest.mark.chaos
@pytest.mark.timeout(3600)
def test_everybody_is_told_what_the_model_says_in_two_thousand_runs() -> None:
    endure(examples=2000, steps=15)
