"""A message that cannot be put together is the fault of no receiver, and keeps no other waiting."""

from __future__ import annotations

import asyncio
import email
import email.policy
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from email.header import decode_header, make_header
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from rich.console import Console

from alerts.delivery.pace import OPENS_AFTER
from alerts.dispatch.deciders import DECIDERS
from alerts.messages.alert_view import summarize
from alerts.messages.mail_message import subject
from alerts.messages.message import ActionLink, Message
from alerts.receivers import build_receivers
from alerts.receivers.console import ConsoleReceiver
from alerts.receivers.protocol import Receiver
from core.alerting.deliveries import AttemptOutcome, ClaimedDelivery, DeliveryStatus
from core.alerting.matches import Snippet
from core.alerting.message_kinds import MessageKind
from core.clock import FixedClock
from core.config.watch import WatchConfig
from storage import Judgement, PlannedAlert, Store
from tests.integration.alerts.loopback import http_server, reply, smtp_server
from tests.integration.alerts.test_delivery_loop import Inbox, loop_for
from tests.unit.alerts import samples
from tests.unit.alerts.nasty_titles import EXAMPLES, titles
from tests.unit.alerts.samples import ENTITIES, message

D, U = AttemptOutcome.DELIVERED, AttemptOutcome.UNREADABLE
ANSWERS = {
    "slack": b"ok",
    "bot": b'{"ok":true,"channel":"C01","ts":"17.01"}',
    "telegram": b'{"ok":true,"result":{"message_id":7}}',
    "discord": b'{"id":"123"}',
    "teams": b"1",
    "matrix": b'{"event_id":"$1"}',
    "mattermost": b"ok",
    "alertmanager": b"",
    "apprise": b"",
    "webhook": b"",
    "cloudevents": b"",
    "template": b"",
}
WRITTEN = ("file", "atom", "console", "email")


def settings_of(kind: str, base: str, port: int, folder: Path) -> dict[str, Any]:
    settings: dict[str, dict[str, Any]] = {
        "slack": {"slack": {"url": f"{base}/hook"}},
        "bot": {"slack": {"token": "xoxb-secret-token", "channel": "C01", "api": base}},
        "telegram": {"telegram": {"token": "123:secret-token", "chat": "-1001", "api": base}},
        "discord": {"discord": {"url": f"{base}/hook"}},
        "teams": {"teams": {"url": f"{base}/hook"}},
        "matrix": {"matrix": {"homeserver": base, "token": "syt_token", "room": "!a:example.org"}},
        "mattermost": {"mattermost": {"url": f"{base}/hook"}},
        "alertmanager": {"alertmanager": {"url": base}},
        "apprise": {"apprise": {"url": base.replace("http://", "json://")}},
        "webhook": {"webhook": {"url": f"{base}/hook"}},
        "cloudevents": {"webhook": {"url": f"{base}/hook", "cloudevents": True}},
        "template": {"webhook": {"url": f"{base}/hook", "template": "{{ data.article.title }}"}},
        "file": {"file": {"path": str(folder / "out.jsonl")}},
        "atom": {"atom": {"path": str(folder / "out.xml")}},
        "console": {"console": {}},
        "email": {
            "email": {
                "to": ["desk@example.org"],
                "from": "w@example.org",
                "smtp": {"host": "127.0.0.1", "port": port},
            }
        },
    }
    return settings[kind]


@dataclass
class Place:
    """A receiver, and what has arrived where it sends to."""

    receiver: Receiver
    arrived: Callable[[], list[bytes]]


@asynccontextmanager
async def place(kind: str, folder: Path) -> AsyncIterator[Place]:
    printed = io.StringIO()
    async with (
        http_server(reply(200, ANSWERS.get(kind, b""))) as server,
        smtp_server() as room,
    ):
        port = room.port if kind == "email" else server.port
        config = WatchConfig.model_validate(
            {
                "receivers": [
                    {
                        "name": "r",
                        **settings_of(kind, f"http://127.0.0.1:{port}", port, folder),
                    }
                ],
                "network": {"allow": [f"127.0.0.1/32:{port}"]},
            }
        )
        receiver = build_receivers(config, console=Console(file=printed, width=200))["r"]

        def arrived() -> list[bytes]:
            files = [path.read_bytes() for path in folder.iterdir()]
            mails = [cast("bytes", mail.content) for mail in room.mails]
            shown = [printed.getvalue().encode()] if printed.getvalue() else []
            return [request.body for request in server.requests] + mails + files + shown

        try:
            yield Place(receiver, arrived)
        finally:
            await receiver.close()


