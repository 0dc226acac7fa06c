"""Rules over time through the real archive: counted once, told once, and over restarts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.judging.flatlines import raise_flatlines
from alerts.judging.versions import judge_versions
from alerts.rules import RuleSet
from core.alerting.notifications import NotificationState
from core.clock import FixedClock
from core.config.sections.routes import RouteConfig
from core.config.sections.sources import SourceConfig
from core.config.watch import WatchConfig
from core.errors import StorageError
from core.failures import FailureKind
from core.source_polls import SourcePoll
from core.sources import (
    Entry,
    NextPoll,
    PollOutcome,
)
from storage import RuleHistory, Store, open_store
from tests.integration.alerts.conftest import NOW
from tests.integration.empty_database import empty_database
from tests.unit.alerts import samples

HOUR = timedelta(hours=1)
OUTLET = SourceConfig.model_validate({"name": "outlet", "feed": "https://outlet.example/rss"})


@pytest.fixture
def publish(store: Store, clock: FixedClock) -> Callable[..., int]:
    """Store an article under a number, published this minute; return its version's id."""

    def stored(number: int, title: str) -> int:
        url = f"https://outlet.example/news/{number}"
        data = replace(samples.article().data, url=url, title=title, published_at=clock())
        return store.record(data, None, key=url).version_id

    return stored


def configured(**over_time: dict[str, Any]) -> tuple[RuleSet, WatchConfig]:
    config = WatchConfig.model_validate(
        {
            "rules": [{"id": "r", "when": "title:облава", "over_time": over_time}],
            "receivers": [{"name": "desk", "console": {}}],
        }
    )
    return RuleSet.compile(config), config


def test_the_alert_is_about_the_match_that_made_the_number_full(
    store: Store, publish: Callable[..., int]
) -> None:
    rules, config = configured(frequency={"count": 3, "within": "1h"})
    for number in range(4):
        publish(number, title=f"Облава {number}")
        judge_versions(store, rules, config, now=NOW)
    (alert,) = store.alerts().items
    assert alert.article.data.title == "Облава 2"
    assert alert.reason == "3 matches within 1h"
    assert [notified.state for notified in store.notifications(alert.id)] == [
        NotificationState.WAITING
    ]
    assert len(store.fired_rules(range(1, 10))) == 4, "matches that only count are kept"


def test_one_batch_counts_as_single_judgements_would(
    store: Store, publish: Callable[..., int]
) -> None:
    rules, config = configured(frequency={"count": 3, "within": "1h"})
    for number in range(4):
        publish(number, title=f"Облава {number}")
    report = judge_versions(store, rules, config, now=NOW)
    assert (report.matched, report.alerts, report.deliveries) == (4, 1, 1)


def test_an_edited_article_is_counted_once(store: Store, publish: Callable[..., int]) -> None:
    rules, config = configured(frequency={"count": 2, "within": "1h"})
    for title in ("Облава", "Облава днём", "Облава вечером"):
        publish(1, title=title)
        judge_versions(store, rules, config, now=NOW)
    assert store.alerts().items == ()


def test_counting_goes_on_after_a_restart(
    tmp_path: Path, clock: FixedClock, publish: Callable[..., int], store: Store
) -> None:
    rules, config = configured(frequency={"count": 2, "within": "1h"})
    publish(1, title="Облава")
    judge_versions(store, rules, config, now=NOW)
    clock.advance(timedelta(minutes=30))
    publish(2, title="Облава")
    with open_store(empty_database(tmp_path / "archive.db"), clock=clock) as restarted:
        judge_versions(restarted, *configured(frequency={"count": 2, "within": "1h"}), now=NOW)
        (alert,) = restarted.alerts().items
        assert alert.reason == "2 matches within 1h"


def test_a_judgement_that_was_not_committed_has_counted_nothing(
    store: Store, publish: Callable[..., int]
) -> None:
    rules, config = configured(frequency={"count": 2, "within": "1h"})
    publish(1, title="Облава")

    class Killed:
        """The store, until the moment of the commit."""

        unjudged = staticmethod(store.unjudged)
        broken = staticmethod(store.broken)
        earlier_matches = staticmethod(store.earlier_matches)
        first_version = staticmethod(store.first_version)
        rule_history = staticmethod(store.rule_history)
        found_between = staticmethod(store.found_between)
        first_sight = staticmethod(store.first_sight)
        story_id = staticmethod(store.story_id)
        tellings = staticmethod(store.tellings)

        @staticmethod
        def commit_judgement(_judged: object, _deciders: object, _hot: object = None) -> Any:
            raise KeyboardInterrupt

    for _ in range(3):
        try:
            judge_versions(Killed(), rules, config, now=NOW)
        except KeyboardInterrupt:
            continue
    judge_versions(store, rules, config, now=NOW)
    assert len(store.rule_history("r").events) == 1
    assert store.alerts().items == ()


