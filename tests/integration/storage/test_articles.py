"""Articles: identity, versions, and what storing the same thing again comes to."""

from __future__ import annotations

import dataclasses

from alerts.dispatch.deciders import DECIDERS
from core.articles import ArticleData, RecordOutcome
from core.clock import FixedClock
from core.sources import EntryStatus
from storage import Cursor, Store
from storage.crawl.new_versions import content_sha256
from tests.integration.storage.samples import (
    HOUR,
    MINUTE,
    NOON,
    data,
    judgement,
    page,
    recorded,
    tracked,
)

FULL = ArticleData(
    url="https://kloop.example/1",
    title="Мобилизация: что известно",
    text="Первый абзац.\n\nВторой — «с кавычками» и 🙂.",
    source="kloop",
    canonical_url="https://kloop.example/1/",
    authors=("Айгүл Асанова", "B"),
    published_at=NOON - HOUR,
    language="ru",
    site_name="Kloop",
    tags=("армия",),
)


def test_article_comes_back_as_it_was_stored(store: Store) -> None:
    fetched = page(at=NOON - MINUTE)
    done = store.record(FULL, fetched, key="https://kloop.example/1")
    assert done.outcome is RecordOutcome.NEW
    article = store.article(done.article_id)
    assert article is not None
    assert article.data == FULL
    assert (article.version, article.version_id) == (1, done.version_id)
    assert (article.first_seen_at, article.fetched_at) == (NOON, NOON - MINUTE)
    assert article.content_sha256 == content_sha256(FULL)
    assert store.article_by_url("https://kloop.example/1") == article
    assert store.versions(article.id) == [article]


def test_unknown_article_is_none(store: Store) -> None:
    assert store.article(1) is None
    assert store.article_by_url("https://kloop.example/1") is None
    assert store.versions(1) == []
    done = recorded(store)
    assert store.article(done.article_id, version=2) is None


def test_storing_the_same_again_changes_nothing(store: Store, clock: FixedClock) -> None:
    first = store.record(FULL, page(), key="k")
    before = store.versions(first.article_id)
    clock.advance(HOUR)
    retagged = dataclasses.replace(FULL, tags=("other",), authors=())
    for again in (FULL, retagged):
        done = store.record(again, page(b"other bytes"), key="k")
        assert done.outcome is RecordOutcome.UNCHANGED
        assert done.version_id == first.version_id
    assert store.versions(first.article_id) == before
    assert len(store.url_history("k").evidence) == 1


def test_edited_text_makes_a_new_version(store: Store, clock: FixedClock) -> None:
    first = store.record(data(text="one"), page(b"one"), key="k")
    clock.advance(HOUR)
    second = store.record(data(text="two"), page(b"two", at=clock()), key="k")
    assert second.outcome is RecordOutcome.UPDATED
    assert second.article_id == first.article_id
    old, new = store.versions(first.article_id)
    assert [(v.version, v.data.text) for v in (old, new)] == [(1, "one"), (2, "two")]
    assert old.first_seen_at == new.first_seen_at == NOON
    assert new.fetched_at == NOON + HOUR
    assert store.article(first.article_id) == new
    assert store.article(first.article_id, version=1) == old
    assert [found.version for found in store.articles().items] == [2]


def test_text_that_changes_back_is_a_version_again(store: Store) -> None:
    outcomes = [store.record(data(text=text), None, key="k").outcome for text in ("a", "b", "a")]
    assert outcomes == [RecordOutcome.NEW, RecordOutcome.UPDATED, RecordOutcome.UPDATED]


def test_storing_settles_the_entry(store: Store) -> None:
    (entry,) = tracked(store, "u1")
    for _ in range(2):
        done = store.record(data("u1"), page(), key="u1", entry_id=entry.id)
    assert done.outcome is RecordOutcome.UNCHANGED
    (settled,) = store.entries().items
    assert settled.status is EntryStatus.STORED
    assert (settled.article_id, settled.attempts) == (done.article_id, 1)
    assert settled.settled_at == NOON
    assert store.pending_entries(NOON, 10) == []


def test_another_url_of_the_same_article_is_a_duplicate(store: Store) -> None:
    plain, second = tracked(store, "https://k/1", "https://k/1/amp")
    first = store.record(data(), page(), key="https://k/1", entry_id=plain.id)
    for _ in range(2):
        again = store.record(data(), page(b"amp"), key="https://k/1", entry_id=second.id)
        assert again.outcome is RecordOutcome.DUPLICATE
    assert (again.article_id, again.version_id) == (first.article_id, first.version_id)
    assert store.entry_counts() == {
        ("kloop", EntryStatus.STORED, ""): 1,
        ("kloop", EntryStatus.STORED, "duplicate"): 1,
    }
    rerun = store.record(data(), page(), key="https://k/1", entry_id=plain.id)
    assert rerun.outcome is RecordOutcome.UNCHANGED


def test_article_given_by_hand_is_adopted_by_the_first_entry(store: Store) -> None:
    store.record(data(), None, key="k1")
    first, second = tracked(store, "k1", "k2")
    outcomes = [
        store.record(data(), None, key="k1", entry_id=entry.id).outcome for entry in (first, second)
    ]
    assert outcomes == [RecordOutcome.UNCHANGED, RecordOutcome.DUPLICATE]


def test_evidence_is_added_to_a_version_that_has_none(store: Store) -> None:
    store.record(data(), None, key="k")
    store.record(data(), page(), key="k")
    article = store.article_by_url("k")
    assert article is not None
    assert article.evidence_id is not None


def test_articles_are_listed_newest_first_in_stable_pages(store: Store, clock: FixedClock) -> None:
    ids = []
    for number in range(6):
        ids.append(recorded(store).article_id)
        clock.advance(MINUTE * (number % 2))  # some share their moment
    seen: list[int] = []
    cursor = None
    while True:
        listed = store.articles(after=cursor, limit=2)
        seen += [article.id for article in listed.items]
        clock.advance(MINUTE)
        recorded(store)
        if listed.next is None:
            break
        cursor = Cursor.parse(str(listed.next))
    assert seen == ids[::-1]


def test_articles_are_listed_by_source_and_time(store: Store, clock: FixedClock) -> None:
    old = recorded(store)
    clock.advance(HOUR)
    other = dataclasses.replace(data("https://a/1"), source="azattyk")
    new = store.record(other, None, key="https://a/1")
    assert [found.id for found in store.articles(source="azattyk").items] == [new.article_id]
    assert [found.id for found in store.articles(since=NOON + HOUR).items] == [new.article_id]
    assert [found.id for found in store.articles(source="kloop").items] == [old.article_id]
    assert store.articles(source="kloop", since=NOON + HOUR).items == ()


def test_unjudged_versions_come_oldest_first_until_they_are_judged(store: Store) -> None:
    first = store.record(data(text="one"), None, key="k")
    second = recorded(store)
    third = store.record(data(text="two"), None, key="k")
    ids = [first.version_id, second.version_id, third.version_id]
    assert [article.version_id for article in store.unjudged(10)] == ids
    assert [article.version_id for article in store.unjudged(2)] == ids[:2]
    store.commit_judgement([judgement(second.version_id)], DECIDERS)
    assert [article.data.text for article in store.unjudged(10)] == ["one", "two"]


def test_very_long_text_is_kept(store: Store) -> None:
    text = "мобилизация " * 400_000
    done = store.record(dataclasses.replace(data(text=text), title=text), None, key="k")
    article = store.article(done.article_id)
    assert article is not None
    assert article.data.text == article.data.title == text
