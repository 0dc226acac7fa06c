"""Notes: what people write down about a case, without changing what it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNote:
    """Something that somebody wrote about a case."""

    case: int = field(repr=False)
    """The case that it is about, as that is called now. Kept out of repr, and so of exports, which
    show a note where its case is known."""
    at: datetime
    by: str
    text: str