def broken() -> Message:
    """Return a message that breaks whoever looks at its snippet."""
    sound = message()
    snippet = Snippet(cast("str", None), ((0, 1),))
    match = replace(sound.alert.match, snippet=snippet)
    return replace(sound, alerts=(replace(sound.alert, match=match),))


@pytest.mark.parametrize("kind", [*ANSWERS, *WRITTEN])
async def test_what_cannot_be_put_together_is_sent_in_its_plainest_form(
    kind: str, tmp_path: Path
) -> None:
    async with place(kind, tmp_path) as there:
        refused = await there.receiver.send(broken())
        assert (refused.outcome, refused.reached) == (U, False)
        assert there.arrived() == []
        taken = await there.receiver.send(replace(broken(), minimal=True))
        assert taken.outcome is D, taken
        assert len(there.arrived()) == 1


@pytest.mark.parametrize("kind", [*ANSWERS, *WRITTEN])
async def test_what_cannot_be_put_together_at_all_is_said_and_raises_nothing(
    kind: str, tmp_path: Path
) -> None:
    async with place(kind, tmp_path) as there:
        for minimal in (False, True):
            nothing = replace(message(title=cast("str", None)), minimal=minimal)
            result = await there.receiver.send(nothing)
            assert (result.outcome, result.reached) == (U, False)
            assert result.detail
        assert there.arrived() == []


@pytest.mark.parametrize("minimal", [False, True])
@pytest.mark.parametrize("kind", [*ANSWERS, *WRITTEN])
async def test_no_title_keeps_a_message_from_being_put_together(
    kind: str, minimal: bool, tmp_path: Path
) -> None:
    async with place(kind, tmp_path) as there:
        for title in EXAMPLES:
            alert = message(title=title, outlet=title, rule_title=title, snippet=Snippet(title))
            for sort in (MessageKind.ALERT, MessageKind.DIGEST):
                result = await there.receiver.send(replace(alert, kind=sort, minimal=minimal))
                assert result.outcome is D, (title, result)


async def test_a_terminal_that_cannot_show_a_letter_shows_the_rest() -> None:
    raw = io.BytesIO()
    console = Console(file=io.TextIOWrapper(raw, encoding="latin-1"), width=200)
    terminal = ConsoleReceiver("terminal", ENTITIES, console)
    assert (await terminal.send(message())).outcome is U
    assert raw.getvalue() == b""
    assert (await terminal.send(replace(message(), minimal=True))).outcome is D
    console.file.flush()
    assert b"https://outlet.example/news/1" in raw.getvalue()


async def test_a_template_that_cannot_be_filled_in_says_why() -> None:
    async with http_server() as server:
        config = WatchConfig.model_validate(
            {
                "receivers": [
                    {
                        "name": "r",
                        "webhook": {"url": server.url, "template": "{{ data.nobody.knows }}"},
                    }
                ],
            }
        )
        hook = build_receivers(config)["r"]
        result = await hook.send(message())
    assert (result.outcome, result.reached) == (U, False)
    assert "nobody" in result.detail
    assert server.requests == []


# -- mails


@pytest.mark.parametrize("title", EXAMPLES)
async def test_a_mail_server_gets_the_subject_that_was_meant(title: str, tmp_path: Path) -> None:
    async with place("email", tmp_path) as there:
        alert = message(title=title)
        assert (await there.receiver.send(alert)).outcome is D
        meant = subject(summarize(alert, ENTITIES))
        (wire,) = there.arrived()
    new = email.message_from_bytes(wire, policy=email.policy.default)
    old = email.message_from_bytes(wire)
    assert str(new["Subject"]) == meant
    assert str(make_header(decode_header(old["Subject"]))) == meant
    assert new["Bcc"] is old["Bcc"] is None


