"""Articles under several addresses, and articles that are looked at again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from core.articles import Absence, Alias, ArticleEvent, ArticleVisit, Doubt, RecordOutcome
from core.clock import FixedClock
from core.errors import StorageError
from core.sources import Source, SourceKind, Validators
from scheduler.revisit_plan import follow_revisit_plan
from storage import Store
from tests.integration.storage.samples import HOUR, NOON, data, page, source, tracked

URL = "https://kloop.example/1"
TEXT = "Вчера на рынке прошёл рейд, и двадцать человек задержали до утра в отделе полиции."
LONGER = TEXT + " Позже всех отпустили, сообщили в прокуратуре."


def published(store: Store, text: str = TEXT, key: str = URL) -> int:
    return store.record(
        data(key, text),
        page(),
        key=key,
        validators=Validators(etag='"1"', last_modified="Sun, 01 Mar 2026 11:00:00 GMT"),
        plan_visit=lambda at: at + HOUR,
    ).article_id


def due(store: Store) -> ArticleVisit:
    (visit,) = store.due_visits(NOON + HOUR, 10, "kloop")
    return visit


def test_an_article_is_due_for_a_visit_when_its_time_comes(store: Store) -> None:
    article = published(store)
    assert store.sources_with_visits(NOON + HOUR / 2) == []
    assert store.sources_with_visits(NOON + HOUR) == ["kloop"]
    assert store.next_visit_due_at() == NOON + HOUR
    visit = due(store)
    assert (visit.article_id, visit.version, visit.visits) == (article, 1, 0)
    assert (visit.etag, visit.changed_at) == ('"1"', NOON)
    assert store.due_visits(NOON + HOUR, 10, "another") == []


def test_a_changed_text_becomes_a_version_that_says_what_changed(store: Store) -> None:
    published(store)
    found = store.record_visit(
        due(store), data(URL, LONGER), page(at=NOON + HOUR), lambda at: at + HOUR, Validators()
    )
    assert found.outcome is RecordOutcome.UPDATED
    latest = store.article(found.article_id)
    assert latest is not None
    assert (latest.version, latest.event) == (2, ArticleEvent.EDITED)
    assert latest.note.startswith("1 passage added: {+")
    assert store.next_visit_due_at() == NOON + 2 * HOUR, "counted from the change"
    assert len(store.unjudged(10)) == 2


def test_counters_and_clocks_make_no_version(store: Store) -> None:
    published(store, TEXT + "\n1 024 просмотра")
    text = TEXT.replace("ё", "е") + "\n2 048 просмотров"
    found = store.record_visit(
        due(store), data(URL, text), page(at=NOON + HOUR), lambda at: at + 3 * HOUR, Validators()
    )
    assert found.outcome is RecordOutcome.UNCHANGED
    assert len(store.versions(found.article_id)) == 1
    assert store.next_visit_due_at() == NOON + 3 * HOUR, "counted from the last change"


def test_a_removal_is_a_version_with_the_last_text_and_the_answer(store: Store) -> None:
    published(store)
    answer = replace(page(b"gone", NOON + HOUR), status=410)
    found = store.record_removal(due(store), "HTTP 410", answer, lambda at: at + HOUR)
    latest = store.article(found.article_id)
    assert latest is not None
    assert (latest.event, latest.note, latest.data.text) == (ArticleEvent.REMOVED, "HTTP 410", TEXT)
    proof = store.evidence(latest.evidence_id or 0)
    assert proof is not None
    assert (proof.status, proof.body) == (410, b"gone")


def test_a_page_that_stays_away_is_removed_once_and_may_come_back(store: Store) -> None:
    published(store)
    gone = replace(page(b"gone", NOON + HOUR), status=410)
    store.record_removal(due(store), "HTTP 410", gone, lambda _: NOON + HOUR)
    again = store.record_removal(due(store), "HTTP 410", gone, lambda _: NOON + HOUR)
    assert again.outcome is RecordOutcome.UNCHANGED
    back = store.record_visit(
        due(store), data(URL, TEXT), page(at=NOON + HOUR), lambda _: None, Validators()
    )
    assert back.outcome is RecordOutcome.UPDATED
    events = [version.event for version in store.versions(back.article_id)]
    assert events == [ArticleEvent.PUBLISHED, ArticleEvent.REMOVED, ArticleEvent.RESTORED]
    assert store.next_visit_due_at() is None


DOUBT = Doubt(Absence.STATUS, "HTTP 404")


def test_a_doubt_is_kept_until_the_next_look(store: Store) -> None:
    published(store)
    store.note_visit(due(store), NOON + HOUR, doubt=DOUBT)
    assert due(store).doubt == DOUBT
    store.note_visit(due(store), NOON + HOUR, counts=False)
    assert due(store).doubt is None
    assert due(store).visits == 1


def test_a_visit_of_an_article_that_is_not_there_is_an_error(store: Store) -> None:
    published(store)
    stranger = replace(due(store), article_id=99)
    with pytest.raises(StorageError, match="no article 99"):
        store.note_visit(stranger, None)


def test_a_twin_address_with_the_same_text_is_a_duplicate(store: Store) -> None:
    (first, second) = tracked(store, "https://m.kloop.example/1", URL)
    twin = Alias("twin:kloop.example/1")
    for entry in (first, second):
        store.record(
            data(entry.key, TEXT), page(), key=entry.key, entry_id=entry.id, aliases=[twin]
        )
    counts = store.entry_counts()
    assert {(status.value, reason): n for (_, status, reason), n in counts.items()} == {
        ("stored", ""): 1,
        ("stored", "duplicate"): 1,
    }
    assert len(store.articles().items) == 1


def test_a_twin_address_with_another_text_is_another_article(store: Store) -> None:
    twin = Alias("twin:kloop.example/1")
    other = "Погода на завтра: солнечно, ветер слабый, днём до двадцати градусов тепла в долинах."
    first = store.record(data(URL, TEXT), None, key=URL, aliases=[twin])
    two = store.record(data(URL + "/", other), None, key=URL + "/", aliases=[twin])
    assert (first.outcome, two.outcome) == (RecordOutcome.NEW, RecordOutcome.NEW)


def test_a_duplicate_does_not_become_a_version_of_what_it_doubles(
    store: Store, clock: FixedClock
) -> None:
    twin = Alias("twin:kloop.example/1")
    first = store.record(data(URL, TEXT), None, key=URL, aliases=[twin])
    clock.advance(timedelta(minutes=5))
    longer = store.record(data(URL + "/amp", LONGER), None, key=URL + "/amp", aliases=[twin])
    assert (longer.outcome, longer.version_id) == (RecordOutcome.DUPLICATE, first.version_id)


def test_equal_words_of_one_publisher_are_a_duplicate_under_any_address(store: Store) -> None:
    words = Alias("words:kloop.example:0f", by_content=True)
    store.record(data(URL, "Коротко."), None, key=URL, aliases=[words])
    again = store.record(
        data(URL + "?page=2", "КОРОТКО"), None, key=URL + "?page=2", aliases=[words]
    )
    assert again.outcome is RecordOutcome.DUPLICATE


def replanned(store: Store, ages: tuple[timedelta, ...], now: datetime) -> int:
    return follow_revisit_plan(store, ages, now)


def test_other_ages_reach_the_articles_that_are_stored(store: Store) -> None:
    published(store)
    young = published(store, LONGER, key=f"{URL}0")
    planned = store.record(data(f"{URL}1", "Third."), page(), key=f"{URL}1")
    assert planned.article_id != young
    assert replanned(store, (3 * HOUR,), NOON + HOUR / 2) == 3, "one had none at all"
    assert store.next_visit_due_at() == NOON + 3 * HOUR
    assert replanned(store, (3 * HOUR,), NOON + HOUR) == 0, "these ages are in force"
    assert replanned(store, (2 * HOUR, 8 * HOUR), NOON + 3 * HOUR) == 0, "what is due stays due"
    assert len(store.due_visits(NOON + 3 * HOUR, 10, "kloop")) == 3
    assert replanned(store, (), NOON + 3 * HOUR) == 3, "none is looked at again"
    assert store.next_visit_due_at() is None
    assert replanned(store, (2 * HOUR, 8 * HOUR), NOON + 3 * HOUR) == 3
    assert store.next_visit_due_at() == NOON + 8 * HOUR


def test_a_second_look_and_the_posts_of_channels_keep_their_time(store: Store) -> None:
    store.sync_sources([Source(name="kloop", kind=SourceKind.TELEGRAM, url="https://t.me/s/kloop")])
    published(store)
    store.note_visit(due(store), None)
    assert replanned(store, (3 * HOUR,), NOON + HOUR) == 0
    store.sync_sources([source("kloop")])
    (visit,) = store.visits_by_key([URL])
    doubt = Doubt(Absence.STATUS, "HTTP 404")
    store.note_visit(visit, NOON + 2 * HOUR, doubt=doubt)
    assert replanned(store, (5 * HOUR,), NOON + HOUR) == 0
    assert store.next_visit_due_at() == NOON + 2 * HOUR
