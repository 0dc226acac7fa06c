"""The words of the interface in its languages, and what a page must know of who looks."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Protocol

from core.words import LANGUAGES, Words, words_in

__all__ = ["LANGUAGES", "Viewer", "Words", "words_for"]


def words_for(wanted: str) -> Words:
    """Return the words in the first language of an Accept-Language header that there is."""
    for part in wanted[:200].split(","):
        code = part.partition(";")[0].strip().lower()[:2]
        if code in LANGUAGES:
            return words_in("web", code)
    return words_in("web", LANGUAGES[0])


class Viewer(Protocol):
    """Who looks at a page: in which language, where and when."""

    @property
    def words(self) -> Words:
        """The words of their language."""
        ...

    @property
    def zone(self) -> tzinfo | None:
        """Their time zone."""
        ...

    @property
    def now(self) -> datetime:
        """This moment."""
        ...
