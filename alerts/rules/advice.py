"""Turns a parser's surprise at a query into advice for the person who wrote it."""

from __future__ import annotations

from collections.abc import Sequence

from lark import Token

from alerts.rules.problems import QuerySyntaxError
from alerts.rules.words import CURLY_QUOTES

_OPERATORS = ("AND", "OR", "NOT", "NEAR", "ATLEAST")
_SIGNS = (*_OPERATORS, "PLACE", "ABOUT")

_MEANT = {
    "and": "AND", "or": "OR", "not": "NOT", "и": "AND", "или": "OR", "не": "NOT",
    "&&": "AND", "||": "OR", "!": "NOT", "&": "AND", "|": "OR",
}  # fmt: skip
_MEANT_TOO = {"near": "NEAR/8", "onear": "ONEAR/8", "w": "NEAR/8", "atleast": "ATLEAST/2(a, b)"}


def advice(text: str, token: Token, tokens: Sequence[Token]) -> QuerySyntaxError:
    """Return the error for `token` of the query `text`, which may not follow `tokens`."""
    before = tokens[-1] if tokens else None
    for suspect in (before, token):
        if suspect is not None and suspect.type == "WORD" and suspect.startswith("regex:"):
            return QuerySyntaxError(
                "this regular expression is never closed", _start(suspect), "write regex:/…/"
            )
    if before is not None and before.type == "ATLEAST":
        return QuerySyntaxError(
            f"{before} needs a list in parentheses", _start(before), "write ATLEAST/2(a, b, c)"
        )
    if before is not None and before.type == "NEAR" and token.type == "NOT":
        return QuerySyntaxError(
            "NOT cannot stand inside NEAR", _start(token), "write a AND NOT (a NEAR/8 b)"
        )
    about = _open_about(tokens)
    if about is not None and token.type != "$END":
        return QuerySyntaxError(f"`{about}` takes a word, a phrase or (a OR b)", _start(token))
    if before is not None and before.type in _SIGNS and token.type in ("$END", "RPAR", "COMMA"):
        return QuerySyntaxError(f"{_bare(before)} needs a term after it", _start(before))
    if token.type == "COMMA":
        return QuerySyntaxError(
            "commas only separate the operands of ATLEAST/n(a, b)",
            _start(token),
            "write AND or OR; put a comma that belongs to a phrase in quotes",
        )
    if token.type == "$END":
        return QuerySyntaxError("this `(` is never closed", _last_open(text))
    if token.type == "RPAR":
        if before is not None and before.type == "LPAR":
            return QuerySyntaxError("there is nothing between these parentheses", _start(before))
        return QuerySyntaxError("this `)` closes nothing", _start(token))
    if token.type in ("AND", "OR", "NEAR"):
        return QuerySyntaxError(f"{token} needs a term before it", _start(token))
    return QuerySyntaxError(
        f"put AND or OR between {_shown(before)} and {_shown(token)}",
        _start(token),
        _joining_hint(token, before),
    )


def _joining_hint(token: Token, before: Token | None) -> str | None:
    for word in (token, before or ""):
        lowered = word.lower()
        meant = _MEANT.get(lowered)
        if meant and word != meant:
            return f"operators are written in capitals: {meant}"
        proximity = _MEANT_TOO.get(lowered.partition("/")[0])
        if proximity:
            return f"operators are written in capitals: {proximity}"
    if token.type == "NOT":
        return "write AND NOT"
    if set(f"{before}{token}") & CURLY_QUOTES:
        return 'write phrases in straight quotes: "…"'
    if before is not None and before.type == token.type == "WORD":
        return f'for the phrase, write "{before} {token}" in quotes'
    return None


def _open_about(tokens: Sequence[Token]) -> Token | None:
    """Return the `lang:` or the like whose value, or whose parentheses, the tokens end in."""
    if tokens and tokens[-1].type == "ABOUT":
        return tokens[-1]
    opened: list[int] = []
    for index, token in enumerate(tokens):
        if token.type == "LPAR":
            opened.append(index)
        elif token.type == "RPAR" and opened:
            opened.pop()
    if not opened or opened[-1] == 0:
        return None
    owner = tokens[opened[-1] - 1]
    return owner if owner.type == "ABOUT" else None


def _last_open(text: str) -> int:
    opened: list[int] = []
    quoted = False
    for position, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif character == "(" and not quoted:
            opened.append(position)
        elif character == ")" and not quoted and opened:
            opened.pop()
    return opened[-1] if opened else len(text)


def _bare(token: Token) -> str:
    return f"`{token}`" if token.type in ("PLACE", "ABOUT") else f"{token}"


def _start(token: Token) -> int:
    return token.start_pos or 0


def _shown(token: Token | None) -> str:
    return f"{token}" if token is None or token.type == "PHRASE" else f"`{token}`"
