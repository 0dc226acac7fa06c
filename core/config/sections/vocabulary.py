"""What rules name: concepts and entities, in watch.yaml."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import (
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)
from pydantic_core import PydanticCustomError

from core.config.fields import (
    EntityKind,
    Identifier,
    LanguageCode,
    Section,
    WikidataId,
)

Terms = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)]


def _list_or_map(value: object) -> str:
    return "[map]" if isinstance(value, dict) else "[list]"


Vetoes = Annotated[
    Annotated[Terms, Tag("[list]")] | Annotated[dict[LanguageCode, Terms], Tag("[map]")],
    Discriminator(_list_or_map),
]
"""Queries, or queries by the language of their words."""


def _list_or_name(value: object) -> str:
    return "[name]" if isinstance(value, str) else "[list]"


Wholes = Annotated[
    Annotated[Identifier, Tag("[name]")]
    | Annotated[tuple[Identifier, ...], Field(min_length=1), Tag("[list]")],
    Discriminator(_list_or_name),
]
"""An entity, or several, that another one is a part of."""


class ByLanguage(Section):
    """A section whose other keys are language codes, each with a list of terms."""

    model_config = ConfigDict(extra="allow", frozen=True, hide_input_in_errors=True)
    __pydantic_extra__: dict[LanguageCode, Terms]

    @model_validator(mode="after")
    def _has_terms(self) -> ByLanguage:
        if not self.terms:
            raise PydanticCustomError(
                "no_terms", "no terms: give at least one language, such as `ru: [...]`"
            )
        return self

    @property
    def terms(self) -> dict[str, tuple[str, ...]]:
        """Terms by language code."""
        return dict(self.__pydantic_extra__ or {})


class ConceptConfig(ByLanguage):
    """One meaning, as words in several languages: `ru: [мигрант]`, `en: [migrant]`."""

    unless: Vetoes | None = Field(
        None,
        description="Contexts in which the words mean something else, as queries, or as queries "
        "by language: a hit that shares a word with a hit of one of them does not count.",
    )

    @property
    def vetoes(self) -> tuple[tuple[str | None, tuple[str, ...]], ...]:
        """Queries of `unless` with the language of their words; None where none is named."""
        if isinstance(self.unless, dict):
            return tuple(self.unless.items())
        return () if self.unless is None else ((None, self.unless),)


class EntityConfig(ByLanguage):
    """One person, body or place, with its names by language."""

    kind: EntityKind = Field("other", description="`person`, `body`, `place`, `group` or `other`.")
    wikidata: WikidataId | None = Field(
        None, description="Its item in Wikidata, such as `Q7747`: mails link its name to it."
    )
    part_of: Wholes | None = Field(
        None,
        description="Entities that this one belongs to: a town to its country, a people to theirs. "
        "A rule that asks for those finds this one too, unless it says `only:@id`.",
    )
    country: Literal["RU", "KZ", "KG", "TJ", "UZ", "TM"] | None = Field(
        None,
        description="Whose towns count as this place, by a table made from GeoNames.",
    )
    case: bool = Field(
        True, description="Whether a capital in a name requires a capital in the text."
    )

    @property
    def wholes(self) -> tuple[str, ...]:
        """The entities that this one is directly a part of."""
        if isinstance(self.part_of, str):
            return (self.part_of,)
        return self.part_of or ()
