"""What a query was taken to mean, in words: `рейд (12 forms) within 10 words of мигрант (12 forms)`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from alerts.rules import leaves, tree
from alerts.rules.lexicon import Spellings

_EXAMPLES = 12
"""Spellings of a term that are listed."""


@dataclass(frozen=True, slots=True)
class UnderstoodTerm:
    """A word, a phrase, a concept or an entity of a query."""

    written: str
    forms: int
    """Words that are listed, and beginnings of words."""
    beginnings: int
    """Of them, those that stand for every word that begins so with endings of its language."""
    examples: tuple[str, ...]


def in_words(node: tree.Node, spellings: Mapping[int, Spellings]) -> str:
    """Return in one line what a query asks for."""
    match node:
        case tree.All():
            return " and ".join(_inner(child, spellings) for child in node.children)
        case tree.Any():
            return " or ".join(_inner(child, spellings) for child in node.children)
        case tree.AtLeast():
            listed = ", ".join(in_words(child, spellings) for child in node.children)
            return f"at least {node.count} of: {listed}"
        case tree.Not():
            return f"not {_inner(node.children[0], spellings)}"
        case tree.Near():
            return _near(node, [_inner(child, spellings) for child in node.children])
        case leaves.Scoped():
            return f"{in_words(node.leaf, spellings)} in the {node.place}"
        case leaves.Word() | leaves.Phrase() | leaves.Group():
            term = _term(node, spellings)
            return f"{node.expression} ({_counted(term, node)})"
    return node.expression


def terms_of(node: tree.Node, spellings: Mapping[int, Spellings]) -> tuple[UnderstoodTerm, ...]:
    """Return the words, phrases, concepts and entities of a query, in their order."""
    return tuple(dict.fromkeys(_term(leaf, spellings) for leaf in _leaves(node)))


def _leaves(node: tree.Node) -> Iterator[tree.Node]:
    match node:
        case leaves.Scoped():
            yield from _leaves(node.leaf)
        case leaves.Word() | leaves.Phrase() | leaves.Group():
            yield node
    for child in node.children:
        yield from _leaves(child)


def _inner(node: tree.Node, spellings: Mapping[int, Spellings]) -> str:
    said = in_words(node, spellings)
    several = isinstance(node, tree.All | tree.Any | tree.Near | tree.AtLeast)
    return f"({said})" if several else said


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


def _term(node: tree.Node, spellings: Mapping[int, Spellings]) -> UnderstoodTerm:
    words: set[str] = set()
    beginnings: set[str] = set()
    for pattern in _patterns(node):
        known = spellings.get(pattern)
        if known is not None:
            words |= known.words
            beginnings |= known.beginnings
    listed = [*sorted(words), *(f"{each}…" for each in sorted(beginnings))]
    return UnderstoodTerm(
        node.expression,
        len(words) + len(beginnings),
        len(beginnings),
        tuple(listed[:_EXAMPLES]),
    )


def _patterns(node: tree.Node) -> Iterator[int]:
    match node:
        case leaves.Word():
            yield node.pattern
        case leaves.Phrase():
            yield from node.patterns
        case leaves.Scoped():
            yield from _patterns(node.leaf)
        case leaves.Group():
            if node.words is not None:
                yield node.words
            for part in node.parts:
                yield from _patterns(part)
    for child in node.children:
        yield from _patterns(child)


def _counted(term: UnderstoodTerm, node: tree.Node) -> str:
    listed = term.forms - term.beginnings
    said = [f"{listed:,} form{'s' * (listed != 1)}"] if listed else []
    if term.beginnings:
        said.append(f"{term.beginnings:,} beginning{'s' * (term.beginnings != 1)}")
    counted = " and ".join(said) or "no forms"
    return f"a phrase, {counted}" if isinstance(node, leaves.Phrase) else counted
