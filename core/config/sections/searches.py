"""Saved searches, in watch.yaml."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from core.config.fields import Identifier, LanguageCode, Section


class SearchConfig(Section):
    """A search that is asked again and again, under a name."""

    name: Identifier = Field(description="Short unique name: `wirewatch search --saved NAME`.")
    title: str = Field("", description="What people see; the name when empty.")
    query: Annotated[str, Field(min_length=1)] = Field(
        description="A query in the language of the rules; it may say `$concept` and `@entity`."
    )
    source: str | None = Field(None, description="Only articles of this source.")
    language: LanguageCode | None = Field(None, description="Only articles in this language.")
