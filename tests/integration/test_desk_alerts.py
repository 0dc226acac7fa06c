"""Work on alerts, whoever does it and by which way in: one transaction, signed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.dispatch.deciders import DECIDERS
from core.alerting.alerts import MUTED, AlertState, DismissReason
from core.clock import FixedClock
from core.config.watch import WatchConfig
from desk.alerts import (
    Signature,
    acknowledge,
    dismiss,
    history,
    mute,
    note,
    reopen,
    sheet,
    signed_by,
    snooze,
)
from desk.errors import NotThereError
from desk.links import LinkAction, SignedAction, follow, look
from storage import Store, open_store
from storage.alerts.handling import LinkUsedError
from storage.judging.judging_records import StoryPlacement
from tests.integration.empty_database import empty_database
from tests.integration.storage.samples import HOUR, NOON, alerted, judgement, recorded, source

AIGUL = Signature(by="aigul", at=NOON)
WEEK = timedelta(days=7)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(empty_database(tmp_path / "desk.db"), clock=FixedClock(NOON)) as opened:
        opened.sync_sources([source()])
        yield opened


def alert_with_story(store: Store, *rules: str) -> dict[str, str]:
    """Let rules fire on an article that is part of a story; return their alerts."""
    article = recorded(store)
    placement = StoryPlacement(
        story=article.article_id, relation="new", of=None, containment=0.0, shared_words=0,
        first_source="kloop", first_at=NOON,
    )  # fmt: skip
    made = judgement(article.version_id, *rules)
    store.commit_judgement([replace(made, placement=placement)], DECIDERS)
    return {alert.match.rule_id: alert.id for alert in store.alerts().items}


def asked(alert_id: str, action: LinkAction) -> SignedAction:
    return SignedAction(alert_id, action, "desk", f"dlv_1:{action}")


def states(store: Store) -> dict[str, AlertState]:
    return {alert.match.rule_id: alert.state for alert in store.alerts().items}


def test_each_change_is_signed_and_keeps_its_reason(store: Store) -> None:
    alert_id = alerted(store)
    acknowledge(store, alert_id, AIGUL, "calling them")
    snooze(store, alert_id, AIGUL, NOON + HOUR, "later")
    dismiss(store, alert_id, AIGUL, DismissReason.OLD_NEWS)
    reopen(store, alert_id, AIGUL, "it is not")
    changes = history(store, alert_id).changes
    assert [(change.state, change.by, change.reason, change.until) for change in changes] == [
        (AlertState.ACKNOWLEDGED, "aigul", "calling them", None),
        (AlertState.SNOOZED, "aigul", "later", NOON + HOUR),
        (AlertState.DISMISSED, "aigul", "old-news", None),
        (AlertState.OPEN, "aigul", "it is not", None),
    ]  # fmt: skip


def test_what_is_not_stored_cannot_be_worked_on(store: Store) -> None:
    for work in (
        lambda: acknowledge(store, "alt_x", AIGUL),
        lambda: mute(store, "alt_x", AIGUL, WEEK, ""),
        lambda: history(store, "alt_x"),
        lambda: sheet(store, "alt_x", WatchConfig()),
        lambda: follow(store, asked("alt_x", LinkAction.DISMISS), DismissReason.OTHER, NOON),
    ):
        with pytest.raises(NotThereError) as refused:
            work()
        assert refused.value.what == "alert 'alt_x'"


def test_a_mute_silences_the_story_and_takes_on_the_alerts_of_every_rule(store: Store) -> None:
    by_rule = alert_with_story(store, "drafts", "border", "raids")
    dismiss(store, by_rule["border"], AIGUL, DismissReason.WRONG_SENSE, only_rule=True)
    muted = mute(store, by_rule["drafts"], AIGUL, WEEK, "enough of it")
    assert set(muted.alerts) == {by_rule["drafts"], by_rule["raids"]}
    assert states(store) == {
        "drafts": AlertState.ACKNOWLEDGED,
        "raids": AlertState.ACKNOWLEDGED,
        "border": AlertState.DISMISSED,
    }
    (silence,) = store.silences()
    assert (silence.author, silence.reason) == ("aigul", "enough of it")
    assert (silence.starts_at, silence.ends_at) == (NOON, NOON + WEEK)
    assert store.alert_changes(by_rule["raids"])[-1].reason == MUTED


def test_a_mute_of_an_article_without_a_story_takes_its_alert_on(store: Store) -> None:
    alert_id = alerted(store)
    muted = mute(store, alert_id, AIGUL, WEEK, "")
    assert (muted.alerts, muted.silence, store.silences()) == ((alert_id,), None, [])
    assert store.alert_changes(alert_id)[-1].reason == ""


def test_a_mute_by_a_used_link_leaves_no_silence(store: Store) -> None:
    by_rule = alert_with_story(store, "drafts")
    by_link = replace(AIGUL, link="dlv_1:mute")
    mute(store, by_rule["drafts"], by_link, WEEK, "")
    with pytest.raises(LinkUsedError):
        mute(store, by_rule["drafts"], by_link, WEEK, "")
    assert len(store.silences()) == 1


@pytest.mark.parametrize(
    ("action", "state", "until"),
    [
        (LinkAction.ACKNOWLEDGE, AlertState.ACKNOWLEDGED, None),
        (LinkAction.SNOOZE, AlertState.SNOOZED, NOON + 4 * HOUR),
        (LinkAction.DISMISS, AlertState.DISMISSED, None),
        (LinkAction.MUTE, AlertState.ACKNOWLEDGED, NOON + WEEK),
    ],
)
def test_a_link_does_what_it_says_once(
    store: Store, action: LinkAction, state: AlertState, until: object
) -> None:
    alert_id = alert_with_story(store, "drafts")["drafts"]
    link = asked(alert_id, action)
    assert not look(store, link).used
    done = follow(store, link, DismissReason.DUPLICATE, NOON)
    assert (done.state, done.until) == (state, until)
    assert states(store) == {"drafts": state}
    assert store.alert_changes(alert_id)[-1].by == "link to desk"
    assert look(store, link).used
    with pytest.raises(LinkUsedError):
        follow(store, link, DismissReason.DUPLICATE, NOON)


def test_who_acts_at_a_terminal_changes_what_chats_show() -> None:
    chat = {"token": "xoxb-1", "channel": "C1"}
    config = WatchConfig.model_validate(
        {"receivers": [{"name": "chat", "slack": chat}, {"name": "terminal", "console": {}}]}
    )
    assert set(signed_by("aigul", config, NOON).shown_by) == {"chat"}


def test_a_sheet_holds_the_alert_its_ways_and_its_messages(store: Store) -> None:
    alert_id = alerted(store, "desk", "boss")
    found = sheet(store, alert_id, WatchConfig())
    assert found.alert.id == alert_id
    assert {delivery.receiver for delivery in found.deliveries} == {"desk", "boss"}
    assert {notification.receiver for notification in found.notifications} == {"desk", "boss"}


def test_a_note_is_kept_with_its_case_and_changes_nothing(store: Store) -> None:
    alerts = alert_with_story(store, "papers", "raids")
    papers, raids = alerts["papers"], alerts["raids"]
    acknowledge(store, papers, AIGUL)
    bakyt = Signature(by="bakyt", at=NOON + HOUR)
    written = note(store, raids, bakyt, " they confirm it\n")
    assert (written.by, written.at, written.text) == ("bakyt", NOON + HOUR, "they confirm it")
    assert sheet(store, papers, WatchConfig()).notes == history(store, papers).notes == (written,)
    assert len(history(store, papers).changes) == 1
    assert {alert.state for alert in store.alerts().items} == {AlertState.ACKNOWLEDGED}
    with pytest.raises(ValueError, match="words"):
        note(store, raids, bakyt, " ")
    with pytest.raises(NotThereError):
        note(store, "alt_nowhere", bakyt, "why")
