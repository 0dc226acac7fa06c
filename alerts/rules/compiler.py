"""Turns the configuration into a program, and collects everything that is wrong on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase

from alerts.rules.expressions import AllOf, AnyOf, ConceptRef, EntityRef, Negated, Node, Term
from alerts.rules.lexicon import Lexicon
from alerts.rules.problems import Path, QuerySyntaxError, RuleProblem, did_you_mean
from alerts.rules.program import (
    Branch,
    CompiledRule,
    CompiledTerm,
    Joint,
    Leaf,
    Program,
    SourceNarrowing,
    Tree,
    Twig,
    triggers,
)
from alerts.rules.query import parse_query
from alerts.rules.words import WordPattern, parse_list_item
from core.alerting import SpanKind
from core.config.models import RuleConfig, WatchConfig


def compile_program(config: WatchConfig) -> tuple[Program, tuple[RuleProblem, ...]]:
    """Compile what can be compiled of `config` and return it with every problem found.

    When a problem is an error, the program lacks what the problem is about.
    """
    return _Compilation(config).run()


class _Compilation:
    """The growing program and the problems met so far."""

    def __init__(self, config: WatchConfig) -> None:
        self._config = config
        self._lexicon = Lexicon()
        self._leaves: dict[Leaf, int] = {}
        self._spellings: dict[tuple[int, ...], dict[int, None]] = {}
        self._rules: list[CompiledRule] = []
        self._problems: list[RuleProblem] = []

    def run(self) -> tuple[Program, tuple[RuleProblem, ...]]:
        for name, concept in self._config.concepts.items():
            leaf = self._leaf(Leaf(f"${name}"))
            self._add_list(leaf, ("concepts", name), concept.terms, names=False)
        for name, entity in self._config.entities.items():
            leaf = self._leaf(Leaf(name, SpanKind.ENTITY))
            self._add_list(leaf, ("entities", name), entity.terms, names=True)
        for rule in self._config.rules:
            self._add_rule(rule)
        return self._program(), tuple(self._problems)

    def _program(self) -> Program:
        terms: dict[int, list[CompiledTerm]] = {}
        for patterns, leaves in self._spellings.items():
            terms.setdefault(patterns[0], []).append(CompiledTerm(patterns, tuple(leaves)))
        woken: dict[int, list[int]] = {}
        for index, rule in enumerate(self._rules):
            for leaf in sorted(triggers(rule.tree) or ()):
                woken.setdefault(leaf, []).append(index)
        return Program(
            lexicon=self._lexicon,
            leaves=tuple(self._leaves),
            terms={first: tuple(group) for first, group in terms.items()},
            rules=tuple(self._rules),
            woken_by={leaf: tuple(rules) for leaf, rules in woken.items()},
            source_tags={source.name: frozenset(source.tags) for source in self._config.sources},
        )

    def _leaf(self, leaf: Leaf) -> int:
        return self._leaves.setdefault(leaf, len(self._leaves))

    def _spell(self, leaf: int, words: Iterable[WordPattern]) -> None:
        patterns = tuple(self._lexicon.add(word) for word in words)
        self._spellings.setdefault(patterns, {})[leaf] = None

    def _add_list(
        self, leaf: int, path: Path, terms: Mapping[str, tuple[str, ...]], *, names: bool
    ) -> None:
        for language, items in terms.items():
            for index, item in enumerate(items):
                try:
                    self._spell(leaf, parse_list_item(item, names=names))
                except QuerySyntaxError as error:
                    self._problems.append(error.at((*path, language, index)))

    def _add_rule(self, rule: RuleConfig) -> None:
        path: Path = ("rules", rule.id)
        before = len(self._problems)
        parts: list[Tree] = []
        if rule.when is not None:
            parts += self._queries((*path, "when"), [rule.when], numbered=False)
        parts += self._queries((*path, "all"), rule.all)
        wanted = self._queries((*path, "any"), rule.any)
        if wanted:
            parts.append(_joined(Joint.ANY, wanted, "any"))
        refused = self._queries((*path, "none"), rule.none)
        if refused:
            listed = _joined(Joint.ANY, refused, "any")
            written = f"none: {', '.join(tree.expression for tree in refused)}"
            parts.append(Branch(Joint.NOT, (listed,), written))
        self._warn_about_sources(rule)
        if any(problem.severity == "error" for problem in self._problems[before:]) or not parts:
            return
        tree = _joined(Joint.ALL, parts, "all")
        if triggers(tree) is None:
            self._refuse_negative_rule(rule, path)
            return
        narrowing = rule.sources
        self._rules.append(
            CompiledRule(
                id=rule.id,
                title=rule.title or rule.id,
                level=rule.level,
                tree=tree,
                narrowing=SourceNarrowing(narrowing.names, frozenset(narrowing.tags))
                if narrowing
                else SourceNarrowing(),
            )
        )

    def _refuse_negative_rule(self, rule: RuleConfig, path: Path) -> None:
        only_when = rule.when is not None and not (rule.all or rule.any)
        self._problems.append(
            RuleProblem(
                (*path, "when") if only_when else path,
                "this rule would fire on articles that hold none of its words",
                hint="add a term that has to be found; NOT only narrows",
            )
        )

    def _queries(self, path: Path, texts: Iterable[str], *, numbered: bool = True) -> list[Tree]:
        trees = []
        for index, text in enumerate(texts):
            where = (*path, index) if numbered else path
            try:
                node = parse_query(text)
            except QuerySyntaxError as error:
                self._problems.append(error.at(where))
                continue
            tree = self._tree(node, text, where)
            if tree is not None:
                trees.append(tree)
        return trees

    def _tree(self, node: Node, text: str, path: Path) -> Tree | None:
        written = text[node.start : node.end]
        match node:
            case Term(words=words):
                leaf = self._leaf(Leaf(written.strip("()").strip()))
                self._spell(leaf, words)
                return Twig(leaf, written)
            case ConceptRef(name=name):
                return self._reference(Leaf(f"${name}"), node, written, path)
            case EntityRef(name=name):
                return self._reference(Leaf(name, SpanKind.ENTITY), node, written, path)
            case Negated(operand=operand):
                return self._branch(Joint.NOT, (operand,), written, text, path)
            case AllOf(operands=operands):
                return self._branch(Joint.ALL, operands, written, text, path)
            case AnyOf(operands=operands):
                return self._branch(Joint.ANY, operands, written, text, path)
        raise AssertionError(f"unknown node {node!r}")

    def _branch(
        self, joint: Joint, operands: Iterable[Node], written: str, text: str, path: Path
    ) -> Tree | None:
        trees = [self._tree(operand, text, path) for operand in operands]
        known = tuple(tree for tree in trees if tree is not None)
        return Branch(joint, known, written) if len(known) == len(trees) else None

    def _reference(self, leaf: Leaf, node: Node, written: str, path: Path) -> Tree | None:
        number = self._leaves.get(leaf)
        if number is not None:
            return Twig(number, written)
        offset = node.start + (len(written) - len(written.lstrip("( \t\n")))
        if leaf.kind is SpanKind.ENTITY:
            message, known, sigil = "undefined entity", self._config.entities, "@"
            hint = did_you_mean(leaf.label, known, sigil)
        else:
            message, sigil = "undefined concept", "$"
            hint = did_you_mean(leaf.label[1:], self._config.concepts, sigil)
        name = leaf.label.removeprefix("$")
        self._problems.append(RuleProblem(path, f"{message} '{sigil}{name}'", offset, hint))
        return None

    def _warn_about_sources(self, rule: RuleConfig) -> None:
        """Warn about filters that no configured source can pass: mostly a misspelling."""
        if rule.sources is None or not self._config.sources:
            return
        names = {source.name for source in self._config.sources}
        tags = {tag for source in self._config.sources for tag in source.tags}
        self._warn(rule, "names", rule.sources.names, names, fnmatchcase, "no source is named")
        self._warn(
            rule, "tags", rule.sources.tags, tags, lambda tag, wanted: tag == wanted,
            "no source has the tag",
        )  # fmt: skip

    def _warn(
        self,
        rule: RuleConfig,
        key: str,
        wanted: Iterable[str],
        known: Iterable[str],
        fits: Callable[[str, str], bool],
        message: str,
    ) -> None:
        for index, pattern in enumerate(wanted):
            if not any(fits(name, pattern) for name in known):
                self._problems.append(
                    RuleProblem(
                        ("rules", rule.id, "sources", key, index),
                        f"{message} '{pattern}'",
                        hint=did_you_mean(pattern, sorted(known)),
                        severity="warning",
                    )
                )


def _joined(joint: Joint, trees: list[Tree], name: str) -> Tree:
    if len(trees) == 1:
        return trees[0]
    return Branch(joint, tuple(trees), f"{name}: {', '.join(tree.expression for tree in trees)}")
