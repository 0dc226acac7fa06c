"""Entries: discovered once, followed to an article or a reason."""

from __future__ import annotations

import dataclasses
from dataclasses import replace

import pytest

from core.articles import Rejection, RejectReason, StubKind
from core.errors import StorageError
from core.failures import FailureKind, FetchFailure
from core.sources import Entry, EntryCause, EntryStatus, TrackedEntry, Validators
from storage import Cursor, Store
from tests.integration.storage.samples import (
    HOUR,
    MINUTE,
    NOON,
    data,
    http,
    page,
    poll,
    source,
    tracked,
)

STUB = Rejection(RejectReason.STUB, "a consent page", StubKind.CONSENT)


def only(store: Store) -> TrackedEntry:
    (entry,) = store.entries().items
    return entry


def test_announced_entries_become_pending_in_order(store: Store) -> None:
    new = tracked(store, "u2", "u1", "u3")
    assert [entry.key for entry in new] == ["u2", "u1", "u3"]
    assert all(entry.status is EntryStatus.PENDING for entry in new)
    assert store.pending_entries(NOON, 10) == list(new)
    assert store.pending_entries(NOON, 2) == list(new[:2])


def test_all_that_an_entry_says_is_kept(store: Store) -> None:
    store.sync_sources([source()])
    entry = Entry(
        url="https://kloop.example/1?utm_source=feed",
        title="Заголовок",
        published_at=NOON - HOUR,
        authors=("Айгүл", "B"),
        language="ky",
        tags=("x",),
        summary="Summary",
    )
    notified = poll()
    object.__setattr__(notified, "entries", (entry,))
    (new,) = store.record_poll(notified, ["https://kloop.example/1"]).new
    assert new.entry == entry
    assert (new.key, new.source, new.discovered_at) == ("https://kloop.example/1", "kloop", NOON)
    assert only(store) == new


def test_known_entries_are_left_alone(store: Store) -> None:
    first = tracked(store, "u1", "u2")
    again = store.record_poll(poll("u2", "u3", "u1"), ["u2", "u3", "u1"])
    assert [entry.key for entry in again.new] == ["u3"]
    assert again.known == 2
    assert store.pending_entries(NOON, 10)[:2] == list(first)


def test_entry_announced_twice_in_one_poll_counts_once(store: Store) -> None:
    store.sync_sources([source()])
    done = store.record_poll(poll("u1", "u1?utm_medium=x"), ["u1", "u1"])
    assert ([entry.entry.url for entry in done.new], done.known) == (["u1"], 1)


def test_second_source_finds_the_entry_known(store: Store) -> None:
    tracked(store, "u1")
    store.sync_sources([source(), source("azattyk")])
    done = store.record_poll(poll("u1", source="azattyk"), ["u1"])
    assert (done.new, done.known) == ((), 1)
    assert only(store).source == "kloop"


def test_thousands_of_entries_fit_in_one_poll(store: Store) -> None:
    keys = [f"https://kloop.example/{number}" for number in range(1_200)]
    new = tracked(store, *keys)
    assert [entry.key for entry in new] == keys
    again = store.record_poll(poll(*keys), keys, retry_known=True)
    assert (again.new, again.known, again.retried) == ((), 1_200, 1_200)


def test_url_longer_than_an_index_entry_is_kept(store: Store) -> None:
    key = "https://kloop.example/?q=" + "".join(chr(0x4E00 + n) for n in range(9_000))
    tracked(store, key)
    assert store.record_poll(poll(key), [key]).known == 1
    store.record(data(key), None, key=key)
    found = store.article_by_url(key)
    assert found is not None
    assert found.data.url == key


def test_entry_waits_for_its_next_attempt(store: Store) -> None:
    (entry,) = tracked(store, "u1")
    store.retry_entry(entry.id, http(503), "HTTP 503", NOON + MINUTE)
    assert store.pending_entries(NOON, 10) == []
    assert store.sources_with_pending(NOON) == []
    (waiting,) = store.pending_entries(NOON + MINUTE, 10)
    assert (waiting.reason, waiting.attempts) == ("HTTP 503", 1)


def test_pending_entries_can_be_asked_for_by_source(store: Store) -> None:
    tracked(store, "b1", source_name="b")
    tracked(store, "a1", "a2", source_name="a")
    assert [entry.key for entry in store.pending_entries(NOON, 9, source="a")] == ["a1", "a2"]
    assert store.sources_with_pending(NOON) == ["b", "a"]


def test_given_up_entry_is_not_pending(store: Store) -> None:
    (entry,) = tracked(store, "u1")
    for _ in range(2):
        store.fail_entry(entry.id, http(410), "HTTP 410")
    failed = only(store)
    assert (failed.status, failed.reason, failed.attempts) == (EntryStatus.FAILED, "HTTP 410", 1)
    assert failed.settled_at == NOON
    assert store.pending_entries(NOON + HOUR, 10) == []


