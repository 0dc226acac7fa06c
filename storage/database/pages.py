"""Pages of long results, and the cursors that continue them."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

from core.errors import StorageError

T = TypeVar("T")


_LARGEST_ID = 2**63 - 1
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BEGINNING = datetime.min.replace(tzinfo=UTC)
_MOMENT = 10
"""Digits of a moment: microseconds since the year 1, up to the year 9999."""
_CHECK = 2
"""Digits that tell a cursor that was copied in part: one in 3,844 such passes."""
_SHAPE = re.compile(rf"([0-9A-Za-z]{{{_CHECK}}})([0-9A-Za-z]{{{_MOMENT}}})([-_])([0-9A-Za-z_]+)")
_SHORT = 12
"""Characters of a text id that is enough if no other row of that moment begins so."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page of results ended; opaque to callers, who pass `str(cursor)` around.

    It names the last row that was seen (its time and its id) rather than a count of rows, so rows
    that arrive between two pages neither repeat nor hide anything.
    """

    at: datetime
    id: int | str
    """A text may be the beginning of an id: see `short_of`."""

    def __str__(self) -> str:
        since = (self.at - _BEGINNING) // timedelta(microseconds=1)
        kind = "_" if isinstance(self.id, str) else "-"
        rest = f"{_digits(since, _MOMENT)}{kind}{self.id}"
        return _check(rest) + rest

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Return the cursor that `str()` made; raise StorageError if it is not one."""
        found = _SHAPE.fullmatch(text)
        if found is None or found[1] != _check(text[_CHECK:]):
            raise _no_cursor(text)
        row_id: int | str = found[4]
        try:
            at = _BEGINNING + timedelta(microseconds=_number(found[2]))
            if found[3] == "-":
                row_id = int(found[4])
        except (ValueError, OverflowError):
            raise _no_cursor(text) from None
        if isinstance(row_id, int) and row_id > _LARGEST_ID:
            raise _no_cursor(text)
        return cls(at, row_id)

    def short_of(self, following: Cursor) -> Cursor:
        """Return the same place with as little of a text id as tells it from the row that follows.

        The rows after it come with smaller ids, or earlier: those that do not begin as this id does
        are smaller than its beginning, too. So nothing is seen twice and nothing is left out.
        """
        if not isinstance(self.id, str) or not isinstance(following.id, str):
            return self
        length = _SHORT
        while following.at == self.at and following.id[:length] == self.id[:length]:
            length += 1
            if length >= len(self.id):
                return self
        return replace(self, id=self.id[:length])


def _digits(number: int, length: int) -> str:
    found = ""
    for _ in range(length):
        number, digit = divmod(number, len(_DIGITS))
        found = _DIGITS[digit] + found
    return found


def _number(digits: str) -> int:
    number = 0
    for digit in digits:
        number = number * len(_DIGITS) + _DIGITS.index(digit)
    return number


def _check(rest: str) -> str:
    return _digits(zlib.crc32(rest.encode("ascii", "replace")) % len(_DIGITS) ** _CHECK, _CHECK)


def _no_cursor(text: str) -> StorageError:
    return StorageError(f"not a cursor: {text[:80]!r}")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A stretch of a longer list. `next` continues it and is None at the end."""

    items: tuple[T, ...]
    next: Cursor | None = None
