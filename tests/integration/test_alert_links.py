"""The pages behind links in alerts: nothing happens before somebody presses the button."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import httpx
import pytest

from alerts.delivery.loop import DeliveryLoop
from alerts.delivery.worker import DeliveryContext, message_of
from alerts.dispatch.deciders import DECIDERS
from alerts.dispatch.dispatcher import dispatch
from alerts.judging.rule_report import judge_rules
from alerts.messages.action_links import action_links, read_link
from alerts.receivers import build_receivers, revising
from core.alerting.alerts import MUTED, AlertState
from core.alerting.deliveries import ClaimedDelivery
from core.alerting.notifications import Recipient
from core.clock import FixedClock
from core.config.watch import WatchConfig
from core.deciding.escalation import Breadth
from storage import Store, open_store
from storage.judging.judging_records import StoryPlacement
from tests.integration.alerts.loopback import http_server
from tests.integration.alerts.slack_workspace import CHANNEL, TOKEN, SlackWorkspace
from tests.integration.empty_database import empty_database
from tests.integration.storage.samples import (
    DEAD,
    DELIVERED,
    HOUR,
    NOON,
    alerted,
    attempt,
    claim,
    judgement,
    recorded,
    source,
)
from tests.integration.web.visitors import WEB, browser, desk_over


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def store(tmp_path: Path, clock: FixedClock) -> Store:
    opened = open_store(empty_database(tmp_path / "links.db"), clock=clock)
    opened.sync_sources([source()])
    return opened


@pytest.fixture
async def reader(store: Store, clock: FixedClock) -> AsyncIterator[httpx.AsyncClient]:
    """A person with a browser. The pages are asked for in this process; nothing listens."""
    async with browser(desk_over(store, clock)) as client:
        yield client
    store.close()


def links(store: Store) -> dict[str, str]:
    alerted(store)
    (claimed,) = claim(store)
    assert isinstance(claimed, ClaimedDelivery)
    return {link.label: link.url for link in action_links(claimed, WEB)}


def state(store: Store) -> AlertState:
    return store.alerts().items[0].state


async def test_opening_a_link_changes_nothing_and_says_what_it_does(
    store: Store, reader: httpx.AsyncClient
) -> None:
    url = links(store)["I take this on"]
    for _ in range(3):
        page = await reader.get(url)
    assert page.status_code == 200
    assert '<form method="post">' in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["referrer-policy"] == "no-referrer"
    assert state(store) is AlertState.OPEN


async def test_a_link_acts_when_confirmed_and_only_once(
    store: Store, reader: httpx.AsyncClient
) -> None:
    url = links(store)["I take this on"]
    assert (await reader.post(url)).status_code == 200
    assert state(store) is AlertState.ACKNOWLEDGED
    assert (await reader.post(url)).status_code == 409
    again = await reader.get(url)
    assert "used already" in again.text
    assert "<form" not in again.text
    (change,) = store.alert_changes(store.alerts().items[0].id)
    assert (change.by, change.at) == ("link to desk", NOON)


async def test_links_of_what_is_sent_again_much_later_work_then(
    store: Store, clock: FixedClock
) -> None:
    alerted(store)
    (claimed,) = claim(store)
    store.record_attempt(claimed.lease_token, attempt(claimed), DEAD, DECIDERS)
    clock.advance(timedelta(days=9))
    store.replay()
    (again,) = claim(store, now=clock())
    url = action_links(again, WEB)[0].url
    assert read_link(url.rpartition("/")[2], WEB, clock()).alert_id == again.alert.id


async def test_what_was_done_is_not_offered_again(store: Store) -> None:
    alerted(store)
    (claimed,) = claim(store)

    def offered(state: AlertState) -> set[str]:
        alert = replace(claimed.alert, state=state)
        return {link.label for link in action_links(replace(claimed, alerts=(alert,)), WEB)}

    everything = offered(AlertState.OPEN)
    assert everything - offered(AlertState.ACKNOWLEDGED) == {"I take this on"}
    assert everything - offered(AlertState.SNOOZED) == {"Remind me in 4 hours"}
    assert offered(AlertState.ESCALATED) == everything
    assert offered(AlertState.DISMISSED) == set()


def test_the_first_message_keeps_links_about_what_it_shows(store: Store) -> None:
    made = judgement(recorded(store).version_id, "drafts", "border", receivers=())
    addressed = tuple(
        replace(alert, recipients=(Recipient(receiver="desk", group="g"),)) for alert in made.alerts
    )
    store.commit_judgement([replace(made, alerts=addressed)], DECIDERS)
    dispatch(
        store, WatchConfig.model_validate({"receivers": [{"name": "desk", "console": {}}]}), NOON
    )
    (first,) = claim(store)
    store.record_attempt(first.lease_token, attempt(first), DELIVERED, DECIDERS)
    shown, other = first.alerts
    store.change_alert(
        other.id, AlertState.DISMISSED, DECIDERS,
        by="a", at=NOON, shown_by=["desk"], breadth=Breadth.RULE,
    )  # fmt: skip
    (revision,) = claim(store)
    shared = DeliveryContext(
        outbox=store, clock=lambda: NOON, owner="o", lease=HOUR, rng=Random(1), outlet_of=str,  # noqa: S311
        links_of=lambda claimed: action_links(claimed, WEB),
    )  # fmt: skip
    links = message_of(revision, 1, NOON, shared).links
    assert len(links) == 4
    about = {read_link(link.url.rpartition("/")[2], WEB, NOON).alert_id for link in links}
    assert about == {shown.id}


async def test_slack_shows_what_somebody_did_by_a_link(store: Store, clock: FixedClock) -> None:
    workspace = SlackWorkspace()
    alerted(store, "chat")
    async with http_server(answer_to=workspace.answer) as server:
        slack = {"token": TOKEN, "channel": CHANNEL, "api": f"http://127.0.0.1:{server.port}/api"}
        config = WatchConfig.model_validate(
            {
                "receivers": [{"name": "chat", "slack": slack}],
                "network": {"allow": [f"127.0.0.1/32:{server.port}"]},
            }
        )
        loop = DeliveryLoop(
            store,
            build_receivers(config),
            clock=clock,
            owner="test",
            outlet_of=str,
            links_of=lambda claimed: action_links(claimed, WEB),
        )
        await loop.drain()
        (message,) = workspace.messages.values()
        buttons = next(
            block["elements"] for block in message["blocks"] if block["type"] == "actions"
        )
        desk = desk_over(store, clock, revising=lambda: revising(config))
        async with browser(desk) as reader:
            assert (await reader.post(buttons[0]["url"])).status_code == 200
        assert "Taken on" not in str(message)
        await loop.drain()
        await loop.close()
    (message,) = workspace.messages.values()
    assert "Taken on: link to chat, 1 Mar 12:00 UTC" in str(message)
    assert "I take this on" not in str(message)


async def test_a_story_is_muted_once(store: Store, reader: httpx.AsyncClient) -> None:
    article = recorded(store)
    placement = StoryPlacement(
        story=article.article_id,
        relation="new",
        of=None,
        containment=0.0,
        shared_words=0,
        first_source="kloop",
        first_at=NOON,
    )
    store.commit_judgement(
        [replace(judgement(article.version_id, "drafts"), placement=placement)], DECIDERS
    )
    (claimed,) = claim(store)
    url = next(link.url for link in action_links(claimed, WEB) if "Mute" in link.label)
    assert "for a week" in (await reader.post(url)).text
    assert (await reader.post(url)).status_code == 409
    (silence,) = store.silences()
    assert silence.match.story == store.story_id(claimed.alert.article.id)
    assert silence.ends_at - silence.starts_at == timedelta(days=7)
    assert state(store) is AlertState.ACKNOWLEDGED


async def test_an_article_without_a_story_is_only_taken_on(
    store: Store, reader: httpx.AsyncClient
) -> None:
    url = links(store)["Mute this story for a week"]
    alone = await reader.post(url)
    assert "part of no story" in alone.text
    assert store.silences() == []
    assert state(store) is AlertState.ACKNOWLEDGED


async def test_a_dismissal_keeps_its_reason(store: Store, reader: httpx.AsyncClient) -> None:
    url = links(store)["Not relevant"]
    assert "wrong-sense" in (await reader.get(url)).text
    assert (await reader.post(url, data={"reason": "nonsense"})).status_code == 400
    assert (await reader.post(url, data={"reason": "wrong-sense"})).status_code == 200
    (change,) = store.alert_changes(store.alerts().items[0].id)
    assert (change.state, change.reason) == (AlertState.DISMISSED, "wrong-sense")


async def test_a_mute_leaves_what_was_dismissed_dismissed_and_says_nothing_of_the_rule(
    store: Store, reader: httpx.AsyncClient
) -> None:
    article = recorded(store)
    placement = StoryPlacement(
        story=article.article_id, relation="new", of=None, containment=0.0, shared_words=0,
        first_source="kloop", first_at=NOON,
    )  # fmt: skip
    both = judgement(article.version_id, "drafts", "border")
    store.commit_judgement([replace(both, placement=placement)], DECIDERS)
    by_rule = {claimed.alert.match.rule_id: claimed for claimed in claim(store)}
    wrong = by_rule["border"].alert.id
    store.change_alert(
        wrong, AlertState.DISMISSED, DECIDERS,
        by="a", at=NOON, reason="wrong-sense", breadth=Breadth.RULE,
    )  # fmt: skip
    url = next(link.url for link in action_links(by_rule["drafts"], WEB) if "Mute" in link.label)
    assert (await reader.post(url)).status_code == 200
    states = {alert.match.rule_id: alert.state for alert in store.alerts().items}
    assert states == {"border": AlertState.DISMISSED, "drafts": AlertState.ACKNOWLEDGED}
    scores = {score.rule: score for score in judge_rules(store.rule_outcomes()).rules}
    assert (scores["border"].wrong, scores["drafts"].right) == (1, 0)


async def test_a_link_to_an_alert_that_is_gone_says_so(
    store: Store, reader: httpx.AsyncClient
) -> None:
    alerted(store)
    (claimed,) = claim(store)
    gone = replace(claimed, delivery=replace(claimed.delivery, alert_id="alt_gone"))
    for link in action_links(gone, WEB):
        for page in (await reader.get(link.url), await reader.post(link.url)):
            assert (page.status_code, "no such alert" in page.text) == (404, True)


def test_a_note_that_reads_like_a_mute_is_none(store: Store) -> None:
    article = recorded(store)
    store.commit_judgement([judgement(article.version_id, "drafts")], DECIDERS)
    (alert,) = store.alerts().items
    store.change_alert(alert.id, AlertState.ACKNOWLEDGED, DECIDERS, by="a", at=NOON, reason=MUTED)
    (score,) = judge_rules(store.rule_outcomes()).rules
    assert score.right == 1


async def test_a_link_that_is_old_or_changed_does_nothing(
    store: Store, reader: httpx.AsyncClient, clock: FixedClock
) -> None:
    url = links(store)["I take this on"]
    # In the middle of the signature: the last letter of base64 may hold bits that mean nothing.
    changed = url[:-9] + ("A" if url[-9] != "A" else "B") + url[-8:]
    assert (await reader.post(changed)).status_code == 400
    clock.advance(timedelta(days=8))
    old = await reader.post(url)
    assert (old.status_code, state(store)) == (400, AlertState.OPEN)
    assert "too old" in old.text


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"reason=not-a-reason", 400, "This reason is not known"),
        (b"a&" * 501, 400, "none of our forms"),
        (b"reason=%ff%00\xff", 400, "This reason is not known"),
        (b"x" * 300_000, 413, "too large"),
    ],
)
async def test_a_form_of_others_does_nothing_and_is_answered(
    store: Store, reader: httpx.AsyncClient, body: bytes, status: int, said: str
) -> None:
    page = await reader.post(links(store)["Not relevant"], content=body)
    assert page.status_code == status
    assert said in page.text
    assert state(store) is AlertState.OPEN


@pytest.mark.parametrize("token", ["%00", "%ff.x", "%F0%9F%98%80.x", ".", "x" * 5_000, "..%2f.."])
async def test_what_is_no_link_is_answered_as_such(
    store: Store, reader: httpx.AsyncClient, token: str
) -> None:
    for method in ("GET", "POST"):
        page = await reader.request(method, f"/alert/{token}")
        assert page.status_code in (400, 404)
    assert store.alerts().items == ()


async def test_the_pages_speak_the_language_of_who_opens_them(
    store: Store, reader: httpx.AsyncClient
) -> None:
    url = links(store)["Mute this story for a week"]
    russian = {"Accept-Language": "ru-RU,ru;q=0.9"}
    page = await reader.get(url, headers=russian)
    assert '<html lang="ru">' in page.text
    assert "Заглушить сюжет на неделю" in page.text
    assert "на себя" in page.text, "muting takes on, and says so before"
    done = await reader.post(url, headers=russian)
    assert "Готово" in done.text
    bad = await reader.get(f"{url}x", headers=russian)
    assert "Ссылка не работает" in bad.text
    assert "Done before" in (await reader.get(url)).text
