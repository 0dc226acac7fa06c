"""Reads an item of a concept's or an entity's list: a word, a phrase, or a query."""

from __future__ import annotations

import re

from alerts.rules.problems import QuerySyntaxError
from alerts.rules.words import FIELDS, Reading, WordPattern, parse_words

_QUERY = re.compile(
    r'["()$@]'
    r"|(?<!\S)(?:AND|OR|NOT|O?NEAR(?:/\S*)?|BESIDE(?:/\S*)?|ATLEAST(?:/\S*)?)(?!\S)"
    rf"|(?<!\S)(?:{'|'.join(FIELDS)}|regex):"
)


def is_query(item: str) -> bool:
    """Tell whether an item says more than a word or a phrase without quotes."""
    return _QUERY.search(item) is not None


def parse_spelling(item: str, reading: Reading) -> tuple[WordPattern, ...]:
    """Read a word or a phrase without quotes.

    Raises QuerySyntaxError with an offset into `item`.
    """
    return parse_words(item, reading, quoted=False)


def parse_name(item: str, reading: Reading) -> tuple[WordPattern, ...]:
    """Read a name: a word or a phrase, quoted or not.

    Raises QuerySyntaxError with an offset into `item`.
    """
    stripped = item.strip()
    if len(stripped) > 1 and stripped[0] == stripped[-1] == '"' and '"' not in stripped[1:-1]:
        lead = item.index('"') + 1
        try:
            return parse_words(stripped[1:-1], reading, quoted=True)
        except QuerySyntaxError as error:
            raise QuerySyntaxError(error.message, error.offset + lead, error.hint) from None
    found = _QUERY.search(item)
    if found:
        raise QuerySyntaxError(
            "a name is a word or a phrase; queries belong into a concept", found.start()
        )
    return parse_words(item, reading, quoted=False)
