"""A slow and obvious evaluator of the rule language, to hold the engine against.

Queries are made as trees, not parsed; an article is lists of words; a hit is a field and the
numbers of its first and last word in that field. Everything is found by trying all places.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.articles import ArticleData

FORMS = {
    "мигрант": {"мигрант", "мигранта", "мигранты", "мигрантов", "мигрантам"},
    "рейд": {"рейд", "рейда", "рейды", "рейдов", "рейде"},
    "повестка": {"повестка", "повестки", "повестку", "повесток"},
    "день": {"день", "дня", "дни", "дней"},
    "raid": {"raid", "raids", "raided", "raiding"},
    "police": {"police", "polices", "policed", "policing"},
}
"""Some forms of the words of generated queries: those that generated texts use."""

LEAD_AT_LEAST, LEAD_AT_MOST = 12, 100


def plain(word: str) -> str:
    """Fold the way a schoolbook would: letter by letter."""
    kept = [c for c in unicodedata.normalize("NFC", word.lower()) if c not in "\u00ad\u200b\u0301"]
    return "".join({"ё": "е", "ʻ": "'", "’": "'"}.get(letter, letter) for letter in kept)


@dataclass(frozen=True)
class Word:
    """A word of a text, and whether a hyphen ties it to the word before."""

    raw: str
    tied: bool


@dataclass(frozen=True, order=True)
class Hit:
    """Words `first` to `last` of a field."""

    field: str
    first: int
    last: int

    def shares_a_word_with(self, other: Hit) -> bool:
        if self.field != other.field:
            return False
        return bool({*range(self.first, self.last + 1)} & {*range(other.first, other.last + 1)})

    def before(self, other: Hit, distance: int) -> bool:
        return self.field == other.field and 1 <= other.first - self.last <= distance


class Text:
    """An article cut into words. Generated texts hold words, spaces, hyphens and line breaks."""

    def __init__(self, article: ArticleData, now: datetime | None, tags: frozenset[str]) -> None:
        self.article, self.now, self.tags = article, now, tags
        self.fields = {"title": words_of(article.title), "text": words_of(article.text)}

    def lead(self) -> int:
        """Return how many words of the text are its lead."""
        count = 0
        for paragraph in self.article.text.split("\n"):
            count += len(words_of(paragraph))
            if count >= LEAD_AT_LEAST:
                break
        return min(count, LEAD_AT_MOST)


def words_of(text: str) -> list[Word]:
    return [
        Word(part, tied=number > 0)
        for piece in text.split()
        for number, part in enumerate(piece.split("-"))
        if part
    ]


class Query:
    """A query: how it is written, where it hits (by default nowhere), and whether it holds."""

    text: str

    def hits(self, text: Text) -> set[Hit]:  # noqa: ARG002
        return set()

    def holds(self, text: Text) -> bool:
        return bool(self.hits(text))


@dataclass(frozen=True)
class Term(Query):
    """A word or phrase, each word with its sign."""

    words: tuple[str, ...]
    capital: bool = False

    @property
    def text(self) -> str:  # type: ignore[override]
        return self.words[0] if len(self.words) == 1 else f'"{" ".join(self.words)}"'

    def hits(self, text: Text) -> set[Hit]:
        return {
            Hit(field, at, at + len(self.words) - 1)
            for field, words in text.fields.items()
            for at in range(len(words) - len(self.words) + 1)
            if all(self._accepts(w, words[at + n]) for n, w in enumerate(self.words))
        }

    def _accepts(self, wanted: str, word: Word) -> bool:
        if self.capital and not word.raw[0].isupper():
            return False
        if wanted.startswith("=="):
            return "".join(c for c in word.raw if c not in "\u00ad\u200b") == wanted[2:]
        key = plain(word.raw)
        if wanted.startswith("="):
            return key == plain(wanted[1:])
        if wanted.startswith("*-"):
            return word.tied and key in FORMS[wanted[2:]]
        if wanted.endswith("*"):
            return key.startswith(plain(wanted[:-1]))
        return key in FORMS[plain(wanted)]


@dataclass(frozen=True)
class Concept(Query):
    """Spellings less what vetoes cover."""

    name: str
    parts: tuple[Query, ...]
    vetoes: tuple[Query, ...] = ()
    sign: str = "$"

    @property
    def text(self) -> str:  # type: ignore[override]
        return f"{self.sign}{self.name}"

    def hits(self, text: Text) -> set[Hit]:
        struck = {hit for veto in self.vetoes for hit in veto.hits(text)}

        def spared(part: Query) -> set[Hit]:
            if isinstance(part, Near):
                return part.taking_part([spared(operand) for operand in part.operands])
            if isinstance(part, Either):
                return {hit for operand in part.operands for hit in spared(operand)}
            return {h for h in part.hits(text) if not any(h.shares_a_word_with(s) for s in struck)}

        return {hit for part in self.parts for hit in spared(part)}


@dataclass(frozen=True)
class Near(Query):
    """NEAR from left to right, or ONEAR as one chain."""

    operands: tuple[Query, ...]
    distances: tuple[int, ...]
    ordered: bool = False

    @property
    def text(self) -> str:  # type: ignore[override]
        sign = "ONEAR" if self.ordered else "NEAR"
        said = self.operands[0].text
        for operand, distance in zip(self.operands[1:], self.distances, strict=True):
            said += f" {sign}/{distance} {operand.text}"
        return f"({said})"

    def hits(self, text: Text) -> set[Hit]:
        return self.taking_part([operand.hits(text) for operand in self.operands])

    def taking_part(self, found: list[set[Hit]]) -> set[Hit]:
        if self.ordered:
            return {hit for chain in self._chains(found) for hit in chain}
        together = found[0]
        for hits, distance in zip(found[1:], self.distances, strict=True):
            together = {
                hit
                for left in together
                for right in hits
                if left.before(right, distance) or right.before(left, distance)
                for hit in (left, right)
            }
        return together

    def _chains(self, found: list[set[Hit]]) -> Iterator[tuple[Hit, ...]]:
        chains: list[tuple[Hit, ...]] = [(hit,) for hit in found[0]]
        for hits, distance in zip(found[1:], self.distances, strict=True):
            chains = [(*c, hit) for c in chains for hit in hits if c[-1].before(hit, distance)]
        yield from chains


@dataclass(frozen=True)
class Either(Query):
    """OR."""

    operands: tuple[Query, ...]

    @property
    def text(self) -> str:  # type: ignore[override]
        return f"({' OR '.join(operand.text for operand in self.operands)})"

    def hits(self, text: Text) -> set[Hit]:
        return {hit for operand in self.operands for hit in operand.hits(text)}

    def holds(self, text: Text) -> bool:
        return any(operand.holds(text) for operand in self.operands)


@dataclass(frozen=True)
class Scoped(Query):
    """`title:`, `lead:` or `text:` over queries of terms."""

    place: str
    inner: Query

    @property
    def text(self) -> str:  # type: ignore[override]
        return f"{self.place}:({self.inner.text})"

    def holds(self, text: Text) -> bool:
        return self._within(self.inner, text).holds(text)

    def hits(self, text: Text) -> set[Hit]:
        return self._within(self.inner, text).hits(text)

    def _within(self, query: Query, text: Text) -> Query:
        """Return `query` with every term's hits narrowed to the place."""
        match query:
            case Near(operands=operands):
                return Near(
                    tuple(self._within(o, text) for o in operands), query.distances, query.ordered
                )
            case Either(operands=operands):
                return Either(tuple(self._within(operand, text) for operand in operands))
            case Judged(operands=operands):
                return Judged(
                    query.text, tuple(self._within(o, text) for o in operands), query.judge
                )
        return Narrowed(query, self.place)


