"""Everything we tell Slack, at a workspace that is as strict as Slack."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest

from alerts.messages.message import Message
from alerts.receivers import build_receivers, revising
from alerts.receivers.protocol import Receiver, Reviser, SendResult
from core.alerting.alerts import AlertChange, AlertState
from core.alerting.deliveries import AttemptOutcome
from core.alerting.message_kinds import MessageKind
from core.config.watch import WatchConfig
from tests.integration.alerts.loopback import http_server
from tests.integration.alerts.slack_workspace import (
    CHANNEL,
    CHANNEL_NAME,
    HOOK,
    TOKEN,
    SlackWorkspace,
)
from tests.unit.alerts.hostile_messages import LINKS, SHAPES
from tests.unit.alerts.injection import TITLES
from tests.unit.alerts.samples import message


@asynccontextmanager
async def connected(workspace: SlackWorkspace, way: str) -> AsyncIterator[Receiver]:
    """Give the receiver that writes to the workspace as a bot, or through its webhook."""
    async with http_server(answer_to=workspace.answer) as server:
        base = f"http://127.0.0.1:{server.port}"
        bot = {"token": TOKEN, "channel": CHANNEL_NAME, "api": f"{base}/api"}
        config = WatchConfig.model_validate(
            {
                "receivers": [
                    {"name": "chat", "slack": bot if way == "bot" else {"url": base + HOOK}}
                ],
                "network": {"allow": [f"127.0.0.1/32:{server.port}"]},
            }
        )
        receiver = build_receivers(config)["chat"]
        try:
            yield receiver
        finally:
            await receiver.close()


def copies(*outlets: str) -> list[Message]:
    """Return a story's first message and an update, one outlet after the other."""
    first = replace(message(), delivery_id="dlv_first", links=LINKS)
    notified = [first]
    for number, outlet in enumerate(outlets, 1):
        alert = first.alert
        article = replace(
            alert.article, id=100 + number, data=replace(alert.article.data, source=outlet)
        )
        notified.append(
            replace(
                first,
                delivery_id=f"dlv_{number}",
                kind=MessageKind.UPDATE,
                first_links=LINKS,
                alerts=(replace(alert, id=f"alt_{number}", article=article),),
                outlets={**first.outlets, **{outlet: outlet.title() for outlet in outlets}},
                thread="dlv_first",
                sequence=number + 1,
                earlier=tuple(each.alert for each in notified),
            )
        )
    return notified


def words(message: dict[str, Any]) -> str:
    return json.dumps(message, ensure_ascii=False)


@pytest.mark.parametrize("way", ["bot", "webhook"])
@pytest.mark.parametrize("shape", SHAPES)
async def test_no_hostile_title_is_refused_or_calls_anybody(way: str, shape: str) -> None:
    workspace = SlackWorkspace()
    async with connected(workspace, way) as receiver:
        await receiver.send(message())
        parent = next(iter(workspace.messages))
        for title in TITLES:
            notified = SHAPES[shape](title)
            notified = replace(
                notified, thread_receipt=f"{CHANNEL}:{parent}" if notified.thread else ""
            )
            result = await receiver.send(notified)
            assert result.outcome is AttemptOutcome.DELIVERED, (title[:60], result.detail)
            assert "not brought up to date" not in result.detail, (title[:60], result.detail)
    assert workspace.refused == []
    assert workspace.pings == []
    assert len(workspace.messages) == len(TITLES) + 1


async def test_an_update_answers_the_first_message_and_brings_it_up_to_date() -> None:
    workspace = SlackWorkspace()
    async with connected(workspace, "bot") as receiver:
        first, second, third = copies("nagornaya", "ploshchad")
        receipt = (await receiver.send(first)).receipt
        for update in (second, third):
            result = await receiver.send(replace(update, thread_receipt=receipt))
            assert result.outcome is AttemptOutcome.DELIVERED
    opened, *answers = workspace.messages.values()
    assert [answer["thread_ts"] for answer in answers] == [receipt.partition(":")[2]] * 2
    assert "Nagornaya" in words(opened)
    assert "Ploshchad" in words(opened)
    assert "More on this" not in words(opened)
    assert "More on this: Ploshchad joined" in words(answers[-1])
    assert "actions" in {block["type"] for block in opened["blocks"]}


