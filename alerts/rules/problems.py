"""What can be wrong with rules, located so that the configuration loader can point at it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from core.errors import RuleError

Path = tuple[str | int, ...]
"""Where in the configuration: `("rules", RULE_ID, "any", 0)`, `("concepts", NAME, "ru", 2)`."""


@dataclass(frozen=True, slots=True)
class RuleProblem:
    """One thing wrong with a rule, a concept or an entity."""

    path: Path
    message: str
    offset: int | None = None
    """Characters into the string value at `path`; None when the whole value is meant."""
    hint: str | None = None
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        where = ".".join(str(step) for step in self.path)
        at = "" if self.offset is None else f", character {self.offset + 1}"
        hint = f" ({self.hint})" if self.hint else ""
        return f"{where}{at}: {self.message}{hint}"


class RuleSetError(RuleError):
    """The rules cannot be compiled."""

    def __init__(self, problems: Iterable[RuleProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class QuerySyntaxError(RuleError):
    """A query or a term cannot be read."""

    def __init__(self, message: str, offset: int, hint: str | None = None) -> None:
        self.offset = offset
        """Characters into the text that was read."""
        self.hint = hint
        super().__init__(message)

    def at(self, path: Path) -> RuleProblem:
        """Return the problem this is when the text stands at `path`."""
        return RuleProblem(path, self.message, self.offset, self.hint)


def did_you_mean(wrong: str, known: Iterable[str], sigil: str = "") -> str | None:
    """Return a hint that names the closest known word, or None when none is close."""
    close = difflib.get_close_matches(wrong, list(known), n=1, cutoff=0.6)
    return f"did you mean '{sigil}{close[0]}'?" if close else None
