"""Turns the configuration into a program, and collects everything that is wrong on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath

from alerts.rules import tree
from alerts.rules.builder import Query, TreeBuilder
from alerts.rules.families import families
from alerts.rules.gazetteer import entity_terms
from alerts.rules.languages import INFLECTING
from alerts.rules.leaves import Group
from alerts.rules.operators import refuse_nowhere
from alerts.rules.percolator import Percolator
from alerts.rules.problems import Path, QuerySyntaxError, RuleProblem
from alerts.rules.program import CompiledRule, Program, SourceNarrowing
from alerts.rules.query import parse_query
from alerts.rules.spelling import is_query, parse_spelling
from alerts.rules.towns import Name, towns_of
from alerts.rules.vocabulary import Vocabulary
from alerts.rules.words import Reading, WordPattern
from core.alerting.matches import SpanKind
from core.config.language_codes import is_language
from core.config.sections.rules import AnyOfConfig, RuleConfig
from core.config.sections.searches import SearchConfig
from core.config.sections.vocabulary import ConceptConfig, EntityConfig
from core.config.watch import WatchConfig

BESIDE = 40
"""Words within which a doubtful name of a town needs its neighbour: two sentences of news."""
NOT_ANCHORED = "this would find articles that hold none of its words"
_CONCEPT_HINT = "put it into the rule, or into `unless` what must not be meant"


@dataclass(frozen=True, slots=True)
class Compiled:
    """What compiling came to. When a problem is an error, the program lacks what it is about."""

    program: Program
    problems: tuple[RuleProblem, ...]
    used: frozenset[tuple[str, str]]
    """Kind and name of every concept and entity that something refers to."""


def compile_program(config: WatchConfig, cache: FilePath | None = None) -> Compiled:
    """Compile what can be compiled of `config`, and return it with every problem found.

    `cache` is a directory in which generated word forms are kept.
    """
    return _Compilation(config).run(cache)


class _Compilation:
    """The growing program and the problems met so far."""

    def __init__(self, config: WatchConfig) -> None:
        self._config = config
        self._problems: list[RuleProblem] = []
        self._vocabulary = Vocabulary()
        self._concepts: dict[str, Group] = {}
        self._entities: dict[str, Group] = {}
        self._families: dict[str, Group] = {}
        self._builder = TreeBuilder(
            self._vocabulary, self._concepts, self._entities, self._families
        )
        self._rules: list[CompiledRule] = []
        self._noted: set[str] = set()

    def run(self, cache: FilePath | None) -> Compiled:
        # All names first: concepts may be built on concepts that stand further down.
        for name in self._config.concepts:
            label = f"${name}"
            self._concepts[name] = Group(self._builder.number(), label, label)
        for name in self._config.entities:
            self._entities[name] = Group(self._builder.number(), f"@{name}", name, SpanKind.ENTITY)
        self._families |= families(self._config.entities, self._entities, self._builder.number)
        for name, concept in self._config.concepts.items():
            self._fill_concept(name, concept)
        for name, entity in self._config.entities.items():
            self._fill_entity(name, entity)
        self._refuse_circles()
        for rule in self._config.rules:
            self._add_rule(rule)
        program = self._program(cache)
        for search in self._config.searches:  # after it: no article is looked through for these
            self._check_search(search)
        return Compiled(program, tuple(self._problems), frozenset(self._builder.used))

    def _program(self, cache: FilePath | None) -> Program:
        filing = tree.Filing(self._vocabulary.weigh)
        weigh = filing.weigh
        # A concept that is built on itself has no end; with any error nothing will run anyway.
        broken = any(problem.severity == "error" for problem in self._problems)
        rules = () if broken else tuple(self._rules)
        concepts = () if broken else tuple(self._concepts.values())
        entities = tuple(self._entities.values())
        return Program(
            lexicon=self._vocabulary.lexicon(cache),
            rules=rules,
            percolator=Percolator((filing.clauses(rule.tree) for rule in rules), weigh),
            concepts=self._concepts,
            entities=entities,
            mentions=Percolator((filing.clauses(entity) for entity in entities), weigh),
            meant=Percolator((filing.clauses(group) for group in concepts), weigh),
            families=self._families,
            words=self._vocabulary.size,
            leaves=self._builder.count,
            source_tags={source.name: frozenset(source.tags) for source in self._config.sources},
        )

    def _fill_concept(self, name: str, concept: ConceptConfig) -> None:
        group, path = self._concepts[name], ("concepts", name)
        words: list[WordPattern] = []
        parts: list[tree.Node] = []
        for language, items in concept.terms.items():
            self._note_language(language, (*path, language))
            reading = Reading(languages=(language,) if language in INFLECTING else ())
            for index, item in enumerate(items):
                for term in self._spelled(item, reading, (*path, language, index), "a concept"):
                    if isinstance(term, tree.Node):
                        parts.append(term)
                    elif len(term) == 1:
                        words += term
                    else:
                        parts.append(self._builder.phrase(term, item.strip()))
        group.words = self._vocabulary.bag(words) if words else None
        group.parts = tuple(dict.fromkeys(parts))
        group.vetoes = tuple(self._vetoes(concept, path))

    def _vetoes(self, concept: ConceptConfig, path: Path) -> Iterator[tree.Node]:
        for language, items in concept.vetoes:
            where = (*path, "unless") if language is None else (*path, "unless", language)
            known = None if language is None else (language,) if language in INFLECTING else ()
            for index, item in enumerate(items):
                for term in self._spelled(item, Reading(known), (*where, index), "`unless`"):
                    yield (
                        term
                        if isinstance(term, tree.Node)
                        else self._builder.phrase(term, item.strip())
                    )

    def _fill_entity(self, name: str, entity: EntityConfig) -> None:
        group, path = self._entities[name], ("entities", name)
        words: list[WordPattern] = []
        parts: list[tree.Node] = []
        for language, items in entity.terms.items():
            self._note_language(language, (*path, language))
            for index, item in enumerate(items):
                try:
                    terms = entity_terms(item, language, entity.kind, cased=entity.case)
                except QuerySyntaxError as error:
                    self._problems.append(error.at((*path, language, index)))
                    continue
                for term in terms:
                    if len(term) == 1:
                        words += term
                    else:
                        parts.append(self._builder.phrase(term, item.strip()))
        towns = towns_of(entity.country) if entity.country else None
        if towns is not None:
            words += [name[0] for name in towns.sure if len(name) == 1]
            parts += [self._named(name) for name in towns.sure if len(name) > 1]
        group.words = self._vocabulary.bag(words) if words else None
        group.parts = tuple(dict.fromkeys(parts))
        if towns is not None and towns.doubtful:
            self._add_doubtful(name, group, towns.doubtful)

    def _add_doubtful(self, name: str, group: Group, names: Sequence[Name]) -> None:
        """Let names count that need a neighbour: something sure of the same entity."""
        sure, neighbours, doubtful = (
            Group(self._builder.number(), group.expression, name, SpanKind.ENTITY) for _ in range(3)
        )
        sure.words, sure.parts = group.words, group.parts
        belonging = self._families[name].parts if self._families[name] is not group else ()
        neighbours.parts = (sure, *(part for part in belonging if part is not group))
        doubtful.words = self._vocabulary.bag([word for word, *more in names if not more])
        doubtful.parts = tuple(self._named(each) for each in names if len(each) > 1)
        beside = tree.Beside((doubtful, neighbours), (BESIDE,), group.expression)
        group.words, group.parts = None, (sure, beside)

    def _named(self, name: Name) -> tree.Node:
        return self._builder.phrase(name, " ".join(word.key for word in name))

    def _spelled(
        self, item: str, reading: Reading, path: Path, place: str
    ) -> Iterator[tuple[WordPattern, ...] | tree.Node]:
        """Yield what an item of a list stands for: words, or the tree of a query."""
        try:
            if is_query(item):
                said = parse_query(item)
                refuse_nowhere(said, place, _CONCEPT_HINT)
                yield self._build(Query(item, said, reading), path)
            else:
                yield parse_spelling(item, reading)
        except QuerySyntaxError as error:
            self._problems.append(error.at(path))

    def _note_language(self, language: str, path: Path) -> None:
        # What is no language at all is an error, and said where the file is read.
        if language in INFLECTING or language in self._noted or not is_language(language):
            return
        self._noted.add(language)
        self._problems.append(
            RuleProblem(
                path,
                f"words in '{language}' match only as they are written: Wirewatch does not know "
                "how this language inflects",
                hint="list the forms, or write word* for a beginning",
                severity="warning",
            )
        )

    def _refuse_circles(self) -> None:
        finished: set[int] = set()
        for name, group in self._concepts.items():
            chain = _circle(group, [], finished)
            if chain:
                circle = " → ".join(link.label for link in chain)
                self._problems.append(
                    RuleProblem(("concepts", name), f"this concept is built on itself: {circle}")
                )
                return

    def _add_rule(self, rule: RuleConfig) -> None:
        path: Path = ("rules", rule.id)
        before = len(self._problems)
        reading = Reading(languages=None if rule.language is None else (rule.language,))
        if rule.language is not None:
            self._note_language(rule.language, (*path, "language"))
            if rule.language not in INFLECTING:
                reading = Reading(languages=())
        parts: list[tree.Node] = []
        if rule.when is not None:
            parts += self._queries((*path, "when"), [rule.when], reading, numbered=False)
        parts += self._queries((*path, "all"), rule.all, reading)
        wanted = self._queries((*path, "any"), rule.any, reading)
        if wanted:
            parts.append(_joined(tree.Any, wanted, "any"))
        if rule.any_of is not None:
            parts += self._at_least(rule.any_of, path, reading)
        refused = self._queries((*path, "none"), rule.none, reading)
        if refused:
            written = f"none: {', '.join(node.expression for node in refused)}"
            parts.append(tree.Not(_joined(tree.Any, refused, "any"), written))
        if any(problem.severity == "error" for problem in self._problems[before:]) or not parts:
            return
        root = _joined(tree.All, parts, "all")
        if not root.anchored():
            self._refuse_negative_rule(rule, path)
            return
        narrowing = rule.sources
        self._rules.append(
            CompiledRule(
                id=rule.id,
                title=rule.title or rule.id,
                level=rule.level,
                tree=root,
                narrowing=SourceNarrowing(narrowing.names, frozenset(narrowing.tags))
                if narrowing
                else SourceNarrowing(),
            )
        )

    def _check_search(self, search: SearchConfig) -> None:
        path: Path = ("searches", search.name, "query")
        before = len(self._problems)
        nodes = self._queries(path, [search.query], Reading(), numbered=False)
        if len(self._problems) == before and not all(node.anchored() for node in nodes):
            self._problems.append(
                RuleProblem(path, NOT_ANCHORED, hint="add a term that has to be found")
            )

    def _at_least(self, any_of: AnyOfConfig, path: Path, reading: Reading) -> list[tree.Node]:
        nodes = self._queries((*path, "any_of", "of"), any_of.of, reading)
        if len(nodes) < len(any_of.of):
            return []
        listed = ", ".join(node.expression for node in nodes)
        return [tree.AtLeast(any_of.at_least, nodes, f"at least {any_of.at_least} of: {listed}")]

    def _refuse_negative_rule(self, rule: RuleConfig, path: Path) -> None:
        only_when = rule.when is not None and not (rule.all or rule.any or rule.any_of)
        self._problems.append(
            RuleProblem(
                (*path, "when") if only_when else path,
                "this rule would fire on articles that hold none of its words",
                hint="add a term that has to be found; NOT and comparisons only narrow",
            )
        )

    def _queries(
        self, path: Path, texts: Iterable[str], reading: Reading, *, numbered: bool = True
    ) -> list[tree.Node]:
        nodes = []
        for index, text in enumerate(texts):
            where = (*path, index) if numbered else path
            try:
                said = parse_query(text)
            except QuerySyntaxError as error:
                self._problems.append(error.at(where))
            else:
                nodes.append(self._build(Query(text, said, reading), where))
        return nodes

    def _build(self, query: Query, path: Path) -> tree.Node:
        errors: list[QuerySyntaxError] = []
        node = self._builder.build(query, errors)
        self._problems += [error.at(path) for error in errors]
        return node


def _joined(
    operator: type[tree.All | tree.Any], nodes: Sequence[tree.Node], name: str
) -> tree.Node:
    if len(nodes) == 1:
        return nodes[0]
    return operator(nodes, f"{name}: {', '.join(node.expression for node in nodes)}")


def _circle(group: Group, chain: list[Group], finished: set[int]) -> list[Group] | None:
    """Return the concepts of a circle that is reached from `group`, or None."""
    if group in chain:
        return [*chain[chain.index(group) :], group]
    if group.number in finished:
        return None
    for below in _groups_below((*group.parts, *group.vetoes)):
        circle = _circle(below, [*chain, group], finished)
        if circle:
            return circle
    finished.add(group.number)
    return None


def _groups_below(nodes: Iterable[tree.Node]) -> Iterator[Group]:
    for node in nodes:
        base = node.base if isinstance(node, tree.Leaf) else node
        if isinstance(base, Group):
            yield base
        yield from _groups_below(node.children)
