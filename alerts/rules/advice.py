"""Turns a parser's surprise at a query into advice for the person who wrote it."""

from __future__ import annotations

import re
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


_GLUED = re.compile(r"(O?NEAR|ATLEAST)[-_:.\\]?(\d{1,3})")
_SPACED = re.compile(r"(?i:(O?NEAR|ATLEAST))(?:/?\s+|/)(\d{1,3})(?![^\s()\",])")


def without_slash(text: str, at: int) -> QuerySyntaxError | None:
    """Return the error for a distance or count that stands at `at` but not behind a slash.

    `NEAR 40` looks for the word 40; nobody means that.
    """
    found = _SPACED.match(text, at)
    if found is None or found[0] == f"{found[1]}/{found[2]}":
        return None
    return _slash_missing(found[0], f"{found[1].upper()}/{found[2]}", at)


def _slash_missing(written: str, meant: str, at: int) -> QuerySyntaxError:
    said = " ".join(written.split())
    return QuerySyntaxError(f"`{said}` needs its number behind a slash", at, f"write {meant}")


def _number_astray(text: str, token: Token, tokens: Sequence[Token]) -> QuerySyntaxError | None:
    """Return the error for an operator before `token` whose number stands anywhere but at it."""
    for suspect in (*reversed(tokens), token):
        error = None
        if suspect.type in ("NEAR", "ATLEAST"):
            error = without_slash(text, _start(suspect))
        elif suspect.type == "WORD" and suspect in (token, tokens[-1] if tokens else None):
            glued = _GLUED.fullmatch(suspect)
            if glued is not None:
                error = _slash_missing(suspect, f"{glued[1]}/{glued[2]}", _start(suspect))
            elif suspect.lower() in _MEANT_TOO:
                error = without_slash(text, _start(suspect))
        if error is not None:
            return error
    return None


def advice(text: str, token: Token, tokens: Sequence[Token]) -> QuerySyntaxError:
    """Return the error for `token` of the query `text`, which may not follow `tokens`."""
    return _number_astray(text, token, tokens) or _misplaced(text, token, tokens)


def _misplaced(text: str, token: Token, tokens: Sequence[Token]) -> QuerySyntaxError:
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
        operator, _, number = lowered.partition("/")
        proximity = _MEANT_TOO.get(operator)
        if proximity:
            meant = f"{proximity.partition('/')[0]}/{number}" if number.isdigit() else proximity
            return f"operators are written in capitals: {meant}"
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
