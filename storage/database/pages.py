"""Pages of long results, and the cursors that continue them."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from core.errors import StorageError

T = TypeVar("T")


_LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page of results ended; opaque to callers, who pass `str(cursor)` around.

    It names the last row that was seen (its time and its id) rather than a count of rows, so rows
    that arrive between two pages neither repeat nor hide anything.
    """

    at: datetime
    id: int | str

    def __str__(self) -> str:
        text = json.dumps([self.at.astimezone(UTC).isoformat(), self.id])
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Return the cursor that `str()` made; raise StorageError if it is not one."""
        try:
            padded = text.encode("ascii") + b"=" * (-len(text) % 4)
            at_text, row_id = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
            at = datetime.fromisoformat(at_text)
        except (ValueError, TypeError, binascii.Error, RecursionError):
            raise StorageError(f"not a cursor: {text[:80]!r}") from None
        known_id = isinstance(row_id, str) or (type(row_id) is int and 0 <= row_id <= _LARGEST_ID)
        if at.tzinfo is None or not known_id:
            raise StorageError(f"not a cursor: {text[:80]!r}")
        return cls(at, row_id)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A stretch of a longer list. `next` continues it and is None at the end."""

    items: tuple[T, ...]
    next: Cursor | None = None
