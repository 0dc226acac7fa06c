"""`over_time` of a rule: alerting by how often it matches rather than at each match."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from core.config.fields import Section, SomeTime

KINDS = ("frequency", "spike", "new_term", "flatline")


class FrequencyConfig(Section):
    """A number of matches within a time."""

    count: int = Field(ge=1, le=100_000, description="Articles that must match.")
    within: SomeTime = Field(description="The time they must be seen in.")
    by: Literal["rule", "source", "entity"] = Field(
        "rule", description="What is counted apart: all matches, each source, each entity."
    )


class SpikeConfig(Section):
    """More matches than at the same weekday and hour of past weeks."""

    times: float = Field(gt=1, le=1000, description="How many times the usual number.")
    within: SomeTime = Field(timedelta(hours=1), description="The time that is compared.")
    weeks: int = Field(4, ge=2, le=52, description="Past weeks to compare with.")
    at_least: int = Field(5, ge=1, le=100_000, description="Fewer matches are never a spike.")


class NewTermConfig(Section):
    """An entity that was never seen before in this rule's matches."""

    learn: SomeTime = Field(
        timedelta(days=7), description="Time after the first match in which all is only learned."
    )


class FlatlineConfig(Section):
    """Too few matches within a time."""

    within: SomeTime = Field(description="The time in which matches are expected.")
    at_least: int = Field(1, ge=1, le=100_000, description="Fewer than these are too few.")


class OverTimeConfig(Section):
    """One of four ways to alert over time; the single matches then alert nobody."""

    frequency: FrequencyConfig | None = Field(None, description="A number of matches in a time.")
    spike: SpikeConfig | None = Field(None, description="Many more matches than usual.")
    new_term: NewTermConfig | None = Field(None, description="An entity seen for the first time.")
    flatline: FlatlineConfig | None = Field(None, description="Matches that stopped coming.")

    @model_validator(mode="after")
    def _one_kind(self) -> OverTimeConfig:
        if sum(getattr(self, kind) is not None for kind in KINDS) != 1:
            raise PydanticCustomError(
                "over_time",
                "`over_time` needs one of `frequency`, `spike`, `new_term` or `flatline`",
            )
        return self
