"""Pages of cases by state: read from the end of an index, they are those of all alerts grouped."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from alerts.dispatch.deciders import DECIDERS
from core.alerting.alerts import AlertState
from core.alerting.cases import Case
from core.clock import FixedClock
from core.deciding.escalation import Breadth
from storage import Cursor, Store
from storage.alerts import case_pages
from storage.judging.judging_records import StoryPlacement
from tests.integration.storage.samples import NOON, judgement, recorded

STATES = (AlertState.OPEN, AlertState.ACKNOWLEDGED, AlertState.DISMISSED)


def fill(store: Store, clock: FixedClock, seed: int) -> None:
    """Raise alerts in stories and alone, some at the same moment, and see to some of them."""
    chance = random.Random(seed)  # noqa: S311
    stories: list[int] = []
    for _ in range(25):
        clock.advance(timedelta(minutes=chance.choice((0, 0, 1, 7))))
        article = recorded(store)
        made = judgement(
            article.version_id, *chance.sample(("drafts", "raids"), chance.choice((1, 2)))
        )
        if chance.random() < 0.7:
            if not stories or chance.random() < 0.3:
                stories.append(article.article_id)
            placement = StoryPlacement(
                story=chance.choice(stories), relation="new", of=None, containment=0.0,
                shared_words=0, first_source="kloop", first_at=NOON,
            )  # fmt: skip
            made = type(made)(made.version_id, made.ruleset, made.alerts, placement=placement)
        store.commit_judgement([made], DECIDERS)
    for alert in store.alerts(limit=1000).items:
        if chance.random() < 0.6:
            breadth = chance.choice((Breadth.CASE, Breadth.RULE))
            state = chance.choice(STATES)
            store.change_alert(alert.id, state, DECIDERS, by="aigul", at=clock(), breadth=breadth)


def walked(store: Store, states: set[AlertState], limit: int) -> list[int]:
    found: list[Case] = []
    after: Cursor | None = None
    while True:
        page = store.cases(state=states, after=after, limit=limit)
        found += page.items
        after = page.next
        if after is None:
            return [case.id for case in found]


@pytest.mark.parametrize("seed", range(2))
def test_pages_of_any_length_are_those_of_all_alerts_grouped(
    store: Store, clock: FixedClock, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store, clock, seed)
    for states in ({STATES[0]}, {STATES[2]}, set(STATES)):
        # A condition that all fulfil: these are read by grouping.
        page = store.cases(state=states, since=NOON - timedelta(days=1), limit=1000)
        grouped = [case.id for case in page.items]
        assert store.case_ids(states, 1000) == grouped
        assert walked(store, states, 3) == grouped
        assert walked(store, states, 1000) == grouped
        monkeypatch.setattr(case_pages, "_A_CASE", 1)
        monkeypatch.setattr(case_pages, "_MORE", 1)
        assert walked(store, states, 2) == grouped, "with few alerts read at once"
        assert store.case_ids(states, 5) == grouped[:5]
        monkeypatch.undo()
