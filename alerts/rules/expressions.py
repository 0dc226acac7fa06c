"""What a query says, as a tree. Nodes know where they stand in the query's text."""

from __future__ import annotations

from dataclasses import dataclass

from alerts.rules.words import WordPattern


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A part of a query: characters `start` to `end` of its text."""

    start: int
    end: int
    depth: int = 0
    """How deep the deepest operator or parenthesis below this node is nested."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term(Node):
    """A word or phrase."""

    words: tuple[WordPattern, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConceptRef(Node):
    """`$name`: any term of a concept."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityRef(Node):
    """`@id`: any name of an entity."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOf(Node):
    """Operands joined by AND."""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf(Node):
    """Operands joined by OR."""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Negated(Node):
    """NOT and its operand."""

    operand: Node
