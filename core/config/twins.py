"""Items of one name. Each is still judged by itself, so that a twin hides no other mistake.

What finds problems speaks of items by name, and the first of a name would get those of the second.
So while a file is judged, twins bear names of their own; no file with twins is ever used.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.config.problems import Problem
from core.config.yaml_tree import Mapping, Node, Scalar, Sequence

_NAMING = (("sources", "name"), ("rules", "id"), ("receivers", "name"), ("searches", "name"))


@dataclass(frozen=True, slots=True)
class PartedTwins:
    """A tree in which every name stands once."""

    root: Mapping
    problems: list[Problem]
    names: dict[str, str]
    """What twins are called while they are judged, and what they are called in the file."""


def part_twins(root: Mapping) -> PartedTwins:
    """Report every name that is taken, and give its later bearers names of their own."""
    parted = Mapping(root.mark, dict(root.items), dict(root.keys), root.end, root.refused)
    problems: list[Problem] = []
    names: dict[str, str] = {}
    for section, naming in _NAMING:
        node = root.items.get(section)
        if not isinstance(node, Sequence):
            continue
        first: dict[str, Node] = {}
        items = list(node.items)
        for index, item in enumerate(items):
            said = item.items.get(naming) if isinstance(item, Mapping) else None
            if not isinstance(item, Mapping) or not isinstance(said, Scalar) or said.value is None:
                continue
            if said.value not in first:
                first[said.value] = item
                continue
            taken = first[said.value].mark
            problems.append(
                Problem(
                    said.mark,
                    f"{naming} '{said.value}' is taken (first at {taken.file}:{taken.line})",
                )
            )
            own = f"{said.value[:60]}.twin-{section}-{index}"
            names[own] = said.value
            renamed = {**item.items, naming: Scalar(own, said.mark, said.end)}
            items[index] = Mapping(item.mark, renamed, item.keys, item.end, item.refused)
        parted.items[section] = Sequence(node.mark, items, node.end)
    return PartedTwins(parted, problems, names)