def test_rejected_page_is_kept_as_evidence_once(store: Store) -> None:
    (entry,) = tracked(store, "u1")
    for _ in range(2):
        store.reject_entry(entry.id, STUB, page(b"Accept cookies"))
    rejected = only(store)
    assert (rejected.status, rejected.reason) == (EntryStatus.REJECTED, "stub")
    assert rejected.detail == "a consent page"
    (evidence,) = store.url_history("u1").evidence
    stored = store.evidence(evidence.id)
    assert stored is not None
    assert stored.body == b"Accept cookies"


def test_settled_entry_is_left_alone_by_what_comes_late(store: Store) -> None:
    (entry,) = tracked(store, "u1")
    store.record(data("u1"), None, key="u1", entry_id=entry.id)
    stored = only(store)
    store.fail_entry(entry.id, http(410), "timeout")
    store.retry_entry(entry.id, http(503), "timeout", NOON)
    store.reject_entry(entry.id, STUB, None)
    assert only(store) == stored


def test_known_entries_are_retried_when_asked(store: Store) -> None:
    failed, rejected, waiting, stored = tracked(store, "f", "r", "w", "s")
    store.fail_entry(failed.id, http(410), "HTTP 410")
    store.reject_entry(rejected.id, STUB, None)
    store.retry_entry(waiting.id, http(503), "HTTP 503", NOON + HOUR)
    store.record(data("s"), None, key="s", entry_id=stored.id)
    done = store.record_poll(poll("f", "r", "w", "s"), ["f", "r", "w", "s"], retry_known=True)
    assert (done.new, done.known, done.retried) == ((), 4, 3)
    assert [entry.key for entry in store.pending_entries(NOON, 10)] == ["f", "r", "w"]


def test_unknown_entry_is_an_error(store: Store) -> None:
    for entry_id in (7, 2**63):
        with pytest.raises(StorageError):
            store.fail_entry(entry_id, http(410), "gone")


def test_entries_are_counted_by_source_status_and_reason(store: Store) -> None:
    first, two, _ = tracked(store, "u1", "u2", "u3")
    tracked(store, "a1", source_name="azattyk")
    store.reject_entry(first.id, STUB, None)
    store.reject_entry(two.id, Rejection(RejectReason.STUB, "another one"), None)
    assert store.entry_counts("kloop") == {
        ("kloop", EntryStatus.REJECTED, "stub"): 2,
        ("kloop", EntryStatus.PENDING, ""): 1,
    }
    assert store.entry_counts()["azattyk", EntryStatus.PENDING, ""] == 1


def test_entries_are_listed_newest_first_in_stable_pages(store: Store) -> None:
    store.sync_sources([source()])
    for number in range(5):
        store.record_poll(poll(f"u{number}", at=NOON + number * MINUTE), [f"u{number}"])
    seen: list[str] = []
    cursor = None
    while True:
        listed = store.entries(after=cursor, limit=2)
        seen += [entry.key for entry in listed.items]
        late = f"late{len(seen)}"
        store.record_poll(poll(late, at=NOON + HOUR), [late])
        if listed.next is None:
            break
        cursor = Cursor.parse(str(listed.next))
    assert seen == ["u4", "u3", "u2", "u1", "u0"]


def test_entries_are_listed_by_source_and_status(store: Store) -> None:
    first, _ = tracked(store, "u1", "u2")
    tracked(store, "a1", source_name="azattyk")
    store.fail_entry(first.id, http(410), "HTTP 410")
    assert [e.key for e in store.entries(source="kloop").items] == ["u2", "u1"]
    assert [e.key for e in store.entries(status=EntryStatus.FAILED).items] == ["u1"]


def test_cursor_of_another_list_is_refused(store: Store) -> None:
    with pytest.raises(StorageError, match="another list"):
        store.entries(after=Cursor(NOON, "alt_1"))


def test_what_waits_for_a_source_that_is_watched_no_more_is_followed_for_the_one_that_has_it(
    store: Store,
) -> None:
    tracked(store, "https://a.example/1", "https://a.example/2", source_name="old")
    store.reject_entry(1, Rejection(RejectReason.STUB, "a check"), None)
    store.sync_sources([source("new")])
    keys = ["https://a.example/1", "https://a.example/2", "https://a.example/3"]
    recorded = store.record_poll(poll(*keys, source="new"), keys)
    assert [entry.key for entry in recorded.new] == keys[2:]
    waiting = store.pending_entries(NOON, 10, source="new")
    assert [entry.key for entry in waiting] == keys[1:]
    assert [entry.source for entry in store.entries(source="old").items] == ["old"]


def test_what_waits_for_a_source_that_is_watched_stays_its_own(store: Store) -> None:
    tracked(store, "https://a.example/1", source_name="first")
    store.sync_sources([source("first"), source("second")])
    store.record_poll(poll("https://a.example/1", source="second"), ["https://a.example/1"])
    assert store.pending_entries(NOON, 10, source="second") == []
    assert len(store.pending_entries(NOON, 10, source="first")) == 1


