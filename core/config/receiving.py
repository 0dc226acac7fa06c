"""Who hears alerts, in watch.yaml: the receivers."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, Field, SecretStr, model_validator
from pydantic_core import PydanticCustomError

from core.alerting import Level
from core.calendar import DailyHours
from core.config.fields import (
    Identifier,
    Mailbox,
    SecretHttpUrl,
    Section,
    SomeTime,
    TimeOfDay,
    TimeZone,
    Weekday,
)


class ConsoleConfig(Section):
    """Alerts on the terminal the daemon runs in."""


class SlackConfig(Section):
    """A Slack incoming webhook."""

    url: SecretHttpUrl = Field(description="The webhook's address; a secret. Or `url_file`.")
    timeout: SomeTime = Field(timedelta(seconds=15), description="Longest time for one request.")


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
    ca_file: Path | None = Field(
        None, description="PEM file of the authority that signed the server's certificate."
    )
    timeout: SomeTime = Field(timedelta(seconds=30), description="Longest time for one mail.")


class EmailConfig(Section):
    """Alerts by mail."""

    model_config = ConfigDict(populate_by_name=True)

    to: tuple[Mailbox, ...] = Field(min_length=1, description="Who gets the mail.")
    from_: Mailbox = Field(alias="from", description="The sender, with or without a name.")
    smtp: SmtpConfig = Field(description="The server that takes the mail.")


class WebhookConfig(Section):
    """JSON to any address, signed by the Standard Webhooks specification."""

    url: SecretHttpUrl = Field(description="May hold a token, so it is a secret. Or `url_file`.")
    secret: SecretStr | None = Field(
        None, description="Signing secret, best as `whsec_` and base64. Or `secret_file`."
    )
    timeout: SomeTime = Field(timedelta(seconds=20), description="Longest time for one request.")


WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class QuietHoursConfig(Section):
    """Hours in which a receiver is left in peace; what comes meanwhile is summed up after them."""

    model_config = ConfigDict(populate_by_name=True)

    from_: TimeOfDay = Field(alias="from", description="When they begin, such as `22:00`.")
    to: TimeOfDay = Field(description="When they end; before `from` means the next day.")
    timezone: TimeZone = Field("UTC", description="The reader's zone, such as `Asia/Bishkek`.")
    days: tuple[Weekday, ...] = Field(
        WEEKDAYS, min_length=1, description="Days on which they begin: `mon` to `sun`."
    )
    break_through: Level | None = Field(
        Level.HIGH, description="Alerts of this level and above come through; `null`: none does."
    )

    @property
    def hours(self) -> DailyHours:
        """The hours themselves."""
        days = frozenset(WEEKDAYS.index(day) for day in self.days)
        return DailyHours(self.from_, self.to, self.timezone, days)


class ReceiverConfig(Section):
    """Somebody, or something, that hears alerts."""

    name: Identifier = Field(description="Short unique name that routes point at.")
    quiet_hours: QuietHoursConfig | None = Field(
        None, description="When it is left in peace, unless it matters much."
    )
    console: ConsoleConfig | None = Field(None, description="`{}`: the daemon's terminal.")
    slack: SlackConfig | None = Field(None, description="A Slack channel.")
    email: EmailConfig | None = Field(None, description="One mail per alert.")
    webhook: WebhookConfig | None = Field(None, description="JSON to a program of yours.")

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


RECEIVER_KINDS = ("console", "slack", "email", "webhook")
