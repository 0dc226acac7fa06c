"""What a person meant who wrote something that YAML takes for its own signs.

A colon, a hash, an asterisk or a quotation mark in a text are news to most who write one. What the
parser says of them ("mapping values are not allowed in this context") helps nobody, so we look at
the line that it stopped at. Nothing here repeats what the line holds: it may be a password.
"""

from __future__ import annotations

import re

import yaml

from core.config.problems import Mark, Problem

_SIGNS = "*&!@`%|>?]}-,"
"""What a text cannot start with, where the parser stopped right there."""
_QUOTE_IT = "put the whole text in quotes"
_STARTS_WITH_SIGN = re.compile(r"(?:^\s*(?:- +)*|[\[{,] *|[^\s:]: +)(?P<sign>[*&!@`%])[^\[{]*$")
_QUOTED_AND_MORE = re.compile(
    r"""(?:^\s*(?:- +)*|[\[{,] *|: +)(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*') *$"""
)
_BRACKETED_AND_MORE = re.compile(r"(?:^\s*(?:- +)*|[^\s:]: +)(?P<sign>[\[{])[^\]}]*[\]}] *$")
_KEY_AND_TEXT = re.compile(r"""(?:^|[\s{\[,])[^\s:{}\[\],"'#][^:{}\[\],"']*: +[^\s"'{\[]""")
_ITEM_AND_TEXT = re.compile(r"[\[,] *[^\s:\[\]{},]+: +[^\s]|^\s*- +[^\s:]+: +\S")
_CUT = re.compile(r"\s+#(?=\w)")
_CUT_NUMBER = re.compile(r" #(?= \d)")
_WORDS = re.compile(r"[^\W\d]{2}")
CUT_OFF = "what follows ` #` is a comment and no part of the value"
_CUT_HINT = "quote the text if it belongs to it; else write a space behind `#`"


def syntax_problem(error: yaml.MarkedYAMLError, file: str, text: str) -> Problem:
    """Return what is wrong, where, and what to do, for a text that is not YAML."""
    return _Stop(error, file, text.split("\n")).problem()


def cut_by_hash(file: str, lines: list[str], value: str, line: int, column: int) -> Problem | None:
    """Return a warning when a text that ends there (from 0) seems to go on behind its ` #`."""
    rest = lines[line][column:] if line < len(lines) else ""
    found = _CUT.match(rest) or (_CUT_NUMBER.match(rest) if _WORDS.search(value) else None)
    if found is None:
        return None
    at = Mark(file, line + 1, column + found.end())
    return Problem(at, CUT_OFF, _CUT_HINT, severity="warning")


