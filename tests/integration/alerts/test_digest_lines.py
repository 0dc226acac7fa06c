"""Digests and summaries tell what is new to their reader, and count what was told before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from alerts.delivery.worker import DeliveryContext, message_of
from alerts.dispatch.deciders import DECIDERS
from alerts.messages.digest import DigestSummary, summarize_digest
from alerts.messages.document import compose
from alerts.messages.message import Message
from core.alerting.alerts import AlertState
from core.alerting.message_kinds import MessageKind
from tests.integration.alerts.alert_desk import (
    HOUR,
    MINUTE,
    OTHER_RAID,
    RAID,
    Desk,
    copied,
    delivered,
    everywhere,
)

PAPERS_AT_ONCE = {"when": {"rules": ["papers"], "sources": ["agency"]}, "to": ["desk"]}
HOURLY = {"to": ["desk"], "digest": "0 * * * *"}


def received(desk: Desk, receiver: str = "desk") -> list[Message]:
    """Let a receiver take what is due for it; return the messages."""
    now, messages = desk.clock(), []
    context: Any = DeliveryContext(
        outbox=desk.store, clock=desk.clock, owner="w", lease=MINUTE, rng=None,  # type: ignore[arg-type]
        outlet_of=str.upper,
    )  # fmt: skip
    while claimed := desk.store.claim_deliveries(
        now, DECIDERS, limit=1, lease=MINUTE, owner="w", receivers=[receiver]
    ):
        messages.append(message_of(claimed[0], 1, now, context))
        desk.store.record_attempt(claimed[0].lease_token, *delivered(claimed[0], now), DECIDERS)
    return messages


def digest(desk: Desk) -> DigestSummary:
    """Let an hour end, and return the digest that comes with it."""
    desk.pass_time(HOUR)
    (message,) = (message for message in received(desk) if message.is_digest)
    return summarize_digest(message, {})


def lines(summary: DigestSummary) -> list[tuple[str, ...]]:
    return [case.news for section in summary.sections for case in section.cases]


@everywhere
def test_what_was_told_before_is_counted_and_what_is_new_is_said(desks: Any) -> None:
    desk = desks(PAPERS_AT_ONCE, HOURLY)
    copied(desk, "agency")
    desk.pass_time(MINUTE)
    assert [message.kind for message in received(desk)] == [MessageKind.ALERT]
    first = digest(desk)
    assert lines(first) == [("1 more rule (raids)",)]
    desk.publish(OTHER_RAID, "agency", "Ещё раз")
    desk.judge()
    desk.pass_time(MINUTE)
    received(desk)
    again = digest(desk)
    assert (again.title, again.sections, again.known) == ("Digest: 1 story, 1 alert", (), 1)
    copied(desk, "kloop", "azattyk")
    case = desk.store.cases().items[0]
    desk.store.change_alert(
        case.alerts[0].id, AlertState.ACKNOWLEDGED, DECIDERS, by="aigul", at=desk.clock()
    )
    ((outlets, done),) = lines(digest(desk))
    assert outlets == "2 more outlets (KLOOP, AZATTYK)"
    assert done == "taken on by aigul"


def test_a_digest_says_that_a_known_case_was_edited_and_noted(desks: Any) -> None:
    rule = {"id": "raids", "when": "мигрант", "on": ["published", "edited"]}
    desk = desks(HOURLY, rules=[rule])
    url = desk.publish(RAID, "agency")
    desk.judge()
    assert lines(digest(desk)) == [()]
    desk.clock.advance(MINUTE)
    (stored,) = desk.store.articles(source="agency").items
    desk.store.record(
        replace(stored.data, text=f"{stored.data.text}\n\nЧисло задержанных мигрантов уточнили."),
        None, key=url,
    )  # fmt: skip
    desk.judge()
    alert = desk.store.cases().items[0].alerts[0]
    desk.store.add_note(alert.id, "they confirm it", by="aigul", at=desk.clock())
    assert lines(digest(desk)) == [("edited", "aigul: “they confirm it”")]


def test_a_case_that_was_only_counted_is_told_another_time(desks: Any) -> None:
    desk = desks(HOURLY, rules=[{"id": "each", "when": "мигрант", "level": "low"}])
    for number in range(10):
        words = " ".join(f"слово{number}{place}" for place in range(80))
        desk.publish((f"Мигрант {words}",), "agency", f"Новость {number}")
    desk.judge()
    first = digest(desk)
    (section,) = first.sections
    assert (len(section.cases), section.left_out) == (8, 2)
    for number in range(10):
        words = " ".join(f"слово{number}{place}" for place in range(80))
        desk.publish((f"Мигрант {words}",), "agency", f"Опять {number}")
    desk.judge()
    second = digest(desk)
    assert (len(second.sections[0].cases), second.known) == (2, 8)


def test_nothing_new_is_said_in_every_form_of_a_message(desks: Any) -> None:
    desk = desks(PAPERS_AT_ONCE, HOURLY)
    copied(desk, "agency")
    digest_before = digest(desk)
    assert digest_before.cases == 1
    desk.publish(OTHER_RAID, "agency", "Ещё раз")
    desk.judge()
    desk.pass_time(HOUR)
    message = received(desk)[-1]
    text = [block.text for block in compose(message, {}).blocks]
    assert text[-1] == "Nothing new: 1 case that you know already"


def test_a_note_stands_in_the_next_message_and_only_there(desks: Any) -> None:
    desk = desks({"to": ["desk", "boss"], "group_interval": "1m"})
    copied(desk, "agency")
    desk.pass_time(MINUTE)
    (first,) = received(desk)
    assert first.notes == ()
    desk.store.add_note(first.alert.id, "they confirm it", by="aigul", at=desk.clock())
    desk.pass_time(timedelta(minutes=20))
    for outlet, told in (("kloop", True), ("azattyk", False)):
        copied(desk, outlet)
        desk.pass_time(timedelta(minutes=20))
        (update,) = received(desk)
        said = [block.text for block in compose(update, {}).blocks]
        assert any("they confirm it" in line for line in said) is told
