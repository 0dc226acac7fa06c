"""Receivers: how each fares at this moment, and what one would be sent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from alerts.messages.action_links import links_to_see
from alerts.messages.message import Message
from alerts.messages.phrasing import message_words
from alerts.messages.sample import sample_message
from alerts.receivers import Receiver, build_receivers
from alerts.receivers.protocol import SendResult
from alerts.stories.accounts import accounts_of
from core.alerting.deliveries import DeliveryStatus
from core.config import WatchConfig
from core.config.reader_language import language_of_messages
from core.config.zones import zone_of_messages
from desk.alerts import alert_of
from desk.errors import UnknownNameError
from scheduler.running_config import RunningConfig
from storage import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverHealth:
    """How one receiver fares."""

    receiver: str
    kind: str
    failing_since: datetime | None
    """When the oldest message was first tried that it has not taken; None for one that works."""
    waiting: int
    """Messages on their way to it."""
    delivered: int
    dead: int
    """Messages that were given up."""
    detail: str
    """What it said last, of one that takes nothing."""
    notified: bool
    """Whether others were notified that it takes nothing."""


def health(store: Store, config: WatchConfig, now: datetime) -> tuple[ReceiverHealth, ...]:
    """Return how the configured receivers fare, those that take nothing longest first."""
    states = {state.receiver: state for state in store.receiver_states()}
    counts = store.delivery_counts()
    found = []
    for receiver in config.receivers:
        name = receiver.name
        state = states.get(name)
        failing = state is not None and state.failing_since is not None
        found.append(
            ReceiverHealth(
                receiver=name,
                kind=receiver.kind,
                failing_since=state.failing_since if state else None,
                waiting=counts.get((name, DeliveryStatus.PENDING), 0),
                delivered=counts.get((name, DeliveryStatus.DELIVERED), 0),
                dead=counts.get((name, DeliveryStatus.DEAD), 0),
                detail=state.detail if state and failing else "",
                notified=state is not None and state.notified_since is not None,
            )
        )
    return tuple(
        sorted(found, key=lambda receiver: (receiver.failing_since or now, receiver.receiver))
    )


def receiver_named(config: WatchConfig, name: str) -> Receiver:
    """Return a configured receiver, ready to be shown or sent something.

    Raises UnknownNameError when there is none such, DeliveryError when one cannot be built.
    """
    receivers = build_receivers(config)
    if name not in receivers:
        raise UnknownNameError("receiver", name, receivers)
    return receivers[name]


def trial_message(live: RunningConfig, receiver: str, now: datetime) -> Message:
    """Return a harmless message that says it is a test, with links that only look like some."""
    words = message_words(language_of_messages(live.config, receiver))
    return replace(
        sample_message(now, words),
        links=links_to_see(live.config.web, words),
        zone=zone_of_messages(live.config, receiver),
    )


async def send_once(receiver: Receiver, message: Message) -> SendResult:
    """Send a message once, whatever comes of it, and close the receiver."""
    try:
        return await receiver.send(message)
    finally:
        await receiver.close()


def message_about(
    store: Store, live: RunningConfig, receiver: str, alert_id: str, now: datetime
) -> Message:
    """Return what a receiver would be sent about a stored alert. Raises NotThereError."""
    alert = alert_of(store, alert_id)
    words = message_words(language_of_messages(live.config, receiver))
    told = () if alert.story is None else store.tellings(alert.story, texts=True)
    accounts = accounts_of(told) if len(told) > 1 else ()
    sources = {alert.article.data.source, *(account.source for account in accounts)}
    return Message(
        delivery_id="dlv_preview",
        alerts=(alert,),
        outlets={source: live.outlet_of(source) for source in sources},
        tags={source: live.tags_of(source) for source in sources},
        badges=live.config.badges,
        accounts={alert.case_id: accounts} if accounts else {},
        sent_at=now,
        links=links_to_see(live.config.web, words),
        zone=zone_of_messages(live.config, receiver),
        words=words,
    )


def mail_page(receiver: Receiver, message: Message) -> str | None:
    """Return the HTML part that a mail would have; None for a receiver that is no mail."""
    preview = getattr(receiver, "preview_html", None)
    return None if preview is None else str(preview(message))
