"""How many articles, alerts and stories there are of each kind."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from alerts.dispatch.deciders import DECIDERS
from core.alerting.matches import Level
from core.alerting.tallies import CountedBy
from core.clock import FixedClock
from storage import Judgement, PlannedAlert, Store
from storage.judging.judging_records import StoryPlacement
from tests.integration.storage.samples import HOUR, NOON, data, match, source


def told(
    store: Store, serial: int, *rules: str, language: str | None = "ru", outlet: str = "kloop"
) -> int:
    """Store an article on which rules fire; return its id. A rule is its level and a name."""
    url = f"https://{outlet}.example/{serial}"
    found = replace(data(url), language=language, source=outlet)
    done = store.record(found, None, key=url)
    alerts = tuple(
        PlannedAlert(replace(match(rule), level=Level(rule.partition("-")[0])), ("desk",))
        for rule in rules
    )
    store.commit_judgement([Judgement(done.version_id, "ruleset-1", alerts)], DECIDERS)
    return done.article_id


def filled(store: Store, clock: FixedClock) -> None:
    store.sync_sources([source(), source("azattyk")])
    told(store, 1, "high-a", "low-b")
    told(store, 2, "high-a", language="ky", outlet="azattyk")
    clock.advance(HOUR)
    told(store, 3, "low-b", language=None)
    told(store, 4)


def test_alerts_are_counted_by_rule_source_and_language(store: Store, clock: FixedClock) -> None:
    filled(store, clock)
    assert store.alert_tallies(CountedBy.RULE, NOON) == {
        "high-a": {Level.HIGH: 2}, "low-b": {Level.LOW: 2}
    }  # fmt: skip
    assert store.alert_tallies(CountedBy.SOURCE, NOON) == {
        "kloop": {Level.HIGH: 1, Level.LOW: 2}, "azattyk": {Level.HIGH: 1}
    }  # fmt: skip
    assert store.alert_tallies(CountedBy.LANGUAGE, NOON) == {
        "ru": {Level.HIGH: 1, Level.LOW: 1}, "ky": {Level.HIGH: 1}, "": {Level.LOW: 1}
    }  # fmt: skip
    assert store.alert_tallies(CountedBy.RULE, NOON + HOUR) == {"low-b": {Level.LOW: 1}}


def test_articles_are_counted_by_source_language_and_time(store: Store, clock: FixedClock) -> None:
    filled(store, clock)
    assert store.article_tallies(CountedBy.SOURCE, NOON) == {"kloop": 3, "azattyk": 1}
    assert store.article_tallies(CountedBy.LANGUAGE, NOON) == {"ru": 2, "ky": 1, "": 1}
    assert store.article_tallies(CountedBy.SOURCE, NOON + HOUR) == {"kloop": 2}
    assert store.articles_by_quarter(NOON) == {
        datetime(2026, 3, 1, 12, tzinfo=UTC): 2,
        datetime(2026, 3, 1, 13, tzinfo=UTC): 2,
    }


def test_an_edited_article_counts_once_in_its_latest_language(
    store: Store, clock: FixedClock
) -> None:
    filled(store, clock)
    url = "https://kloop.example/4"
    store.record(replace(data(url, "Another text altogether."), language="uz"), None, key=url)
    assert store.article_tallies(CountedBy.LANGUAGE, NOON)["uz"] == 1
    assert store.article_tallies(CountedBy.LANGUAGE, NOON)["ru"] == 1


def test_a_story_counts_once_by_the_highest_level_of_its_alerts(
    store: Store, clock: FixedClock
) -> None:
    store.sync_sources([source()])
    told(store, 1, "high-a", "low-b")
    told(store, 2, "low-b")
    assert store.cases_by_level(NOON) == {Level.HIGH: 1, Level.LOW: 1}
    clock.advance(HOUR)
    assert store.cases_by_level(NOON + HOUR) == {}


def test_copies_are_one_story(store: Store) -> None:
    store.sync_sources([source()])
    first = told(store, 1, "low-b")
    url = "https://kloop.example/2"
    copy = store.record(data(url), None, key=url)
    placed = StoryPlacement(
        story=first,
        relation="copy",
        of=first,
        containment=1.0,
        shared_words=9,
        first_source="kloop",
        first_at=NOON,
    )
    alerts = (PlannedAlert(match("high-a"), ("desk",)),)
    judged = Judgement(copy.version_id, "ruleset-1", alerts, placement=placed)
    store.commit_judgement([judged], DECIDERS)
    assert store.cases_by_level(NOON) == {Level.HIGH: 1}
