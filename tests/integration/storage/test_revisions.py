"""What was done about an alert is shown in the messages that told of it, where these can change."""

from __future__ import annotations

import pytest

from alerts.dispatch.deciders import DECIDERS
from core.alerting.alerts import AlertState
from core.alerting.deliveries import ClaimedDelivery
from core.alerting.message_kinds import MessageKind
from storage import Store
from storage.delivery.backlog import make_summary
from tests.integration.storage.samples import (
    DEAD,
    DELIVERED,
    HOUR,
    NOON,
    WORK,
    alerted,
    attempt,
    claim,
)


def notified(store: Store, *receivers: str) -> str:
    """Return an alert that was delivered to receivers."""
    alert = alerted(store, *receivers)
    for claimed in claim(store, *receivers):
        store.record_attempt(claimed.lease_token, attempt(claimed), DELIVERED, DECIDERS)
    return alert


def taken_on(store: Store, alert: str, *shown_by: str) -> None:
    store.change_alert(
        alert,
        AlertState.ACKNOWLEDGED,
        DECIDERS,
        by="aigul",
        at=NOON,
        reason="calling",
        shown_by=shown_by,
    )


def waiting(store: Store, *receivers: str) -> list[ClaimedDelivery]:
    return claim(store, *receivers)


def test_only_receivers_that_were_told_and_can_change_messages_show_it(store: Store) -> None:
    alert = notified(store, "bot", "mail")
    taken_on(store, alert, "bot", "other-bot")
    (revision,) = waiting(store, "bot", "mail", "other-bot")
    assert (revision.delivery.receiver, revision.delivery.kind) == ("bot", MessageKind.REVISION)
    first = min(store.deliveries(receiver="bot").items, key=lambda delivery: delivery.sequence)
    assert (revision.delivery.thread, revision.delivery.sequence) == (first.id, 2)
    assert [before.id for before in revision.earlier] == [alert]


def test_a_revision_knows_who_did_what(store: Store) -> None:
    taken_on(store, notified(store, "bot"), "bot")
    (revision,) = waiting(store, "bot")
    change = revision.alert.handled
    assert change is not None
    assert (change.state, change.by, change.at) == (AlertState.ACKNOWLEDGED, "aigul", NOON)
    assert change.reason == "calling"
    assert revision.earlier[0].handled == change


def test_an_alert_that_was_opened_again_shows_nothing(store: Store) -> None:
    alert = notified(store, "bot")
    taken_on(store, alert, "bot")
    store.change_alert(alert, AlertState.OPEN, DECIDERS, by="aigul", at=NOON, shown_by=["bot"])
    assert [revision.alert.handled for revision in waiting(store, "bot")] == [None, None]


def test_a_revision_waits_for_the_message_that_it_changes(store: Store) -> None:
    alert = alerted(store, "bot")
    (message,) = claim(store, "bot")
    taken_on(store, alert, "bot")
    assert waiting(store, "bot") == []
    store.record_attempt(message.lease_token, attempt(message), DELIVERED, DECIDERS)
    (revision,) = waiting(store, "bot")
    assert revision.delivery.kind is MessageKind.REVISION


def test_a_message_that_was_given_up_is_not_revised(store: Store) -> None:
    alert = alerted(store, "bot")
    (message,) = claim(store, "bot")
    store.record_attempt(message.lease_token, attempt(message), DEAD, DECIDERS)
    taken_on(store, alert, "bot")
    assert waiting(store, "bot") == []


def test_a_summary_of_many_matters_is_not_revised(store: Store) -> None:
    alert = notified(store, "mail")
    with store._writing() as session:
        make_summary(session, store.dialect, alert, "bot", NOON)
    taken_on(store, alert, "bot")
    assert [message.delivery.kind for message in waiting(store, "bot")] == [MessageKind.SUMMARY]


def test_revisions_that_waited_long_are_not_summed_up_as_news(store: Store) -> None:
    alert = notified(store, "bot")
    for _ in range(3):
        taken_on(store, alert, "bot")
    late = NOON + 9 * HOUR
    assert store.fold_backlog("bot", DECIDERS, older_than=late - 6 * HOUR, now=late) is None


@pytest.mark.parametrize("state", [AlertState.SNOOZED, AlertState.ACKNOWLEDGED])
def test_what_happens_by_itself_is_shown_too(store: Store, state: AlertState) -> None:
    alert = notified(store, "bot")
    store.change_alert(alert, state, DECIDERS, by="aigul", at=NOON, until=NOON + HOUR)
    store.do_work_due(NOON + HOUR, WORK, DECIDERS, shown_by=["bot"])
    kinds = [message.kind for message in store.deliveries(receiver="bot").items]
    reminded = state is AlertState.SNOOZED
    assert kinds.count(MessageKind.REVISION) == reminded
    assert kinds.count(MessageKind.REMINDER) == reminded
