"""Turns what a query says into a tree that can be judged. Equal leaves become one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alerts.rules import expressions as said
from alerts.rules import leaves, tree
from alerts.rules.problems import QuerySyntaxError, did_you_mean
from alerts.rules.regexes import Regex
from alerts.rules.vocabulary import Vocabulary
from alerts.rules.words import Reading, WordPattern, parse_query_term

_Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A query to be built: its text, what was read from it, and how its words are meant."""

    text: str
    said: said.Node
    reading: Reading


class TreeBuilder:
    """Builds trees over one vocabulary."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        concepts: Mapping[str, leaves.Group],
        entities: Mapping[str, leaves.Group],
        families: Mapping[str, leaves.Group],
        count: int = 0,
    ) -> None:
        """Build over these; `count` leaves have numbers already."""
        self._vocabulary = vocabulary
        self._concepts = concepts
        self._entities = entities
        self._families = families
        self._leaves: dict[_Key, tree.Leaf] = {}
        self.count = count
        self._errors: list[QuerySyntaxError] = []
        self.used: set[tuple[str, str]] = set()
        """Kind and name of every concept and entity that was referred to."""

    def number(self) -> int:
        """Return a number for a new leaf."""
        self.count += 1
        return self.count

    def build(self, query: Query, errors: list[QuerySyntaxError]) -> tree.Node:
        """Return the tree of a query.

        What is wrong is added to `errors`, located in the query's text; the tree is then good for
        nothing.
        """
        self._errors = errors
        return self._node(query.said, query, None)

    def phrase(self, words: Sequence[WordPattern], written: str) -> tree.Leaf:
        """Return the leaf of a word or phrase."""
        key = ("term", tuple(words), written)
        known = self._leaves.get(key)
        if known is None:
            numbers = [self._vocabulary.word(word) for word in words]
            known = self._leaves[key] = (
                leaves.Word(self.number(), written, numbers[0])
                if len(numbers) == 1
                else leaves.Phrase(self.number(), written, numbers)
            )
        return known

    def _node(self, node: said.Node, query: Query, place: str | None) -> tree.Node:
        written = query.text[node.start : node.end]

        def built(operands: Sequence[said.Node]) -> list[tree.Node]:
            return [self._node(operand, query, place) for operand in operands]

        match node:
            case said.AllOf(operands=operands):
                return tree.All(built(operands), written)
            case said.AnyOf(operands=operands):
                return tree.Any(built(operands), written)
            case said.AtLeast(count=count, operands=operands):
                return tree.AtLeast(count, built(operands), written)
            case said.Near():
                if node.joint is said.Joint.BESIDE:
                    return tree.Beside(built(node.operands), node.distances, written)
                ordered = node.joint is said.Joint.ONEAR
                return tree.Near(built(node.operands), node.distances, written, ordered=ordered)
            case said.Negated(operand=operand):
                return tree.Not(self._node(operand, query, place), written)
            case said.Within(field=field, operand=operand):
                inner = self._node(operand, query, field)
                return inner if isinstance(inner, tree.Leaf) else _renamed(inner, written)
        try:
            leaf = self._leaf(node, query, _bare(written))
        except QuerySyntaxError as error:
            self._errors.append(error)
            return tree.Any((), written)
        return leaf if place is None else self._scoped(leaf, place)

    def _scoped(self, leaf: tree.Leaf, place: str) -> tree.Leaf:
        return self._leaves.setdefault(("scoped", leaf.number, place), leaves.Scoped(leaf, place))

    def _leaf(self, node: said.Node, query: Query, written: str) -> tree.Leaf:
        match node:
            case said.Term(raw=raw):
                try:
                    words = parse_query_term(raw, query.reading)
                except QuerySyntaxError as error:
                    offset = query.text.index(raw, node.start) + error.offset
                    raise QuerySyntaxError(error.message, offset, error.hint) from None
                return self.phrase(words, written)
            case said.ConceptRef(name=name):
                return self._reference("concept", name, node, query, self._concepts)
            case said.EntityRef(name=name, alone=alone):
                groups = self._entities if alone else self._families
                return self._reference("entity", name, node, query, groups)
        key: _Key = ("fact", written)
        known = self._leaves.get(key)
        if known is None:
            known = self._leaves[key] = self._new_leaf(node, written)
        return known

    def _new_leaf(self, node: said.Node, written: str) -> tree.Leaf:
        match node:
            case said.Regex(pattern=pattern):
                try:
                    regex = Regex(pattern, ignore_case=node.ignore_case)
                except QuerySyntaxError as error:
                    offset = node.pattern_start + error.offset
                    raise QuerySyntaxError(error.message, offset, error.hint) from None
                return leaves.RegexLeaf(self.number(), written, regex)
            case said.About(field=field, values=values):
                for value, offset in values:
                    _refuse_empty(field, value, offset)
                texts = [value.strip('"') for value, _ in values]
                return leaves.About(self.number(), written, field, texts)
            case said.Comparison(operator=operator, age=age, words=words):
                if age is None:
                    return leaves.Length(self.number(), written, operator, words)
                return leaves.Age(self.number(), written, operator, age)
        raise AssertionError(f"unknown node {node!r}")

    def _reference(
        self,
        kind: str,
        name: str,
        node: said.Node,
        query: Query,
        known: Mapping[str, leaves.Group],
    ) -> tree.Leaf:
        self.used.add((kind, name))
        group = known.get(name)
        if group is not None:
            return group
        sigil = "$" if kind == "concept" else "@"
        offset = query.text.index(sigil, node.start)
        raise QuerySyntaxError(
            f"undefined {kind} '{sigil}{name}'", offset, did_you_mean(name, known, sigil)
        )


def _bare(written: str) -> str:
    """Return what is written without parentheses around the whole of it."""
    while written.startswith("(") and written.endswith(")"):
        written = written[1:-1].strip()
    return written


def _renamed(node: tree.Node, written: str) -> tree.Node:
    node.expression = written
    return node


def _refuse_empty(field: str, value: str, offset: int) -> None:
    bare = value.strip('"')
    if not bare.strip() or (field in ("url", "author") and not any(map(str.isalnum, bare))):
        raise QuerySyntaxError(f"`{field}:` has nothing to compare with", offset)
