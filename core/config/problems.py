"""What is wrong with a configuration, shown as `file:line:col: error: …` and a caret."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from core.config.stamps import FileStamp
from core.errors import WirewatchError

if TYPE_CHECKING:
    from core.config.watch import WatchConfig

Severity = Literal["error", "warning"]
MAX_SHOWN = 100
"""Most problems printed at once: beyond that, one cause has many effects."""


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in a file; line and column count from 1."""

    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and where."""

    mark: Mark
    message: str
    hint: str | None = None
    severity: Severity = "error"

    def headline(self) -> str:
        """Return the one-line form that editors and CI systems understand."""
        hint = f" ({self.hint})" if self.hint else ""
        mark = self.mark
        return f"{mark.file}:{mark.line}:{mark.column}: {self.severity}: {self.message}{hint}"


class Finding(Protocol):
    """A problem that a later check found, by path into the configuration instead of by place.

    A text step into a list names the item whose `name` or `id` it is; `offset` counts characters
    inside the text value at `path`.
    """

    @property
    def path(self) -> tuple[str | int, ...]:
        """Steps from the top of the configuration."""
        ...

    @property
    def message(self) -> str:
        """What is wrong."""
        ...

    @property
    def offset(self) -> int | None:
        """Characters into the text at `path`, when known."""
        ...

    @property
    def hint(self) -> str | None:
        """What might be meant."""
        ...

    @property
    def severity(self) -> Severity:
        """Whether the configuration can still be used."""
        ...


class ConfigError(WirewatchError):
    """The configuration has errors."""

    def __init__(
        self,
        problems: Iterable[Problem],
        lines: Mapping[str, list[str]],
        sound: WatchConfig | None = None,
        *,
        database_known: bool = False,
        stamps: Iterable[FileStamp] = (),
    ) -> None:
        """Take every problem; `sound` is what can be used all the same.

        `database_known` says whether its database is certainly the one that is meant; `stamps` are
        those of the files, from before each was read.
        """
        self.sound = sound
        self.database_known = database_known
        self.stamps = tuple(stamps)
        # Errors first: who has to mend something does not look for it among other remarks.
        self.problems = tuple(
            sorted(problems, key=lambda problem: (problem.severity != "error", problem.mark))
        )
        self._lines = lines
        super().__init__(render_problems(self.problems, lines))


def any_error(problems: Iterable[Problem]) -> bool:
    """Tell whether one of the problems keeps the configuration from being used."""
    return any(problem.severity == "error" for problem in problems)


def render_problems(problems: Iterable[Problem], lines: Mapping[str, list[str]]) -> str:
    """Return each problem with the line it is on and a caret under the place.

    `lines` holds, by file, the lines as they may be shown: secrets are already masked.
    """
    shown: list[str] = []
    every = list(problems)
    for problem in every[:MAX_SHOWN]:
        shown.append(problem.headline())
        file = lines.get(problem.mark.file, [])
        line = file[problem.mark.line - 1].expandtabs(1) if problem.mark.line <= len(file) else ""
        if line.strip():
            start = max(0, problem.mark.column - 60)
            shown.append(f"    {line[start : start + 100]}")
            shown.append(f"    {' ' * (problem.mark.column - 1 - start)}^")
    if len(every) > MAX_SHOWN:
        shown.append(f"and {len(every) - MAX_SHOWN} more problems")
    return "\n".join(shown)


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """Return `did you mean '…'?` for the nearest known word, or None when none is near."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"did you mean '{near[0]}'?" if near else None
