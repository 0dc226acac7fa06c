"""Says why a rule fired on an article, or why it did not."""

from __future__ import annotations

from dataclasses import dataclass

from alerts.rules.matcher import Findings, find_leaves, leaf_spans
from alerts.rules.program import CompiledRule, Joint, Program, Tree, Twig, holds
from core.alerting import Span
from core.articles import ArticleData


@dataclass(frozen=True, slots=True)
class ExplainedNode:
    """A part of a rule and what became of it."""

    expression: str
    """As the rule wrote it."""
    holds: bool
    hits: tuple[Span, ...] = ()
    """For a term, concept or entity: where it was found."""
    children: tuple[ExplainedNode, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleExplanation:
    """One rule against one article."""

    rule_id: str
    fired: bool
    reason: str
    """One sentence: what made it fire, or what kept it from firing."""
    root: ExplainedNode
    source_taken: bool
    """Whether the rule looks at articles of this source at all."""


def explain_article(program: Program, article: ArticleData) -> tuple[RuleExplanation, ...]:
    """Explain every rule, in the order of the configuration."""
    findings = find_leaves(program, article)
    tags = program.source_tags.get(article.source, frozenset())
    return tuple(
        _explained(program, findings, rule, article.source, tags) for rule in program.rules
    )


def _explained(
    program: Program,
    findings: Findings,
    rule: CompiledRule,
    source: str,
    tags: frozenset[str],
) -> RuleExplanation:
    taken = rule.narrowing.takes(source, tags)
    true = holds(rule.tree, findings.stretches)
    if not taken:
        name = f"'{source}'" if source else "an unnamed source"
        reason = f"the rule is narrowed to other sources than {name}"
    elif true:
        reason = f"found: {_listed(_causes(rule.tree, findings, wanted=True))}"
    else:
        reason = "; ".join(_causes(rule.tree, findings, wanted=False))
    return RuleExplanation(
        rule_id=rule.id,
        fired=taken and true,
        reason=reason,
        root=_node(program, findings, rule.tree),
        source_taken=taken,
    )


def _node(program: Program, findings: Findings, tree: Tree) -> ExplainedNode:
    if isinstance(tree, Twig):
        hits = tuple(leaf_spans(program, findings, tree.leaf))
        return ExplainedNode(tree.expression, bool(hits), hits)
    return ExplainedNode(
        tree.expression,
        holds(tree, findings.stretches),
        children=tuple(_node(program, findings, child) for child in tree.children),
    )


def _causes(tree: Tree, findings: Findings, *, wanted: bool) -> list[str]:
    """Say, part by part, why `tree` came out as `wanted`."""
    if isinstance(tree, Twig):
        return [tree.expression if wanted else f"not found: {tree.expression}"]
    if tree.joint is Joint.NOT:
        return [] if wanted else [f"found, but must not be: {_present(tree.children[0], findings)}"]
    if not wanted and tree.joint is Joint.ANY:
        return [f"none found of: {tree.expression}"]
    return [
        cause
        for child in tree.children
        if holds(child, findings.stretches) is wanted
        for cause in _causes(child, findings, wanted=wanted)
    ]


def _present(tree: Tree, findings: Findings) -> str:
    return _listed(_causes(tree, findings, wanted=True)) or tree.expression


def _listed(causes: list[str]) -> str:
    return ", ".join(dict.fromkeys(causes))
