"""Turns a parser's surprise at a query into advice for the person who wrote it."""

from __future__ import annotations

from lark import Token

from alerts.rules.problems import QuerySyntaxError
from alerts.rules.words import CURLY_QUOTES, OPERATORS, later_version

_LOWER_CASE_OPERATORS = {
    "and": "AND", "or": "OR", "not": "NOT", "и": "AND", "или": "OR", "не": "NOT",
    "&&": "AND", "||": "OR", "!": "NOT", "&": "AND", "|": "OR",
}  # fmt: skip


def advice(text: str, token: Token, before: Token | None) -> QuerySyntaxError:
    """Return the error for `token` of the query `text`, which may not follow `before`."""
    for suspect in (before, token):
        later = later_version(suspect) if suspect is not None and suspect.type == "WORD" else None
        if suspect is not None and later:
            return QuerySyntaxError(later, _start(suspect))
    if before is not None and before.type in OPERATORS and token.type in ("$END", "RPAR"):
        return QuerySyntaxError(f"{before} needs a term after it", _start(before))
    if token.type == "$END":
        return QuerySyntaxError("this `(` is never closed", _last_open(text))
    if token.type == "RPAR":
        if before is not None and before.type == "LPAR":
            return QuerySyntaxError("there is nothing between these parentheses", _start(before))
        return QuerySyntaxError("this `)` closes nothing", _start(token))
    if token.type in ("AND", "OR"):
        return QuerySyntaxError(f"{token} needs a term before it", _start(token))
    return QuerySyntaxError(
        f"put AND or OR between {_shown(before)} and {_shown(token)}",
        _start(token),
        _joining_hint(token, before),
    )


def _joining_hint(token: Token, before: Token | None) -> str | None:
    for word in (token, before or ""):
        meant = _LOWER_CASE_OPERATORS.get(word.lower())
        if meant and word != meant:
            return f"operators are written in capitals: {meant}"
    if token.type == "NOT":
        return "write AND NOT"
    if set(f"{before}{token}") & CURLY_QUOTES:
        return 'write phrases in straight quotes: "…"'
    if before is not None and before.type == token.type == "WORD":
        return f'for the phrase, write "{before} {token}" in quotes'
    return None


def _last_open(text: str) -> int:
    opened: list[int] = []
    quoted = False
    for position, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif character == "(" and not quoted:
            opened.append(position)
        elif character == ")" and not quoted:
            opened.pop()
    return opened[-1]


def _start(token: Token) -> int:
    return token.start_pos or 0


def _shown(token: Token | None) -> str:
    return f"{token}" if token is None or token.type == "PHRASE" else f"`{token}`"
