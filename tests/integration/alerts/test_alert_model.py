"""Grouping, silences, limits, escalation, losses, renames and wrong clocks against a small model.

Both are told the same things at the same times, over the night in which the clocks of Berlin go
back; what each receiver was told, and what became of that, must agree at every moment.
"""

from __future__ import annotations

import itertools
import tempfile
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

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
from sqlalchemy import text

from alerts.dispatch.deciders import DECIDERS
from alerts.dispatch.dispatcher import dispatch, escalate_and_remind, readdress
from alerts.dispatch.routing import AlertFacts, escalations_for, follow, recipients_for
from core.alerting.alerts import AlertState
from core.alerting.deliveries import (
    AttemptOutcome,
    DeliveryAttempt,
    DeliveryStatus,
    RetryDecision,
)
from core.alerting.matches import Match, Snippet
from core.articles import ArticleData
from core.clock import FixedClock
from core.config.sections.routes import SilenceMatch
from core.config.watch import WatchConfig
from core.deciding.escalation import Breadth
from scheduler.mending import mend
from storage import Judgement, PlannedAlert, Store, open_store
from storage.judging.judging_records import StoryPlacement
from tests.integration.alerts.alert_model import (
    LEVELS,
    MINUTE,
    MOST,
    SAID_BY_IT,
    SAYS_ALL,
    Fate,
    Model,
    Told,
)
from tests.integration.empty_database import empty_database

BEGIN = datetime(2026, 10, 24, 19, 0, tzinfo=UTC)
"""In the night that follows, 03:00 in Berlin becomes 02:00."""
HOUR = timedelta(hours=1)
AHEAD = [HOUR, 3 * HOUR, 50 * HOUR, 400 * 24 * HOUR]
ENDS = {
    Fate.ARRIVED: (AttemptOutcome.DELIVERED, DeliveryStatus.DELIVERED),
    Fate.LOST: (AttemptOutcome.PERMANENT, DeliveryStatus.DEAD),
}


@cache
def configuration(desk: str, hook: str | None, boss: str) -> WatchConfig:
    quiet = {"from": "23:30", "to": "02:30", "timezone": "Europe/Berlin"}
    first = {
        "to": [desk], "group_wait": "2m", "group_interval": "15m",
        "escalate": {"after": "20m", "to": [boss]},
    }  # fmt: skip
    second = [{"to": [hook], "group_by": "none", "max_per_hour": MOST}] if hook else []
    return WatchConfig.model_validate(
        {
            "receivers": [
                {"name": desk, "console": {}, "quiet_hours": quiet},
                *([{"name": hook, "console": {}}] if hook else []),
                {"name": boss, "console": {}},
            ],
            "rules": [
                {"id": name, "when": "a", "level": level.value} for name, level in LEVELS.items()
            ],
            "routes": [first, *second],
            "inhibit": [{"when": {"rules": [SAYS_ALL]}, "suppress": {"rules": [SAID_BY_IT]}}],
        }
    )


