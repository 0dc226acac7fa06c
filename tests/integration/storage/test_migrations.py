"""A database of the version before comes along with everything in it, and its meaning is typed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from alembic import command
from sqlalchemy import create_engine, inspect, text

from alerts.dispatch.deciders import DECIDERS
from core.alerting.matches import Level
from core.alerting.message_kinds import MessageKind
from core.articles import Absence, ArticleEvent, StubKind
from core.failures import FailureKind
from core.sources import EntryCause, EntryStatus, SkipKind, TrackedEntry
from storage import Judgement, PlannedAlert, Store, open_store
from storage.delivery.messages import notify_at_once
from tests.integration.storage.before_types import (
    CHANGES,
    DOUBTS,
    ENTRIES,
    OCCASIONS,
    SKIPPED,
    SOURCE_ERRORS,
    config_for,
    database_before_types,
)
from tests.integration.storage.samples import alerted, match, recorded

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

Why = tuple[EntryCause | None, FailureKind | None, int | None, StubKind | None]
WHY: dict[str, Why] = {
    "new": (None, None, None, None),
    "old": (EntryCause.OLD, None, None, None),
    "stored": (None, None, None, None),
    "duplicate": (EntryCause.DUPLICATE, None, None, None),
    "forbidden": (EntryCause.UNFETCHED, FailureKind.HTTP, 403, None),
    "law": (EntryCause.UNFETCHED, FailureKind.HTTP, 451, None),
    "busy": (EntryCause.UNFETCHED, FailureKind.HTTP, 429, None),
    "missing": (EntryCause.UNFETCHED, FailureKind.HTTP, 404, None),
    "down": (EntryCause.UNFETCHED, FailureKind.HTTP, 503, None),
    "robots": (EntryCause.UNFETCHED, FailureKind.ROBOTS, None, None),
    "unsaid": (EntryCause.UNFETCHED, FailureKind.CONNECT, None, None),
    "slow": (EntryCause.UNFETCHED, FailureKind.TIMEOUT, None, None),
    "moved": (EntryCause.UNFETCHED, FailureKind.REDIRECTS, 302, None),
    "looping": (EntryCause.UNFETCHED, FailureKind.REDIRECTS, None, None),
    "huge": (EntryCause.UNFETCHED, FailureKind.TOO_LARGE, None, None),
    "check": (EntryCause.STUB, None, None, StubKind.ANTI_BOT),
    "denied": (EntryCause.STUB, None, None, StubKind.ACCESS_DENIED),
    "gone": (EntryCause.STUB, None, None, StubKind.NOT_FOUND),
    "mended": (EntryCause.STUB, None, None, StubKind.SERVER_ERROR),
    "consent": (EntryCause.STUB, None, None, StubKind.CONSENT),
    "script": (EntryCause.STUB, None, None, StubKind.JAVASCRIPT),
    "front": (EntryCause.STUB, None, None, StubKind.FRONT_PAGE),
    "empty": (EntryCause.EMPTY, None, None, None),
    "picture": (EntryCause.NOT_HTML, None, None, None),
    "bomb": (EntryCause.SANDBOX, None, None, None),
}


@pytest.fixture
def migrated(database_url: str) -> Store:
    database_before_types(database_url)
    return open_store(database_url)


def typed(entry: TrackedEntry) -> Why:
    return entry.cause, entry.failure, entry.failure_status, entry.stub


def test_failures_of_sources_are_typed_and_said_as_before(migrated: Store) -> None:
    with migrated as store:
        states = {state.name: state for state in store.source_states()}
    assert {name: state.last_failure for name, state in states.items()} == {
        name: None if name == "well" else FailureKind(name) for name in SOURCE_ERRORS
    }
    said = {name: (state.last_error, state.last_status_code) for name, state in states.items()}
    assert said == SOURCE_ERRORS


def test_reasons_of_entries_are_typed_and_said_as_before(migrated: Store) -> None:
    with migrated as store:
        entries = {entry.key: entry for entry in store.entries(limit=100).items}
    assert {key: typed(entry) for key, entry in entries.items()} == WHY
    said = {key: (entry.status, entry.reason, entry.detail) for key, entry in entries.items()}
    assert said == {key: (EntryStatus(state), *words) for key, (state, *words) in ENTRIES.items()}


def test_outcomes_are_counted_as_the_version_before_counted_them(migrated: Store) -> None:
    with migrated as store:
        recent = store.recent_outcomes(NOON - timedelta(days=2))["well"]
    assert (recent.stored, recent.refused, recent.stubs) == (2, 4, 7)
    assert (recent.rejected, recent.failed, recent.pending) == (2, 5, 4)


def test_doubts_about_articles_are_typed(migrated: Store) -> None:
    with migrated as store:
        visits = store.due_visits(NOON, 100, "well")
    doubts = {visit.key: visit.doubt for visit in visits}
    for name, note in DOUBTS.items():
        doubt = doubts[name]
        if note is None:
            assert doubt is None
        else:
            assert doubt is not None
            assert (doubt.kind, doubt.note) == (Absence(name), note)


def test_occasions_of_alerts_are_typed(migrated: Store) -> None:
    with migrated as store:
        events = {alert.occasion: alert.event for alert in store.alerts().items}
    assert events == {key: ArticleEvent(event) for key, event in OCCASIONS.items()}


def test_mutes_are_told_from_notes_that_read_the_same(migrated: Store) -> None:
    with migrated as store:
        muted = {change.by: change.muted for change in store.alert_changes("alt_0")}
    assert muted == {by: mutes for by, (*_, mutes) in CHANGES.items()}


def test_what_was_left_out_is_counted_by_kind(migrated: Store) -> None:
    with migrated as store:
        skipped = {left_out.kind: left_out for left_out in store.skipped_entries("well")["well"]}
    assert {kind: left_out.reason for kind, left_out in skipped.items()} == {
        SkipKind(kind): words for kind, words in SKIPPED.items()
    }
    assert skipped[SkipKind.BEYOND_READ].count == 5, "two sentences for one thing are one count"
    assert skipped[SkipKind.NO_LINK].count == 2
    assert skipped[SkipKind.NO_LINK].at == NOON


def test_messages_that_wait_are_given_their_level(database_url: str) -> None:
    with open_store(database_url) as store:
        made = {}
        for level in Level:
            version_id = recorded(store).version_id
            planned = PlannedAlert(replace(match(), level=level), ("desk",))
            store.commit_judgement([Judgement(version_id, "rules", (planned,))], DECIDERS)
            made[level] = store.alerts(limit=1).items[0].id
        (low,) = store.deliveries(alert_id=made[Level.LOW]).items
        with store._writing() as session:
            notify_at_once(
                session, store.dialect, [made[Level.LOW]], ["boss"], NOON,
                kind=MessageKind.ESCALATION,
            )  # fmt: skip
    engine = create_engine(database_url)
    with engine.begin() as connection:
        command.downgrade(config_for(connection), "0012")
    open_store(database_url).close()
    with engine.connect() as connection:
        found = connection.execute(text("SELECT alert_id, receiver, level FROM delivery")).all()
    engine.dispose()
    assert low.receiver == "desk"
    assert {(alert, receiver): level for alert, receiver, level in found} == {
        **{(made[level], "desk"): level.rank for level in Level},
        (made[Level.LOW], "boss"): Level.HIGH.rank,
    }


def test_the_columns_can_be_taken_back_and_the_words_stay(database_url: str) -> None:
    database_before_types(database_url)
    open_store(database_url).close()
    engine = create_engine(database_url)
    with engine.begin() as connection:
        command.downgrade(config_for(connection), "0008")
    with engine.connect() as connection:
        columns = {column["name"] for column in inspect(connection).get_columns("entry")}
        reasons = connection.execute(text("SELECT reason FROM skipped_entry")).scalars().all()
    engine.dispose()
    assert not columns & {"cause", "failure", "failure_status", "stub"}
    assert set(reasons) == set(SKIPPED.values())


def test_who_inhibits_whom_is_read_from_the_words_of_before(database_url: str) -> None:
    with open_store(database_url) as store:
        alerted(store)
    engine = create_engine(database_url)
    inhibited = "UPDATE notification SET state = 'inhibited', reason = :reason"
    reason = "the alert alt_7 of papers says it already"
    with engine.begin() as connection:
        connection.execute(text(inhibited), {"reason": reason})
        command.downgrade(config_for(connection), "0012")
    open_store(database_url).close()
    with engine.connect() as connection:
        found = connection.execute(text("SELECT inhibitor, reason FROM notification")).one()
    engine.dispose()
    assert tuple(found) == ("alt_7", reason)
