"""What rules name: words, phrases, concepts, entities, patterns, and facts about an article."""

from __future__ import annotations

import operator
from abc import abstractmethod
from bisect import bisect_left
from collections.abc import Sequence
from datetime import timedelta
from fnmatch import fnmatchcase

from typing_extensions import override

from alerts.rules import intervals
from alerts.rules.analysis import WORD, fold
from alerts.rules.intervals import Interval
from alerts.rules.regexes import Regex
from alerts.rules.scan import Scan
from alerts.rules.tree import Any, Clause, Filing, Leaf, Near, Node
from core.alerting.matches import SpanKind


class Word(Leaf):
    """A single word in the forms that its pattern accepts."""

    def __init__(self, number: int, expression: str, pattern: int) -> None:
        self.number, self.expression, self.label, self.pattern = (
            number, expression, expression, pattern,
        )  # fmt: skip

    @override
    def holds(self, scan: Scan) -> bool:
        return self.pattern in scan.positions

    @override
    def hits(self, scan: Scan) -> Sequence[Interval]:
        return [(position, position) for position in scan.positions.get(self.pattern, ())]

    @override
    def clauses(self, filing: Filing, *, wanted: bool = True) -> list[Clause]:
        return [frozenset((self.pattern,))] if wanted else []


class _Searched(Leaf):
    """A leaf whose hits take some finding; they are found once for an article."""

    @override
    def holds(self, scan: Scan) -> bool:
        return bool(self.hits(scan))

    @override
    def hits(self, scan: Scan) -> Sequence[Interval]:
        known = scan.found.get(self.number)
        if known is None:
            known = scan.found[self.number] = self._find(scan)
        return known

    @abstractmethod
    def _find(self, scan: Scan) -> Sequence[Interval]:
        """Return the hits in the article of `scan`."""


class Phrase(_Searched):
    """Several words in a row."""

    def __init__(self, number: int, expression: str, patterns: Sequence[int]) -> None:
        self.number, self.expression, self.label = number, expression, expression
        self.patterns = tuple(patterns)

    @override
    def _find(self, scan: Scan) -> Sequence[Interval]:
        positions = []
        for pattern in self.patterns:
            found = scan.positions.get(pattern)
            if found is None:
                return ()
            positions.append(found)
        return intervals.phrase(positions)

    @override
    def clauses(self, filing: Filing, *, wanted: bool = True) -> list[Clause]:
        return [frozenset((pattern,)) for pattern in self.patterns] if wanted else []


class Group(_Searched):
    """A concept or an entity: any of its spellings, less what its vetoes cover."""

    def __init__(
        self, number: int, expression: str, label: str, kind: SpanKind = SpanKind.TERM
    ) -> None:
        self.number, self.expression, self.label, self.kind = number, expression, label, kind
        self.words: int | None = None
        """The pattern that all its single words share."""
        self.parts: tuple[Node, ...] = ()
        """Phrases and queries among its spellings."""
        self.vetoes: tuple[Node, ...] = ()

    @property
    @override
    def labels(self) -> tuple[str, ...]:
        parts = [part.label for part in self.parts if isinstance(part, Group)]
        return (self.label, *parts)

    @override
    def _find(self, scan: Scan) -> Sequence[Interval]:
        hits = self.raw_hits(scan)
        struck_by = self.struck_by(scan) if hits and self.vetoes else ()
        return self._spared(scan, struck_by) if struck_by else hits

    def raw_hits(self, scan: Scan) -> Sequence[Interval]:
        """Return hits as if there were no vetoes."""
        own = self._word_hits(scan)
        parts = [hits for part in self.parts if (hits := part.hits(scan))]
        return intervals.union((own, *parts)) if parts else own

    def _word_hits(self, scan: Scan) -> Sequence[Interval]:
        words = () if self.words is None else scan.positions.get(self.words, ())
        return [(position, position) for position in words]

    def _spared(self, scan: Scan, struck_by: Sequence[Interval]) -> Sequence[Interval]:
        own = intervals.without(self._word_hits(scan), struck_by)
        return intervals.union((own, *(_without(part, scan, struck_by) for part in self.parts)))

    def struck_by(self, scan: Scan) -> list[Interval]:
        """Return hits of the vetoes."""
        return intervals.union(veto.hits(scan) for veto in self.vetoes)

    @override
    def clauses(self, filing: Filing, *, wanted: bool = True) -> list[Clause]:
        if not wanted:
            return []
        words = frozenset(() if self.words is None else (self.words,))
        if not self.parts:
            return [words]
        return [words | clause for clause in filing.some(self.parts)]


def _without(node: Node, scan: Scan, struck_by: Sequence[Interval]) -> Sequence[Interval]:
    """Return hits of `node` with those of its leaves that share a word with `struck_by` left out.

    A word that is struck out is no partner for NEAR either.
    """
    if isinstance(node, Near):
        return node.taking_part([_without(child, scan, struck_by) for child in node.children])
    if isinstance(node, Any):
        return intervals.union(_without(child, scan, struck_by) for child in node.children)
    return intervals.without(node.hits(scan), struck_by)


