"""Entries that several sources announce: whose they are, and whose article comes of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.articles import Alias, ArticleEvent, RecordOutcome, WordsFrom
from core.claims import Bringer, Standing
from core.clock import FixedClock
from core.deciding.announcing import Hear, Hearing, Holder
from core.sources import EntryStatus, TrackedEntry
from storage import Store
from storage.crawl.frontier import PollRecorded
from tests.integration.storage.samples import (
    HOUR,
    MINUTE,
    NOON,
    data,
    http,
    page,
    poll,
    source,
)

KEY = "https://victim.example/1"
OWN = Bringer("victim", Standing.OWN, frozenset({"victim"}))
THIEF = Bringer("thief", Standing.FOREIGN, frozenset({"victim"}))
LOOSE = Bringer("thief", Standing.UNCLAIMED)


def hear(hearing: Hearing) -> Hear:
    return lambda _key, _holder: hearing


def announced(
    store: Store, by: str, hearing: Hearing = Hearing.BESIDE, title: str = "", minutes: int = 0
) -> PollRecorded:
    at = NOON + minutes * MINUTE
    said = poll(KEY, source=by, at=at)
    entry = replace(said.entries[0], title=title or f"By {by}", markup=f"<p>{by}</p>")
    return store.record_poll(replace(said, entries=(entry,)), [KEY], hear=hear(hearing))


def only(store: Store) -> TrackedEntry:
    (entry,) = store.entries().items
    return entry


@pytest.fixture(autouse=True)
def watched(store: Store) -> None:
    store.sync_sources([source(name) for name in ("thief", "victim", "digest")])


def test_who_decides_hears_who_holds_an_entry_and_what_came_of_it(store: Store) -> None:
    (entry,) = announced(store, "thief").new
    heard: list[Holder] = []

    def listen(_key: str, holder: Holder) -> Hearing:
        heard.append(holder)
        return Hearing.BESIDE

    for _ in range(2):
        store.record_poll(poll(KEY, source="victim"), [KEY], hear=listen)
    store.fail_entry(entry.id, http(404), "HTTP 404")
    store.record_poll(poll(KEY, source="digest"), [KEY], hear=listen)
    assert [(one.source, one.in_vain, one.listed) for one in heard] == [
        ("thief", False, False),
        ("thief", False, True),
        ("thief", True, False),
    ]
    assert store.holders([KEY], "digest")[KEY].listed
    assert store.holders([KEY], "thief") == {}


@pytest.mark.parametrize("came_to", ["waiting", "failed", "rejected later", "stored"])
def test_an_entry_that_is_taken_over_begins_anew_in_its_outlets_words(
    store: Store, came_to: str
) -> None:
    (entry,) = announced(store, "thief", title="Forged").new
    if came_to == "failed":
        store.fail_entry(entry.id, http(404), "HTTP 404")
    elif came_to == "rejected later":
        store.retry_entry(entry.id, http(429), "HTTP 429", NOON + 20 * HOUR)
    elif came_to == "stored":
        store.record(data(KEY), page(), key=KEY, entry_id=entry.id, bringer=THIEF)
    store.record_poll(poll(source="victim", at=NOON), [])
    done = announced(store, "victim", Hearing.TAKEN_OVER, "Real", minutes=5)
    (taken,) = done.new
    assert taken == only(store)
    assert (taken.id, taken.source, taken.entry.title) == (entry.id, "victim", "Real")
    assert (taken.status, taken.attempts, taken.failure) == (EntryStatus.PENDING, 0, None)
    assert (taken.next_attempt_at, taken.article_id) == (None, None)
    assert taken.discovered_at == NOON + 5 * MINUTE
    assert store.announced_words(taken.id) == "<p>victim</p>"
    assert store.found_since("victim", NOON) == 1
    (state,) = store.source_states(["victim"])
    assert state.last_new_at == NOON + 5 * MINUTE


def test_what_another_finds_out_meanwhile_settles_nothing_of_an_entry_taken_over(
    store: Store,
) -> None:
    (entry,) = announced(store, "thief").new
    announced(store, "victim", Hearing.TAKEN_OVER)
    store.fail_entry(entry.id, http(404), "HTTP 404", of="thief")
    store.retry_entry(entry.id, http(503), "HTTP 503", NOON + HOUR, of="thief")
    recorded = store.record(data(KEY), page(), key=KEY, entry_id=entry.id, bringer=THIEF)
    assert recorded.outcome is RecordOutcome.NEW
    assert (only(store).status, only(store).attempts) == (EntryStatus.PENDING, 0)
    store.fail_entry(entry.id, http(404), "HTTP 404", of="victim")
    assert only(store).status is EntryStatus.FAILED


def test_what_was_in_vain_is_asked_again_within_the_pause_that_its_host_asked_for(
    store: Store,
) -> None:
    (entry,) = announced(store, "thief").new
    store.retry_entry(entry.id, http(429), "HTTP 429", NOON + HOUR)
    announced(store, "digest", Hearing.ASKED_AGAIN)
    assert (only(store).source, only(store).next_attempt_at) == ("digest", NOON + HOUR)
    store.fail_entry(entry.id, http(404), "HTTP 404")
    announced(store, "victim", Hearing.ASKED_AGAIN)
    assert (only(store).source, only(store).next_attempt_at) == ("victim", None)


def test_an_entry_that_waits_for_a_source_that_left_is_adopted_in_either_case(
    store: Store,
) -> None:
    announced(store, "thief", title="Forged")
    store.sync_sources([source("victim")])
    announced(store, "victim", Hearing.TAKEN_OVER, "Real")
    assert (only(store).source, only(store).entry.title) == ("victim", "Real")


def article_by_thief(store: Store, bringer: Bringer = THIEF, **more: object) -> int:
    (entry,) = announced(store, "thief").new
    stolen = replace(data(KEY), source="thief", published_at=NOON - 9000 * HOUR, **more)  # type: ignore[arg-type]
    return store.record(stolen, page(), key=KEY, entry_id=entry.id, bringer=bringer).article_id


def test_an_article_comes_to_its_outlet_with_its_first_word_of_it(
    store: Store, clock: FixedClock
) -> None:
    article_id = article_by_thief(store, LOOSE)
    (entry,) = announced(store, "victim", Hearing.TAKEN_OVER, minutes=5).new
    real = replace(data(KEY), source="victim", published_at=NOON)
    clock.advance(timedelta(minutes=5))
    done = store.record(real, page(), key=KEY, entry_id=entry.id, bringer=OWN)
    assert (done.outcome, done.article_id) == (RecordOutcome.UPDATED, article_id)
    article = store.article(article_id)
    assert article is not None
    assert (article.data, article.event) == (real, ArticleEvent.ATTRIBUTED)
    assert article.event.is_first
    assert [item.id for item in store.articles(source="victim").items] == [article_id]
    assert store.also_listed_by(article_id) == ("thief",)
    sight = store.first_sight(article_id)
    assert sight is not None
    assert sight.at == NOON + 5 * MINUTE
    again = store.record(real, page(), key=KEY, entry_id=entry.id, bringer=OWN)
    assert again.outcome is RecordOutcome.UNCHANGED


def test_an_article_that_was_right_stays_one_version(store: Store) -> None:
    (entry,) = announced(store, "thief").new
    right = replace(data(KEY), source="victim")
    store.record(right, page(), key=KEY, entry_id=entry.id, bringer=THIEF)
    announced(store, "victim", Hearing.TAKEN_OVER)
    done = store.record(right, page(), key=KEY, entry_id=entry.id, bringer=OWN)
    assert done.outcome is RecordOutcome.UNCHANGED
    changed = replace(right, published_at=NOON)
    done = store.record(changed, page(), key=KEY, entry_id=entry.id, bringer=OWN)
    assert done.outcome is RecordOutcome.UNCHANGED  # by its own word it was told already


def test_no_word_of_another_changes_whose_an_article_is(store: Store) -> None:
    (entry,) = announced(store, "victim").new
    own = replace(data(KEY), source="victim")
    article_id = store.record(own, page(), key=KEY, entry_id=entry.id, bringer=OWN).article_id
    for bringer in (THIEF, LOOSE):
        store.record(replace(own, source="thief"), page(), key=KEY, bringer=bringer)
    article = store.article(article_id)
    assert article is not None
    assert (article.version, article.data.source) == (1, "victim")


def test_what_its_outlet_announces_is_no_copy_of_what_another_brought(store: Store) -> None:
    names = (Alias("words:victim.example:1", by_content=True),)
    stolen = replace(data(f"{KEY}?print=1"), source="thief")
    first = store.record(stolen, page(), key=f"{KEY}?print=1", aliases=names, bringer=LOOSE)
    (entry,) = announced(store, "victim").new
    own = replace(data(KEY), source="victim")
    done = store.record(own, page(), key=KEY, entry_id=entry.id, aliases=names, bringer=OWN)
    assert (done.outcome, done.article_id) == (RecordOutcome.UPDATED, first.article_id)
    (article,) = store.articles(source="victim").items
    assert article.data.url == KEY


def test_words_of_its_feed_give_an_article_its_outlet_and_its_date_alone(store: Store) -> None:
    article_id = article_by_thief(store, LOOSE, text="What the page says.")
    (entry,) = announced(store, "victim", Hearing.TAKEN_OVER).new
    feeds = replace(data(KEY), source="victim", published_at=NOON, words_from=WordsFrom.FEED)
    store.record_announced(feeds, key=KEY, entry_id=entry.id, bringer=OWN)
    article = store.article(article_id)
    assert article is not None
    assert (article.data.source, article.data.published_at) == ("victim", NOON)
    assert (article.data.text, article.data.words_from) == ("What the page says.", WordsFrom.PAGE)


def test_a_page_of_another_outlet_is_not_what_a_feeds_words_were_about(store: Store) -> None:
    there = "https://thief.example/go"
    store.record_poll(poll(there, source="thief"), [there])
    (entry,) = store.entries().items
    said = replace(data(there), source="thief", words_from=WordsFrom.FEED)
    store.record_announced(said, key=there, entry_id=entry.id)
    led_to = replace(data(KEY), source="victim")
    done = store.record(led_to, page(), key=KEY, entry_id=entry.id, bringer=THIEF)
    assert done.outcome is RecordOutcome.NEW
    assert len(store.articles().items) == 2
