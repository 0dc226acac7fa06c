"""Who hears alerts: Slack, mail, webhooks, the terminal, all behind one small protocol."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, cast

from alerts.messages.entity_names import names_for_readers
from alerts.messages.message import Message
from alerts.receivers.protocol import Receiver, SendResult
from core.config.sections.receivers import CHAT_KINDS, ReceiverConfig
from core.config.sections.vocabulary import EntityConfig
from core.config.watch import WatchConfig
from core.network import NetworkPolicy

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["Message", "Receiver", "SendResult", "build_receivers", "revising"]


def build_receivers(config: WatchConfig, *, console: Console | None = None) -> dict[str, Receiver]:
    """Return the configured receivers by name.

    `console` is where console receivers print; None is the standard output. Raises DeliveryError
    when a signing secret or a certificate file cannot be used.
    """
    policy = NetworkPolicy.from_texts(config.network.allow)
    return {
        receiver.name: _build(
            receiver,
            names_for_readers(config.entities, receiver.language or config.language),
            policy,
            console,
        )
        for receiver in config.receivers
    }


def revising(config: WatchConfig) -> frozenset[str]:
    """Return the names of receivers that can change a message after it was taken."""
    return frozenset(
        receiver.name
        for receiver in config.receivers
        if receiver.slack is not None and receiver.slack.token is not None
    )


def _build(
    receiver: ReceiverConfig,
    entities: Mapping[str, EntityConfig],
    policy: NetworkPolicy,
    console: Console | None,
) -> Receiver:
    # imported where needed: each kind brings a library that most commands never use
    name = receiver.name
    if receiver.slack is not None and receiver.slack.token is not None:
        from alerts.receivers.slack_bot import SlackBotReceiver

        return SlackBotReceiver(name, receiver.slack, entities, policy=policy)
    if receiver.slack is not None:
        from alerts.receivers.slack import SlackReceiver

        return SlackReceiver(name, receiver.slack, entities, policy=policy)
    if receiver.email is not None:
        from alerts.receivers.email import EmailReceiver

        return EmailReceiver(name, receiver.email, entities, policy=policy)
    if receiver.webhook is not None:
        from alerts.receivers.webhook import WebhookReceiver

        return WebhookReceiver(name, receiver.webhook, entities, policy=policy)
    if receiver.kind in CHAT_KINDS:
        # each module is named by its kind, and its class by the section of the configuration
        config = getattr(receiver, receiver.kind)
        module = import_module(f"alerts.receivers.{receiver.kind}")
        chat = getattr(module, type(config).__name__.replace("Config", "Receiver"))
        return cast("Receiver", chat(name, config, entities, policy=policy))
    if receiver.file is not None:
        from alerts.receivers.file import FileReceiver

        return FileReceiver(name, receiver.file, entities)
    if receiver.atom is not None:
        from alerts.receivers.atom import AtomReceiver

        return AtomReceiver(name, receiver.atom, entities)
    from alerts.receivers.console import ConsoleReceiver

    return ConsoleReceiver(name, entities, console)
