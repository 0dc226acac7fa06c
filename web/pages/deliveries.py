"""What was sent to whom, what they answered, and sending it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.responses import Response

from core.alerting.deliveries import AttemptOutcome, DeliveryStatus
from core.alerting.matches import Level
from core.alerting.message_kinds import MessageKind
from core.errors import StorageError
from core.plain_text import one_line, shorten
from core.words import worded
from desk import delivery_rows, overview, samples
from desk.database import Cursor
from desk.delivery_rows import Asked, ListedDelivery, Shown
from desk.errors import TurnTakenError
from desk.samples import ReceiverRow
from web.frame import framed
from web.pages.acting import done, strip_of
from web.pages.listing import Choice, Tab, choice, tabs
from web.visit import Visit
from web.words import Words

PAGE = 30
_SPANS = {"1h": timedelta(hours=1), "1d": timedelta(days=1), "7d": timedelta(days=7)}
_KINDS = {
    MessageKind.ALERT: worded("alert"),
    MessageKind.UPDATE: worded("update"),
    MessageKind.DIGEST: worded("digest"),
    MessageKind.SUMMARY: worded("summary"),
    MessageKind.ESCALATION: worded("escalation"),
    MessageKind.REMINDER: worded("reminder"),
    MessageKind.REVISION: worded("revision"),
}
_ANSWER = 300
_ATTEMPTS = 5
"""Of more attempts, the last ones are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One attempt at a delivery."""

    number: int
    at: datetime
    look: str
    code: int | None
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A delivery in the list."""

    id: str
    at: datetime
    receiver: str
    level: Level
    kind: str
    title: str
    more: int
    """Alerts in it beside the one that leads it."""
    story: int
    outlet: str
    rule: str
    rule_id: str
    state: str
    look: str
    next: datetime | None
    earlier: int
    """Attempts that are not shown."""
    answers: tuple[Answer, ...]
    again: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Down:
    """A receiver that takes nothing."""

    name: str
    since: datetime
    said: str
    waiting: int
    dead: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverLine:
    """A receiver, and what came of the last sample."""

    name: str
    kind: str
    waiting: int
    dead: int
    sampled: datetime | None
    look: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """All that the page shows."""

    tabs: tuple[Tab, ...]
    shown: str
    filters: tuple[Choice, ...]
    words: str
    narrowed: bool
    down: tuple[Down, ...]
    rows: tuple[Row, ...]
    older: str
    receivers: tuple[ReceiverLine, ...]
    cut: bool
    """Whether the search ended before the page was full."""


def show(visit: Visit) -> Response:
    """Show deliveries, the newest first."""
    asked = asked_of(visit)
    found = delivery_rows.listed(visit.desk, asked, after=_cursor_of(visit), limit=PAGE)
    view = View(
        tabs=_tabs(visit, asked),
        shown=asked.shown.value,
        filters=_filters(visit),
        words=asked.words,
        narrowed=asked.narrowed,
        down=tuple(
            Down(
                name=one.receiver,
                since=one.failing_since,
                said=shorten(one_line(one.detail), _ANSWER),
                waiting=one.waiting,
                dead=one.dead,
            )
            for one in delivery_rows.down(visit.desk)
            if one.failing_since is not None
        ),
        rows=tuple(_row(visit, listed) for listed in found.items),
        older=str(found.next) if found.next else "",
        receivers=tuple(_receiver(row, visit.words) for row in samples.receivers(visit.desk)),
        cut=bool(found.next) and len(found.items) < PAGE,
    )
    return framed(
        visit, "deliveries.html", "deliveries",
        strip=strip_of(visit), view=view, back=visit.address(did=None, of=None, at=None),
    )  # fmt: skip


def _cursor_of(visit: Visit) -> Cursor | None:
    """Return where the list goes on; an address that names no place in it begins at the top."""
    try:
        found = Cursor.parse(visit.query.get("before", ""))
    except StorageError:
        return None
    return found if isinstance(found.id, str) else None


def asked_of(visit: Visit) -> Asked:
    """Return which deliveries an address asks for; what it says wrongly is left out."""
    query = visit.query
    wanted = next((shown for shown in Shown if shown == query.get("show")), Shown.ALL)
    span = _SPANS.get(query.get("since", ""))
    return Asked(
        shown=wanted,
        receiver=query.get("receiver") or None,
        rule=query.get("rule") or None,
        since=visit.now - span if span else None,
        words=query.get("words", "").strip()[:200],
    )


