"""A query as a search: built over rules that are compiled already, beside them.

It says what an index is to be asked, judges what the index found, and says how it was understood.
The words of the query have a small lexicon of their own; the lexicon of the rules, which knows the
words of thousands of articles by now, is asked only where the query names a concept or an entity.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path as FilePath
from typing import TypeVar

from typing_extensions import override

from alerts.rules.builder import Query, TreeBuilder
from alerts.rules.compiler import NOT_ANCHORED, compile_program
from alerts.rules.expressions import ConceptRef, EntityRef, Node, children
from alerts.rules.indexing import FOLDING
from alerts.rules.leaves import Group
from alerts.rules.lexicon import Lexicon
from alerts.rules.matcher import match_of, mentions
from alerts.rules.meanings import BuiltOn, Meanings, Name
from alerts.rules.patterns import groups_of, own_patterns_of
from alerts.rules.problems import QuerySyntaxError, did_you_mean
from alerts.rules.program import CompiledRule, Program, SourceNarrowing
from alerts.rules.query import parse_query
from alerts.rules.ruleset import RuleSet
from alerts.rules.scan import Scan
from alerts.rules.tree import Node as TreeNode
from alerts.rules.understood import UnderstoodTerm, in_words, terms_of
from alerts.rules.vocabulary import Vocabulary
from alerts.rules.wanted import Translation
from alerts.rules.words import Reading
from core.alerting.matches import Level, Match
from core.articles import ArticleData
from core.config.watch import WatchConfig
from core.searching import Wanted

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Wording:
    """What is known of concepts and entities besides their words."""

    marks: Mapping[Group, str]
    sizes: Mapping[str, int]
    """How many terms each has, by its name with its sign."""


class SearchQuery:
    """A compiled query. Safe to share between threads."""

    def __init__(self, tree: TreeNode, own: Lexicon, base: Program, wording: _Wording) -> None:
        """Take a tree over `base` whose own words are in `own`."""
        self._rule = CompiledRule(
            id="search", title="search", level=Level.NORMAL, tree=tree, narrowing=SourceNarrowing()
        )
        self._base = base
        self._names_any = any(True for _ in groups_of(tree))
        self._lexicon: Lexicon = _Both(own, base.lexicon) if self._names_any else own
        spellings = own.spellings(set(own_patterns_of(tree)))
        translation = Translation(
            spellings, base.lexicon.spellings, wording.marks, base.source_tags
        )
        self.wanted: Wanted = translation.wanted(tree)
        """What an index is to be asked."""
        self.understood: str = in_words(tree, spellings, wording.sizes)
        """What the query was taken to mean, in one line."""
        self.terms: tuple[UnderstoodTerm, ...] = terms_of(tree, spellings, wording.sizes)

    def match(self, article: ArticleData, first_seen: datetime) -> Match | None:
        """Return where the query is met in an article; None when it is not."""
        scan = self._scan(article, first_seen)
        if not self._rule.tree.holds(scan):
            return None
        return match_of(scan, self._rule, mentions(self._base, scan) if self._names_any else [])

    def holds(self, article: ArticleData, first_seen: datetime) -> bool:
        """Tell whether an article meets the query."""
        return self._rule.tree.holds(self._scan(article, first_seen))

    def _scan(self, article: ArticleData, first_seen: datetime) -> Scan:
        tags = self._base.source_tags.get(article.source, frozenset())
        return Scan(self._lexicon, article, first_seen, tags)


class SearchEngine:
    """Compiles queries that may name what a configuration defines."""

    def __init__(
        self, config: WatchConfig, rules: RuleSet | None = None, cache: FilePath | None = None
    ) -> None:
        """Take a sound configuration and, where they are compiled already, its rules.

        Without them every query compiles the concepts and entities that it names. `cache` is a
        directory for generated word forms.
        """
        self._config = config
        self._rules = rules
        self._cache = cache

    def compile(self, text: str) -> SearchQuery:
        """Return a query ready to search. Raises QuerySyntaxError, located in the text."""
        said = parse_query(text)
        self._refuse_undefined(said)
        base = self._rules.program if self._rules else self._compiled({n for n, _ in _named(said)})
        vocabulary = Vocabulary(base.words)
        builder = TreeBuilder(
            vocabulary, base.concepts, self._entities(base), base.families, base.leaves
        )
        errors: list[QuerySyntaxError] = []
        tree = builder.build(Query(text, said, Reading()), errors)
        if errors:
            raise errors[0]
        if not tree.anchored():
            raise QuerySyntaxError(
                NOT_ANCHORED,
                0,
                "add a term that has to be found; NOT and comparisons only narrow",
            )
        return SearchQuery(tree, vocabulary.lexicon(self._cache), base, self._wording(base))

    def _refuse_undefined(self, said: Node) -> None:
        for (kind, name), offset in _named(said):
            known = self._config.concepts if kind == "concept" else self._config.entities
            if name not in known:
                sigil = "$" if kind == "concept" else "@"
                raise QuerySyntaxError(
                    f"undefined {kind} '{sigil}{name}'", offset, did_you_mean(name, known, sigil)
                )

    def _compiled(self, names: set[Name]) -> Program:
        """Compile no more of the configuration than is named."""
        needed = BuiltOn(self._config).closure(names)
        reduced = self._config.model_copy(
            update={
                "concepts": _only(self._config.concepts, "concept", needed),
                "entities": _only(self._config.entities, "entity", needed),
                "rules": (),
                "searches": (),
            }
        )
        return compile_program(reduced, self._cache).program

    @cached_property
    def _meanings(self) -> Meanings:
        return Meanings(self._config, FOLDING)

    @cached_property
    def _sizes(self) -> Mapping[str, int]:
        config = self._config
        return {
            **{
                f"${name}": sum(map(len, it.terms.values())) for name, it in config.concepts.items()
            },
            **{
                f"@{name}": sum(map(len, it.terms.values())) for name, it in config.entities.items()
            },
        }

    def _entities(self, base: Program) -> dict[str, Group]:
        return {entity.label: entity for entity in base.entities}

    def _wording(self, base: Program) -> _Wording:
        of = self._meanings.of
        marks = {
            **{group: of("concept", name) for name, group in base.concepts.items()},
            **{group: of("entity", name) for name, group in self._entities(base).items()},
        }
        known = {group: said for group, said in marks.items() if said is not None}
        return _Wording(known, self._sizes)


class _Both(Lexicon):
    """The words of a query and those of the rules at once. Their numbers are apart."""

    def __init__(self, own: Lexicon, base: Lexicon) -> None:
        super().__init__()
        self._own = own
        self._base = base

    @override
    def scan(self, text: str, start: int, positions: dict[int, list[int]]) -> int:
        self._base.scan(text, start, positions)
        return self._own.scan(text, start, positions)

    @override
    def pieces(self, text: str, start: int) -> tuple[list[int], list[int]]:
        return self._own.pieces(text, start)

    @override
    def count_words(self, text: str) -> int:
        return self._own.count_words(text)


def _named(node: Node) -> Iterator[tuple[Name, int]]:
    """Yield what a query refers to, and where."""
    match node:
        case ConceptRef(name=name):
            yield ("concept", name), node.start
        case EntityRef(name=name, alone=alone):
            yield ("entity", name), node.start + (len("only:") if alone else 0)
    for child in children(node):
        yield from _named(child)


def _only(known: dict[str, _T], kind: str, needed: frozenset[Name]) -> dict[str, _T]:
    return {name: section for name, section in known.items() if (kind, name) in needed}
