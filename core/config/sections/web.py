"""The pages behind the links in alerts, in watch.yaml."""

from __future__ import annotations

from pydantic import (
    Field,
    SecretStr,
    field_validator,
)
from pydantic_core import PydanticCustomError

from core.config.fields import (
    HttpUrl,
    Listen,
    Section,
)

SHORTEST_LINK_SECRET = 16


class WebSection(Section):
    """The pages behind the links in alerts: acknowledge, snooze, dismiss, mute."""

    url: HttpUrl = Field(description="The address that readers of alerts reach it by.")
    listen: Listen = Field(
        "127.0.0.1:8750", description="Where it listens, as `host:port`; put a proxy before it."
    )
    secret: SecretStr = Field(
        description="What links are signed with, at least 16 characters. Or `secret_file`."
    )

    @field_validator("secret")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if len(value.get_secret_value()) < SHORTEST_LINK_SECRET:
            raise PydanticCustomError(
                "short_secret",
                "this must have at least {least} characters",
                {"least": SHORTEST_LINK_SECRET},
            )
        return value