def again(visit: Visit) -> Response:
    """Send one delivery again, or all that a receiver did not get."""
    sent = delivery_rows.send_again(
        visit.desk,
        delivery=visit.field("delivery") or None,
        receiver=visit.field("receiver") or None,
    )
    overview.forget_counts(visit.desk)
    return done(visit, "again" if sent else "nothing")


def sample(visit: Visit) -> Response:
    """Send a receiver a message that says it is a test."""
    try:
        samples.send_sample(visit.desk, visit.field("receiver"))
    except TurnTakenError:
        return done(visit, "sampling")
    return done(visit, "sample")


def _receiver(row: ReceiverRow, _: Words) -> ReceiverLine:
    sent = row.sample
    taken = sent is not None and sent.outcome is AttemptOutcome.DELIVERED
    code = f"({sent.status_code})" if sent and sent.status_code else ""
    state = _("sample taken") if taken else _("sample refused")
    said = " ".join(filter(None, (state, code, one_line(sent.detail)))) if sent else ""
    return ReceiverLine(
        name=row.name,
        kind=row.kind,
        waiting=row.waiting,
        dead=row.dead,
        sampled=sent.at if sent else None,
        look="state" if taken else "blind",
        said=shorten(said, _ANSWER),
    )


def _tabs(visit: Visit, asked: Asked) -> tuple[Tab, ...]:
    _ = visit.words
    counts = delivery_rows.counts(visit.desk)
    names = {
        Shown.ALL: _("All"),
        Shown.WAITING: _("Waiting"),
        Shown.DEAD: _("Given up"),
        Shown.FOLDED: _("Summed up"),
    }
    entries = [(shown.value, name, counts.get(shown)) for shown, name in names.items()]
    return tabs(visit, asked.shown.value, entries)


def _filters(visit: Visit) -> tuple[Choice, ...]:
    _, config = visit.words, visit.desk.config
    receivers = ((receiver.name, receiver.name) for receiver in config.receivers)
    rules = ((rule.id, one_line(rule.title) or rule.id) for rule in config.rules)
    spans = (("1h", _("Last hour")), ("1d", _("Last 24 h")), ("7d", _("Last 7 d")))
    return (
        choice(visit, "receiver", _("Any receiver"), receivers),
        choice(visit, "rule", _("Any rule"), rules),
        choice(visit, "since", _("Any time"), spans),
    )


def _row(visit: Visit, listed: ListedDelivery) -> Row:
    delivery = listed.delivery
    state, look = _state(delivery.status, visit.words)
    return Row(
        id=delivery.id,
        at=delivery.created_at,
        receiver=delivery.receiver,
        level=listed.level,
        kind=visit.words(_KINDS[delivery.kind]),
        title=shorten(one_line(listed.title), 200) or listed.url,
        more=max(0, delivery.size - 1),
        story=listed.case,
        outlet=one_line(visit.desk.running().outlet_of(listed.source)),
        rule=one_line(listed.rule_title) or listed.rule_id,
        rule_id=listed.rule_id,
        state=state,
        look=look,
        next=delivery.next_attempt_at,
        earlier=max(0, len(listed.attempts) - _ATTEMPTS),
        answers=tuple(
            Answer(
                number=attempt.number,
                at=attempt.finished_at,
                look="" if attempt.outcome is AttemptOutcome.DELIVERED else "slow",
                code=attempt.status_code,
                said=shorten(one_line(attempt.detail), _ANSWER),
            )
            for attempt in listed.attempts[-_ATTEMPTS:]
        ),
        again=delivery.status is DeliveryStatus.DEAD
        or (delivery.status is DeliveryStatus.PENDING and delivery.attempts > 0),
    )


def _state(status: DeliveryStatus, _: Words) -> tuple[str, str]:
    return {
        DeliveryStatus.PENDING: (_("waits"), "slow"),
        DeliveryStatus.DELIVERED: (_("delivered"), "state"),
        DeliveryStatus.DEAD: (_("given up"), "blind"),
        DeliveryStatus.FOLDED: (_("part of a summary"), "dim"),
        DeliveryStatus.READDRESSED: (_("sent to others"), "dim"),
    }[status]
