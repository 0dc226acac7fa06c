"""Notes: what people write down about a case, without changing what it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNote:
    """Something that somebody wrote about a case."""

    case: int
    """The case that it is about, as that is called now."""
    at: datetime
    by: str
    text: str
