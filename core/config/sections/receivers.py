"""Who hears alerts, in watch.yaml: the receivers."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_core import PydanticCustomError

from core.config.fields import (
    CA_FILE,
    FileMode,
    HttpUrl,
    Identifier,
    LanguageCode,
    Mailbox,
    SecretHttpUrl,
    Section,
    SomeTime,
    TimeZone,
)
from core.config.sections.chats import (
    AlertmanagerConfig,
    AppriseConfig,
    DiscordConfig,
    MatrixConfig,
    MattermostConfig,
    TeamsConfig,
    TelegramConfig,
)
from core.config.sections.hours import FloodGuardChoice, FloodGuardConfig, QuietHours
from core.config.values import check_template, is_signing_secret
from core.deciding.backlog import FloodGuard

FILE_RIGHTS = (
    "Who may read it, as for chmod, such as `644`; left out, a new file is its owner's alone."
)


class ConsoleConfig(Section):
    """Alerts on the terminal the daemon runs in."""


class FileConfig(Section):
    """A file that each message is added to, as a line of JSON."""

    path: Path = Field(description="The file; its folder must exist.")
    mode: FileMode | None = Field(None, description=FILE_RIGHTS)


class AtomConfig(Section):
    """An Atom feed, for feed readers."""

    path: Path = Field(description="The file; it is replaced as a whole, never seen half written.")
    mode: FileMode | None = Field(None, description=FILE_RIGHTS)
    title: str = Field("Wirewatch", max_length=200, description="The feed's title.")
    entries: int = Field(100, ge=1, le=1000, description="Messages that it keeps.")


class SlackConfig(Section):
    """A Slack channel: by an incoming webhook, or by a bot, which can keep conversations."""

    url: SecretHttpUrl | None = Field(
        None, description="A webhook's address; a secret. Or `url_file`."
    )
    token: SecretStr | None = Field(
        None, description="A bot's token, `xoxb-…`, instead of `url`. Or `token_file`."
    )
    channel: str | None = Field(
        None, min_length=1, description="Id of the bot's channel, such as `C0123ABCD`."
    )
    api: HttpUrl | None = Field(None, description="Where the API is; left out, Slack's own.")
    timeout: SomeTime = Field(timedelta(seconds=15), description="Longest time for one request.")

    @model_validator(mode="after")
    def _one_way(self) -> SlackConfig:
        if self.url is not None and self.token is not None:
            raise PydanticCustomError("slack_both", "give `url` or `token`, not both")
        if self.url is None and self.token is None:
            raise PydanticCustomError("slack_way", "a Slack receiver needs `url` or `token`")
        if (self.token is None) != (self.channel is None):
            raise PydanticCustomError("slack_bot", "`token` and `channel` belong together")
        return self


class SmtpConfig(Section):
    """A mail server."""

    host: str = Field(min_length=1, description="Name or address of the server.")
    port: int = Field(
        587, ge=1, le=65535, description="587 is submission, 465 is TLS from the start."
    )
    tls: Literal["starttls", "implicit", "none"] | None = Field(
        None,
        description="`starttls` (required, never optional), `implicit` (TLS from the first byte) "
        "or `none`. When left out: `implicit` on port 465, `none` on this machine's own "
        "loopback address without a password, else `starttls`.",
    )
    username: str | None = Field(None, description="Left out: no login.")
    password: SecretStr | None = Field(None, description="A secret. Or `password_file`.")
    ca_file: Path | None = Field(None, description=CA_FILE)
    timeout: SomeTime = Field(timedelta(seconds=30), description="Longest time for one mail.")


class EmailConfig(Section):
    """Alerts by mail."""

    model_config = ConfigDict(populate_by_name=True)

    to: tuple[Mailbox, ...] = Field(min_length=1, description="Who gets the mail.")
    from_: Mailbox = Field(alias="from", description="The sender, with or without a name.")
    smtp: SmtpConfig = Field(description="The server that takes the mail.")
    unsubscribe: Mailbox | None = Field(
        None, description="Who takes people off the list; the sender when left out."
    )


class WebhookConfig(Section):
    """JSON to any address, signed by the Standard Webhooks specification."""

    url: SecretHttpUrl = Field(description="May hold a token, so it is a secret. Or `url_file`.")
    secret: SecretStr | None = Field(
        None, description="Signing secret, best as `whsec_` and base64. Or `secret_file`."
    )
    template: str | None = Field(
        None,
        max_length=20_000,
        description="A Jinja template of the body, instead of ours; it sees the payload's keys.",
    )
    content_type: str = Field(
        "application/json", max_length=100, description="What the body of `template` is."
    )
    cloudevents: bool = Field(
        False, description="Wrap the payload as a CloudEvent (1.0, structured)."
    )
    ca_file: Path | None = Field(None, description=CA_FILE)
    timeout: SomeTime = Field(timedelta(seconds=20), description="Longest time for one request.")

    @field_validator("secret")
    @classmethod
    def _readable_secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not is_signing_secret(value.get_secret_value()):
            raise PydanticCustomError("signing_secret", "what follows the prefix must be base64")
        return value

    @field_validator("template")
    @classmethod
    def _readable_template(cls, value: str | None) -> str | None:
        if value is not None:
            check_template(value)
        return value


class ReceiverConfig(Section):
    """Somebody, or something, that hears alerts."""

    name: Identifier = Field(description="Short unique name that routes point at.")
    language: LanguageCode | None = Field(
        None,
        description="Language of its messages: `ru` or `en` (English where left out, or another); "
        "people, bodies and places are named in any language, without one in that of each article. "
        "Left out, the `language` of the file.",
    )
    timezone: TimeZone | None = Field(
        None,
        description="Zone in which its messages show times and its hours are meant, such as "
        "`Asia/Bishkek`. Left out, the `timezone` of the file; without one, messages show UTC, and "
        "the terminal this machine's own.",
    )
    quiet_hours: QuietHours = Field(
        (), description="When it is left in peace, unless it matters much: hours, or a list."
    )
    flood_guard: FloodGuardChoice = Field(
        None,
        description="From how many messages on they are summed up; `off`: never. Left out: 30 "
        "within 10 minutes, where people read (chats and mail).",
    )
    console: ConsoleConfig | None = Field(None, description="`{}`: the daemon's terminal.")
    slack: SlackConfig | None = Field(None, description="A Slack channel.")
    email: EmailConfig | None = Field(None, description="One mail per alert.")
    webhook: WebhookConfig | None = Field(None, description="JSON to a program of yours.")
    telegram: TelegramConfig | None = Field(None, description="A Telegram chat.")
    discord: DiscordConfig | None = Field(None, description="A Discord channel.")
    teams: TeamsConfig | None = Field(None, description="A Microsoft Teams channel.")
    matrix: MatrixConfig | None = Field(None, description="A Matrix room.")
    mattermost: MattermostConfig | None = Field(None, description="A Mattermost channel.")
    alertmanager: AlertmanagerConfig | None = Field(None, description="An Alertmanager.")
    apprise: AppriseConfig | None = Field(None, description="Any service that Apprise knows.")
    file: FileConfig | None = Field(None, description="Lines of JSON in a file.")
    atom: AtomConfig | None = Field(None, description="A feed for feed readers.")

    @model_validator(mode="after")
    def _one_kind(self) -> ReceiverConfig:
        kinds = [kind for kind in RECEIVER_KINDS if getattr(self, kind) is not None]
        if len(kinds) != 1:
            raise PydanticCustomError(
                "receiver_kind",
                "a receiver needs exactly one of {kinds}",
                {"kinds": ", ".join(f"`{kind}`" for kind in RECEIVER_KINDS)},
            )
        return self

    @property
    def kind(self) -> str:
        """Which of the receiver kinds this is."""
        return next(kind for kind in RECEIVER_KINDS if getattr(self, kind) is not None)

    @property
    def guard(self) -> FloodGuard | None:
        """What keeps a flood from its readers; None: nothing does.

        Programs read every message, and a summary does not tell them all of each.
        """
        if "flood_guard" not in self.model_fields_set and self.kind in READ_BY_PEOPLE:
            return FloodGuardConfig().guard
        return None if self.flood_guard is None else self.flood_guard.guard


CHAT_KINDS = (
    "telegram", "discord", "teams", "matrix", "mattermost", "alertmanager", "apprise",
)  # fmt: skip
READ_BY_PEOPLE = frozenset({"slack", "email", *CHAT_KINDS} - {"alertmanager"})
RECEIVER_KINDS = ("console", "slack", "email", "webhook", *CHAT_KINDS, "file", "atom")