async def test_an_update_is_told_where_the_first_message_may_no_longer_be_changed() -> None:
    workspace = SlackWorkspace(editable=False)
    async with connected(workspace, "bot") as receiver:
        first, second = copies("nagornaya")
        receipt = (await receiver.send(first)).receipt
        result = await receiver.send(replace(second, thread_receipt=receipt))
    assert result.outcome is AttemptOutcome.DELIVERED
    assert "not brought up to date: edit_window_closed" in result.detail
    assert len(workspace.messages) == 2


async def test_an_update_to_a_deleted_message_is_told_in_the_channel() -> None:
    workspace = SlackWorkspace()
    async with connected(workspace, "bot") as receiver:
        first, second = copies("nagornaya")
        receipt = (await receiver.send(first)).receipt
        workspace.messages.clear()
        result = await receiver.send(replace(second, thread_receipt=receipt))
    assert result.outcome is AttemptOutcome.DELIVERED
    (notified,) = workspace.messages.values()
    assert "thread_ts" not in notified
    assert workspace.refused == ["message_not_found", "thread_not_found"]


def revision(first: Message, receipt: str, state: AlertState, by: str = "aigul") -> Message:
    """Return what tells a bot that the first message's alert was worked on."""
    change = AlertChange(alert_id=first.alert.id, at=first.sent_at, by=by, state=state)
    alert = replace(first.alert, state=state, handled=change)
    return replace(
        first,
        delivery_id="dlv_revision",
        kind=MessageKind.REVISION,
        alerts=(alert,),
        earlier=(alert,),
        thread="dlv_first",
        thread_receipt=receipt,
        sequence=2,
        links=LINKS[1:],
        first_links=LINKS[1:],
    )


async def revise(receiver: Receiver, message: Message) -> SendResult:
    assert isinstance(receiver, Reviser)
    return await receiver.revise(message)


async def test_the_first_message_shows_who_took_the_alert_on() -> None:
    workspace = SlackWorkspace()
    async with connected(workspace, "bot") as receiver:
        first, *_ = copies()
        receipt = (await receiver.send(first)).receipt
        result = await revise(receiver, revision(first, receipt, AlertState.ACKNOWLEDGED))
    assert result.outcome is AttemptOutcome.DELIVERED
    (shown,) = workspace.messages.values()
    assert "Taken on: aigul" in words(shown)
    assert LINKS[0].label not in words(shown)
    assert LINKS[1].label in words(shown)


async def test_a_first_message_whose_alert_was_dismissed_offers_nothing() -> None:
    workspace = SlackWorkspace()
    async with connected(workspace, "bot") as receiver:
        first, second = copies("nagornaya")
        receipt = (await receiver.send(first)).receipt
        await receiver.send(replace(second, thread_receipt=receipt, first_links=()))
    opened, answer = workspace.messages.values()
    assert "actions" not in {block["type"] for block in opened["blocks"]}
    assert "actions" in {block["type"] for block in answer["blocks"]}


async def test_a_hostile_name_of_whoever_took_it_on_calls_nobody() -> None:
    workspace = SlackWorkspace()
    async with connected(workspace, "bot") as receiver:
        first, *_ = copies()
        receipt = (await receiver.send(first)).receipt
        for name in TITLES:
            notified = revision(first, receipt, AlertState.DISMISSED, by=name)
            assert (await revise(receiver, notified)).outcome is AttemptOutcome.DELIVERED
    assert workspace.refused == workspace.pings == []


@pytest.mark.parametrize(
    ("workspace", "gone", "said"),
    [
        (SlackWorkspace(editable=False), False, "left as it is: edit_window_closed"),
        (SlackWorkspace(), True, "left as it is: message_not_found"),
    ],
)
async def test_a_message_that_can_no_longer_be_changed_is_left_as_it_is(
    workspace: SlackWorkspace, gone: bool, said: str
) -> None:
    async with connected(workspace, "bot") as receiver:
        first, *_ = copies()
        receipt = (await receiver.send(first)).receipt
        if gone:
            workspace.messages.clear()
        result = await revise(receiver, revision(first, receipt, AlertState.ACKNOWLEDGED))
    assert result.outcome is AttemptOutcome.DELIVERED
    assert said in result.detail


