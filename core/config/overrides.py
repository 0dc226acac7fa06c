"""Rules of included files, changed in place: `overrides` laid over the tree before it is judged.

What is laid over keeps its own place, so a mistake in it is shown where it was written, and all
that sees rules afterwards (matching, fingerprints, routes, tests) sees them as they are in effect.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import ValidationError

from core.config.problems import Mark, Problem, did_you_mean
from core.config.sections.overrides import RuleOverride
from core.config.sections.rules import RuleConfig
from core.config.yaml_tree import Mapping, Node, Scalar, Sequence, node_at, plain

_ADDED = ("none", "tests")
"""Lists that are added to the rule's own; all else takes the place of what the rule says."""
_LABELS = ("topics", "on")
"""Lists whose order says nothing."""
_HINTS = 20
"""A hint compares with every rule."""


@dataclass(frozen=True, slots=True)
class OverriddenRule:
    """A rule that is not as its own file says."""

    id: str
    rule: Mark
    """Where the rule stands."""
    keys: dict[str, Mark]
    """What is different about it, and where that is said."""
    off: bool
    """Whether it is switched off."""

    @property
    def at(self) -> str:
        """Where it is overridden, as `file:line`, each place once."""
        places = dict.fromkeys(f"{mark.file}:{mark.line}" for mark in self.keys.values())
        return ", ".join(places)


@dataclass(frozen=True, slots=True)
class Overridden:
    """A tree in which every rule is as it is in effect."""

    root: Mapping
    rules: tuple[OverriddenRule, ...]
    problems: list[Problem]

    @property
    def off(self) -> frozenset[str]:
        """Ids of the rules that are switched off, and so are not in the tree."""
        return frozenset(rule.id for rule in self.rules if rule.off)


def with_overrides(root: Mapping, *, complete: bool = True) -> Overridden:
    """Lay `overrides` over the rules of a tree.

    An override without its rule is an error: whoever wrote it counts on it, and the rule may only
    have another name by now. Unless `complete`, files could not be read and may hold the rule.
    """
    wanted = node_at(root, ("overrides", "rules"))
    listed = root.items.get("rules")
    if not isinstance(wanted, Mapping):
        return Overridden(root, (), [])
    items = list(listed.items) if isinstance(listed, Sequence) else []
    places = _places(items)
    problems: list[Problem] = []
    done: list[OverriddenRule] = []
    for name, override in wanted.items.items():
        mark = wanted.keys[name]
        place = places.get(name)
        rule = None if place is None else items[place]
        if place is None or not isinstance(rule, Mapping):
            if complete:
                known = places if len(problems) < _HINTS else {}
                problems.append(_unknown(name, mark, known))
            continue
        if rule.mark.file == mark.file:
            hint = f"change it in line {rule.mark.line}"
            problems.append(Problem(mark, f"rule '{name}' stands in this file", hint))
            continue
        if not isinstance(override, Mapping) or (sound := _read(override)) is None:
            continue  # reported where the section is judged
        off = not sound.enabled
        idle = _idle(rule, sound)
        keys = {key: override.keys[key] for key in _said(override) if key not in idle}
        problems += _changes_nothing(name, mark, override, idle)
        if keys:
            done.append(OverriddenRule(name, rule.mark, keys, off))
        items[place] = _laid_over(rule, override)
    gone = {places[rule.id] for rule in done if rule.off}
    top = Mapping(root.mark, dict(root.items), dict(root.keys), root.end, root.refused)
    if isinstance(listed, Sequence):
        kept = [item for place, item in enumerate(items) if place not in gone]
        top.items["rules"] = Sequence(listed.mark, kept, listed.end)
    return Overridden(top, tuple(done), problems)


def _places(items: list[Node]) -> dict[str, int]:
    """Return by id where each rule stands in the list; of several with one id, the first."""
    places: dict[str, int] = {}
    for place, item in enumerate(items):
        named = item.items.get("id") if isinstance(item, Mapping) else None
        if isinstance(named, Scalar) and named.value is not None:
            places.setdefault(named.value, place)
    return places


def _unknown(name: str, mark: Mark, places: dict[str, int]) -> Problem:
    hint = did_you_mean(name, places) or "take this out if no included file has the rule any more"
    return Problem(mark, f"there is no rule '{name}' to override", hint)


def _changes_nothing(
    name: str, mark: Mark, override: Mapping, idle: frozenset[str]
) -> Iterator[Problem]:
    """Warn of what an override says and the rule says by itself: somebody counts on a change."""
    said = list(_said(override))
    if not said:
        what = f"this changes nothing about rule '{name}'"
        yield Problem(mark, what, "say what is to be different, or take it out", "warning")
    for key in said:
        if key in idle:
            what = f"`{key}` changes nothing about rule '{name}'"
            hint = "the rule says so itself" if key != "enabled" else "rules are switched on"
            yield Problem(override.keys[key], what, f"{hint}; take it out", "warning")


def _idle(rule: Mapping, override: RuleOverride) -> frozenset[str]:
    """Return the keys of an override that leave a rule as it is; none of a rule with mistakes."""
    try:
        own = RuleConfig.model_validate(plain(rule))
    except ValidationError:
        return frozenset()
    same = {key for key in override.model_fields_set - {"enabled"} if _same(key, own, override)}
    return frozenset(same | {"enabled"} if override.enabled else same)


def _same(key: str, own: RuleConfig, override: RuleOverride) -> bool:
    said, before = getattr(override, key), getattr(own, key)
    if key in _ADDED:
        return all(item in before for item in said)
    if key in _LABELS:
        return said is not None and set(said) == set(before)
    if key == "title":
        return said in (before, before or own.id)
    return bool(said == before)


def _read(override: Mapping) -> RuleOverride | None:
    try:
        return RuleOverride.model_validate(plain(override))
    except ValidationError:
        return None


def _said(override: Mapping) -> Iterator[str]:
    """Yield the keys that say something."""
    for key, node in override.items.items():
        if not (isinstance(node, Scalar) and node.value is None):
            yield key


def _laid_over(rule: Mapping, override: Mapping) -> Mapping:
    laid = Mapping(rule.mark, dict(rule.items), dict(rule.keys), rule.end, rule.refused)
    for key in _said(override):
        if key == "enabled":
            continue
        node, own = override.items[key], rule.items.get(key)
        if key in _ADDED and isinstance(node, Sequence) and isinstance(own, Sequence):
            node = Sequence(own.mark, [*own.items, *node.items], own.end)
        laid.items[key], laid.keys[key] = node, override.keys[key]
    return laid
