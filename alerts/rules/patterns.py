"""Which patterns of words the parts of a rule stand on."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.rules import leaves, tree


def patterns_of(node: tree.Node) -> Iterator[int]:
    """Yield the numbers of the word patterns that a node and all below it look for."""
    match node:
        case leaves.Word():
            yield node.pattern
        case leaves.Phrase():
            yield from node.patterns
        case leaves.Scoped():
            yield from patterns_of(node.leaf)
        case leaves.Group():
            if node.words is not None:
                yield node.words
            for part in node.parts:
                yield from patterns_of(part)
    for child in node.children:
        yield from patterns_of(child)


def own_patterns_of(node: tree.Node) -> Iterator[int]:
    """Yield the same without what concepts and entities are made of."""
    base = node.base if isinstance(node, tree.Leaf) else node
    if not isinstance(base, leaves.Group):
        if isinstance(base, tree.Leaf):
            yield from patterns_of(base)
        for child in node.children:
            yield from own_patterns_of(child)


def groups_of(node: tree.Node) -> Iterator[leaves.Group]:
    """Yield the concepts and entities that a node names."""
    base = node.base if isinstance(node, tree.Leaf) else node
    if isinstance(base, leaves.Group):
        yield base
    for child in node.children:
        yield from groups_of(child)
