"""Printing: JSON for programs, lines for people. Nothing hostile reaches the terminal."""

from __future__ import annotations

import dataclasses
import json
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

from core.alerting.alerts import Alert
from core.alerting.cases import case_name
from core.alerting.notifications import Purpose
from core.exported import export_name
from core.plain_text import one_line

_BLANKS = re.compile(r"( {2,})")
_RISKY = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def jsonable(value: Any) -> Any:
    """Return a value of ours as JSON has it: dataclasses as objects, times in ISO 8601."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Purpose):
        return value.key  # programs know a purpose as one word
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        exported = {
            export_name(field): jsonable(getattr(value, field.name))
            for field in dataclasses.fields(value)
            if field.repr  # what a repr must not show, an export must not either
        }
        if isinstance(value, Alert):
            exported["case_id"] = case_name(value.case_id)
        return exported
    if isinstance(value, Mapping):
        return {str(jsonable(key)): jsonable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [jsonable(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(jsonable(item) for item in value)
    return value


def print_json(value: Any) -> None:
    """Print one JSON document, readable, in UTF-8."""
    sys.stdout.write(_json(value, indent=2))


def print_json_line(value: Any) -> None:
    """Print one JSON document on one line."""
    sys.stdout.write(_json(value))


def _json(value: Any, indent: int | None = None) -> str:
    text = json.dumps(jsonable(value), ensure_ascii=False, indent=indent)
    # JSON lets these stand as they are, but a terminal would act on them, and no encoding takes
    # a lone surrogate; as escapes they are the same JSON.
    return _RISKY.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def print_line(text: str = "") -> None:
    """Print one line of our own words; control characters of others are shown harmlessly."""
    sys.stdout.write(f"{laid_out(text)}\n")


def laid_out(text: str) -> str:
    """Return a line of our own words, harmless, with the blanks by which it is laid out."""
    # Runs of blanks are our own layout, which `one_line` would close up.
    pieces = _BLANKS.split(text)
    pieces[::2] = map(one_line, pieces[::2])
    return "".join(pieces)


def complain(message: str) -> None:
    """Print a message for the person to standard error."""
    sys.stderr.write(message.rstrip() + "\n")
