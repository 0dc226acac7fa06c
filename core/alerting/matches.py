"""Matches: rules that fired on a version, with the words that made them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much a rule matters to the person who wrote it."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """Return 0, 1 or 2: a higher one matters more."""
        return _RANKS[self]


_RANKS = {level: rank for rank, level in enumerate(Level)}


class Field(StrEnum):
    """The part of an article a span points into."""

    TITLE = "title"
    TEXT = "text"


class SpanKind(StrEnum):
    """What a span marks."""

    TERM = "term"
    ENTITY = "entity"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of the original text that a rule or an entity hit.

    `start` and `end` count characters (Python string indexes) of the field as stored.
    """

    field: Field
    start: int
    end: int
    label: str
    """The term as the rule wrote it, or the entity's id."""
    kind: SpanKind = SpanKind.TERM


@dataclass(frozen=True, slots=True)
class Snippet:
    """The passage that shows why a rule matched, with the hits inside it."""

    text: str
    highlights: tuple[tuple[int, int], ...] = ()
    """Non-overlapping (start, end) pairs in ascending order, indexes into `text`."""


class NameKind(StrEnum):
    """What bears a name; the words are those of entities."""

    PERSON = "person"
    BODY = "body"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class NewName:
    """A name in an article that no entity of the configuration has."""

    kind: NameKind
    name: str
    """In its base form, as far as that is known; text from the internet."""


def head_length(named: NewName) -> int:
    """Return how many characters at the beginning of a name say whose it is.

    All of a person's or a place's; the first word of a body's, which others may go on to name.
    """
    return len(named.name.split()[0]) if named.kind is NameKind.BODY else len(named.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One rule that fired on one article."""

    rule_id: str
    rule_title: str
    level: Level
    spans: tuple[Span, ...]
    snippet: Snippet
    new_names: tuple[NewName, ...] = ()
    """Of the article, in the order of appearance; empty where nobody looked for them."""