@dataclass(frozen=True)
class Narrowed(Query):
    """A term in one place."""

    inner: Query
    place: str

    def hits(self, text: Text) -> set[Hit]:
        hits = self.inner.hits(text)
        if self.place == "title":
            return {hit for hit in hits if hit.field == "title"}
        end = text.lead() if self.place == "lead" else len(text.fields["text"])
        return {hit for hit in hits if hit.field == "text" and hit.last < end}


@dataclass(frozen=True)
class Judged(Query):
    """AND, NOT and ATLEAST: true or false from the truth of the operands."""

    text: str
    operands: tuple[Query, ...]
    judge: Callable[[list[bool]], bool]

    def holds(self, text: Text) -> bool:
        return self.judge([operand.holds(text) for operand in self.operands])


@dataclass(frozen=True)
class Fact(Query):
    """Something about the article besides its words."""

    text: str
    judge: Callable[[Text], bool]

    def holds(self, text: Text) -> bool:
        return self.judge(text)


def both(left: Query, right: Query) -> Query:
    return Judged(f"({left.text} AND {right.text})", (left, right), all)


def negated(inner: Query) -> Query:
    return Judged(f"NOT {inner.text}", (inner,), lambda truths: not truths[0])


def at_least(count: int, operands: tuple[Query, ...]) -> Query:
    listed = ", ".join(operand.text for operand in operands)
    return Judged(f"ATLEAST/{count}({listed})", operands, lambda truths: sum(truths) >= count)


def younger(text: Text, age: timedelta) -> bool:
    published = text.article.published_at
    return published is not None and text.now is not None and text.now - published < age
