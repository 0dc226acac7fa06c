"""Reads a query into a tree, and says what is wrong in words of the person who wrote it."""

from __future__ import annotations

import functools
from dataclasses import replace
from pathlib import Path
from typing import TypeVar, cast

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedToken

from alerts.rules.advice import advice
from alerts.rules.expressions import AllOf, AnyOf, ConceptRef, EntityRef, Negated, Node, Term
from alerts.rules.problems import QuerySyntaxError
from alerts.rules.words import parse_query_term

MAX_QUERY_LENGTH = 4_000
"""Characters. Longer lists of words belong into a concept."""

MAX_DEPTH = 50
"""Nesting of operators and parentheses; keeps every walk over the tree off the stack's end."""

_N = TypeVar("_N", bound=Node)


def parse_query(text: str) -> Node:
    """Read `text` into a tree.

    Raises QuerySyntaxError for what cannot be read, what this version does not have, and
    queries longer than MAX_QUERY_LENGTH or nested deeper than MAX_DEPTH.
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
        return cast("Node", _parser().parse(text))  # what the builder below returns
    except UnexpectedCharacters:
        # Every other character begins a token, so only a lone quotation mark ends up here.
        raise QuerySyntaxError("this quotation mark is never closed", text.rindex('"')) from None
    except UnexpectedToken as error:
        raise advice(text, error.token, _token_before(text, error.token)) from None


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

    def group(self, children: tuple[Token, Node, Token]) -> Node:
        opening, inner, closing = children
        return _deeper(replace(inner, start=_start(opening), end=_start(closing) + 1))

    def concept(self, children: list[Token]) -> Node:
        (token,) = children
        return ConceptRef(name=_reference(token, "concept"), **_token_extent(token))

    def entity(self, children: list[Token]) -> Node:
        (token,) = children
        return EntityRef(name=_reference(token, "entity"), **_token_extent(token))

    def term(self, children: list[Token]) -> Node:
        (token,) = children
        try:
            words = parse_query_term(str(token))
        except QuerySyntaxError as error:
            offset = error.offset + _start(token)
            raise QuerySyntaxError(error.message, offset, error.hint) from None
        return Term(words=words, **_token_extent(token))


def _operands(children: list[Token | Node]) -> list[Node]:
    return [child for child in children if isinstance(child, Node)]


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


def _token_before(text: str, token: Token) -> Token | None:
    before = None
    for candidate in _parser().lex(text):
        if token.type != "$END" and _start(candidate) >= _start(token):
            break
        before = candidate
    return before
