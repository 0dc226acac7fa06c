"""What the operators of a query accept: distances, counts, comparisons, and which operands."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from lark import Token

from alerts.rules.expressions import (
    About,
    AllOf,
    AtLeast,
    Comparison,
    Joint,
    Negated,
    Node,
    Within,
    children,
)
from alerts.rules.problems import QuerySyntaxError
from core.config.values import parse_duration

MAX_DISTANCE: Final = 200
"""Words between the operands of NEAR: farther apart, they have little to do with each other."""

_COMPARISON = re.compile(r"(published|length)\s*(<=|>=|<|>)\s*(.*)")


def read_distances(signs: list[Token]) -> tuple[tuple[int, ...], Joint]:
    """Return the distances of a chain of NEAR, ONEAR or BESIDE, and which of them it is.

    Raises QuerySyntaxError for a missing or wrong distance and for a chain of several kinds.
    """
    first = signs[0].partition("/")[0]
    for sign in signs[1:]:
        other = sign.partition("/")[0]
        if other != first:
            raise QuerySyntaxError(
                f"{' and '.join(sorted((first, other)))} cannot be chained without parentheses",
                _start(sign),
                f"write (a {first}/3 b) {other}/5 c",
            )
    return tuple(_distance(sign) for sign in signs), Joint(first)


def _distance(sign: Token) -> int:
    operator, _, number = sign.partition("/")
    if not number.isascii() or not number.isdigit() or not 1 <= int(number[:9]) <= MAX_DISTANCE:
        raise QuerySyntaxError(
            f"{operator} needs a distance in words, 1 to {MAX_DISTANCE}",
            _start(sign),
            f"write {operator}/8",
        )
    return int(number)


def read_count(sign: Token, operands: int) -> int:
    """Return n of `ATLEAST/n(…)`. Raises QuerySyntaxError when it makes no sense."""
    number = sign.partition("/")[2]
    if not number.isascii() or not number.isdigit() or int(number[:9]) < 1:
        raise QuerySyntaxError("ATLEAST needs a number", _start(sign), "write ATLEAST/2(a, b, c)")
    if int(number[:9]) > operands:
        raise QuerySyntaxError(
            f"{sign} can never be reached with {operands} in the parentheses",
            _start(sign),
            "separate them by commas: ATLEAST/2(a, b, c)",
        )
    return int(number)


def read_comparison(token: Token) -> Comparison:
    """Read `published<2d` or `length>=200`. Raises QuerySyntaxError for a wrong value."""
    what, operator, value = _COMPARISON.findall(token)[0]  # the grammar's own token fits
    start, end = _start(token), _start(token) + len(token)
    if what == "length":
        if not value.isascii() or not value.isdigit():
            raise QuerySyntaxError(
                "`length` is compared with a number of words", _start(token), "length>=200"
            )
        return Comparison(operator=operator, words=int(value[:9]), start=start, end=end)
    return Comparison(operator=operator, age=_age(token, value), start=start, end=end)


def _age(token: Token, value: str) -> timedelta:
    try:
        return parse_duration(value)
    except ValueError:
        raise QuerySyntaxError(
            "`published` is compared with an age", _start(token), "published<2d, published>12h"
        ) from None


_NOWHERE: dict[type[Node], str] = {
    AllOf: "AND",
    Negated: "NOT",
    AtLeast: "ATLEAST",
    Comparison: "a comparison",
    About: "a field without words",
}


def refuse_nowhere(operand: Node, place: str, hint: str) -> None:
    """Raise QuerySyntaxError for what stands nowhere in the text, where hits have to be somewhere.

    `place` says where it cannot stand.
    """
    name = _NOWHERE.get(type(operand))
    if name:
        raise QuerySyntaxError(
            f"{name} cannot stand inside {place}: it has no position in the text",
            operand.start,
            hint,
        )
    for child in children(operand):
        refuse_nowhere(child, place, hint)


def refuse_in_field(operand: Node, field: Token) -> None:
    """Raise QuerySyntaxError for what cannot be looked for inside a part of the article."""
    if isinstance(operand, Within | About | Comparison):
        raise QuerySyntaxError(
            f"only words, phrases, $concepts and @entities can stand in `{field}`",
            operand.start,
            f"close the parentheses of `{field}(…)` before it",
        )
    for child in children(operand):
        refuse_in_field(child, field)


def _start(token: Token) -> int:
    return token.start_pos or 0
