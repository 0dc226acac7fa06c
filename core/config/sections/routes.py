"""Which alerts reach whom, and when, in watch.yaml: the tree of routes, and inhibition."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from core.alerting.matches import Level
from core.alerting.notifications import GroupBy
from core.config.fields import (
    Cron,
    Duration,
    Identifier,
    LanguageCode,
    Section,
    SomeTime,
    TimeZone,
)
from core.config.sections.hours import MaxPerHour, MuteHours

GROUP_WAIT = timedelta(0)
GROUP_INTERVAL = timedelta(minutes=15)
"""News agencies' copies come within minutes; an update every quarter of an hour is not a flood."""


ONE_OR_MORE = ("level", "only")
"""Conditions that may stand alone instead of in a list."""
INDEPENDENT = "independent"
"""The tag of outlets that `independent` counts."""


class RouteMatch(Section):
    """Which alerts are meant. Every condition that is given must hold."""

    level: tuple[Level, ...] = Field((), description="One level or a list of levels.")
    rules: tuple[str, ...] = Field((), description="Rule ids; `*` stands for any text.")
    topics: tuple[str, ...] = Field((), description="A rule with any of these `topics`.")
    entities: tuple[str, ...] = Field((), description="An article that names any of these.")
    sources: tuple[str, ...] = Field((), description="Source names; `*` stands for any text.")
    tags: tuple[str, ...] = Field((), description="A source with any of these tags.")
    languages: tuple[LanguageCode, ...] = Field((), description="Language of the article.")
    outlets: int | None = Field(
        None, ge=1, le=10_000, description="At least this many outlets have the story by now."
    )
    independent: int | None = Field(
        None,
        ge=1,
        le=10_000,
        description="At least this many outlets with the tag `independent` have the story by now, "
        "each in words of its own: who repeats another outlet word for word does not count.",
    )
    only: tuple[Identifier, ...] = Field(
        (),
        description="Nobody else has the story so far: each of its outlets has this tag, or one of "
        "these.",
    )

    @model_validator(mode="before")
    @classmethod
    def _one_is_a_list(cls, data: object) -> object:
        if not isinstance(data, dict):
            return data
        alone = {key: (data[key],) for key in ONE_OR_MORE if isinstance(data.get(key), str)}
        return {**data, **alone}

    @property
    def asks_who(self) -> bool:
        """Whether it is to be known who tells the story."""
        return self.independent is not None or bool(self.only)


class SilenceMatch(RouteMatch):
    """Which alerts a silence keeps from being told: what a route can say, and more."""

    story: int | None = Field(None, description="Id of a story.")
    receivers: tuple[str, ...] = Field((), description="Only to these receivers.")

    @model_validator(mode="after")
    def _says_something(self) -> SilenceMatch:
        if not self.model_fields_set:
            raise PydanticCustomError("silence_all", "a silence needs at least one condition")
        return self


class EscalateConfig(Section):
    """Who hears when nobody takes on an alert in time."""

    after: SomeTime = Field(description="How long an alert may stay open.")
    to: tuple[str, ...] = Field(
        min_length=1,
        description="Names of receivers; `schedule:NAME` is whoever is on duty when it is due.",
    )
    level: tuple[Level, ...] = Field(
        (Level.HIGH,), min_length=1, description="Levels that escalate."
    )


class RouteConfig(Section):
    """Which receivers hear which alerts, and in what company. See docs/alerts.md."""

    model_config = ConfigDict(populate_by_name=True)

    when: RouteMatch = Field(RouteMatch(), description="Left out: every alert.")
    to: Annotated[tuple[str, ...], Field(min_length=1)] | None = Field(
        None,
        description="Names of receivers; `schedule:NAME` is whoever is on duty. Left out, those of "
        "the route around it.",
    )
    group_by: GroupBy | None = Field(
        None,
        description="What shares messages and a conversation: `story` (the default), `rule`, "
        "`source` or `none`.",
    )
    group_wait: Duration | None = Field(
        None, description="How long a first alert waits for company; `0s` by default."
    )
    group_interval: Duration | None = Field(
        None, description="Shortest time between two messages of a group; `15m` by default."
    )
    digest: Cron | None = Field(
        None,
        description="Collect everything and send it at these times, as cron has them: "
        "`0 8 * * 1-5`.",
    )
    timezone: TimeZone | None = Field(
        None, description="Zone of `digest`. Left out: that of the file, else `UTC`."
    )
    max_per_hour: MaxPerHour = Field(
        None,
        description="Messages that each receiver may get within an hour; what is more is summed "
        "up in one, unless it matters much. A number, or a map.",
    )
    mute: MuteHours | None = Field(
        None,
        description="When this route notifies nobody: hours, or a list. What comes meanwhile is "
        "stored, and nobody hears of it later.",
    )
    escalate: EscalateConfig | None = Field(
        None, description="Who hears when nobody takes on an alert in time."
    )
    continue_: bool = Field(
        True,
        alias="continue",
        description="Whether the routes after this one are looked at too when it applies.",
    )
    routes: tuple[RouteConfig, ...] = Field(
        (), description="Finer routes for what this one takes; what none of them takes is its own."
    )


class InhibitConfig(Section):
    """An alert that says all: others about the same are not told."""

    when: RouteMatch = Field(description="The alert that says all.")
    suppress: RouteMatch = Field(description="The alerts that are then not told.")
    same: Literal["story", "source"] = Field("story", description="What the two must share.")
    within: SomeTime = Field(
        timedelta(hours=6), description="How long the first one speaks for the others."
    )

    @model_validator(mode="after")
    def _not_itself(self) -> InhibitConfig:
        if self.when == self.suppress:
            raise PydanticCustomError(
                "inhibit_itself", "`when` and `suppress` are the same, so this suppresses nothing"
            )
        if self.when.outlets is not None or self.suppress.outlets is not None:
            raise PydanticCustomError(
                "inhibit_outlets", "`outlets` is for routes: alerts do not keep how many there were"
            )
        if self.when.asks_who or self.suppress.asks_who:
            raise PydanticCustomError(
                "inhibit_who",
                "`independent` and `only` are for routes: alerts do not keep who told the story",
            )
        return self
