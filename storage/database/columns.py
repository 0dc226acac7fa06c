"""Column types that guard the storage door: moments in UTC, and text that every database takes.

Being column types they also apply to values that are compared with a column, so no query and no
write can forget them.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator

from core.reasons import kept_text, read_text

RowId = BigInteger().with_variant(Integer, "sqlite")
"""64 bits on both: SQLite makes only a column that is called INTEGER an alias of its row id."""

_REFUSED = re.compile("[\x00\ud800-\udfff]")


def clean(text: str) -> str:
    """Return `text` with NULs and lone surrogates replaced by U+FFFD, one for one.

    PostgreSQL stores neither, and neither means anything in an article. The length stays the same,
    so positions of spans and highlights still point at what they pointed at.
    """
    return text if text.isascii() and "\x00" not in text else _REFUSED.sub("\ufffd", text)


def key_hash(key: str) -> bytes:
    """Return the SHA-256 that stands for a URL in unique indexes.

    A PostgreSQL index entry holds at most 2,704 bytes, and URLs on the internet may be longer.
    """
    return hashlib.sha256(clean(key).encode()).digest()


def _clean_json(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list | tuple):
        return [_clean_json(item) for item in value]
    return value


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: stored in UTC, returned aware. A naive one is refused, since it names no moment."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _: Dialect) -> datetime | None:
        """Turn any aware moment into UTC; raise ValueError for a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a time zone cannot be stored: {value}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _: Dialect) -> datetime | None:
        """Return the moment aware; SQLite gives back what was stored without its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class CleanText(TypeDecorator[str]):
    """Text of any length, cleaned on its way in (see `clean`)."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _: Dialect) -> str | None:
        """Replace what PostgreSQL refuses."""
        return None if value is None else clean(value)


class ReasonText(TypeDecorator[str]):
    """Text that may be a reason, which comes back with its parts, to be said in any language."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _: Dialect) -> str | None:
        """Write the parts down."""
        return None if value is None else clean(kept_text(value))

    def process_result_value(self, value: str | None, _: Dialect) -> str | None:
        """Read them again; what older versions kept is text and stays so."""
        return None if value is None else read_text(value)


class CleanJson(TypeDecorator[Any]):
    """Lists of strings and numbers, as JSON, cleaned on their way in."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Any, _: Dialect) -> Any:
        """Replace what PostgreSQL refuses, at any depth."""
        return _clean_json(value)


class OptionalJson(CleanJson):
    """The same for a column that is empty in most rows: nothing is NULL, not the JSON `null`."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(none_as_null=True)
