"""History: what `explain URL` shows, and the signs of life."""

from __future__ import annotations

from alerts.dispatch.deciders import DECIDERS
from core.alerting.deliveries import AttemptOutcome
from core.sources import EntryStatus
from storage import Store, UrlHistory, VersionJudged
from tests.integration.storage.samples import (
    DELIVERED,
    HOUR,
    LATER,
    MINUTE,
    NOON,
    attempt,
    claim,
    data,
    judgement,
    match,
    page,
    tracked,
)


def test_unknown_url_has_an_empty_history(store: Store) -> None:
    assert store.url_history("https://k/0") == UrlHistory(key="https://k/0")


def test_history_goes_from_the_entry_to_the_attempts(store: Store) -> None:
    (entry,) = tracked(store, "https://k/1")
    first = store.record(data(text="one"), page(), key="https://k/1", entry_id=entry.id)
    store.commit_judgement([judgement(first.version_id, "drafts")], DECIDERS)
    store.record(data(text="two"), page(b"two"), key="https://k/1")
    (claimed,) = claim(store)
    failed = attempt(claimed, AttemptOutcome.TRANSIENT, "HTTP 503")
    store.record_attempt(claimed.lease_token, failed, LATER, DECIDERS)
    (again,) = claim(store, now=NOON + HOUR)
    store.record_attempt(again.lease_token, attempt(again), DELIVERED, DECIDERS)

    history = store.url_history("https://k/1")
    assert history.entry is not None
    assert history.entry.status is EntryStatus.STORED
    assert [evidence.size for evidence in history.evidence] == [len(page().body), 3]
    assert list(history.versions) == store.versions(first.article_id)
    assert history.judged == (VersionJudged(1, NOON, "ruleset-1"),)
    assert history.matches == ((1, match("drafts")),)
    assert history.alerts == store.alerts().items
    ((delivery, attempts),) = history.deliveries
    assert (delivery,) == store.deliveries().items
    assert attempts == (failed, attempt(again))


def test_history_is_found_by_the_address_of_the_entry_too(store: Store) -> None:
    (entry,) = tracked(store, "https://k/short")
    store.record(data(), None, key="https://k/canonical", entry_id=entry.id)
    by_entry = store.url_history("https://k/short")
    by_article = store.url_history("https://k/canonical")
    assert by_entry.versions == by_article.versions != ()
    assert by_entry.entry == by_article.entry
    assert by_entry.entry is not None


def test_last_heartbeat_is_kept(store: Store) -> None:
    assert store.last_heartbeat("daemon") is None
    store.heartbeat("daemon", NOON, "starting")
    store.heartbeat("daemon", NOON + MINUTE)
    store.heartbeat("other", NOON)
    assert store.last_heartbeat("daemon") == (NOON + MINUTE, "")
