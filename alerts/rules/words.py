"""Reads terms as people write them (a word, `=word`, `word*`, a phrase) into word patterns.

The same reading serves queries and the lists of concepts and entities.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from alerts.rules.analysis import WORD, fold
from alerts.rules.problems import QuerySyntaxError

MIN_PREFIX = 2
"""Letters before `*`: one letter would match about every thirtieth word of any text."""

MAX_PHRASE_WORDS = 20

OPERATORS = ("AND", "OR", "NOT")

CURLY_QUOTES = frozenset("«»“”„‟″")

_LATER_OPERATOR = re.compile(r"(O?NEAR|ATLEAST)(/\d*)?$")
_FIELD = re.compile(r"[a-z_]+:")
_CHUNK = re.compile(r"\S+")
_BETWEEN_WORDS = frozenset("-‐‑–.,&'’ʻʼ`")
"""What may stand between or after the words of an unquoted term: Алма-Ата, U.S., AT&T."""


@dataclass(frozen=True, slots=True)
class WordPattern:
    """What one word of a term accepts."""

    key: str
    """Folded."""
    prefix: bool = False
    """Whether the key is only how the word begins."""
    capital: bool = False
    """Whether the word must begin with a capital letter in the text."""


def later_version(word: str) -> str | None:
    """Return what to say about a word of the language that this version does not have yet."""
    operator = _LATER_OPERATOR.match(word)
    if operator:
        return f"{operator[1]} comes with a later version"
    if _FIELD.match(word):
        field = word.partition(":")[0]
        return f"`{field}:` comes with a later version; a query looks at title and text"
    if word.startswith("/"):
        return "regular expressions come with a later version"
    if word.startswith("=="):
        return "`==` (exact case) comes with a later version; use `=`"
    if word.startswith("~"):
        return "`~` comes with a later version"
    return None


def parse_words(text: str, *, quoted: bool, names: bool = False) -> tuple[WordPattern, ...]:
    """Read one term: a word, or several that must follow each other.

    `quoted` allows any punctuation between words. `names` makes a capital first letter count.
    Raises QuerySyntaxError with an offset into `text`.
    """
    words: list[WordPattern] = []
    for chunk in _CHUNK.finditer(text):
        words += _parse_chunk(chunk[0], chunk.start(), quoted=quoted, names=names)
    if not words:
        raise QuerySyntaxError("there is no letter or digit to look for", 0)
    if len(words) > MAX_PHRASE_WORDS:
        raise QuerySyntaxError(f"a phrase can have at most {MAX_PHRASE_WORDS} words", 0)
    return tuple(words)


def _parse_chunk(chunk: str, offset: int, *, quoted: bool, names: bool) -> list[WordPattern]:
    later = later_version(chunk)
    if later and (not quoted or chunk.startswith("==")):
        raise QuerySyntaxError(later, offset)
    exact = chunk.startswith("=")
    body = chunk[1:] if exact else chunk
    offset += len(chunk) - len(body)
    prefix = body.endswith("*")
    if prefix:
        body = body[:-1]
    star = body.find("*")
    if star >= 0:
        raise QuerySyntaxError("`*` can only stand at the end of a word", offset + star)
    if exact and prefix:
        raise QuerySyntaxError("`=` and `*` contradict each other: keep one", offset - 1)
    found = list(WORD.finditer(body))
    if not quoted:
        _refuse_stray_characters(body, offset)
    if prefix and (not found or found[-1].end() != len(body)):
        raise QuerySyntaxError("`*` needs the beginning of a word before it", offset + len(body))
    patterns = [
        WordPattern(fold(word[0]), capital=names and word[0][0].isupper()) for word in found
    ]
    if prefix:
        last = patterns[-1]
        if len(last.key) < MIN_PREFIX:
            raise QuerySyntaxError(
                f"`*` needs at least {MIN_PREFIX} letters before it", offset + found[-1].start()
            )
        patterns[-1] = WordPattern(last.key, prefix=True, capital=last.capital)
    return patterns


def _refuse_stray_characters(body: str, offset: int) -> None:
    if body.startswith(("-", "+")):
        operator = "NOT" if body[0] == "-" else "AND"
        raise QuerySyntaxError(f"`{body[0]}` is not an operator", offset, f"write {operator}")
    for match in re.finditer(r"\S", WORD.sub(lambda word: " " * len(word[0]), body)):
        if match[0] not in _BETWEEN_WORDS:
            hint = "use straight quotes" if match[0] in CURLY_QUOTES else "put the phrase in quotes"
            raise QuerySyntaxError(
                f"`{match[0]}` cannot stand in a word", offset + match.start(), hint
            )


def parse_list_item(text: str, *, names: bool = False) -> tuple[WordPattern, ...]:
    """Read an item of a concept's or an entity's list: a word or a phrase, quoted or not.

    Raises QuerySyntaxError with an offset into `text`.
    """
    stripped = text.strip()
    lead = len(text) - len(text.lstrip())
    if len(stripped) >= 2 and stripped[0] == stripped[-1] == '"':
        inner = stripped[1:-1]
        if '"' not in inner:
            return _shifted(inner, lead + 1, quoted=True, names=names)
    for chunk in _CHUNK.finditer(text):
        word = chunk[0].strip("()")
        if word in OPERATORS or _LATER_OPERATOR.match(word) or set('()"') & set(chunk[0]):
            raise QuerySyntaxError(
                "an item of a list is a word or a phrase; queries inside it come with a later "
                "version",
                chunk.start(),
            )
        if word[0:1] in ("$", "@"):
            raise QuerySyntaxError(
                "an item of a list cannot refer to a concept or an entity", chunk.start()
            )
    return parse_words(text, quoted=False, names=names)


def _shifted(text: str, by: int, *, quoted: bool, names: bool = False) -> tuple[WordPattern, ...]:
    try:
        return parse_words(text, quoted=quoted, names=names)
    except QuerySyntaxError as error:
        raise QuerySyntaxError(error.message, error.offset + by, error.hint) from None


def parse_query_term(token: str) -> tuple[WordPattern, ...]:
    """Read a word or a quoted phrase of a query, quotes included.

    Raises QuerySyntaxError with an offset into `token`.
    """
    if token.startswith('"'):
        return _shifted(token[1:-1], 1, quoted=True)
    return parse_words(token, quoted=False)
