"""A rule set ready to run: numbered leaves, rule trees over them, and what can wake which rule.

A leaf is what a rule can name: a term, a concept, an entity. An article is first reduced to
the leaves it holds; rules are then judged on leaves alone, and only those that a leaf wakes.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase

from alerts.rules.lexicon import Lexicon
from core.alerting import Level, SpanKind


@dataclass(frozen=True, slots=True)
class Leaf:
    """Something that is found in an article or is not."""

    label: str
    """As the rule wrote it; an entity's id without its sign."""
    kind: SpanKind = SpanKind.TERM


class Joint(Enum):
    """How a branch joins its children."""

    ALL = "all"
    ANY = "any"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class Branch:
    """An operator over its operands."""

    joint: Joint
    children: tuple[Tree, ...]
    expression: str
    """As it was written."""


@dataclass(frozen=True, slots=True)
class Twig:
    """A leaf where a rule mentions it."""

    leaf: int
    expression: str


Tree = Branch | Twig


def holds(tree: Tree, found: Container[int]) -> bool:
    """Tell whether `tree` is true of an article that holds the leaves `found`."""
    if isinstance(tree, Twig):
        return tree.leaf in found
    if tree.joint is Joint.ALL:
        return all(holds(child, found) for child in tree.children)
    if tree.joint is Joint.ANY:
        return any(holds(child, found) for child in tree.children)
    return not holds(tree.children[0], found)


def contributing(tree: Tree, found: Container[int], *, wanted: bool = True) -> Iterator[int]:
    """Yield the leaves whose presence made `tree` come out as `wanted`.

    Assumes that `tree` does come out so. Leaves that had to be absent are not among them.
    """
    if isinstance(tree, Twig):
        if wanted:
            yield tree.leaf
    elif tree.joint is Joint.NOT:
        yield from contributing(tree.children[0], found, wanted=not wanted)
    else:
        for child in tree.children:
            if holds(child, found) is wanted:
                yield from contributing(child, found, wanted=wanted)


def triggers(tree: Tree, *, wanted: bool = True) -> frozenset[int] | None:
    """Return leaves of which at least one is present whenever `tree` comes out as `wanted`.

    None when `tree` can come out so on an article that holds nothing at all.
    """
    if isinstance(tree, Twig):
        return frozenset({tree.leaf}) if wanted else None
    if tree.joint is Joint.NOT:
        return triggers(tree.children[0], wanted=not wanted)
    sets = [triggers(child, wanted=wanted) for child in tree.children]
    known = [leaves for leaves in sets if leaves is not None]
    if (tree.joint is Joint.ALL) is wanted:
        return min(known, key=len, default=None)
    return frozenset().union(*known) if len(known) == len(sets) else None


@dataclass(frozen=True, slots=True)
class SourceNarrowing:
    """The sources a rule is narrowed to: every condition that is given must hold."""

    names: tuple[str, ...] = ()
    tags: frozenset[str] = frozenset()

    def takes(self, source: str, tags: frozenset[str]) -> bool:
        """Tell whether articles of `source`, which carries `tags`, are looked at."""
        named = not self.names or any(fnmatchcase(source, pattern) for pattern in self.names)
        return named and (not self.tags or not self.tags.isdisjoint(tags))


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledRule:
    """A rule, ready to run."""

    id: str
    title: str
    level: Level
    tree: Tree
    narrowing: SourceNarrowing


@dataclass(frozen=True, slots=True)
class CompiledTerm:
    """A word or phrase as pattern ids, and the leaves that it is a spelling of."""

    patterns: tuple[int, ...]
    leaves: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """Everything that matching needs."""

    lexicon: Lexicon
    leaves: tuple[Leaf, ...]
    terms: Mapping[int, tuple[CompiledTerm, ...]]
    """By the pattern id of their first word."""
    rules: tuple[CompiledRule, ...]
    woken_by: Mapping[int, tuple[int, ...]]
    """Indexes of the rules to judge when a leaf is found."""
    source_tags: Mapping[str, frozenset[str]]
