"""A finding about some characters of a value → the line and column where they were written.

What YAML reads is not what is written: quotes, escapes, indentation and folded lines fall away.
So the value is laid against the source text again, character by character.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.config.problems import Finding, Mark, Problem
from core.config.yaml_tree import Node, Scalar, locate, node_at

_ESCAPE_LENGTHS = {"x": 4, "u": 6, "U": 10}
"""Characters of `\\xNN`, `\\uNNNN` and `\\UNNNNNNNN`; every other escape has two."""


def place(root: Node, lines: Mapping[str, list[str]], finding: Finding) -> Problem:
    """Turn a finding's path, and its offset inside a text, into a place in a file."""
    mark = locate(root, finding.path)
    node = node_at(root, finding.path)
    if finding.offset is not None and isinstance(node, Scalar) and node.value is not None:
        found = _Alignment(lines.get(mark.file, []), node).at(finding.offset)
        if found is not None:
            mark = Mark(mark.file, *found)
    return Problem(mark, finding.message, finding.hint, finding.severity)


class _Alignment:
    """Walks a scalar's source text alongside its value. Lines and columns count from 0 in here."""

    def __init__(self, lines: Sequence[str], scalar: Scalar) -> None:
        self._lines = lines
        self._value = scalar.value or ""
        self._line = scalar.mark.line - 1
        self._column = scalar.mark.column - 1
        self._style = self._rest()[:1]
        self._indent = 0
        if self._style in ("|", ">"):
            self._enter_block()
        elif self._style in ("'", '"'):
            self._column += 1
        else:
            self._style = ""

    def at(self, offset: int) -> tuple[int, int] | None:
        """Return line and column from 1, or None where value and source disagree.

        They disagree after a variable that was filled in, and inside a masked secret.
        """
        for char in self._value[:offset]:
            if not self._step_over(char):
                return None
        self._skip_ending(self._value[offset : offset + 1])
        return self._line + 1, self._column + 1

    def _rest(self) -> str:
        line = self._lines[self._line] if self._line < len(self._lines) else ""
        return line[self._column :]

    def _enter_block(self) -> None:
        self._line += 1
        first = next((line for line in self._lines[self._line :] if line.strip()), "")
        self._indent = len(first) - len(first.lstrip(" "))
        self._column = self._indent

    def _step_over(self, char: str) -> bool:
        """Move past the source of one character of the value."""
        self._skip_ending(char)
        rest = self._rest()
        if char in " \n" and not rest.strip():
            return self._next_line(char)
        if self._style == '"' and rest[:1] == "\\":
            self._column += _ESCAPE_LENGTHS.get(rest[1:2], 2)
            return True
        if rest[:1] != char:
            return False
        self._column += 2 if self._style == "'" and rest.startswith("''") else 1
        return True

    def _skip_ending(self, char: str) -> None:
        """Go to the next line where this one ended without adding to the value."""
        while self._style == '"' and self._rest() == "\\":
            self._next_line("")
        # A blank line inside a flowing text stands for "\n"; the line end before it for nothing.
        if char == "\n" and self._style != "|" and self._rest() == "" and self._column > 0:
            following = self._lines[self._line + 1 : self._line + 2]
            if following and not following[0].strip():
                self._next_line("")

    def _next_line(self, char: str) -> bool:
        if char == " " and self._style == "|":
            return False
        self._line += 1
        if self._line >= len(self._lines):
            return False
        line = self._lines[self._line]
        blank = not line.strip()
        lead = len(line) - len(line.lstrip(" \t"))
        self._column = 0 if blank else (self._indent if self._style in ("|", ">") else lead)
        return True