def test_an_article_is_judged_again_when_its_history_could_not_be_read(
    store: Store, publish: Callable[..., int]
) -> None:
    rules, config = configured(frequency={"count": 1, "within": "1h"})
    publish(1, title="Облава")

    class Unreadable:
        """The store, at a moment when it cannot be read."""

        unjudged = staticmethod(store.unjudged)
        broken = staticmethod(store.broken)
        earlier_matches = staticmethod(store.earlier_matches)
        first_version = staticmethod(store.first_version)
        commit_judgement = staticmethod(store.commit_judgement)
        story_id = staticmethod(store.story_id)
        tellings = staticmethod(store.tellings)
        found_between = staticmethod(store.found_between)
        first_sight = staticmethod(store.first_sight)

        @staticmethod
        def rule_history(_rule_id: str) -> RuleHistory:
            raise StorageError("the disk is away")

    with pytest.raises(StorageError):
        judge_versions(Unreadable(), rules, config, now=NOW)
    assert judge_versions(store, rules, config, now=NOW).alerts == 1


def test_history_older_than_the_rule_looks_back_is_forgotten(
    store: Store, publish: Callable[..., int], clock: FixedClock
) -> None:
    rules, config = configured(frequency={"count": 9, "within": "1h"})
    for number in range(5):
        publish(number, title="Облава")
        judge_versions(store, rules, config, now=NOW)
        clock.advance(timedelta(days=5))
    assert len(store.rule_history("r").events) == 2, "an hour, and a week in which some come late"


def judged_at_once(store: Store, rules: RuleSet, config: WatchConfig, *ages: timedelta) -> None:
    """Judge articles that were found now and published so long ago, each by itself."""
    for number, age in enumerate(ages):
        data = replace(
            samples.article().data,
            url=f"https://outlet.example/late/{number}",
            title=f"Облава {number}",
            published_at=NOW - age,
        )
        store.record(data, None, key=data.url)
        judge_versions(store, rules, config, now=NOW)


def test_a_backlog_of_what_is_usual_is_no_wave(store: Store) -> None:
    rules, config = configured(frequency={"count": 3, "within": "1h"})
    judged_at_once(store, rules, config, *(number * HOUR for number in range(12, 0, -1)))
    assert store.alerts().items == ()


def test_a_wave_within_a_backlog_is_told_with_its_time_in_whatever_order_it_is_judged(
    store: Store,
) -> None:
    rules, config = configured(frequency={"count": 3, "within": "1h"})
    minutes = [10, 600, 340, 120, 301, 302]
    judged_at_once(store, rules, config, *(timedelta(minutes=minute) for minute in minutes))
    (alert,) = store.alerts().items
    assert alert.reason == "3 matches within 1h, until 20 Nov 03:59 UTC"
    assert alert.article.data.title == "Облава 5"
    told = {article for _, article, _, told in store.rule_history("r").events if told}
    assert len(told) == 3


def test_undated_articles_of_an_outage_are_laid_over_it(store: Store, clock: FixedClock) -> None:
    rules, config = configured(frequency={"count": 3, "within": "1h"})
    store.sync_sources([OUTLET.to_source()])
    poll = SourcePoll(
        source="outlet",
        outcome=PollOutcome.OK,
        polled_at=NOW,
        next_poll=NextPoll(NOW, "a test"),
    )
    store.record_poll(poll, [])
    clock.advance(12 * HOUR)
    urls = [f"https://outlet.example/late/{number}" for number in range(12)]
    late = replace(
        poll, polled_at=clock(), entries=tuple(Entry(url=url, title="Облава") for url in urls)
    )
    for entry in store.record_poll(late, urls).new:
        data = replace(samples.article().data, url=entry.key, title="Облава", published_at=None)
        store.record(data, None, key=entry.key, entry_id=entry.id)
    assert judge_versions(store, rules, config, now=clock()).matched == 12
    assert store.alerts().items == ()


def test_an_entity_is_told_of_the_first_time(
    store: Store, publish: Callable[..., int], clock: FixedClock
) -> None:
    config = WatchConfig.model_validate(
        {
            "entities": {"osh": {"ru": ["Ош"]}, "batken": {"ru": ["Баткен"]}},
            "rules": [
                {"id": "r", "when": "title:облава", "over_time": {"new_term": {"learn": "1d"}}}
            ],
            "receivers": [{"name": "desk", "console": {}}],
        }
    )
    rules = RuleSet.compile(config)
    for number, title in enumerate(
        ("Облава: Ош", "Облава: Ош", "Облава: Баткен", "Облава: Баткен")
    ):
        publish(number, title=title)
        judge_versions(store, rules, config, now=NOW)
        clock.advance(timedelta(days=1))
    (alert,) = store.alerts().items
    assert "first time with batken" in alert.reason


def test_silence_is_told_once_with_the_last_article(
    store: Store, publish: Callable[..., int], clock: FixedClock
) -> None:
    rules, config = configured(flatline={"within": "6h"})
    assert raise_flatlines(store, config, clock()) == 0
    publish(1, title="Облава утром")
    judge_versions(store, rules, config, now=NOW)
    notified = []
    for _ in range(10):
        clock.advance(HOUR)
        notified.append(raise_flatlines(store, config, clock()))
    assert notified == [0] * 5 + [1] + [0] * 4
    (alert,) = store.alerts().items
    assert alert.reason == "0 matches within 6h, fewer than 1"
    assert alert.article.data.title == "Облава утром"
    publish(2, title="Облава вечером")
    judge_versions(store, rules, config, now=NOW)
    clock.advance(7 * HOUR)
    assert raise_flatlines(store, config, clock()) == 1


