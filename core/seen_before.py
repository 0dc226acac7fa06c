"""What a source announced before, as far as new addresses are held against it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SeenBefore:
    """An entry that was announced, and the article that it led to, if any."""

    key: str
    title: str
    published_at: datetime | None
    article_id: int | None
