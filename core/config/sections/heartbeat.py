"""Who is to hear regularly that everything goes on, in watch.yaml."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from core.config.fields import SecretHttpUrl, Section, SomeTime

SHORTEST = timedelta(seconds=30)


class HeartbeatSection(Section):
    """A watchman outside: it hears from us while all goes on, and tells people when it does not."""

    url: SecretHttpUrl = Field(
        description="Address that is asked for by GET, such as a check of healthchecks.io; a "
        "secret. Or `url_file`."
    )
    every: SomeTime = Field(
        timedelta(minutes=5),
        description="How often, at least `30s`. Nothing is sent while due polls, judgements or "
        "deliveries stay undone.",
    )

    @field_validator("every")
    @classmethod
    def _not_too_often(cls, value: timedelta) -> timedelta:
        if value < SHORTEST:
            raise PydanticCustomError("heartbeat_often", "this must be at least 30s")
        return value