@pytest.mark.parametrize(
    "routes",
    [
        pytest.param([], id="no-routes"),
        pytest.param([{"when": {"rules": ["r"]}, "to": ["desk"]}], id="by-rule"),
        pytest.param([{"when": {"tags": ["kg"]}, "to": ["desk"]}], id="by-what-no-rule-has"),
    ],
)
def test_silence_of_a_rule_that_never_matched_is_told_once(
    store: Store, publish: Callable[..., int], clock: FixedClock, routes: list[dict[str, Any]]
) -> None:
    rules, config = configured(flatline={"within": "6h"})
    config = config.model_copy(
        update={"routes": tuple(RouteConfig.model_validate(route) for route in routes)}
    )
    notified = []
    for _ in range(20):
        notified.append(raise_flatlines(store, config, clock()))
        clock.advance(HOUR)
    assert notified == [0] * 6 + [1] + [0] * 13
    (alert,) = store.alerts().items
    assert alert.article.data.title == "Nothing has matched “r” yet"
    assert "0 matches within 6h, fewer than 1" in alert.match.snippet.text
    assert [to.receiver for to in store.notifications(alert.id)] == ["desk"]
    assert store.articles().items == (), "it is no article that anybody published"
    publish(1, title="Облава утром")
    judge_versions(store, rules, config, now=NOW)
    for _ in range(7):
        clock.advance(HOUR)
        raise_flatlines(store, config, clock())
    assert store.alerts().items[0].article.data.title == "Облава утром"


def test_a_spike_is_compared_with_weeks_whose_matches_are_at_the_edge_of_its_history(
    store: Store, publish: Callable[..., int], clock: FixedClock
) -> None:
    rules, config = configured(spike={"times": 3, "within": "1h", "weeks": 2, "at_least": 3})
    number = 0
    for matches in (1, 1, 1, 3):
        for _ in range(matches):
            number += 1
            publish(number, title="Облава")
            judge_versions(store, rules, config, now=NOW)
        clock.advance(timedelta(weeks=1))
    (alert,) = store.alerts().items
    assert alert.reason == "3 matches within 1h, usually 1.0 at this hour of the week"


def test_a_rule_that_waits_for_new_names_keeps_one_event_for_each(
    store: Store, publish: Callable[..., int]
) -> None:
    config = WatchConfig.model_validate(
        {
            "entities": {"osh": {"ru": ["Ош"]}},
            "rules": [{"id": "r", "when": "title:облава", "over_time": {"new_term": {}}}],
        }
    )
    rules = RuleSet.compile(config)
    for number in range(5):
        publish(number, title="Облава: Ош")
        judge_versions(store, rules, config, now=NOW)
    assert [key for key, *_ in store.rule_history("r").events] == ["", "entity:osh"]


def polled(store: Store, clock: FixedClock, outcome: PollOutcome = PollOutcome.OK) -> None:
    failure = FailureKind.TIMEOUT if outcome is PollOutcome.FAILED else None
    store.record_poll(
        SourcePoll(
            source="outlet",
            outcome=outcome,
            polled_at=clock(),
            next_poll=NextPoll(clock() + HOUR, "a test"),
            failure=failure,
        ),
        [],
    )


def test_silence_of_sources_that_cannot_be_read_is_not_told_as_the_rules(
    store: Store, clock: FixedClock
) -> None:
    _, config = configured(flatline={"within": "6h"})
    config = config.model_copy(update={"sources": (OUTLET,)})
    store.sync_sources([OUTLET.to_source()])
    notified = []
    for hour in range(24):
        polled(store, clock, PollOutcome.FAILED if 4 <= hour < 12 else PollOutcome.OK)
        notified.append(raise_flatlines(store, config, clock()))
        clock.advance(HOUR)
    assert notified.index(1) == 17, "six hours after the last look at which it was not read"
    assert sum(notified) == 1


def test_nothing_is_told_before_what_came_meanwhile_was_read(
    store: Store, clock: FixedClock
) -> None:
    rules, config = configured(flatline={"within": "6h"})
    config = config.model_copy(update={"sources": (OUTLET,)})
    store.sync_sources([OUTLET.to_source()])
    for _ in range(6):
        polled(store, clock)
        assert raise_flatlines(store, config, clock()) == 0
        clock.advance(HOUR)
    clock.advance(timedelta(minutes=11))
    assert raise_flatlines(store, config, clock()) == 0, "its poll is due"
    data = replace(
        samples.article().data, title="Облава", published_at=clock() - timedelta(minutes=30)
    )
    store.record(data, None, key=data.url)
    polled(store, clock)
    assert raise_flatlines(store, config, clock()) == 0, "an article waits to be judged"
    judge_versions(store, rules, config, now=clock())
    assert raise_flatlines(store, config, clock()) == 0, "it matched"
    assert store.alerts().items == ()
