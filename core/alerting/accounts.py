"""Who tells a story: each outlet's tellings of it, and what its account comes to.

Pure: values alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """An article of a story, as far as it tells who says what."""

    article: int
    source: str
    seen_at: datetime
    published_at: datetime | None = None
    sketch: bytes = b""
    """What its text is compared by."""
    text: str = ""
    """Title and text as they were first, or their beginning; empty where nobody asked for them."""
    entities: tuple[tuple[str, str], ...] = ()
    """Ids of who and what it names, each with a spelling of its own."""


@dataclass(frozen=True, slots=True)
class Copied:
    """Whose words an outlet repeats."""

    source: str
    article: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What one outlet has of a story."""

    source: str
    article: int
    """Its first."""
    at: datetime
    """When it had that: as it says itself where that is plausible, or when it was seen."""
    copies: Copied | None = None
    """Whom it repeats, if all it has is the words of others: it is no voice of its own then."""
    names: tuple[tuple[str, str], ...] = ()
    """Who and what nobody had named before: ids, each with a spelling of its own."""
    numbers: tuple[str, ...] = ()
    """Numbers that nobody had before, each with the word that follows it."""

    @property
    def adds(self) -> bool:
        """Whether it has something that nobody had before."""
        return bool(self.names or self.numbers)