def test_nothing_is_kept_of_a_poll_of_an_address_that_the_source_no_longer_has(
    store: Store,
) -> None:
    store.sync_sources([source("kloop", url="https://old.example/feed")])
    under_way = replace(
        poll("https://old.example/1"),
        url="https://old.example/feed",
        validators=Validators(etag='"old"'),
    )
    store.sync_sources([source("kloop", url="https://new.example/feed")])
    (before,) = store.source_states()
    assert store.record_poll(under_way, ["https://old.example/1"]).new == ()
    assert store.source_states() == [before]
    assert store.entries().items == ()
    now = replace(under_way, url="https://new.example/feed")
    assert len(store.record_poll(now, ["https://old.example/1"]).new) == 1


@pytest.mark.parametrize(
    ("because", "field"),
    [
        (FetchFailure(FailureKind.HTTP, "xyz", 401), "refused"),
        (FetchFailure(FailureKind.HTTP, "xyz", 403), "refused"),
        (FetchFailure(FailureKind.HTTP, "xyz", 429), "refused"),
        (FetchFailure(FailureKind.HTTP, "xyz", 451), "refused"),
        (FetchFailure(FailureKind.ROBOTS, "xyz"), "refused"),
        (FetchFailure(FailureKind.HTTP, "http: HTTP 403", 404), "failed"),
        (FetchFailure(FailureKind.TIMEOUT, "robots: forbidden"), "failed"),
        (Rejection(RejectReason.STUB, "xyz", StubKind.CONSENT), "stubs"),
        (Rejection(RejectReason.EMPTY, "stub", None), "rejected"),
        (Rejection(RejectReason.NOT_HTML, "xyz"), "rejected"),
        (Rejection(RejectReason.SANDBOX, "xyz"), "rejected"),
    ],
)
def test_what_became_of_an_entry_is_counted_by_its_kind_whatever_is_said(
    store: Store, because: FetchFailure | Rejection, field: str
) -> None:
    settled, waiting = tracked(store, "settled", "waiting")
    if isinstance(because, Rejection):
        store.reject_entry(settled.id, because, None)
    else:
        store.fail_entry(settled.id, because, "http: HTTP 403 stub")
    store.retry_entry(waiting.id, because, "robots: stub", NOON + HOUR)
    outcomes = store.recent_outcomes(NOON - HOUR)["kloop"]
    counted = {name: n for name, n in dataclasses.asdict(outcomes).items() if n}
    if field in ("refused", "stubs"):
        assert counted == {field: 2}, "one that waits counts as what it met last"
    else:
        assert counted == {field: 1, "pending": 1}


def test_an_entry_keeps_why_it_stands_where_it_does_until_it_is_tried_anew(store: Store) -> None:
    failed, stub, stored = tracked(store, "f", "r", "s")
    store.fail_entry(failed.id, http(503), "xyz")
    store.reject_entry(stub.id, STUB, None)
    store.retry_entry(stored.id, http(503), "xyz", NOON)
    store.record(data("s"), None, key="s", entry_id=stored.id)
    entries = {entry.key: entry for entry in store.entries().items}
    why = {
        key: (entry.cause, entry.failure, entry.failure_status, entry.stub)
        for key, entry in entries.items()
    }
    assert why == {
        "f": (EntryCause.UNFETCHED, FailureKind.HTTP, 503, None),
        "r": (EntryCause.STUB, None, None, StubKind.CONSENT),
        "s": (None, None, None, None),
    }
    store.record_poll(poll("f", "r"), ["f", "r"], retry_known=True)
    again = store.pending_entries(NOON, 10)
    assert {(entry.cause, entry.failure, entry.failure_status, entry.stub) for entry in again} == {
        (None, None, None, None)
    }


def test_what_was_published_before_is_no_outcome(store: Store) -> None:
    store.sync_sources([source()])
    known = replace(poll(), old=(Entry(url="https://kloop.example/old"),))
    store.record_poll(known, [], old_keys=["https://kloop.example/old"])
    assert only(store).cause is EntryCause.OLD
    assert store.recent_outcomes(NOON - HOUR) == {}


def test_the_newest_come_first_when_asked(store: Store) -> None:
    store.sync_sources([source()])
    dated = [Entry(url=f"d{n}", published_at=NOON - n * MINUTE) for n in (2, 0, 1)]
    undated = [Entry(url="u1"), Entry(url="u2")]
    for after, entries in ((0, [*dated, *undated]), (1, [Entry(url="late")])):
        store.record_poll(
            replace(poll(), entries=tuple(entries), polled_at=NOON + after * MINUTE),
            [entry.url for entry in entries],
        )
    found = store.pending_entries(NOON + HOUR, 10, source=source().name, newest=True)
    assert [entry.key for entry in found] == ["late", "d0", "d1", "d2", "u1", "u2"]
