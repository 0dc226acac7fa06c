"""Work on alerts from several sides at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from threading import Barrier

import pytest

from alerts.dispatch.deciders import DECIDERS
from core.alerting.alerts import AlertState, Escalation
from core.alerting.message_kinds import MessageKind
from core.deciding.escalation import ChangeScope, Touched
from storage import Store, open_store
from storage.delivery.messages import notify_at_once
from storage.judging.judging_records import StoryPlacement
from tests.integration.storage.samples import (
    HOUR,
    MINUTE,
    NOON,
    WORK,
    alerted,
    judgement,
    recorded,
)
from tests.integration.storage.test_concurrency import at_once

COPIES = 4


def story(store: Store) -> str:
    """Store a story of several outlets whose alerts are about to escalate; return one of them."""
    articles = [recorded(store) for _ in range(COPIES)]
    for article in articles:
        placement = StoryPlacement(
            story=articles[0].article_id, relation="copy", of=None, containment=1.0,
            shared_words=9, first_source="kloop", first_at=NOON,
        )  # fmt: skip
        made = judgement(article.version_id, "drafts")
        (plan,) = made.alerts
        plan = replace(plan, escalations=(Escalation(after=MINUTE, receivers=("boss",)),))
        store.commit_judgement([replace(made, alerts=(plan,), placement=placement)], DECIDERS)
    return store.alerts().items[0].id


def test_taking_on_at_the_moment_of_escalation_is_never_refused(store: Store) -> None:
    """Whichever comes first, both end well: neither may wait for what the other holds."""
    for _ in range(12):
        alert = story(store)
        together = Barrier(3)

        def take_on(by: str, alert: str = alert, together: Barrier = together) -> None:
            together.wait()
            store.change_alert(alert, AlertState.ACKNOWLEDGED, DECIDERS, by=by, at=NOON)

        def escalate(together: Barrier = together) -> None:
            together.wait()
            store.do_work_due(NOON + HOUR, WORK, DECIDERS)

        with ThreadPoolExecutor(3) as threads:
            done = [threads.submit(take_on, by) for by in ("aigul", "timur")]
            done.append(threads.submit(escalate))
            for change in done:
                change.result()
        found = store.alert(alert)
        assert found is not None
        assert found.state in (AlertState.ACKNOWLEDGED, AlertState.ESCALATED)


def test_changes_of_one_conversation_at_once_revise_it_one_after_the_other(
    store: Store, migrated_url: str
) -> None:
    """Each alert is of another rule, so that the changes have no row in common."""
    rules = [f"rule-{number}" for number in range(6)]
    with open_store(migrated_url) as other:
        for _ in range(5):
            alerts = [alerted(store, "mail", rule=rule) for rule in rules]
            with store._writing() as session:
                (thread,) = notify_at_once(session, store.dialect, alerts, ["bot"], NOON)
            at_once(
                *(
                    partial(
                        of.change_alert, alert, AlertState.ACKNOWLEDGED, DECIDERS,
                        by="aigul", at=NOON, shown_by=["bot"],
                    )
                    for alert, of in zip(alerts, (store, other) * 3, strict=True)
                )
            )  # fmt: skip
            revisions = [
                delivery.sequence
                for delivery in store.deliveries(receiver="bot", limit=999).items
                if delivery.thread == thread and delivery.kind is MessageKind.REVISION
            ]
            assert sorted(revisions) == [2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("migrated_url", ["postgresql"], indirect=True)
def test_a_story_is_muted_without_what_was_dismissed_at_that_moment(
    store: Store, migrated_url: str
) -> None:
    """On SQLite there is no such moment: who mutes is the only writer from the beginning."""
    alert = alerted(store)
    with open_store(migrated_url) as other:
        asked: list[ChangeScope] = []

        def touched(scope: ChangeScope) -> Touched:
            if not asked:
                other.change_alert(alert, AlertState.DISMISSED, DECIDERS, by="timur", at=NOON)
            asked.append(scope)
            return DECIDERS.touched(scope)

        changed = store.change_alert(
            alert,
            AlertState.ACKNOWLEDGED,
            replace(DECIDERS, touched=touched),
            by="aigul",
            at=NOON,
            muted=True,
            keep={AlertState.DISMISSED},
        )
    assert changed == ()
    found = store.alert(alert)
    assert found is not None
    assert found.state is AlertState.DISMISSED
