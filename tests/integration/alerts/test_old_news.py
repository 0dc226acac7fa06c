"""Old is not news: what was old when its source first showed it is kept, and told to nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alerts.judging.versions import judge_versions
from alerts.rules import RuleSet
from core.articles import Article, ArticleData, Untold
from core.clock import FixedClock
from core.config.watch import WatchConfig
from core.source_polls import SourcePoll
from core.sources import (
    Entry,
    NextPoll,
    PollOutcome,
)
from storage import Store, open_store
from tests.integration.alerts.conftest import NOW

DAY = timedelta(days=1)
SOURCES = (
    {"name": "outlet", "feed": "https://outlet.example/rss"},
    {"name": "slow", "feed": "https://slow.example/rss", "max_age": "30d"},
)
RAIDS = {"id": "raids", "when": "title:raid"}


class Monitor:
    """A store with sources that are polled by hand, and rules that judge what they bring."""

    def __init__(self, store: Store, clock: FixedClock) -> None:
        self.store, self.clock = store, clock
        self._number = 0

    def configure(self, *rules: dict[str, Any], **sections: Any) -> None:
        self.config = WatchConfig.model_validate(
            {
                "sources": SOURCES,
                "rules": rules or (RAIDS,),
                "receivers": [{"name": "desk", "console": {}}],
                **sections,
            }
        )
        self.rules = RuleSet.compile(self.config)
        self.store.sync_sources([source.to_source() for source in self.config.sources])

    def poll(self, *ages: timedelta | None, source: str = "outlet", **about: Any) -> list[int]:
        """Poll a source that shows something new, of these ages; return the articles' ids."""
        urls = []
        entries = []
        for age in ages:
            self._number += 1
            urls.append(f"https://{source}.example/{self._number}")
            published = None if age is None else self.clock() - age
            entries.append(Entry(url=urls[-1], title="Raid", published_at=published))
        poll = SourcePoll(
            source=source,
            outcome=PollOutcome.OK,
            polled_at=self.clock(),
            next_poll=NextPoll(self.clock() + DAY, "every day"),
            entries=tuple(entries),
        )
        new = self.store.record_poll(poll, urls).new
        fetched_after = about.pop("fetched_after", timedelta(0))
        self.clock.advance(fetched_after)
        return [
            self.store.record(
                ArticleData(
                    url=entry.entry.url,
                    title="Raid",
                    text=f"Report {entry.id} of what was seen there.",
                    source=source,
                    published_at=entry.entry.published_at,
                    **about,
                ),
                None,
                key=entry.key,
                entry_id=entry.id,
            ).article_id
            for entry in new
        ]

    def told(self) -> set[int]:
        """Judge; return the articles that people are told of."""
        judge_versions(self.store, self.rules, self.config, now=self.clock())
        return {alert.article.id for alert in self.store.alerts().items}

    def article(self, article_id: int) -> Article:
        found = self.store.article(article_id)
        assert found is not None
        return found


@pytest.fixture
def monitor(database_url: str) -> Iterator[Monitor]:
    clock = FixedClock(NOW)
    with open_store(database_url, clock=clock) as store:
        opened = Monitor(store, clock)
        opened.configure()
        yield opened


def test_a_new_source_tells_of_its_news_and_not_of_its_archive(monitor: Monitor) -> None:
    old, news = monitor.poll(800 * DAY, 2 * DAY)
    assert monitor.told() == {news}
    assert monitor.store.fired_rules([old, news]) == {old: {"raids"}, news: {"raids"}}
    assert monitor.article(old).untold is Untold.OLD
    assert monitor.article(news).untold is None


def test_an_archive_that_is_listed_anew_tells_nothing(monitor: Monitor) -> None:
    (first,) = monitor.poll(DAY)
    monitor.clock.advance(DAY)
    assert monitor.poll(*(days * DAY for days in range(5, 50, 5)))
    assert monitor.told() == {first}


@pytest.mark.parametrize("down", [5 * DAY, 20 * DAY])
def test_what_was_published_while_nobody_looked_is_told(monitor: Monitor, down: timedelta) -> None:
    monitor.poll(DAY)
    monitor.clock.advance(down)
    missed = monitor.poll(down - timedelta(hours=1), down / 2, timedelta(hours=1))
    archive = monitor.poll(800 * DAY)
    assert monitor.told() >= set(missed)
    assert not monitor.told() & set(archive)