async def test_a_message_without_a_receipt_has_nothing_to_change() -> None:
    workspace = SlackWorkspace()
    async with connected(workspace, "bot") as receiver:
        first, *_ = copies()
        result = await revise(receiver, revision(first, "", AlertState.ACKNOWLEDGED))
    assert result.outcome is AttemptOutcome.DELIVERED
    assert workspace.messages == {}


@pytest.mark.parametrize("way", ["bot", "webhook"])
async def test_receivers_that_are_said_to_change_messages_are_those_that_do(way: str) -> None:
    slack = {"token": TOKEN, "channel": CHANNEL} if way == "bot" else {"url": "https://a.b/c"}
    config = WatchConfig.model_validate(
        {"receivers": [{"name": "chat", "slack": slack}, {"name": "here", "console": {}}]}
    )
    built = build_receivers(config)
    assert revising(config) == {
        name for name, receiver in built.items() if isinstance(receiver, Reviser)
    }
    assert bool(revising(config)) == (way == "bot")


@pytest.mark.parametrize("way", ["bot", "webhook"])
async def test_what_comes_too_fast_waits_as_long_as_slack_says(way: str) -> None:
    workspace = SlackWorkspace(paced=True)
    async with connected(workspace, way) as receiver:
        assert (await receiver.send(message())).outcome is AttemptOutcome.DELIVERED
        result = await receiver.send(message())
    assert result.outcome is AttemptOutcome.TRANSIENT
    assert result.retry_after == 1.0


SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "x"}}
BUTTON = {
    "type": "button",
    "text": {"type": "plain_text", "text": "x"},
    "url": "https://watch.example/",
    "action_id": "a",
}


def section(text: str) -> dict[str, Any]:
    return {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": text}}]}


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"blocks": [SECTION] * 51}, "invalid_blocks"),
        (section(""), "invalid_blocks"),
        (section("x" * 3001), "invalid_blocks"),
        (section("a < b"), "invalid_blocks"),
        (section("AT&T"), "invalid_blocks"),
        (section("<javascript:alert(1)|x>"), "invalid_blocks"),
        ({"blocks": [{"type": "marquee"}]}, "invalid_blocks"),
        ({"blocks": [{**SECTION, "colour": "red"}]}, "invalid_blocks"),
        (
            {"blocks": [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]},
            "invalid_blocks",
        ),
        (
            {"blocks": [{"type": "context", "elements": [SECTION["text"]] * 11}]},
            "invalid_blocks",
        ),
        ({"blocks": [{"type": "actions", "elements": [BUTTON, BUTTON]}]}, "invalid_blocks"),
        (
            {"blocks": [{"type": "actions", "elements": [{**BUTTON, "url": "ftp://x"}]}]},
            "invalid_blocks",
        ),
        ({"text": "x", "channel": "#elsewhere"}, "channel_not_found"),
        ({"text": "x", "thread_ts": "1.2"}, "thread_not_found"),
    ],
)
async def test_the_workspace_refuses_what_slack_refuses(body: dict[str, Any], error: str) -> None:
    workspace = SlackWorkspace()
    async with http_server(answer_to=workspace.answer) as server, httpx.AsyncClient() as client:
        answer = await client.post(
            f"http://127.0.0.1:{server.port}/api/chat.postMessage",
            json={"channel": CHANNEL, **body},
            headers={"Authorization": f"Bearer {TOKEN}"},
        )
    assert answer.json()["error"] == error
    assert workspace.messages == {}


async def test_the_workspace_counts_whom_a_message_would_call() -> None:
    workspace = SlackWorkspace()
    async with http_server(answer_to=workspace.answer) as server, httpx.AsyncClient() as client:
        await client.post(
            f"http://127.0.0.1:{server.port}{HOOK}",
            json={"text": "<!channel> see <@U012AB3CD>", **section("<#C01|general>")},
        )
    assert workspace.pings == ["!channel", "@U012AB3CD", "#C01|general"]
