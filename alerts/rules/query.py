"""Reads a query into a tree, and says what is wrong in words of the person who wrote it."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar, cast

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedToken

from alerts.rules.advice import advice, without_slash
from alerts.rules.expressions import (
    About,
    AllOf,
    AnyOf,
    AtLeast,
    ConceptRef,
    EntityRef,
    Near,
    Negated,
    Node,
    Regex,
    Term,
    Within,
    children,
)
from alerts.rules.operators import (
    read_comparison,
    read_count,
    read_distances,
    refuse_in_field,
    refuse_nowhere,
)
from alerts.rules.problems import QuerySyntaxError

MAX_QUERY_LENGTH = 4_000
"""Characters. Longer lists of words belong into a concept."""

MAX_DEPTH = 50
"""Nesting of operators and parentheses; keeps every walk over the tree off the stack's end."""

MAX_NEAR_OPERANDS = 20
"""Of all NEAR and ONEAR of a query together: each costs up to a millisecond where a text is nothing
but the words it asks for."""

_NEAR_HINT = "write (a OR b) NEAR/8 c, or a AND NOT (a NEAR/8 b)"

_N = TypeVar("_N", bound=Node)


def parse_query(text: str) -> Node:
    """Read `text` into a tree.

    Raises QuerySyntaxError for what cannot be read, and for queries longer than
    MAX_QUERY_LENGTH or nested deeper than MAX_DEPTH. The words of terms are not looked at: what
    they mean depends on where the query stands.
    """
    if len(text) > MAX_QUERY_LENGTH:
        raise QuerySyntaxError(
            f"a query can have at most {MAX_QUERY_LENGTH} characters, this one has {len(text)}",
            MAX_QUERY_LENGTH,
            "put long lists of words into a concept",
        )
    if not text.strip():
        raise QuerySyntaxError("the query is empty", 0)
    try:
        query = cast("Node", _parser().parse(text))  # what the builder below returns
    except UnexpectedCharacters:
        # Every other character begins a token, so only a lone quotation mark ends up here.
        raise QuerySyntaxError("this quotation mark is never closed", text.rindex('"')) from None
    except UnexpectedToken as error:
        raise advice(text, error.token, _tokens_before(text, error.token)) from None
    except QuerySyntaxError as error:
        raise without_slash(text, error.offset) or error from None
    if _near_operands(query) > MAX_NEAR_OPERANDS:
        raise QuerySyntaxError(
            f"the NEAR of a query can have at most {MAX_NEAR_OPERANDS} operands together",
            query.start,
            "join words that may stand for each other by OR, or make them a concept",
        )
    return query


def _near_operands(node: Node) -> int:
    own = len(node.operands) if isinstance(node, Near) else 0
    return own + sum(map(_near_operands, children(node)))


class _Builder(Transformer[Token, Node]):
    """Builds nodes while parsing, so that no later walk recurses before the depth is known."""

    def any_of(self, children: list[Token | Node]) -> Node:
        operands = _operands(children)
        return AnyOf(operands=tuple(operands), **_extent(operands))

    def all_of(self, children: list[Token | Node]) -> Node:
        operands = _operands(children)
        return AllOf(operands=tuple(operands), **_extent(operands))

    def negated(self, children: tuple[Token, Node]) -> Node:
        sign, operand = children
        node = Negated(operand=operand, start=_start(sign), end=operand.end, depth=operand.depth)
        return _deeper(node)

    def near(self, children: list[Token | Node]) -> Node:
        operands = _operands(children)
        distances, joint = read_distances(_tokens(children))
        for operand in operands:
            refuse_nowhere(operand, "NEAR", _NEAR_HINT)
        return Near(operands=tuple(operands), distances=distances, joint=joint, **_extent(operands))

    def at_least(self, children: list[Token | Node]) -> Node:
        operands = _operands(children)
        tokens = _tokens(children)
        node = AtLeast(
            count=read_count(tokens[0], len(operands)),
            operands=tuple(operands),
            **_extent(operands),
        )
        return _deeper(replace(node, start=_start(tokens[0]), end=_start(tokens[-1]) + 1))

    def within(self, children: tuple[Token, Node]) -> Node:
        field, operand = children
        refuse_in_field(operand, field)
        node = Within(
            field=str(field[:-1]),
            operand=operand,
            start=_start(field),
            end=operand.end,
            depth=operand.depth,
        )
        return _deeper(node)

    def about(self, children: list[Token]) -> Node:
        field, *rest = children
        values = [token for token in rest if token.type in ("WORD", "PHRASE")]
        return About(
            field=str(field[:-1]),
            values=tuple((str(value), _start(value)) for value in values),
            start=_start(field),
            end=_start(rest[-1]) + len(rest[-1]),
        )

    def group(self, children: tuple[Token, Node, Token]) -> Node:
        opening, inner, closing = children
        return _deeper(replace(inner, start=_start(opening), end=_start(closing) + 1))

    def concept(self, children: list[Token]) -> Node:
        (token,) = children
        return ConceptRef(name=_reference(token, "concept"), **_token_extent(token))

    def entity(self, children: list[Token]) -> Node:
        (token,) = children
        name = _reference(token, "entity")
        return EntityRef(name=name, start=_start(token), end=_start(token) + len(token))

    def alone(self, children: list[Token]) -> Node:
        sign, token = children
        name = _reference(token, "entity")
        end = _start(token) + len(token)
        return EntityRef(name=name, alone=True, start=_start(sign), end=end)

    def regex(self, children: list[Token]) -> Node:
        (token,) = children
        closing = token.rindex("/")
        opening = len("regex:/")
        return Regex(
            pattern=str(token[opening:closing]),
            pattern_start=_start(token) + opening,
            ignore_case=token.endswith("i"),
            **_token_extent(token),
        )

    def comparison(self, children: list[Token]) -> Node:
        (token,) = children
        return read_comparison(token)

    def term(self, children: list[Token]) -> Node:
        (token,) = children
        return Term(raw=str(token), **_token_extent(token))


def _operands(children: Iterable[Token | Node]) -> list[Node]:
    return [child for child in children if isinstance(child, Node)]


def _tokens(children: Iterable[Token | Node]) -> list[Token]:
    return [child for child in children if isinstance(child, Token)]


def _extent(operands: list[Node]) -> dict[str, int]:
    depth = max(operand.depth for operand in operands) + 1
    return {"start": operands[0].start, "end": operands[-1].end, "depth": depth}


def _start(token: Token) -> int:
    return token.start_pos or 0  # lark fills it for every token of a text


def _token_extent(token: Token) -> dict[str, int]:
    return {"start": _start(token), "end": _start(token) + len(token)}


def _deeper(node: _N) -> _N:
    if node.depth >= MAX_DEPTH:
        raise QuerySyntaxError(f"the query is nested more than {MAX_DEPTH} levels deep", node.start)
    return replace(node, depth=node.depth + 1)


def _reference(token: Token, what: str) -> str:
    if len(token) == 1:
        raise QuerySyntaxError(f"`{token}` needs the name of {_an(what)} after it", _start(token))
    return str(token[1:])


def _an(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


@functools.cache
def _parser() -> Lark:
    grammar = Path(__file__).with_name("query.lark").read_text(encoding="utf-8")
    # The contextual lexer would read AND as a word wherever no operator may stand.
    return Lark(grammar, parser="lalr", lexer="basic", transformer=_Builder())


def _tokens_before(text: str, token: Token) -> list[Token]:
    tokens = []
    for candidate in _parser().lex(text):
        if token.type != "$END" and _start(candidate) >= _start(token):
            break
        tokens.append(candidate)
    return tokens