class RegexLeaf(_Searched):
    """`regex:/…/`."""

    def __init__(self, number: int, expression: str, regex: Regex) -> None:
        self.number, self.expression, self.label, self.regex = number, expression, expression, regex

    @override
    def _find(self, scan: Scan) -> Sequence[Interval]:
        found = {
            scan.words_at(place.field, place.start, place.end): place
            for place in self.regex.occurrences(scan)
        }
        for interval, place in found.items():
            scan.exact[self.number, interval] = place
        return sorted(found)

    @override
    def clauses(self, filing: Filing, *, wanted: bool = True) -> list[Clause]:
        return []


class Scoped(Leaf):
    """A leaf looked for in one part of the article."""

    def __init__(self, leaf: Leaf, place: str) -> None:
        self.number, self.expression, self.label = leaf.number, leaf.expression, leaf.label
        self.kind, self.leaf, self.place = leaf.kind, leaf, place

    @property
    @override
    def base(self) -> Leaf:
        return self.leaf

    @property
    @override
    def labels(self) -> tuple[str, ...]:
        return self.leaf.labels

    @override
    def holds(self, scan: Scan) -> bool:
        return bool(self.hits(scan))

    @override
    def hits(self, scan: Scan) -> Sequence[Interval]:
        hits = self.leaf.hits(scan)
        if self.place == "title":
            return hits[: bisect_left(hits, (scan.text_start, 0))]
        hits = hits[bisect_left(hits, (scan.text_start, 0)) :]
        if self.place == "lead":
            return [interval for interval in hits if interval[1] < scan.lead_end]
        return hits

    @override
    def clauses(self, filing: Filing, *, wanted: bool = True) -> list[Clause]:
        return filing.clauses(self.leaf, wanted=wanted)


class _Fact(Leaf):
    """Something true of the article that stands nowhere in its words."""

    @override
    def hits(self, scan: Scan) -> Sequence[Interval]:
        return ()

    @override
    def clauses(self, filing: Filing, *, wanted: bool = True) -> list[Clause]:
        return []


class About(_Fact):
    """`source: lang: tag:` by pattern (`*` stands for any text), `url: author:` by their words."""

    def __init__(self, number: int, expression: str, field: str, values: Sequence[str]) -> None:
        self.number, self.expression, self.label = number, expression, expression
        self.field = field
        self.values = tuple(value.lower() for value in values)
        self._phrases = tuple(_spoken(value) for value in values)

    @property
    def is_plain(self) -> bool:
        """Whether no value is a pattern."""
        return not any(set("*?[") & set(value) for value in self.values)

    @override
    def holds(self, scan: Scan) -> bool:
        article = scan.article
        if self.field == "url":
            urls = (article.url, article.canonical_url or "")
            return any(_says(url, phrase) for url in urls for phrase in self._phrases)
        if self.field == "author":
            return any(_says(name, said) for name in article.authors for said in self._phrases)
        known: Sequence[str] = {
            "source": (article.source,),
            "lang": (article.language or "",),
            "tag": (*article.tags, *sorted(scan.source_tags)),
        }[self.field]
        return any(fnmatchcase(value.lower(), p) for value in known for p in self.values)


def _spoken(value: str) -> tuple[tuple[str, bool], ...]:
    """Return the words of a value, folded, and whether each is only the beginning of one."""
    return tuple(
        (fold(word[0]), value[word.end() : word.end() + 1] == "*") for word in WORD.finditer(value)
    )


def _says(content: str, phrase: Sequence[tuple[str, bool]]) -> bool:
    words = [fold(word[0]) for word in WORD.finditer(content)]
    return any(
        all(
            word.startswith(key) if prefix else word == key
            for word, (key, prefix) in zip(words[at:], phrase, strict=False)
        )
        for at in range(len(words) - len(phrase) + 1)
    )


_COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


class Length(_Fact):
    """`length>=200`: the number of words of the text."""

    def __init__(self, number: int, expression: str, sign: str, words: int) -> None:
        self.number, self.expression, self.label = number, expression, expression
        self.sign, self.words = sign, words

    @override
    def holds(self, scan: Scan) -> bool:
        return bool(_COMPARE[self.sign](scan.length, self.words))

    @override
    def anchored(self, *, wanted: bool = True) -> bool:
        return False


class Age(_Fact):
    """`published<2d`: the time from publication to when the article was first seen.

    False of an article whose time of publication is not known.
    """

    def __init__(self, number: int, expression: str, sign: str, age: timedelta) -> None:
        self.number, self.expression, self.label = number, expression, expression
        self.sign, self.age = sign, age

    @override
    def holds(self, scan: Scan) -> bool:
        published = scan.article.published_at
        if published is None or scan.now is None:
            return False
        return bool(_COMPARE[self.sign](scan.now - published, self.age))

    @override
    def anchored(self, *, wanted: bool = True) -> bool:
        return False
