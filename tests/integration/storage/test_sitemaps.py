"""What sitemaps have listed, as it is kept with the polls that read them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from core.sitemap_memory import KeptPart, PartMarks, PartMemory
from core.sources import Comparison, Found, SourceKind, Validators
from storage import Store
from storage.crawl.sitemap_memories import GONE_FOR
from tests.integration.storage.samples import HOUR, NOON, poll, source

PART = PartMemory(
    url="https://k/map-1.xml",
    listed_at=NOON,
    last_modified=NOON - HOUR,
    appeared=True,
    asked_at=NOON,
    read_at=NOON,
    new_at=NOON,
    newest=NOON + HOUR,
    failures=2,
    is_index=True,
    remembers=False,
    pages=7,
    old=2,
    validators=Validators(etag="e", last_modified="m", body_sha256="b"),
)
MARKS = PartMarks(frozenset({1, 2**64 - 1}), frozenset({3}))
OTHER = PartMemory(url="https://k/" + "long" * 900, listed_at=NOON, old=1)


def kept(store: Store) -> list[PartMemory]:
    return store.sitemaps("kloop")


def test_what_a_poll_read_comes_back_as_it_was(store: Store) -> None:
    store.sync_sources([source()])
    store.record_poll(poll(), [], sitemaps=[KeptPart(PART, MARKS), KeptPart(OTHER)])
    assert kept(store) == sorted([PART, OTHER], key=lambda part: part.url)
    assert store.sitemap_marks("kloop", PART.url) == MARKS
    assert store.sitemap_marks("kloop", OTHER.url) == PartMarks()
    assert store.sitemap_marks("kloop", "https://k/unknown.xml") == PartMarks()
    assert store.sitemaps("azattyk") == []


def test_a_part_that_was_only_asked_for_keeps_its_pages(store: Store) -> None:
    store.sync_sources([source()])
    store.record_poll(poll(), [], sitemaps=[KeptPart(PART, MARKS)])
    later = replace(PART, asked_at=NOON + HOUR)
    store.record_poll(poll(), [], sitemaps=[KeptPart(later)])
    assert kept(store) == [later]
    assert store.sitemap_marks("kloop", PART.url) == MARKS


def test_old_pages_are_found_in_whichever_part_they_are(store: Store) -> None:
    store.sync_sources([source(), source("azattyk")])
    elsewhere = KeptPart(OTHER, PartMarks(frozenset({9})))
    store.record_poll(poll(), [], sitemaps=[KeptPart(PART, MARKS), elsewhere])
    wanted = frozenset({1, 3, 9, 10})
    assert store.marks_listed_elsewhere("kloop", wanted) == {1, 9}
    assert store.marks_listed_elsewhere("azattyk", wanted) == set()
    assert store.marks_listed_elsewhere("kloop", frozenset()) == set()


def test_a_part_that_is_gone_for_long_is_forgotten(store: Store) -> None:
    store.sync_sources([source()])
    gone = replace(PART, gone_at=NOON)
    store.record_poll(poll(), [], sitemaps=[KeptPart(gone), KeptPart(OTHER)])
    at = NOON + GONE_FOR
    store.record_poll(replace(poll(), polled_at=at), [], sitemaps=[KeptPart(OTHER)])
    assert len(kept(store)) == 2
    later = at + timedelta(seconds=1)
    store.record_poll(replace(poll(), polled_at=later), [], sitemaps=[KeptPart(OTHER)])
    assert kept(store) == [OTHER]


def test_a_source_with_another_address_has_another_past(store: Store) -> None:
    store.sync_sources([source()])
    comparison = Comparison(NOON + HOUR, NOON, "feed a → page b")
    found = Found(SourceKind.FEED, "https://k/feed", "named")
    moved = replace(poll(found=found), comparison=comparison, empty=True)
    store.record_poll(moved, [], sitemaps=[KeptPart(PART, MARKS)])
    (state,) = store.source_states()
    assert (state.comparison, state.empty_since) == (comparison, NOON)
    store.sync_sources([replace(source(), url="https://k/elsewhere")])
    (state,) = store.source_states()
    assert (state.comparison, state.empty_since, kept(store)) == (None, None, [])


def test_a_source_is_empty_since_the_first_of_its_empty_documents(store: Store) -> None:
    store.sync_sources([source()])

    def after(hours: int, empty: bool | None) -> object:
        at = NOON + hours * HOUR
        store.record_poll(replace(poll(), polled_at=at, empty=empty), [])
        (state,) = store.source_states()
        return state.empty_since

    assert after(1, empty=None) is None
    assert after(2, empty=True) == NOON + 2 * HOUR
    assert after(3, empty=True) == NOON + 2 * HOUR
    assert after(4, empty=None) == NOON + 2 * HOUR
    assert after(5, empty=False) is None
    assert after(6, empty=True) == NOON + 6 * HOUR
