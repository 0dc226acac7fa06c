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
    belonging = members(entities)
    found: dict[str, Group] = {}
    for name, group in groups.items():
        if len(belonging[name]) == 1:
            found[name] = group
            continue
        found[name] = family = Group(number(), f"@{name}", name, SpanKind.ENTITY)
        # What is part of what there is not was said where the file was read.
        family.parts = tuple(groups[member] for member in belonging[name] if member in groups)
    return found


def members(entities: Mapping[str, EntityConfig]) -> dict[str, tuple[str, ...]]:
    """Return for every entity its own name and those of all that is part of it, at any depth."""
    parts: defaultdict[str, list[str]] = defaultdict(list)
    for name, entity in entities.items():
        for whole in entity.wholes:
            parts[whole].append(name)
    return {name: _members(name, parts) for name in entities}


def _members(name: str, parts: Mapping[str, list[str]]) -> tuple[str, ...]:
    """Return an entity and what is part of it. A circle ends where it began."""
    found = {name: None}
    waiting = [name]
    while waiting:
        fresh = [part for part in parts.get(waiting.pop(), ()) if part not in found]
        found |= dict.fromkeys(fresh)
        waiting += fresh
    return tuple(found)
