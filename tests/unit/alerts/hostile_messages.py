"""Messages of every shape in which everything that is not ours is a hostile title."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from alerts.messages.message import ActionLink, Message
from core.alerting.accounts import Account, Copied
from core.alerting.matches import Snippet
from core.alerting.message_kinds import MessageKind
from tests.unit.alerts.samples import message

LINKS = tuple(
    ActionLink(label, f"https://watch.example/alert/{'x' * 220}")
    for label in ("I take this on", "Remind me in 4 hours", "Not relevant")
)


def hostile(title: str, **changes: Any) -> Message:
    """Return a notice in which everything that is not ours is the title."""
    made = message(
        title=title,
        outlet=title,
        rule_title=title,
        snippet=Snippet(title, tuple((at, at + 2) for at in range(0, min(len(title), 90), 7))),
    )
    return replace(made, links=LINKS, **changes)


def told_by_many(made: Message, title: str) -> Message:
    """Return a message whose stories thirty outlets have, each with something new."""
    accounts = tuple(
        Account(
            source=f"source-{number}",
            article=number,
            at=made.sent_at,
            copies=Copied("source-0", 0) if number else None,
            names=tuple((f"entity-{place}", title) for place in range(6)),
            numbers=tuple(f"{place} {title}" for place in range(6)),
        )
        for number in range(30)
    )
    return replace(
        made,
        outlets={**made.outlets, **{one.source: f"{title} {one.source}" for one in accounts}},
        tags={one.source: ("state", title) for one in accounts},
        badges=("state", "independent"),
        accounts={alert.case_id: accounts for alert in made.alerts},
    )


def update_of(title: str) -> Message:
    first = hostile(title)
    others = tuple(
        replace(
            first.alert,
            id=f"alt_{number}",
            article=replace(first.alert.article, id=1000 + number),
        )
        for number in range(14)
    )
    return replace(
        first, kind=MessageKind.UPDATE, alerts=(first.alert, *others), size=90,
        thread="dlv_first", thread_receipt="1700000000.000100", sequence=2, earlier=(first.alert,),
    )  # fmt: skip


def digest_of(title: str) -> Message:
    whole = update_of(title)
    alerts = tuple(
        replace(alert, created_at=alert.created_at + timedelta(hours=number), story=number % 7)
        for number, alert in enumerate(whole.alerts)
    )
    return replace(whole, kind=MessageKind.DIGEST, alerts=alerts, links=())


SHAPES: dict[str, Callable[[str], Message]] = {
    "alert": hostile,
    "update": update_of,
    "digest": digest_of,
    "story of many": lambda title: told_by_many(update_of(title), title),
    "digest of stories of many": lambda title: told_by_many(digest_of(title), title),
    "minimal story of many": lambda title: told_by_many(hostile(title, minimal=True), title),
    "minimal": lambda title: hostile(title, minimal=True),
    "minimal digest": lambda title: replace(digest_of(title), minimal=True),
}
