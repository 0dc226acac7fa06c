"""What a query says, as a tree. Nodes know where they stand in the query's text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum


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

    raw: str
    """As written, quotes included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConceptRef(Node):
    """`$name`: any term of a concept."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityRef(Node):
    """`@id`: any name of an entity, or of what belongs to it."""

    name: str
    alone: bool = False
    """`only:@id`: what belongs to the entity is not meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Regex(Node):
    """`regex:/…/`: a regular expression over title and text."""

    pattern: str
    pattern_start: int
    """Where the pattern begins in the query."""
    ignore_case: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison(Node):
    """`published<2d`, `length>=200`."""

    operator: str
    age: timedelta | None = None
    """What the article's age is compared with; None for a comparison of length."""
    words: int = 0
    """What the number of words of the text is compared with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOf(Node):
    """Operands joined by AND."""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf(Node):
    """Operands joined by OR."""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AtLeast(Node):
    """`ATLEAST/n(a, b, …)`."""

    count: int
    operands: tuple[Node, ...]


class Joint(Enum):
    """How operands are joined that stand near each other."""

    NEAR = "NEAR"
    """In either order."""
    ONEAR = "ONEAR"
    """In the order they are written in."""
    BESIDE = "BESIDE"
    """The first has each of the others near it, and is what was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Near(Node):
    """Operands joined by NEAR, ONEAR or BESIDE; `distances` stand between them, in words."""

    operands: tuple[Node, ...]
    distances: tuple[int, ...]
    joint: Joint


@dataclass(frozen=True, slots=True, kw_only=True)
class Negated(Node):
    """NOT and its operand."""

    operand: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Within(Node):
    """A part of the article and what is looked for in it: `title:(футбол OR football)`."""

    field: str
    operand: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class About(Node):
    """What is known about the article besides its words: `lang:(ru OR uk)`."""

    field: str
    values: tuple[tuple[str, int], ...]
    """Any of which must fit, as written, each with its offset in the query."""


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly below `node`."""
    match node:
        case AllOf() | AnyOf() | AtLeast() | Near():
            return node.operands
        case Negated() | Within():
            return (node.operand,)
    return ()
