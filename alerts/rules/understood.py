"""What a query was taken to mean: `рейд (10 forms) within 10 words of мигрант (10 forms)`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from alerts.rules import leaves, tree
from alerts.rules.lexicon import Spellings
from alerts.rules.patterns import patterns_of

_EXAMPLES = 12
"""Forms of a term that are listed."""

Sizes = Mapping[str, int]
"""How many terms concepts and entities have, by their names with their signs."""
Known = Mapping[int, Spellings]


@dataclass(frozen=True, slots=True)
class UnderstoodTerm:
    """A word, a phrase, a concept or an entity of a query."""

    written: str
    counted: str
    """What stands for it, in words: `10 forms`, `a concept of 42 terms`."""
    forms: tuple[str, ...] = ()
    """The first of its forms, as they are compared."""


def in_words(node: tree.Node, known: Known, sizes: Sizes) -> str:
    """Return in one line what a query asks for."""

    def inner(child: tree.Node) -> str:
        said = in_words(child, known, sizes)
        several = isinstance(child, tree.All | tree.Any | tree.Near | tree.AtLeast)
        return f"({said})" if several else said

    match node:
        case tree.All():
            return " and ".join(map(inner, node.children))
        case tree.Any():
            return " or ".join(map(inner, node.children))
        case tree.AtLeast():
            return f"at least {node.count} of: {', '.join(map(inner, node.children))}"
        case tree.Not():
            return f"not {inner(node.children[0])}"
        case tree.Near():
            return _near(node, [inner(child) for child in node.children])
        case leaves.Scoped():
            return f"{in_words(node.leaf, known, sizes)} in the {node.place}"
        case leaves.Word() | leaves.Phrase() | leaves.Group():
            return f"{node.expression} ({_counted(node, known, sizes)})"
    return node.expression


def terms_of(node: tree.Node, known: Known, sizes: Sizes) -> tuple[UnderstoodTerm, ...]:
    """Return the words, phrases, concepts and entities of a query, in their order."""
    found = (
        UnderstoodTerm(
            leaf.expression, _counted(leaf, known, sizes), tuple(_forms(leaf, known))[:_EXAMPLES]
        )
        for leaf in _leaves(node)
    )
    return tuple(dict.fromkeys(found))


def _leaves(node: tree.Node) -> Iterator[tree.Node]:
    base = node.base if isinstance(node, tree.Leaf) else node
    if isinstance(base, leaves.Word | leaves.Phrase | leaves.Group):
        yield base
    for child in node.children:
        yield from _leaves(child)


def _near(node: tree.Near, said: Sequence[str]) -> str:
    parts = [said[0]]
    for operand, distance in zip(said[1:], node.distances, strict=True):
        words = "1 word" if distance == 1 else f"{distance} words"
        if isinstance(node, tree.Beside):
            parts.append(f"with {operand} within {words}")
        elif node.ordered:
            parts.append(f"at most {words} before {operand}")
        else:
            parts.append(f"within {words} of {operand}")
    return " ".join(parts)


def _counted(node: tree.Node, known: Known, sizes: Sizes) -> str:
    if isinstance(node, leaves.Group):
        kind = "a concept" if node.expression.startswith("$") else "an entity"
        return f"{kind} of {_number(sizes.get(node.expression, 0), 'term')}"
    spellings = [known[pattern] for pattern in patterns_of(node) if pattern in known]
    languages = sorted({code for each in spellings for code in each.languages})
    words = {word for each in spellings for word in each.words}
    said = [_number(len(words), "form")] if words else []
    if languages:
        said.append(f"endings of {', '.join(languages)}")
    elif any(each.beginnings for each in spellings):
        said.append("every word that begins so")
    if isinstance(node, leaves.Phrase):
        said.insert(0, "a phrase")
    return ", ".join(said) or "as written"


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"


def _forms(node: tree.Node, known: Known) -> Iterator[str]:
    if not isinstance(node, leaves.Group):
        for pattern in patterns_of(node):
            if pattern in known:
                yield from sorted(known[pattern].words)
