"""What is wrong with a regular expression, in the words and at the place of who wrote it. Pure.

RE2 sees a pattern in which classes are spelled out, and complains of that one. So its complaint is
looked up, and the place found in the pattern as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from alerts.rules.problems import QuerySyntaxError

_TOKEN = re.compile(r"\\.|\\$|\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\]?|[()]", re.DOTALL)
_LOOK_AROUND = "RE2 has no look-around; say what must not be there with AND NOT in the query"
_NO_CODES: dict[str, tuple[str, str | None]] = {
    "no argument for repetition operator": (
        "`{0}` has nothing before it to repeat", "for the character itself write \\{0}",
    ),
    "bad repetition operator": ("`{0}` repeats what is repeated already", "leave one out"),
    "invalid repetition size": (
        "`{0}` is no number of repetitions", "from small to large, at most 1000: {{2,5}}",
    ),
    "invalid escape sequence": ("`{0}` has no meaning here", "leave `\\` out"),
    "invalid character class range": ("`{0}` is no range or class of characters", "a-z, \\d"),
    "invalid named capture group": ("`{0}` is no name of a group", "(…) is enough"),
    "trailing \\": ("a pattern cannot end in `\\`", "for the character itself write \\\\"),
    "invalid perl operator": ("`{0}` does not exist in RE2", "for a group without a number (?:…)"),
}  # fmt: skip
"""RE2's complaints, which have no codes, with what we say."""


def regex_problem(complaint: str, pattern: str) -> QuerySyntaxError:
    """Return the error for a pattern that RE2 refused with `complaint`."""
    kind, _, fragment = complaint.partition(": ")
    if kind in _UNBALANCED:
        at = next(_unbalanced(pattern, kind), 0)
        return QuerySyntaxError(
            _UNBALANCED[kind], at, "for the character itself write `\\` before it"
        )
    at = _place(kind, fragment, pattern)
    if fragment in ("(?=", "(?!", "(?<=", "(?<!", "(?<"):
        return QuerySyntaxError("look-around does not exist here", at, _LOOK_AROUND)
    if re.fullmatch(r"\\[1-9]", fragment):
        return QuerySyntaxError(
            "back-references do not exist here", at, "RE2 has none; write the words out"
        )
    said, hint = _NO_CODES.get(kind, ("this regular expression cannot be read", None))
    known = (text and text.format(fragment) for text in (said, hint))
    message, advice = known
    return QuerySyntaxError(message or said, at, advice)


_UNBALANCED = {
    "missing )": "this `(` is never closed",
    "unexpected )": "this `)` closes nothing",
    "missing ]": "this `[` is never closed",
}


def _unbalanced(pattern: str, kind: str) -> Iterator[int]:
    """Yield where the parenthesis or bracket stands that has no partner."""
    opened: list[int] = []
    for token in _TOKEN.finditer(pattern):
        sign = token[0]
        if sign == "(":
            opened.append(token.start())
        elif sign == ")" and opened:
            opened.pop()
        elif _has_no_partner(sign, kind):
            yield token.start()
    if kind == "missing )":
        yield from reversed(opened)


def _has_no_partner(sign: str, kind: str) -> bool:
    if kind == "missing ]":
        return sign.startswith("[") and not _closed(sign)
    return sign == ")" and kind == "unexpected )"


def _closed(bracket: str) -> bool:
    inside = bracket.removeprefix("[").removeprefix("^")
    return inside[1:].endswith("]") and not re.search(r"(?<!\\)(?:\\\\)*\\\]$", bracket)


def _place(kind: str, fragment: str, pattern: str) -> int:
    if not fragment:
        return max(0, len(pattern) - 1)
    if kind == "no argument for repetition operator":
        found = re.search(rf"(?:^|[|(])(?:\?:)?(?={re.escape(fragment)})", pattern)
        return found.end() if found else 0
    return max(0, pattern.find(fragment))