class Alerting(RuleBasedStateMachine):
    """The store and the model, told the same."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self.clock = FixedClock(BEGIN)
        database = empty_database(Path(self._folder.name) / "model.db")
        self.store: Store = open_store(database, clock=self.clock)
        self.model = Model()
        self.alerts: dict[str, frozenset[str]] = {}
        """By alert, who was to hear of it when it came up."""
        self.ahead = timedelta(0)
        self._stories: dict[int, int] = {}
        self._numbers = itertools.count(1)

    @property
    def config(self) -> WatchConfig:
        model = self.model
        return configuration(model.desk, model.hook, model.boss)

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
        routes = follow(facts, self.config)
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
        self.alerts[alert] = frozenset(recipient.receiver for recipient in planned.recipients)
        self.model.raised(alert, rule_id, root, self.clock())

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

    # -- what people do

    @rule(rule_id=st.sampled_from(sorted(LEVELS)), minutes=st.integers(1, 120))
    def somebody_wants_silence(self, rule_id: str, minutes: int) -> None:
        now = self.clock()
        ends = now + minutes * MINUTE
        self.store.add_silence(
            SilenceMatch(rules=(rule_id,)), author="a", reason="", starts_at=now, ends_at=ends
        )
        self.model.silences.append((rule_id, now, ends))

    @precondition(lambda self: self.alerts)
    @rule(
        which=st.integers(0, 999),
        state=st.sampled_from([AlertState.ACKNOWLEDGED, AlertState.DISMISSED, AlertState.OPEN]),
    )
    def somebody_works_on_an_alert(self, which: int, state: AlertState) -> None:
        alert = list(self.alerts)[which % len(self.alerts)]
        self.store.change_alert(alert, state, DECIDERS, by="a", at=self.clock())
        self.model.changed(alert, state, self.clock())

    @precondition(lambda self: self.alerts)
    @rule(which=st.integers(0, 999))
    def a_rule_was_wrong(self, which: int) -> None:
        alert = list(self.alerts)[which % len(self.alerts)]
        self.store.change_alert(
            alert, AlertState.DISMISSED, DECIDERS,
            by="a", at=self.clock(), breadth=Breadth.RULE,
        )  # fmt: skip
        self.model.changed(alert, AlertState.DISMISSED, self.clock(), only_rule=True)

    # -- what receivers do

    @precondition(lambda self: self.alerts)
    @rule(
        which=st.integers(0, 2),
        fate=st.sampled_from([Fate.LOST, Fate.LOST, Fate.ARRIVED]),
    )
    def a_receiver_answers(self, which: int, fate: Fate) -> None:
        model, now = self.model, self.clock()
        name = (model.desk, model.hook, model.boss)[which]
        waits = [
            told for told in model.told if told.receiver == name and told.fate is Fate.ON_ITS_WAY
        ]
        claimed = self.store.claim_deliveries(
            now, DECIDERS, limit=1, lease=MINUTE, owner="w", receivers=[name] if name else []
        )
        assert bool(claimed) == bool(waits), "what is on its way can be sent"
        if not claimed:
            return
        delivery = claimed[0].delivery
        ids = frozenset(alert.id for alert in claimed[0].alerts)
        message = self._told_by(waits, delivery.kind.value, ids, delivery.created_at)
        outcome, status = ENDS[fate]
        attempt = DeliveryAttempt(
            delivery_id=delivery.id, number=delivery.attempts + 1, started_at=now,
            finished_at=now, outcome=outcome,
        )  # fmt: skip
        self.store.record_attempt(
            claimed[0].lease_token, attempt, RetryDecision(status, None, "so"), DECIDERS
        )
        if fate is Fate.LOST:
            model.given_up(message, now)
        else:
            message.fate = fate

    @staticmethod
    def _told_by(waits: list[Told], kind: str, ids: frozenset[str], at: datetime) -> Told:
        same = [told for told in waits if (told.kind, told.ids) == (kind, ids)]
        return min(same, key=lambda told: abs(told.at - at))

    @rule()
    def what_was_given_up_is_sent_again(self) -> None:
        self.store.replay()
        self.model.sent_again()

    # -- what the configuration and the clock do

    @rule(which=st.integers(0, 2))
    def a_receiver_is_renamed(self, which: int) -> None:
        role = ("desk", "hook", "boss")[which]
        setattr(self.model, role, f"{role}-{next(self._numbers)}")
        self._readdress()

    @rule()
    def the_hook_leaves(self) -> None:
        self.model.hook = None
        self._readdress()

    @precondition(lambda self: not self.ahead)
    @rule(ahead=st.sampled_from(AHEAD))
    def the_clock_runs_ahead(self, ahead: timedelta) -> None:
        self.ahead = ahead
        self.clock.advance(ahead)

    @precondition(lambda self: self.ahead)
    @rule()
    def the_clock_is_set_right(self) -> None:
        self.clock.advance(-self.ahead)
        self.ahead = timedelta(0)
        mend(self.store, self.config, self.clock(), set_back=True)
        self.model.set_right(self.clock())

    # -- what must hold

    @invariant()
    def everybody_was_told_what_the_model_says(self) -> None:
        with self.store._reading() as session:
            rows = session.execute(
                text(
                    "SELECT d.id, d.receiver, d.kind, d.status, n.alert_id FROM delivery d"
                    " JOIN notification n ON n.delivery_id = d.id"
                )
            ).all()
        alerts: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for *message, alert in rows:
            alerts[tuple(message)].add(alert)
        notified = sorted(
            (receiver, _kind(kind, status), sorted(ids), status)
            for (_, receiver, kind, status), ids in alerts.items()
        )
        wanted = sorted(
            (told.receiver, _kind(told.kind, told.fate.value), sorted(told.ids), told.fate.value)
            for told in self.model.told
        )
        assert notified == wanted

    @invariant()
    def every_alert_is_somewhere_at_every_receiver(self) -> None:
        reached: dict[str, set[str]] = defaultdict(set)
        with self.store._reading() as session:
            for alert, receiver in session.execute(
                text("SELECT alert_id, receiver FROM notification")
            ).all():
                reached[alert].add(receiver)
        for alert, receivers in self.alerts.items():
            assert receivers <= reached[alert]

    def _readdress(self) -> None:
        readdress(self.store, self.config, self.clock())
        self.model.readdress(self.clock())

    def _look(self) -> None:
        dispatch(self.store, self.config, self.clock())
        escalate_and_remind(self.store, self.config, self.clock())
        self.model.look(self.clock())
        self.model.work(self.clock())
        self._readdress()


def _kind(kind: str, status: str) -> str:
    """Return what a message is; what others were sent instead nobody reads as anything."""
    return "" if status == Fate.ELSEWHERE.value else kind


def endure(examples: int, steps: int, **more: Any) -> None:
    run_state_machine_as_test(
        Alerting,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            **more,
        ),
    )


def test_everybody_is_told_what_the_model_says() -> None:
    endure(examples=12, steps=20)


@pytest.mark.chaos
@pytest.mark.timeout(3600)
def test_everybody_is_told_what_the_model_says_in_two_thousand_runs() -> None:
    endure(examples=2000, steps=20)
