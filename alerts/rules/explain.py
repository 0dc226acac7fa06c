"""Says why a rule fired on an article, or why it did not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.rules import intervals
from alerts.rules.leaves import Group, Scoped
from alerts.rules.matcher import leaf_spans
from alerts.rules.program import CompiledRule, Program
from alerts.rules.scan import Scan
from alerts.rules.tree import All, Any, AtLeast, Leaf, Near, Node, Not
from core.alerting.matches import Span
from core.articles import ArticleData


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a part of a rule was found, and the words that stand there."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class ExplainedNode:
    """A part of a rule and what became of it."""

    expression: str
    """As the rule wrote it."""
    holds: bool
    hits: tuple[Hit, ...] = ()
    """For a term, concept or entity: where it was found."""
    children: tuple[ExplainedNode, ...] = ()
    note: str = ""
    """What the hits alone do not say: how far apart words stand, what a veto struck out."""


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


def explain_article(
    program: Program, article: ArticleData, now: datetime | None
) -> tuple[RuleExplanation, ...]:
    """Explain every rule, in the order of the configuration."""
    scan = program.scan(article, now)
    return tuple(explain_rule(scan, rule) for rule in program.rules)


def explain_rule(scan: Scan, rule: CompiledRule) -> RuleExplanation:
    """Explain one rule against the article of `scan`."""
    source = scan.article.source
    taken = rule.narrowing.takes(source, scan.source_tags)
    true = rule.tree.holds(scan)
    if not taken:
        name = f"'{source}'" if source else "an unnamed source"
        reason = f"the rule is narrowed to other sources than {name}"
    elif true:
        reason = f"found: {_listed(_causes(rule.tree, scan, wanted=True))}"
    else:
        reason = "; ".join(dict.fromkeys(_causes(rule.tree, scan, wanted=False)))
    return RuleExplanation(
        rule_id=rule.id,
        fired=taken and true,
        reason=reason,
        root=_node(scan, rule.tree),
        source_taken=taken,
    )


def _node(scan: Scan, node: Node) -> ExplainedNode:
    if isinstance(node, Leaf):
        spans = leaf_spans(scan, node, node.hits(scan))
        hits = tuple(Hit(span, _text(scan, span)) for span in spans)
        return ExplainedNode(_expression(node), node.holds(scan), hits, note=_note(scan, node))
    return ExplainedNode(
        node.expression,
        node.holds(scan),
        children=tuple(_node(scan, child) for child in node.children),
        note=_note(scan, node),
    )


def _note(scan: Scan, node: Node) -> str:
    """Say what a person would ask next about a part of the rule."""
    if isinstance(node, Scoped):
        elsewhere = len(node.leaf.hits(scan)) if not node.holds(scan) else 0
        return f"found only outside of the {node.place}" if elsewhere else ""
    if isinstance(node, Group) and node.vetoes:
        return _struck(scan, node)
    if isinstance(node, Near) and not node.holds(scan):
        return _apart(scan, node)
    if isinstance(node, AtLeast):
        return f"{sum(child.holds(scan) for child in node.children)} of {node.count} hold"
    return ""


def _struck(scan: Scan, group: Group) -> str:
    raw, kept = group.raw_hits(scan), set(group.hits(scan))
    struck = [interval for interval in raw if interval not in kept]
    if not struck:
        return ""
    vetoes = [
        shortened(veto.expression)
        for veto in group.vetoes
        if len(intervals.without(struck, veto.hits(scan))) < len(struck)
    ]
    words = dict.fromkeys(_text(scan, span) for span in leaf_spans(scan, group, struck))
    return f"struck out by unless {_listed(vetoes)}: {_listed(words)}"


def shortened(expression: str) -> str:
    """Return the beginning of a long expression: whole lists of words tell nobody more."""
    if len(expression) <= _SHOWN:
        return expression
    return f"{expression[:_SHOWN].rsplit(' ', 1)[0]} …"


_SHOWN = 60
"""Characters of an expression that are shown where it is only mentioned."""


def _text(scan: Scan, span: Span) -> str:
    content = scan.article.title if span.field == "title" else scan.article.text
    return content[span.start : span.end]


def _apart(scan: Scan, node: Near) -> str:
    found = [child.hits(scan) for child in node.children]
    if len(found) != 2 or not all(found):
        return ""
    distance = intervals.gap(found[0], found[1])
    if distance is None:
        return ""
    if distance > scan.text_start - scan.title_end:
        return "one is in the title, the other in the text"
    if distance <= node.distances[0]:
        return "found in the other order"
    return f"the nearest two are {distance} words apart"


def _causes(node: Node, scan: Scan, *, wanted: bool) -> list[str]:
    """Say, part by part, why `node` came out as `wanted`."""
    match node:
        case Not(children=(child,)):
            if wanted:
                return []
            return [f"found, but must not be: {_present(child, scan)}"]
        case AtLeast() if not wanted:
            return [f"only {_note(scan, node)}: {node.expression}"]
        case All() | AtLeast():
            return _causes_below(node, scan, wanted=wanted)
        case Any() if wanted:
            return _causes_below(node, scan, wanted=True)
        case Any():
            return [f"none found of: {node.expression}"]
        case Near() if wanted:
            return [node.expression]
        case Near():
            missing = [child for child in node.children if not child.holds(scan)]
            if missing:
                return [cause for child in missing for cause in _causes(child, scan, wanted=False)]
            return [_with_note(f"not near enough: {node.expression}", scan, node)]
    if wanted:
        return [_expression(node)]
    return [_with_note(f"not found: {_expression(node)}", scan, node)]


def _causes_below(node: Node, scan: Scan, *, wanted: bool) -> list[str]:
    return [
        cause
        for child in node.children
        if child.holds(scan) is wanted
        for cause in _causes(child, scan, wanted=wanted)
    ]


def _with_note(said: str, scan: Scan, node: Node) -> str:
    note = _note(scan, node)
    return f"{said} ({note})" if note else said


def _expression(node: Node) -> str:
    return f"{node.place}:{node.expression}" if isinstance(node, Scoped) else node.expression


def _present(node: Node, scan: Scan) -> str:
    return _listed(_causes(node, scan, wanted=True)) or node.expression


def _listed(causes: Sequence[str] | dict[str, None]) -> str:
    return ", ".join(dict.fromkeys(causes))