def test_an_article_is_as_old_as_when_it_was_shown_however_late_it_is_read(
    monitor: Monitor,
) -> None:
    (late,) = monitor.poll(2 * DAY, fetched_after=5 * DAY)
    assert monitor.told() == {late}


def test_a_source_may_have_an_age_of_its_own(monitor: Monitor) -> None:
    (other,) = monitor.poll(20 * DAY)
    (slow,) = monitor.poll(20 * DAY, source="slow")
    assert monitor.told() == {slow}
    assert monitor.article(other).untold is Untold.OLD


def test_the_age_of_all_others_is_configured_once(monitor: Monitor) -> None:
    monitor.configure(crawl={"max_age": "1h"})
    _old, news = monitor.poll(timedelta(hours=2), timedelta(minutes=30))
    assert monitor.told() == {news}


@pytest.mark.parametrize(
    ("age", "about"),
    [(None, {}), (800 * DAY, {"date_is_guess": True})],
    ids=["no date", "guessed"],
)
def test_what_has_no_certain_date_is_told(
    monitor: Monitor, age: timedelta | None, about: dict[str, Any]
) -> None:
    assert set(monitor.poll(age, **about)) == monitor.told()


@pytest.mark.parametrize(
    "published", [datetime(1970, 1, 1, tzinfo=UTC), datetime(1970, 1, 1, 0, 0, 7, tzinfo=UTC)]
)
def test_a_clock_that_was_never_set_makes_nothing_old(
    monitor: Monitor, published: datetime
) -> None:
    assert set(monitor.poll(monitor.clock() - published)) == monitor.told()


def test_a_day_without_a_time_lasts_until_its_end(monitor: Monitor) -> None:
    midnight = monitor.clock().replace(hour=0, minute=0)
    of_the_day, before = monitor.poll(
        monitor.clock() - (midnight - 3 * DAY), monitor.clock() - (midnight - 5 * DAY)
    )
    assert monitor.told() == {of_the_day}
    assert monitor.article(before).untold is Untold.OLD


def test_an_old_article_that_is_edited_is_news_for_those_who_ask(monitor: Monitor) -> None:
    monitor.configure({**RAIDS, "on": ["published", "edited"]})
    (old,) = monitor.poll(800 * DAY)
    assert monitor.told() == set()
    data = monitor.article(old).data
    monitor.store.record(
        ArticleData(
            url=data.url,
            title="Raid, again",
            text="Another text altogether, which nobody has read before.",
            source="outlet",
            published_at=data.published_at,
        ),
        None,
        key=data.url,
    )
    monitor.told()
    (alert,) = monitor.store.alerts().items
    assert alert.occasion == "edited-2"


@pytest.mark.parametrize("frequency", [{"count": 3, "within": "1h"}])
def test_old_articles_make_no_number_full(monitor: Monitor, frequency: dict[str, Any]) -> None:
    monitor.configure({**RAIDS, "over_time": {"frequency": frequency}})
    monitor.poll(*[800 * DAY] * 5, timedelta(minutes=5), timedelta(minutes=3))
    assert monitor.told() == set()
    (last,) = monitor.poll(timedelta(minutes=1))
    assert monitor.told() == {last}


def test_old_articles_within_the_history_count_when_they_were_published(monitor: Monitor) -> None:
    monitor.configure({**RAIDS, "over_time": {"spike": {"within": "6h", "weeks": 4, "times": 3}}})
    monitor.poll(*(days * DAY for days in range(5, 20)))
    assert monitor.told() == set()
    times = [event[2] for event in monitor.store.rule_history("raids").events]
    assert times == [NOW - days * DAY for days in range(19, 4, -1)]


def test_what_nobody_was_told_counts_in_no_burst_of_its_source(monitor: Monitor) -> None:
    monitor.poll(800 * DAY)
    monitor.told()
    (state,) = [state for state in monitor.store.source_states() if state.name == "outlet"]
    assert state.burst_until is None
