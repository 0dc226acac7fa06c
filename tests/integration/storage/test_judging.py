"""Judging: matches, alerts, deliveries and the judged mark appear together, once."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from alerts.dispatch.deciders import DECIDERS
from core.alerting.deliveries import DeliveryStatus
from core.clock import FixedClock
from core.errors import StorageError
from storage import Cursor, Judgement, JudgementCommitted, PlannedAlert, Store, open_store
from storage.judging.judging_records import Breakdown, BrokenVersion
from tests.integration.storage.samples import (
    HOUR,
    MINUTE,
    NOON,
    alerted,
    data,
    judgement,
    match,
    recorded,
)

NOTHING = JudgementCommitted(0, 0, 0)


def test_judgement_becomes_matches_alerts_and_deliveries(store: Store) -> None:
    done = recorded(store, "k")
    committed = store.commit_judgement(
        [judgement(done.version_id, "drafts", "border", receivers=("desk", "editors"))], DECIDERS
    )
    assert committed == JudgementCommitted(judged=1, alerts=2, deliveries=4)
    assert store.unjudged(10) == []
    assert store.matches(done.article_id) == [(1, match("drafts")), (1, match("border"))]
    (alert,) = store.alerts(rule="drafts").items
    assert alert.match == match("drafts")
    assert alert.article == store.article(done.article_id)
    assert alert.created_at == NOON
    assert store.alert(alert.id) == alert
    deliveries = store.deliveries(alert_id=alert.id).items
    assert {delivery.receiver for delivery in deliveries} == {"desk", "editors"}
    assert {delivery.status for delivery in deliveries} == {DeliveryStatus.PENDING}
    assert {delivery.next_attempt_at for delivery in deliveries} == {NOON}


def test_version_that_matches_nothing_is_judged_too(store: Store) -> None:
    done = recorded(store)
    assert store.commit_judgement([judgement(done.version_id)], DECIDERS) == JudgementCommitted(
        1, 0, 0
    )
    assert store.unjudged(10) == []
    assert store.commit_judgement([], DECIDERS) == NOTHING


def test_committing_again_adds_nothing(store: Store) -> None:
    done = recorded(store)
    judged = judgement(done.version_id, "drafts")
    assert store.commit_judgement([judged, judged], DECIDERS) == JudgementCommitted(1, 1, 1)
    assert store.commit_judgement([judged], DECIDERS) == NOTHING
    assert store.commit_judgement([judgement(done.version_id, "other")], DECIDERS) == NOTHING
    assert len(store.alerts().items) == 1


def test_a_version_that_rules_broke_down_on_is_judged_again_once(store: Store) -> None:
    done, bystander = recorded(store, "k"), recorded(store, "other")
    due = NOON + HOUR
    breakdown = Breakdown("RecursionError", 1, due)
    broken = Judgement(done.version_id, "rules", breakdown=breakdown)
    assert store.commit_judgement([broken, judgement(bystander.version_id)], DECIDERS).judged == 2
    assert store.unjudged(10) == []
    assert store.broken("rules", due - MINUTE, 10, rested_since=NOON) == []
    (again,) = store.broken("rules", due, 10, rested_since=NOON)
    assert again == BrokenVersion(store.versions(done.article_id)[0], "rules", 1)
    assert store.broken("other rules", NOON, 10, rested_since=NOON - MINUTE) == []
    assert store.broken("other rules", NOON, 10, rested_since=NOON) == [again]
    right = judgement(done.version_id, "drafts")
    assert store.commit_judgement([right], DECIDERS) == JudgementCommitted(1, 1, 1)
    assert (store.broken("other rules", due, 10, rested_since=due), store.broken_count()) == ([], 0)
    assert store.commit_judgement([right], DECIDERS) == NOTHING


def test_two_that_judge_a_broken_version_at_once_alert_once(store: Store) -> None:
    done = recorded(store, "k")
    breakdown = Breakdown("RecursionError", 1, NOON)
    store.commit_judgement([Judgement(done.version_id, "rules", breakdown=breakdown)], DECIDERS)
    right = judgement(done.version_id, "drafts")
    with ThreadPoolExecutor(4) as pool:
        committed = list(pool.map(store.commit_judgement, [[right]] * 4, [DECIDERS] * 4))
    assert sorted(report.judged for report in committed) == [0, 0, 0, 1]
    assert len(store.alerts().items) == 1


def test_later_version_keeps_its_match_and_tells_nobody_again(store: Store) -> None:
    first = store.record(data(text="one"), None, key="k")
    store.commit_judgement([judgement(first.version_id, "drafts")], DECIDERS)
    second = store.record(data(text="two"), None, key="k")
    committed = store.commit_judgement([judgement(second.version_id, "drafts", "border")], DECIDERS)
    assert committed == JudgementCommitted(judged=1, alerts=1, deliveries=1)
    versions = [(version, found.rule_id) for version, found in store.matches(first.article_id)]
    assert versions == [(1, "drafts"), (2, "drafts"), (2, "border")]
    (alert,) = store.alerts(rule="drafts").items
    assert alert.article.data.text == "one"


def test_two_versions_judged_together_alert_about_the_first(store: Store) -> None:
    first = store.record(data(text="one"), None, key="k")
    second = store.record(data(text="two"), None, key="k")
    committed = store.commit_judgement(
        [judgement(done.version_id, "drafts") for done in (second, first)], DECIDERS
    )
    assert committed == JudgementCommitted(judged=2, alerts=1, deliveries=1)
    (alert,) = store.alerts().items
    assert alert.article.version_id == first.version_id


def test_alert_for_nobody_is_kept(store: Store) -> None:
    done = recorded(store)
    committed = store.commit_judgement(
        [judgement(done.version_id, "drafts", receivers=())], DECIDERS
    )
    assert committed == JudgementCommitted(1, 1, 0)


def test_receiver_named_twice_hears_once(store: Store) -> None:
    done = recorded(store)
    planned = judgement(done.version_id, "drafts", receivers=("desk", "desk"))
    assert store.commit_judgement([planned], DECIDERS).deliveries == 1


def test_rule_that_is_planned_twice_alerts_once(store: Store) -> None:
    done = recorded(store)
    twice = (PlannedAlert(match(), ("desk",)), PlannedAlert(match(), ("editors",)))
    committed = store.commit_judgement([Judgement(done.version_id, "r", twice)], DECIDERS)
    assert committed == JudgementCommitted(1, 1, 1)


def test_failing_judgement_leaves_nothing_behind(store: Store) -> None:
    done = recorded(store)
    broken = dataclasses.replace(match("border"), rule_title=None)  # type: ignore[arg-type]
    planned = (PlannedAlert(match("drafts"), ("desk",)), PlannedAlert(broken, ("desk",)))
    with pytest.raises(StorageError, match="rule_title"):
        store.commit_judgement([Judgement(done.version_id, "r", planned)], DECIDERS)
    assert [article.version_id for article in store.unjudged(10)] == [done.version_id]
    assert store.alerts().items == ()
    assert store.matches(done.article_id) == []


def test_ids_follow_from_rule_article_and_receiver_alone(tmp_path: Path) -> None:
    ids = set()
    for others in (0, 3):  # the article has another row number in each database
        with open_store(f"sqlite:///{tmp_path / f'{others}.db'}") as store:
            for _ in range(others):
                recorded(store)
            done = recorded(store, "https://kloop.example/1")
            store.commit_judgement([judgement(done.version_id, "drafts")], DECIDERS)
            (alert,) = store.alerts().items
            (delivery,) = store.deliveries().items
            ids.add((alert.id, delivery.id))
    assert ids == {("alt_d70b083138554ae8aa54b6f8e30b0126", "dlv_38e9b165042c42b0fe81b729a85dfe25")}


def test_many_judgements_fit_in_one_commit(store: Store) -> None:
    versions = [recorded(store).version_id for _ in range(520)]
    committed = store.commit_judgement(
        [judgement(version, "drafts") for version in versions], DECIDERS
    )
    assert committed == JudgementCommitted(520, 520, 520)


def test_unknown_alert_is_none(store: Store) -> None:
    assert store.alert("alt_0") is None
    assert store.matches(1) == []


def test_alerts_are_listed_newest_first_in_stable_pages(store: Store, clock: FixedClock) -> None:
    ids = []
    for _ in range(5):
        clock.advance(MINUTE)
        ids.append(alerted(store))
    alerted(store, rule="border")
    seen: list[str] = []
    cursor = None
    while True:
        listed = store.alerts(rule="drafts", after=cursor, limit=2)
        seen += [alert.id for alert in listed.items]
        clock.advance(HOUR)
        alerted(store)
        if listed.next is None:
            break
        cursor = Cursor.parse(str(listed.next))
    assert seen == ids[::-1]


def test_what_rules_judged_since_a_time_is_judged_again_and_alerts_stay(
    store: Store, clock: FixedClock
) -> None:
    before, alert, quiet, others = (recorded(store).version_id for _ in range(4))
    store.commit_judgement([judgement(before, "drafts")], DECIDERS)
    clock.advance(MINUTE)
    unheard = Judgement(quiet, "ruleset-1", (PlannedAlert(match("drafts"), notified=False),))
    foreign = Judgement(others, "ruleset-2")
    store.commit_judgement([judgement(alert, "drafts"), unheard, foreign], DECIDERS)
    assert store.judge_again("ruleset-1", since=NOON + MINUTE) == 2
    assert [version.version_id for version in store.unjudged(10)] == [alert, quiet]
    kept = store.alerts().items
    again = [judgement(alert, "drafts", "border"), Judgement(quiet, "ruleset-3")]
    assert store.commit_judgement(again, DECIDERS).alerts == 1  # of the rule that is new
    assert set(kept) < set(store.alerts().items)
    assert store.unjudged(10) == []
