"""Work on alerts from several sides at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

from alerts.dispatch.deciders import DECIDERS
from core.alerting.alerts import AlertState, Escalation
from storage import Store
from storage.judging.judging_records import StoryPlacement
from tests.integration.storage.samples import HOUR, MINUTE, NOON, WORK, judgement, recorded

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
