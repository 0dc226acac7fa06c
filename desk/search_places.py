"""Where a search goes on from page to page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from core.errors import StorageError
from storage import Cursor

_NUMBER = re.compile("[0-9]{1,19}")
_LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class SearchPlace:
    """The place after all that was looked at."""

    before: int | None
    """Only versions with a smaller id come after it; None where nothing was looked at."""
    up_to: int
    """Id of the last version that the first page could see: what came to the index since is on no
    page, so it hides no earlier version of its article."""

    @classmethod
    def parse(cls, text: str) -> SearchPlace:
        """Return the place of a cursor. Raises StorageError when it is none of a search."""
        before, _, up_to = str(Cursor.parse(text).id).partition("_")
        if not _NUMBER.fullmatch(before) or not _NUMBER.fullmatch(up_to):
            raise StorageError(f"not a cursor of a search: {text[:80]!r}")
        return cls(min(int(before), _LARGEST_ID), min(int(up_to), _LARGEST_ID))

    def cursor(self, at: datetime) -> Cursor:
        """Return it as text can have it; `at` is a moment for those who read it."""
        return Cursor(at, f"{self.before}_{self.up_to}")