class _Stop:
    """The place that the parser stopped at, and the one at which it began to be surprised."""

    def __init__(self, error: yaml.MarkedYAMLError, file: str, lines: list[str]) -> None:
        mark = error.problem_mark or error.context_mark
        begun = error.context_mark
        self._file, self._lines = file, lines
        self._said = error.problem or error.context or "this is not YAML"
        self._context = error.context
        self._at = Mark(file, mark.line + 1, mark.column + 1) if mark else Mark(file, 1, 1)
        self._begun = Mark(file, begun.line + 1, begun.column + 1) if begun else None

    def problem(self) -> Problem:
        return (
            self._tab()
            or self._sign()
            or self._colon()
            or self._more_than_quoted()
            or self._never_closed()
            or self._indentation()
            or self._as_the_parser_says()
        )

    def _line(self, at: Mark) -> str:
        return self._lines[at.line - 1] if at.line <= len(self._lines) else ""

    def _char(self, at: Mark | None) -> str:
        return "" if at is None else self._line(at)[at.column - 1 : at.column]

    def _before(self) -> str:
        return self._line(self._at)[: self._at.column - 1]

    def _tab(self) -> Problem | None:
        if self._char(self._at) != "\t":
            return None
        message = f"not valid YAML: {self._said}"
        return Problem(self._at, message, "indent with spaces, not with tabs")

    def _sign(self) -> Problem | None:
        """Find a text that starts with a sign, whether the parser stopped at it or behind it."""
        near = [self._at]
        if self._begun is not None and self._begun.line == self._at.line:
            near.insert(0, self._begun)
        for at in near:
            sign = self._char(at)
            starts = not self._line(at)[: at.column - 1].strip(" -") or re.search(
                r"(?:[:,\[{-] +|[\[{,])$", self._line(at)[: at.column - 1]
            )
            if sign and sign in _SIGNS and starts and self._line(at)[: at.column - 1].strip():
                return self._needs_quotes(at, sign)
        found = _STARTS_WITH_SIGN.search(self._before())
        if found is not None:
            at = Mark(self._file, self._at.line, found.start("sign") + 1)
            return self._needs_quotes(at, found["sign"])
        bracketed = _BRACKETED_AND_MORE.search(self._before())
        if bracketed is not None and self._char(self._at).strip(",#"):
            at = Mark(self._file, self._at.line, bracketed.start("sign") + 1)
            return self._needs_quotes(at, bracketed["sign"])
        return None

    def _needs_quotes(self, at: Mark, sign: str) -> Problem:
        shown = "a backtick" if sign == "`" else f"`{sign}`"
        return Problem(at, f"a text that starts with {shown} needs quotes", _QUOTE_IT)

    def _colon(self) -> Problem | None:
        if self._char(self._at) != ":":
            return None
        before = self._before()
        if _KEY_AND_TEXT.search(before) or _ITEM_AND_TEXT.search(before):
            return Problem(self._at, "a text with `: ` in it needs quotes", _QUOTE_IT)
        if self._begun is None:
            at = Mark(self._file, self._at.line, len(before) - len(before.lstrip()) + 1)
            return Problem(
                at,
                "a key cannot stand here: the line above is a text that has not ended",
                "indent this line like the keys beside it",
            )
        return None

    def _more_than_quoted(self) -> Problem | None:
        if not _QUOTED_AND_MORE.search(self._before()) or self._char(self._at) in ("", "#"):
            return None
        if self._before().endswith("'") and self._char(self._at).isalnum():
            at = Mark(self._file, self._at.line, self._at.column - 1)
            message = "this apostrophe ends the text, which began with one"
            return Problem(
                at, message, "put the whole text in double quotes, or write it twice: ''"
            )
        return Problem(
            self._at,
            "the text goes on behind its closing quotation mark",
            "put all of it in quotes: '\"a phrase\" AND word'",
        )

    def _never_closed(self) -> Problem | None:
        opened = self._char(self._begun)
        if self._begun is None or not opened or opened not in "[{\"'":
            return None
        if self._at.line == self._begun.line and self._char(self._at):
            return None
        cut = self._cut_below(self._begun.line, self._at.line)
        if cut is not None and opened in "[{":
            return Problem(cut, f"` #` begins a comment, so this `{opened}` is never closed", "put "
                           "the text in quotes")  # fmt: skip
        return Problem(self._begun, f"this `{opened}` is never closed")

    def _cut_below(self, first: int, last: int) -> Mark | None:
        for number in range(first, min(last, len(self._lines)) + 1):
            found = _CUT.search(self._lines[number - 1])
            if found is not None:
                return Mark(self._file, number, found.end())
        return None

    def _indentation(self) -> Problem | None:
        """Find out whether it stopped where a line begins, in a list or map that did not end."""
        if self._begun is None or self._char(self._begun) in "[{\"'":
            return None
        if self._before().strip() or not self._char(self._at).strip():
            return None
        return Problem(
            self._at,
            "this line is indented neither like the ones it belongs to nor like a new part",
            f"they start in line {self._begun.line}, column {self._begun.column}",
        )

    def _as_the_parser_says(self) -> Problem:
        hint = None
        if self._context and self._begun is not None:
            hint = f"{self._context} that starts in line {self._begun.line}"
        return Problem(self._at, f"not valid YAML: {self._said}", hint)
