"""The files that a list of paths and patterns names."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from core.config.problems import Mark, Problem
from core.config.yaml_tree import Node, Scalar, Sequence


@dataclass(slots=True)
class NamedPaths:
    """Files, each with the place that names it, and what is wrong with the list."""

    paths: list[tuple[Path, Mark]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def named_paths(node: Node | None, base: Path) -> NamedPaths:
    """Return what a list names; relative paths start at `base`, `*` stands for any name."""
    named = NamedPaths()
    if not isinstance(node, Sequence):
        return named  # a wrong type is reported by validation
    for item in node.items:
        if not isinstance(item, Scalar) or not item.value:
            continue
        pattern = Path(item.value).expanduser()
        if "\0" in item.value:
            named.problems.append(Problem(item.mark, "this is not a path"))
            continue
        if "*" not in item.value:
            named.paths.append((base / pattern, item.mark))
            continue
        # Path.glob takes relative patterns only, so an absolute one starts at its root.
        start = Path(pattern.anchor) if pattern.is_absolute() else base
        try:
            paths = sorted(start.glob(str(pattern.relative_to(pattern.anchor))))
        except ValueError as error:
            said = str(error)
            named.problems.append(Problem(item.mark, said[:1].lower() + said[1:]))
            continue
        if not paths:
            said = f"{item.value} matches no file"
            named.problems.append(Problem(item.mark, said, severity="warning"))
        named.paths += [(found, item.mark) for found in paths]
    return named
