"""Stories at work: articles are placed as they are judged, and remembered over a restart."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alerts.judging.story_grouping import BREAKING_SOURCES, Grouping
from alerts.judging.versions import BURST, judge_versions
from alerts.rules import RuleSet
from core.articles import ArticleData
from core.clock import FixedClock
from core.config.watch import WatchConfig
from core.source_polls import SourcePoll
from core.sources import (
    NextPoll,
    PollOutcome,
    Source,
    SourceKind,
    SourceState,
)
from demo.synthetic import synthetic_story
from storage import Store
from tests.integration.alerts.conftest import NOW

MINUTE = timedelta(minutes=1)
NAMES = ("kloop", "azattyk", "gazeta", "fergana")


def config(**crawl: object) -> WatchConfig:
    return WatchConfig.model_validate(
        {
            "rules": [{"id": "r", "any": ["zeppelin"]}],
            "sources": [{"name": n, "feed": f"https://{n}.example/f"} for n in NAMES],
            "crawl": crawl,
        }
    )


CONFIG = config()
RULES = RuleSet.compile(CONFIG)


def prose(number: int) -> str:
    return synthetic_story("grouping", "en", number, 200).text


def publish(store: Store, source: str, text: str, number: int = 1) -> int:
    url = f"https://{source}.example/{number}"
    data = ArticleData(url=url, title=f"Report {number}", text=text, source=source)
    return store.record(data, None, key=url).article_id


def judge(store: Store, grouping: Grouping, rules: WatchConfig = CONFIG) -> None:
    judge_versions(store, RULES, rules, grouping=grouping, now=NOW)


def watched(store: Store, clock: FixedClock) -> None:
    """Let all sources be polled once, and be due in an hour."""
    store.sync_sources(
        [Source(name=n, kind=SourceKind.FEED, url=f"https://{n}.example/f") for n in NAMES]
    )
    for name in NAMES:
        check = SourcePoll(
            source=name,
            outcome=PollOutcome.OK,
            polled_at=clock(),
            next_poll=NextPoll(clock() + 60 * MINUTE, "every hour"),
        )
        store.record_poll(check, [])


def states(store: Store) -> dict[str, SourceState]:
    return {state.name: state for state in store.source_states()}


def test_copies_join_the_story_of_the_first(store: Store, clock: FixedClock) -> None:
    grouping = Grouping()
    first = publish(store, "kloop", prose(1))
    judge(store, grouping)
    clock.advance(5 * MINUTE)
    copy = publish(store, "azattyk", prose(1) + " More at eight.")
    other = publish(store, "gazeta", prose(2))
    judge(store, grouping)
    story = store.story_of(copy)
    assert story is not None
    assert (story.id, story.first_source) == (first, "kloop")
    assert [(member.source, member.relation, member.of) for member in story.members] == [
        ("kloop", "new", None),
        ("azattyk", "copy", first),
    ]
    alone = store.story_of(other)
    assert alone is not None
    assert len(alone.members) == 1


def test_the_index_is_filled_again_after_a_restart(store: Store, clock: FixedClock) -> None:
    grouping = Grouping()
    first = publish(store, "kloop", prose(1))
    judge(store, grouping)
    clock.advance(5 * MINUTE)
    restarted = Grouping()
    restarted.fill(store, clock())
    copy = publish(store, "azattyk", prose(1))
    judge(store, restarted)
    story = store.story_of(copy)
    assert story is not None
    assert story.id == first


def test_what_is_older_than_the_window_is_not_remembered(store: Store, clock: FixedClock) -> None:
    publish(store, "kloop", prose(1))
    judge(store, Grouping())
    clock.advance(timedelta(days=8))
    restarted = Grouping()
    restarted.fill(store, clock())
    again = publish(store, "azattyk", prose(1))
    judge(store, restarted)
    story = store.story_of(again)
    assert story is not None
    assert story.id == again


def test_an_edit_is_placed_again_and_stays_in_its_story(store: Store, clock: FixedClock) -> None:
    grouping = Grouping()
    first = publish(store, "kloop", prose(1))
    copy = publish(store, "azattyk", prose(1))
    judge(store, grouping)
    clock.advance(5 * MINUTE)
    publish(store, "azattyk", prose(1) + " " + prose(3))
    judge(store, grouping)
    story = store.story_of(copy)
    assert story is not None
    assert (story.id, len(story.members)) == (first, 2)


def test_a_source_that_had_what_a_rule_looks_for_is_polled_sooner(
    store: Store, clock: FixedClock
) -> None:
    watched(store, clock)
    publish(store, "kloop", f"A zeppelin was seen. {prose(1)}")
    publish(store, "gazeta", prose(2))
    judge(store, Grouping())
    hot = states(store)
    assert hot["kloop"].next_poll_at == clock() + 3 * MINUTE
    assert hot["kloop"].burst_until == clock() + BURST
    assert hot["gazeta"].next_poll_at == clock() + 60 * MINUTE


def test_sources_of_breaking_news_are_polled_sooner(store: Store, clock: FixedClock) -> None:
    watched(store, clock)
    for source in NAMES[:BREAKING_SOURCES]:
        publish(store, source, prose(1))
    judge(store, Grouping())
    hot = {name for name, state in states(store).items() if state.burst_until}
    assert hot == set(NAMES[:BREAKING_SOURCES])


@pytest.mark.parametrize("crawl", [{"every": "1h"}])
def test_a_fixed_interval_stays_fixed(
    store: Store, clock: FixedClock, crawl: dict[str, object]
) -> None:
    watched(store, clock)
    publish(store, "kloop", f"A zeppelin was seen. {prose(1)}")
    judge(store, Grouping(), config(**crawl))
    assert states(store)["kloop"].next_poll_at == clock() + 60 * MINUTE


def test_a_damaged_sketch_is_left_out_and_stops_nothing(store: Store, clock: FixedClock) -> None:
    from sqlalchemy import text

    publish(store, "kloop", prose(1))
    judge(store, Grouping())
    with store._writing() as session:
        session.connection().execute(text("UPDATE story_article SET sketch = x'00'"))
    restarted = Grouping()
    restarted.fill(store, clock())
    again = publish(store, "azattyk", prose(1))
    judge(store, restarted)
    story = store.story_of(again)
    assert story is not None
    assert story.id == again