@settings(max_examples=40, deadline=None)
@given(titles)
def test_any_title_arrives_at_a_mail_server_as_one_subject(title: str) -> None:
    async def sent() -> tuple[Message, bytes]:
        alert = message(title=title)
        async with smtp_server() as room:
            mail = settings_of("email", "", room.port, Path())
            config = WatchConfig.model_validate({"receivers": [{"name": "r", **mail}]})
            assert (await build_receivers(config)["r"].send(alert)).outcome is D
        return alert, cast("bytes", room.mails[0].content)

    alert, wire = asyncio.run(sent())
    meant = subject(summarize(alert, ENTITIES))
    new = email.message_from_bytes(wire, policy=email.policy.default)
    old = email.message_from_bytes(wire)
    assert str(new["Subject"]) == str(make_header(decode_header(old["Subject"]))) == meant
    assert new["Bcc"] is old["Bcc"] is None
    assert new.defects == old.defects == []


async def test_a_mail_to_an_address_that_is_not_ascii_wants_a_server_that_takes_it() -> None:
    async with smtp_server(utf8=True) as room:
        config = WatchConfig.model_validate(
            {
                "receivers": [
                    {
                        "name": "r",
                        "email": {
                            "to": ["Редактор <редактор@example.org>"],
                            "from": "w@пример.орг",
                            "smtp": {"host": "127.0.0.1", "port": room.port},
                        },
                    }
                ],
            }
        )
        result = await build_receivers(config)["r"].send(message())
    assert result.outcome is D
    assert room.mails[0].smtp_utf8
    assert room.mails[0].rcpt_tos == ["редактор@example.org"]
    assert room.mails[0].mail_from == "w@xn--e1afmkfd.xn--c1avg"
    content = cast("bytes", room.mails[0].content)
    assert "<редактор@example.org>".encode() in content


# -- the loop


def alert_of(store: Store, source: str, number: int) -> None:
    data = replace(samples.article().data, url=f"https://{source}.example/{number}", source=source)
    stored = store.record(data, None, key=data.url)
    judged = Judgement(stored.version_id, "rules", (PlannedAlert(samples.match(), ("desk",)),))
    store.commit_judgement([judged], DECIDERS)


async def test_a_fault_in_the_full_form_costs_one_attempt_and_no_pause(
    store: Store, clock: FixedClock
) -> None:
    def links(_: ClaimedDelivery) -> tuple[ActionLink, ...]:
        raise ZeroDivisionError("a fault of ours")

    for number in range(OPENS_AFTER + 2):
        alert_of(store, "outlet", number)
    inbox = Inbox("desk")
    report = await loop_for(store, clock, inbox, links_of=links).drain(until_idle=True)
    assert report.delivered == len(inbox.messages) == OPENS_AFTER + 2
    assert all(sent.minimal for sent in inbox.messages)
    first, second = store.attempts(inbox.messages[0].delivery_id)
    assert (first.outcome, second.outcome) == (U, D)
    assert "ZeroDivisionError" in first.detail


async def test_what_cannot_be_put_together_at_all_is_dead_with_the_reason_and_others_go_on(
    store: Store, clock: FixedClock
) -> None:
    def outlet_of(source: str) -> str:
        if source == "cursed":
            raise ZeroDivisionError
        return source

    for number in range(OPENS_AFTER + 2):
        alert_of(store, "cursed", number)
    alert_of(store, "outlet", 1)
    inbox = Inbox("desk")
    loop = loop_for(store, clock, inbox, outlet_of=outlet_of)
    report = await loop.drain(until_idle=True)
    assert (report.dead, report.delivered) == (OPENS_AFTER + 2, 1)
    dead = store.deliveries(status=DeliveryStatus.DEAD).items
    assert len(dead) == OPENS_AFTER + 2
    assert all("cannot be put together" in delivery.last_detail for delivery in dead)
