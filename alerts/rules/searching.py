"""A query as a search: compiled by itself, with no more of a configuration than it names.

It says what an index is to be asked, judges what the index found, and says how it was understood.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path as FilePath
from typing import TypeVar

from alerts.rules.compiler import compile_program
from alerts.rules.expressions import ConceptRef, EntityRef, Node, children
from alerts.rules.indexing import FOLDING
from alerts.rules.matcher import fired_rules, match_scan
from alerts.rules.meanings import BuiltOn, Meanings, Name
from alerts.rules.problems import QuerySyntaxError, did_you_mean
from alerts.rules.program import Program
from alerts.rules.query import parse_query
from alerts.rules.understood import UnderstoodTerm, in_words, terms_of
from alerts.rules.wanted import Translation
from core.alerting.matches import Match
from core.articles import ArticleData
from core.config.sections.rules import RuleConfig
from core.config.watch import WatchConfig
from core.searching import Wanted

_RULE = "search"
_T = TypeVar("_T")


class SearchQuery:
    """A compiled query. Safe to share between threads."""

    def __init__(self, program: Program, config: WatchConfig) -> None:
        """Take a program whose only rule is the query; `config` is what it was compiled from."""
        self._program = program
        self._tree = program.rules[0].tree
        meanings = Meanings(config, FOLDING)
        entities = {entity.label: entity for entity in program.entities}
        marks = {
            **{group: meanings.of("concept", name) for name, group in program.concepts.items()},
            **{group: meanings.of("entity", name) for name, group in entities.items()},
        }
        spellings = program.lexicon.spellings()
        known = {group: said for group, said in marks.items() if said is not None}
        self.wanted: Wanted = Translation(spellings, known, program.source_tags).wanted(self._tree)
        """What an index is to be asked."""
        self.understood = in_words(self._tree, spellings)
        """What the query was taken to mean, in one line."""
        self.terms: tuple[UnderstoodTerm, ...] = terms_of(self._tree, spellings)

    def match(self, article: ArticleData, first_seen: datetime) -> Match | None:
        """Return where the query is met in an article; None when it is not."""
        found = match_scan(self._program, self._program.scan(article, first_seen))
        return found[0] if found else None

    def holds(self, article: ArticleData, first_seen: datetime) -> bool:
        """Tell whether an article meets the query."""
        return bool(fired_rules(self._program, self._program.scan(article, first_seen)))


def compile_search(text: str, config: WatchConfig, cache: FilePath | None = None) -> SearchQuery:
    """Compile a query that may name what `config` defines.

    `cache` is a directory for generated word forms. Raises QuerySyntaxError, located in `text`.
    """
    said = parse_query(text)
    for (kind, name), offset in _named(said):
        known = config.concepts if kind == "concept" else config.entities
        if name not in known:
            sigil = "$" if kind == "concept" else "@"
            raise QuerySyntaxError(
                f"undefined {kind} '{sigil}{name}'", offset, did_you_mean(name, known, sigil)
            )
    needed = BuiltOn(config).closure(name for name, _ in _named(said))
    reduced = config.model_copy(
        update={
            "concepts": _only(config.concepts, "concept", needed),
            "entities": _only(config.entities, "entity", needed),
            "rules": (RuleConfig(id=_RULE, when=text),),
        }
    )
    compiled = compile_program(reduced, cache)
    for problem in compiled.problems:
        if problem.severity == "error":
            raise QuerySyntaxError(problem.message, problem.offset or 0, problem.hint)
    return SearchQuery(compiled.program, reduced)


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
