"""A reason: words in English that remember what they are made of, to be said in other languages.

It is text wherever text is wanted: in logs, on terminals, in exports. Who shows it to a reader of
another language asks for it in that language.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Self

from core.reasons.forms import FORMS
from core.reasons.kinds import ReasonKind
from core.words import LANGUAGES, Words, words_in

Value = str | int | float
_PACKAGE = "core.reasons"
_KEPT = '{"reason": '
"""How a reason begins where a column of text keeps it with its parts."""


class Reason(str):
    """Why something is so. Its value as text is English."""

    kind: ReasonKind
    values: Mapping[str, Value | tuple[Value, ...]]

    def __new__(cls, kind: ReasonKind, /, **values: Value | Iterable[Value]) -> Self:
        """Make a reason of a kind; a value of several parts is said one after the other."""
        kept = {
            name: value if isinstance(value, Value) else tuple(value)
            for name, value in values.items()
        }
        reason = super().__new__(cls, _said(kind, kept, words_in(_PACKAGE, LANGUAGES[0])))
        reason.kind, reason.values = kind, kept
        return reason

    def __getnewargs_ex__(self) -> tuple[tuple[ReasonKind], dict[str, Any]]:
        """Let it be copied and sent to other processes."""
        return (self.kind,), dict(self.values)


def in_language(text: str, language: str) -> str:
    """Say a reason in a language. Text that is no reason, as older versions kept it, stays."""
    if not isinstance(text, Reason):
        return text
    return _said(text.kind, text.values, words_in(_PACKAGE, language))


def kept_text(text: str) -> str:
    """Return what a column of text keeps of a reason, so that `read_text` returns it."""
    if not isinstance(text, Reason):
        # What others wrote must not be taken for one of ours.
        return f" {text}" if text.startswith(_KEPT) else text
    kept = {"reason": text.kind.value, "said": str(text), "values": _parts(text)}
    return json.dumps(kept, ensure_ascii=False)


def read_text(kept: str) -> str:
    """Return the reason, or the text, that a column keeps."""
    if not kept.startswith(_KEPT):
        return kept
    try:
        return _read(json.loads(kept))
    except (ValueError, TypeError, KeyError, AttributeError):
        return kept


def _said(kind: ReasonKind, values: Mapping[str, Value | tuple[Value, ...]], words: Words) -> str:
    form = FORMS[kind]
    if form.verbatim and words.language == LANGUAGES[0]:
        return str(values[form.verbatim])
    shown = {
        name: form.joint.join(_part(one, words) for one in value)
        if isinstance(value, tuple)
        else _part(value, words)
        for name, value in values.items()
    }
    if not form.many:
        return words(form.one) % shown
    return words.form_of(form.one, form.many, int(str(values[form.of]))) % shown


def _part(value: Value, words: Words) -> str:
    return in_language(value, words.language) if isinstance(value, str) else str(value)


def _parts(reason: Reason) -> dict[str, Any]:
    def part(value: Value) -> Any:
        if not isinstance(value, Reason):
            return value
        return {"reason": value.kind.value, "said": str(value), "values": _parts(value)}

    return {
        name: [part(one) for one in value] if isinstance(value, tuple) else part(value)
        for name, value in reason.values.items()
    }


def _read(kept: Any) -> str:
    def part(value: Any) -> Value:
        return _read(value) if isinstance(value, dict) else value

    values = {
        name: [part(one) for one in value] if isinstance(value, list) else part(value)
        for name, value in kept["values"].items()
    }
    try:
        return Reason(ReasonKind(kept["reason"]), **values)
    except (ValueError, KeyError):
        return str(kept["said"])  # of a version that knows more kinds, or other values of this one
