"""Changes to rules and sources that an included file brings, in watch.yaml."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from core.alerting.matches import Level
from core.config.fields import Identifier, Section
from core.config.sections.rules import Occasion, RuleTest, SourceFilter

_QUERY = (
    "what a rule looks for is not overridden: switch it off with `enabled: false` and write a rule "
    "of your own, or keep some of its hits out with `none`"
)


class RuleOverride(Section):
    """What is different about one rule of an included file. What is left out stays as it is."""

    planned: ClassVar[dict[str, str]] = {
        **dict.fromkeys(("when", "all", "any", "any_of", "language"), _QUERY),
        "id": "the id of a rule stays: switch the rule off and write one of your own",
        "over_time": "`over_time` is not overridden: switch the rule off and write one of your own",
    }

    enabled: bool = Field(True, description="`false` switches the rule off.")
    title: str | None = Field(None, description="Takes the place of the rule's own.")
    level: Level | None = Field(None, description="Takes the place of the rule's own.")
    topics: tuple[Identifier, ...] | None = Field(
        None, description="Take the place of the rule's own; `[]` leaves it none."
    )
    none: tuple[str, ...] = Field(
        (),
        description="More queries of which none may be found, added to the rule's own. Their words "
        "take the rule's `language`.",
    )
    sources: SourceFilter | None = Field(None, description="Takes the place of the rule's own.")
    on: tuple[Occasion, ...] | None = Field(
        None, min_length=1, description="Takes the place of the rule's own."
    )
    tests: tuple[RuleTest, ...] = Field((), description="More tests, added to the rule's own.")


class SourceOverride(Section):
    """What is different about one source of an included file, a reader's OPML say."""

    enabled: bool = Field(True, description="`false` switches the source off.")


class OverridesSection(Section):
    """What is different about what included files bring."""

    rules: dict[Identifier, RuleOverride] = Field({}, description="Changes by the id of the rule.")
    sources: dict[Identifier, SourceOverride] = Field(
        {}, description="Changes by the name of the source."
    )
