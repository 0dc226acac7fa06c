"""What to watch for, in watch.yaml."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import (
    Field,
    model_validator,
)
from pydantic_core import PydanticCustomError

from core.alerting.matches import Level
from core.config.fields import (
    Identifier,
    LanguageCode,
    Section,
)
from core.config.sections.over_time import OverTimeConfig
from core.config.sections.vocabulary import Terms


class SourceFilter(Section):
    """Narrows a rule to some sources."""

    names: tuple[str, ...] = Field((), description="Source names; `*` stands for any text.")
    tags: tuple[str, ...] = Field((), description="A source with any of these tags.")


class RuleTest(Section):
    """A text that a rule must match, or must not."""

    text: str = Field(description="The article's text.")
    title: str = Field("", description="The article's title.")
    language: LanguageCode | None = Field(None, description="Detected when left out.")
    match: bool = Field(description="Whether the rule must fire on this text.")


class AnyOfConfig(Section):
    """A number of queries, whichever."""

    at_least: int = Field(ge=1, le=100, description="How many of them must be found.")
    of: Terms = Field(description="The queries.")

    @model_validator(mode="after")
    def _can_be_reached(self) -> AnyOfConfig:
        if self.at_least > len(self.of):
            raise PydanticCustomError("any_of", "`at_least` is more than there are queries in `of`")
        return self


Occasion = Literal["published", "edited", "removed"]


class RuleConfig(Section):
    """What to watch for."""

    planned: ClassVar[dict[str, str]] = {
        "suppress": "`suppress` comes with a later version",
    }

    id: Identifier = Field(description="Short unique id; it stays the same over the rule's life.")
    title: str = Field("", description="What a reader of the alert sees; the id when empty.")
    level: Level = Field(Level.NORMAL, description="`low`, `normal` or `high`.")
    when: str | None = Field(
        None,
        description="A query: terms joined by AND, OR, NOT, NEAR/n and parentheses. A term is "
        '`word`, `word*`, `=exact`, `"a phrase"`, `$concept` or `@entity`. See docs/rules.md.',
    )
    all: tuple[str, ...] = Field((), description="Every one of these must be found.")
    any: tuple[str, ...] = Field((), description="At least one of these must be found.")
    any_of: AnyOfConfig | None = Field(None, description="At least some of these must be found.")
    none: tuple[str, ...] = Field((), description="None of these may be found.")
    language: LanguageCode | None = Field(
        None,
        description="Whose inflection the bare words of the queries take; guessed from their "
        "letters when left out. Articles in every language are looked at all the same.",
    )
    sources: SourceFilter | None = Field(None, description="Only articles of these sources.")
    on: tuple[Occasion, ...] = Field(
        ("published",),
        min_length=1,
        description="What to alert about: `published` (its first match, be it in an edited "
        "version), `edited` (a change to an article it matches or matched), `removed` (the page "
        "is gone, or something else stands in its place).",
    )
    over_time: OverTimeConfig | None = Field(
        None, description="Alert by how often the rule matches. See docs/over_time.md."
    )
    topics: tuple[Identifier, ...] = Field((), description="Labels that routes select by.")
    tests: tuple[RuleTest, ...] = Field((), description="Checked by `wirewatch check`.")

    @model_validator(mode="after")
    def _looks_for_something(self) -> RuleConfig:
        if not (self.when or self.all or self.any or self.any_of):
            raise PydanticCustomError("rule_empty", "a rule needs `when`, `all`, `any` or `any_of`")
        return self
