"""Sources: the schedule as it is kept."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from core.clock import FixedClock
from core.errors import StorageError
from core.failures import FailureKind
from core.passed_over import FeedFit, PassedOver
from core.sources import Found, PollOutcome, SourceKind, Validators
from storage import Store
from storage.crawl.sources import APART, AT_ONCE
from tests.integration.storage.samples import HOUR, MINUTE, NOON, http, poll, source

FOUND = Found(
    SourceKind.FEED,
    "https://k/feed",
    "named by the page",
    (PassedOver(FeedFit.SECTION, "https://k/sport", "of a part: a few"),),
)


def names(store: Store) -> dict[str, bool]:
    return {state.name: state.active for state in store.source_states()}


def test_new_source_is_due_now(store: Store) -> None:
    store.sync_sources([source()])
    (state,) = store.due_sources(NOON, 10)
    assert (state.name, state.next_poll_at, state.polls) == ("kloop", NOON, 0)
    assert store.next_due_at() == NOON


def test_many_new_sources_do_not_all_start_in_one_second(store: Store) -> None:
    store.sync_sources([source(f"s{n:03}") for n in range(200)])
    due = [state.next_poll_at for state in store.source_states()]
    assert due[AT_ONCE] == NOON
    assert max(due) == NOON + (199 - AT_ONCE) * APART
    assert sum(at < NOON + MINUTE / 60 for at in due) <= 20


def test_nothing_is_due_without_sources(store: Store) -> None:
    store.sync_sources([])
    assert store.next_due_at() is None
    assert store.due_sources(NOON, 10) == []


def test_syncing_again_changes_nothing(store: Store, clock: FixedClock) -> None:
    store.sync_sources([source(), source("azattyk")])
    store.record_poll(poll(validators=Validators(etag="x"), found=FOUND), [])
    before = store.source_states()
    clock.advance(MINUTE)
    store.sync_sources([source("azattyk"), source()])
    assert store.source_states() == before


def test_missing_source_rests_and_comes_back_with_its_schedule(store: Store) -> None:
    store.sync_sources([source(), source("azattyk")])
    store.record_poll(poll(), [])
    store.sync_sources([source("azattyk")])
    assert names(store) == {"azattyk": True, "kloop": False}
    assert [state.name for state in store.due_sources(NOON + 9 * HOUR, 10)] == ["azattyk"]
    store.sync_sources([source(), source("azattyk")])
    assert names(store) == {"azattyk": True, "kloop": True}
    assert store.source_states()[1].next_poll_at == NOON + HOUR


@pytest.mark.parametrize(
    "changed",
    [
        source(url="https://kloop.example/other"),
        dataclasses.replace(source(), kind=SourceKind.HOMEPAGE),
    ],
)
def test_source_with_a_new_address_is_polled_afresh(store: Store, changed: object) -> None:
    store.sync_sources([source()])
    store.record_poll(poll(validators=Validators(etag="x"), found=FOUND), [])
    store.sync_sources([changed])  # type: ignore[list-item]  # parametrized values are objects
    (state,) = store.due_sources(NOON, 10)
    assert (state.validators, state.found) == (Validators(), None)


def test_most_overdue_source_comes_first(store: Store) -> None:
    store.sync_sources([source(name) for name in "abc"])
    for minutes, name in enumerate("bca"):
        store.record_poll(poll(source=name, at=NOON - HOUR + minutes * MINUTE), [])
    assert [state.name for state in store.due_sources(NOON + HOUR, 2)] == ["b", "c"]
    assert [state.name for state in store.due_sources(NOON, 9)] == ["b"]


def test_check_is_kept_with_its_reason_and_validators(store: Store) -> None:
    store.sync_sources([source()])
    validators = Validators(etag='W/"1"', last_modified="Sun", body_sha256="ab")
    store.record_poll(poll(validators=validators, found=FOUND), [])
    store.record_poll(poll(outcome=PollOutcome.NOT_MODIFIED, at=NOON + MINUTE), [])
    (state,) = store.source_states()
    assert state.validators == validators
    assert state.found == FOUND
    assert (state.next_poll_at, state.next_poll_reason) == (NOON + MINUTE + HOUR, "every hour")
    assert (state.last_polled_at, state.last_success_at) == (NOON + MINUTE, NOON + MINUTE)
    assert state.polls == 2


def test_failures_are_counted_until_a_success(store: Store) -> None:
    store.sync_sources([source()])
    store.record_poll(poll(validators=Validators(etag="x")), [])
    for _ in range(2):
        store.record_poll(poll(outcome=PollOutcome.FAILED, error="HTTP 503", failure=http(503)), [])
    (state,) = store.source_states()
    assert (state.consecutive_failures, state.last_error) == (2, "HTTP 503")
    assert state.validators == Validators(etag="x")
    assert state.last_success_at == NOON
    store.record_poll(poll(), [])
    (state,) = store.source_states()
    assert (state.consecutive_failures, state.last_error, state.polls) == (0, None, 4)


def test_unknown_source_is_an_error(store: Store) -> None:
    with pytest.raises(StorageError, match="source nobody"):
        store.record_poll(poll("https://x.example/", source="nobody"), ["k"])
    assert store.entries().items == ()


def test_naive_time_is_refused(store: Store) -> None:
    with pytest.raises(StorageError, match="without a time zone"):
        store.due_sources(NOON.replace(tzinfo=None), 10)


def test_a_source_with_another_address_is_as_good_as_new(store: Store) -> None:
    store.sync_sources([source()])
    store.record_poll(poll("https://kloop.example/1"), ["https://kloop.example/1"])
    store.keep_changing_parts("kloop", "path:0")
    store.keep_folded("kloop", {"https://kloop.example/": "https://kloop.example/1"})
    store.sync_sources([source(url="https://moved.example/feed")])
    (state,) = store.source_states()
    assert state.changing_parts == ()
    assert store.folded_keys("kloop", ["https://kloop.example/"]) == {}
    assert (state.last_success_at, state.last_new_at, state.next_poll_full) == (None, None, False)


def test_a_failed_poll_without_a_kind_of_failure_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="kloop has no kind of failure"):
        poll(outcome=PollOutcome.FAILED, error="without a kind")


def test_a_failure_keeps_its_kind_whatever_is_said_until_a_success(store: Store) -> None:
    store.sync_sources([source()])
    refused = dataclasses.replace(poll(outcome=PollOutcome.FAILED, failure=http(403)), error="xyz")
    store.record_poll(refused, [])
    (state,) = store.source_states()
    assert (state.last_failure, state.last_status_code) == (FailureKind.HTTP, 403)
    assert state.last_error == "xyz"
    store.record_poll(poll(), [])
    (state,) = store.source_states()
    assert (state.last_failure, state.last_error) == (None, None)


def test_the_silence_of_a_source_counts_from_when_it_is_watched_again(
    store: Store, clock: FixedClock
) -> None:
    store.sync_sources([source("kloop"), source("never")])
    store.record_poll(poll("https://kloop.example/1"), ["https://kloop.example/1"])
    store.sync_sources([])
    clock.advance(timedelta(days=9))
    store.sync_sources([source("kloop"), source("never")])
    kloop, never = store.source_states()
    assert (kloop.last_new_at, never.last_new_at) == (clock(), None)
    clock.advance(timedelta(days=1))
    store.sync_sources([source("kloop")])
    assert store.source_states(["kloop"])[0].last_new_at == clock() - timedelta(days=1)
