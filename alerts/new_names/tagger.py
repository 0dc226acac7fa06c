"""What finds names in a text, as far as we know it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from core.alerting.matches import NameKind


@dataclass(frozen=True, slots=True)
class TaggedName:
    """A stretch of a text that is a name."""

    kind: NameKind
    start: int
    end: int


class NameTagger(Protocol):
    """Finds names in texts of one language."""

    def tag(self, text: str) -> tuple[TaggedName, ...]:
        """Return the names in `text`, in order. May raise anything: texts are hostile."""
        ...
