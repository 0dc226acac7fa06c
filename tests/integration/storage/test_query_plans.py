"""What the daemon asks all the time is answered from an index, however full the tables are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from alerts.dispatch.deciders import DECIDERS
from alerts.dispatch.readdressing import Readdressing
from core.config.watch import WatchConfig
from storage import Cursor, Store, open_store
from tests.integration.storage.samples import NOON, claim, data, judgement, page, tracked

AFTER = Cursor(NOON, 1)
AFTER_TEXT = Cursor(NOON, "x")
QUESTIONS: dict[str, Callable[[Store], Any]] = {
    "due sources": lambda store: store.due_sources(NOON, 10),
    "pending entries": lambda store: store.pending_entries(NOON, 10),
    "pending entries of a source": lambda store: store.pending_entries(NOON, 10, source="a"),
    "sources with pending entries": lambda store: store.sources_with_pending(NOON),
    "entries": lambda store: store.entries(after=AFTER),
    "entries of a source": lambda store: store.entries(source="a", after=AFTER),
    "article by URL": lambda store: store.article_by_url("k"),
    "articles": lambda store: store.articles(after=AFTER, since=NOON),
    "articles of a source": lambda store: store.articles(source="a", after=AFTER),
    "unjudged versions": lambda store: store.unjudged(10),
    "alerts": lambda store: store.alerts(after=AFTER_TEXT),
    "alerts of a rule": lambda store: store.alerts(rule="r", after=AFTER_TEXT),
    "due deliveries": lambda store: claim(store, "desk", "editors"),
    "next delivery": lambda store: store.next_delivery_at(),
    "deliveries": lambda store: store.deliveries(after=AFTER_TEXT),
    "attempts": lambda store: store.attempts("dlv_1"),
    "attempt log": lambda store: list(store.attempt_log()),
    "an alert's deliveries": lambda store: store.deliveries(alert_id="alt_1"),
    "pages to prune": lambda store: store.prune_raw_pages(NOON),
    "history": lambda store: store.url_history("k"),
    "sources with visits": lambda store: store.sources_with_visits(NOON),
    "next visit": lambda store: store.next_visit_due_at(),
    "due visits": lambda store: store.due_visits(NOON, 10, "a"),
    "articles to visit by key": lambda store: store.visits_by_key(["k"]),
    "contents": lambda store: store.contents(["k"]),
    "earlier matches": lambda store: store.earlier_matches(1, 2),
    "recent outcomes": lambda store: store.recent_outcomes(NOON),
    "found since": lambda store: store.found_since("a", NOON),
    "left out": lambda store: store.skipped_entries("a"),
    "story": lambda store: store.story_of(1),
    "what was lost": lambda store: store.unreported_losses(),
    "what receivers left": lambda store: store.readdress(
        ["desk"], NOON, Readdressing(WatchConfig(), NOON).decide, DECIDERS
    ),
    "placed articles": lambda store: list(store.placed_articles(NOON, 10)),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_question_is_answered_from_an_index(question: str, sqlite_url: str) -> None:
    asked: list[tuple[str, Any]] = []
    with open_store(sqlite_url) as store:
        (entry,) = tracked(store, "k")
        done = store.record(data(), page(), key="k", entry_id=entry.id)
        store.commit_judgement([judgement(done.version_id, "drafts")], DECIDERS)

        @event.listens_for(store._engine, "before_cursor_execute")
        def note(_c: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
            asked.append((statement, values))

        QUESTIONS[question](store)
        event.remove(store._engine, "before_cursor_execute", note)
        plans = []
        with store._reading() as session:
            for statement, values in asked:
                if statement.startswith(("SELECT", "DELETE")):
                    explained = session.connection().exec_driver_sql(
                        f"EXPLAIN QUERY PLAN {statement}", values
                    )
                    plans += [row.detail for row in explained]
    assert plans
    assert [plan for plan in plans if plan.startswith("SCAN") and "INDEX" not in plan] == []
    assert [plan for plan in plans if "FOR ORDER BY" in plan and question not in SORTED] == []


SORTED = (
    "history",
    "due sources",
    "sources with pending entries",
    "sources with visits",
    "due visits",
    "articles to visit by key",
    "attempts",
    "an alert's deliveries",
)
"""Questions whose few rows are sorted after they were found."""
