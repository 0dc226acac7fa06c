"""Reads terms as people write them (a word, `=word`, `word*`, a phrase) into word patterns.

The same reading serves queries and the lists of concepts and entities.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from alerts.rules.analysis import WORD, fold
from alerts.rules.languages import GENERATING
from alerts.rules.languages.guess import guess_languages
from alerts.rules.problems import QuerySyntaxError, did_you_mean

MIN_PREFIX = 2
"""Letters before `*`: one letter would match about every thirtieth word of any text."""

MAX_PHRASE_WORDS = 20

CURLY_QUOTES = frozenset("«»“”„‟″")

FIELDS = ("title", "lead", "text", "url", "source", "lang", "author", "tag", "only")
"""The first three are parts of an article that words are looked for in; the others are what is
known about it besides."""

_FIELD_SIGNS = tuple(f"{field}:" for field in (*FIELDS, "regex"))
_CHUNK = re.compile(r"\S+")
_SIGN = re.compile(r"==?|\*[-‐‑]")
_BETWEEN_WORDS = frozenset("-‐‑–.,&'’ʻʼ`")
"""What may stand between or after the words of an unquoted term: Алма-Ата, U.S., AT&T."""


class Form(Enum):
    """Which forms of a word a pattern accepts."""

    INFLECTED = "inflected"
    """Every form that the languages give it."""
    EXACT = "exact"
    """The word as written; case and spelling variants make no difference."""
    CASED = "cased"
    """The word as written, in the case it is written in."""
    PREFIX = "prefix"
    """Every word that begins so."""


@dataclass(frozen=True, slots=True)
class WordPattern:
    """What one word of a term accepts."""

    key: str
    """Folded; as written for CASED."""
    form: Form = Form.INFLECTED
    languages: tuple[str, ...] = ()
    """Whose inflection an INFLECTED word takes."""
    capital: bool = False
    """Whether the word must begin with a capital letter in the text."""
    compound: bool = False
    """Whether it must be the tail of a hyphenated compound: `*-рейд`."""
    forms: frozenset[str] = frozenset()
    """Further forms, folded: those of a name that were generated for the name as a whole."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How the words of a term are to be understood."""

    languages: tuple[str, ...] | None = None
    """The language of inflected words; None: guessed from the letters of each."""
    names: bool = False
    """Whether a capital first letter counts."""


def parse_words(text: str, reading: Reading, *, quoted: bool) -> tuple[WordPattern, ...]:
    """Read one term: a word, or several that must follow each other.

    `quoted` allows any punctuation between words. Raises QuerySyntaxError with an offset into
    `text`.
    """
    words: list[WordPattern] = []
    for chunk in _CHUNK.finditer(text):
        words += _parse_chunk(chunk[0], chunk.start(), reading, quoted=quoted)
    if not words:
        raise QuerySyntaxError("there is no letter or digit to look for", 0)
    if len(words) > MAX_PHRASE_WORDS:
        raise QuerySyntaxError(f"a phrase can have at most {MAX_PHRASE_WORDS} words", 0)
    return tuple(words)


def _parse_chunk(chunk: str, offset: int, reading: Reading, *, quoted: bool) -> list[WordPattern]:
    sign = _SIGN.match(chunk)
    body = chunk[sign.end() :] if sign else chunk
    exact = bool(sign) and chunk.startswith("=")
    offset += len(chunk) - len(body)
    prefix = body.endswith("*")
    if prefix:
        body = body[:-1]
    star = body.find("*")
    if star >= 0:
        raise QuerySyntaxError(
            "`*` can only stand at the end of a word",
            offset + star,
            "`*-word` finds the tail of a hyphenated compound" if star == 0 else None,
        )
    if exact and prefix:
        raise QuerySyntaxError("`=` and `*` contradict each other: keep one", offset - 1)
    found = list(WORD.finditer(body))
    if not quoted:
        _refuse_stray_characters(body, offset)
    if sign and not found:
        raise QuerySyntaxError(f"`{sign[0]}` needs a word after it", offset - len(sign[0]))
    if prefix and (not found or found[-1].end() != len(body)):
        raise QuerySyntaxError("`*` needs the beginning of a word before it", offset + len(body))
    form = {"=": Form.EXACT, "==": Form.CASED}.get(sign[0] if sign else "", Form.INFLECTED)
    patterns = [_pattern(word[0], form, reading) for word in found]
    if sign and not exact:
        patterns[0] = _tail(patterns[0])
    if prefix:
        last = patterns[-1]
        if len(last.key) < MIN_PREFIX:
            raise QuerySyntaxError(
                f"`*` needs at least {MIN_PREFIX} letters before it", offset + found[-1].start()
            )
        patterns[-1] = WordPattern(
            last.key, Form.PREFIX, capital=last.capital, compound=last.compound
        )
    return patterns


def _pattern(word: str, form: Form, reading: Reading) -> WordPattern:
    if form is Form.CASED:
        return WordPattern(word, form)
    key = fold(word)
    capital = reading.names and word[0].isupper()
    languages = guess_languages(key) if reading.languages is None else reading.languages
    abbreviation = reading.names and word.isupper() and GENERATING.issuperset(languages)
    if form is Form.EXACT or key.isdigit() or abbreviation:
        return WordPattern(key, Form.EXACT, capital=capital)
    return WordPattern(key, form, languages, capital)


def _tail(pattern: WordPattern) -> WordPattern:
    return WordPattern(pattern.key, pattern.form, pattern.languages, pattern.capital, compound=True)


def _refuse_stray_characters(body: str, offset: int) -> None:
    if body.startswith(("-", "+")):
        operator = "NOT" if body[0] == "-" else "AND"
        raise QuerySyntaxError(f"`{body[0]}` is not an operator", offset, f"write {operator}")
    if body.startswith("/"):
        raise QuerySyntaxError("`/` cannot stand in a word", offset, "write regex:/…/")
    for match in re.finditer(r"\S", WORD.sub(lambda word: " " * len(word[0]), body)):
        if match[0] not in _BETWEEN_WORDS:
            hint = "use straight quotes" if match[0] in CURLY_QUOTES else "put the phrase in quotes"
            if match[0] == ":":
                hint = did_you_mean(f"{body[: match.start()]}:", _FIELD_SIGNS) or hint
            raise QuerySyntaxError(
                f"`{match[0]}` cannot stand in a word", offset + match.start(), hint
            )


def parse_query_term(token: str, reading: Reading) -> tuple[WordPattern, ...]:
    """Read a word or a quoted phrase of a query, quotes included.

    Raises QuerySyntaxError with an offset into `token`.
    """
    if not token.startswith('"'):
        return parse_words(token, reading, quoted=False)
    try:
        return parse_words(token[1:-1], reading, quoted=True)
    except QuerySyntaxError as error:
        raise QuerySyntaxError(error.message, error.offset + 1, error.hint) from None
