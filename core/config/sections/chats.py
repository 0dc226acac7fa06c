"""Chats and other services that hear alerts, in watch.yaml."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from pydantic import Field, SecretStr

from core.config.fields import CA_FILE, HttpUrl, SecretHttpUrl, Section, SomeTime

_TIMEOUT = timedelta(seconds=15)
_TIMEOUT_SAYS = "Longest time for one request."


class TelegramConfig(Section):
    """A Telegram chat, by a bot that is in it."""

    token: SecretStr = Field(min_length=1, description="The bot's token. Or `token_file`.")
    chat: str = Field(
        min_length=1, description="The chat's id, such as `-1001234567890`, or `@channelname`."
    )
    topic: int | None = Field(None, description="Id of a topic in a group with topics.")
    api: HttpUrl | None = Field(None, description="A Bot API server of yours.")
    timeout: SomeTime = Field(_TIMEOUT, description=_TIMEOUT_SAYS)


class DiscordConfig(Section):
    """A Discord channel, by its webhook."""

    url: SecretHttpUrl = Field(description="The webhook's address; a secret. Or `url_file`.")
    timeout: SomeTime = Field(_TIMEOUT, description=_TIMEOUT_SAYS)


class TeamsConfig(Section):
    """A Microsoft Teams channel, by a workflow that posts what its webhook gets."""

    url: SecretHttpUrl = Field(description="The workflow's address; a secret. Or `url_file`.")
    timeout: SomeTime = Field(_TIMEOUT, description=_TIMEOUT_SAYS)


class MatrixConfig(Section):
    """A Matrix room, by a user who has joined it. The room must not be encrypted."""

    homeserver: HttpUrl = Field(description="Address of the user's server.")
    token: SecretStr = Field(min_length=1, description="The user's token. Or `token_file`.")
    room: str = Field(min_length=1, description="Id of the room, such as `!abc:example.org`.")
    ca_file: Path | None = Field(None, description=CA_FILE)
    timeout: SomeTime = Field(_TIMEOUT, description=_TIMEOUT_SAYS)


class MattermostConfig(Section):
    """A Mattermost channel, or of anything that takes its webhooks."""

    url: SecretHttpUrl = Field(description="The webhook's address; a secret. Or `url_file`.")
    ca_file: Path | None = Field(None, description=CA_FILE)
    timeout: SomeTime = Field(_TIMEOUT, description=_TIMEOUT_SAYS)


class AlertmanagerConfig(Section):
    """A Prometheus Alertmanager, which then tells whom it knows."""

    url: SecretHttpUrl = Field(description="Its address, without `/api`. Or `url_file`.")
    ca_file: Path | None = Field(None, description=CA_FILE)
    timeout: SomeTime = Field(_TIMEOUT, description=_TIMEOUT_SAYS)


class AppriseConfig(Section):
    """Any service that Apprise knows. Needs the `apprise` extra; not behind the network guard."""

    url: SecretStr = Field(
        min_length=1, description="An Apprise address, such as `ntfy://topic`. Or `url_file`."
    )
    timeout: SomeTime = Field(timedelta(seconds=30), description="Longest time for one message.")
