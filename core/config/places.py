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
        # The value's own leading spaces are not indentation (`|2` and the like announce them).
        self._indent = _lead(self._lines[self._line :]) - _lead(self._value.split("\n"))
        self._column = self._start_of_text()

    def _step_over(self, char: str) -> bool:
        """Move past the source of one character of the value."""
        self._skip_ending(char)
        rest = self._rest()
        if self._at_end() and char in ("\n" if self._style == "|" else " \n"):
            self._next_line()
            return self._line < len(self._lines)
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
            self._next_line()
        # In a flowing text a blank line stands for "\n" and the line end before it for nothing.
        if char == "\n" and self._style != "|" and self._at_end() and self._flows():
            self._next_line()

    def _flows(self) -> bool:
        """Tell whether the text goes on after a blank line, with neither side indented further."""
        here = self._text_of(self._line)
        after = self._text_of(self._line + 1)
        following = next((t for t in map(self._text_of, self._below()) if t.strip()), "")
        folded_away = not (here.startswith((" ", "\t")) or following.startswith((" ", "\t")))
        return bool(here.strip()) and not after.strip() and (self._style != ">" or folded_away)

    def _below(self) -> range:
        return range(self._line + 1, len(self._lines))

    def _text_of(self, line: int) -> str:
        return self._lines[line][self._indent :] if line < len(self._lines) else "end"

    def _at_end(self) -> bool:
        rest = self._rest()
        return not rest if self._style in ("|", ">") else not rest.strip()

    def _next_line(self) -> None:
        self._line += 1
        self._column = self._start_of_text()

    def _start_of_text(self) -> int:
        line = self._lines[self._line] if self._line < len(self._lines) else ""
        lead = len(line) - len(line.lstrip(" \t"))
        return min(self._indent, len(line)) if self._style in ("|", ">") else lead


def _lead(lines: Sequence[str]) -> int:
    """Return how many spaces the first line with text in it starts with."""
    first = next((line for line in lines if line.strip()), "")
    return len(first) - len(first.lstrip(" "))
