"""Entities with what belongs to them: a country with its towns and its people. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping

from alerts.rules.leaves import Group
from core.alerting.matches import SpanKind
from core.config.sections.vocabulary import EntityConfig


def families(
    entities: Mapping[str, EntityConfig],
    groups: Mapping[str, Group],
    number: Callable[[], int],
) -> dict[str, Group]:
    """Return by name what `@name` asks for: the entity and all that is part of it, at any depth.

    An entity that nothing is part of is its own family. `number` gives numbers for new leaves.
    """
    parts: defaultdict[str, list[str]] = defaultdict(list)
    for name, entity in entities.items():
        for whole in entity.wholes:
            parts[whole].append(name)
    found: dict[str, Group] = {}
    for name, group in groups.items():
        members = _members(name, parts)
        if len(members) == 1:
            found[name] = group
            continue
        found[name] = family = Group(number(), f"@{name}", name, SpanKind.ENTITY)
        # What is part of what there is not was said where the file was read.
        family.parts = tuple(groups[member] for member in members if member in groups)
    return found


def _members(name: str, parts: Mapping[str, list[str]]) -> tuple[str, ...]:
    """Return an entity and what is part of it. A circle ends where it began."""
    members = {name: None}
    waiting = [name]
    while waiting:
        fresh = [part for part in parts.get(waiting.pop(), ()) if part not in members]
        members |= dict.fromkeys(fresh)
        waiting += fresh
    return tuple(members)
