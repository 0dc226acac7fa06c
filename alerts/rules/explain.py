"""Says why a rule fired on an article, or why it did not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from alerts.rules import intervals
from alerts.rules.leaves import Group, Scoped
from alerts.rules.matcher import leaf_spans
from alerts.rules.program import CompiledRule, Program
from alerts.rules.scan import Scan
from alerts.rules.tree import All, Any, AtLeast, Leaf, Near, Node, Not
from core.alerting.matches import Span
from core.articles import ArticleData
from core.reasons import Reason, ReasonKind

_OUTSIDE = {
    "title": ReasonKind.OUTSIDE_OF_TITLE,
    "lead": ReasonKind.OUTSIDE_OF_LEAD,
    "text": ReasonKind.OUTSIDE_OF_TEXT,
}


_INSIDE = {
    "title": ReasonKind.IN_TITLE,
    "lead": ReasonKind.IN_LEAD,
    "text": ReasonKind.IN_TEXT,
}


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
    words: str = field(default="", repr=False)
    """What it asks for, without the signs of the language. Kept out of repr, and so of exports,
    whose form is promised."""


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
        reason = (
            Reason(ReasonKind.OTHER_SOURCES, source=f"'{source}'")
            if source
            else Reason(ReasonKind.OTHER_SOURCES_UNNAMED)
        )
    elif true:
        causes = dict.fromkeys(_causes(rule.tree, scan, wanted=True))
        reason = Reason(ReasonKind.FOUND, parts=causes)
    else:
        causes = dict.fromkeys(_causes(rule.tree, scan, wanted=False))
        reason = Reason(ReasonKind.EACH, parts=causes)
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
        return ExplainedNode(
            _expression(node), node.holds(scan), hits, note=_note(scan, node), words=in_words(node)
        )
    return ExplainedNode(
        node.expression,
        node.holds(scan),
        children=tuple(_node(scan, child) for child in node.children),
        note=_note(scan, node),
        words=in_words(node),
    )


def in_words(node: Node) -> str:
    """Say what a part of a rule asks for, without what its own parts ask for."""
    match node:
        case Not():
            return Reason(ReasonKind.NONE_OF)
        case AtLeast():
            return Reason(ReasonKind.AT_LEAST, n=node.count)
        case All():
            return Reason(ReasonKind.ALL_OF)
        case Any():
            return Reason(ReasonKind.ANY_OF)
        case Near():
            kind = ReasonKind.CLOSE_IN_ORDER if node.ordered else ReasonKind.CLOSE
            return Reason(kind, n=max(node.distances))
        case Scoped():
            return Reason(_INSIDE[node.place], part=in_words(node.leaf))
        case Group():
            kind = ReasonKind.CONCEPT if node.expression[:1] == "$" else ReasonKind.ENTITY
            return Reason(kind, name=node.expression[1:])
    return node.expression


def _note(scan: Scan, node: Node) -> str:
    """Say what a person would ask next about a part of the rule."""
    if isinstance(node, Scoped):
        elsewhere = len(node.leaf.hits(scan)) if not node.holds(scan) else 0
        return Reason(_OUTSIDE[node.place]) if elsewhere else ""
    if isinstance(node, Group) and node.vetoes:
        return _struck(scan, node)
    if isinstance(node, Near) and not node.holds(scan):
        return _apart(scan, node)
    if isinstance(node, AtLeast):
        held = sum(child.holds(scan) for child in node.children)
        return Reason(ReasonKind.HOLD, n=held, count=node.count)
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
    return Reason(ReasonKind.STRUCK_OUT, vetoes=dict.fromkeys(vetoes), words=words)


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
        return Reason(ReasonKind.IN_TITLE_AND_TEXT)
    if distance <= node.distances[0]:
        return Reason(ReasonKind.OTHER_ORDER)
    return Reason(ReasonKind.APART, n=distance)


def _causes(node: Node, scan: Scan, *, wanted: bool) -> list[str]:
    """Say, part by part, why `node` came out as `wanted`."""
    match node:
        case Not(children=(child,)):
            if wanted:
                return []
            return [Reason(ReasonKind.FOUND_FORBIDDEN, parts=_present(child, scan))]
        case AtLeast() if not wanted:
            return [Reason(ReasonKind.TOO_FEW, held=_note(scan, node), part=node.expression)]
        case All() | AtLeast():
            return _causes_below(node, scan, wanted=wanted)
        case Any() if wanted:
            return _causes_below(node, scan, wanted=True)
        case Any():
            return [Reason(ReasonKind.NONE_FOUND, part=node.expression)]
        case Near() if wanted:
            return [node.expression]
        case Near():
            missing = [child for child in node.children if not child.holds(scan)]
            if missing:
                return [cause for child in missing for cause in _causes(child, scan, wanted=False)]
            far = Reason(ReasonKind.NOT_NEAR, part=node.expression)
            return [_with_note(far, scan, node)]
    if wanted:
        return [_expression(node)]
    return [_with_note(Reason(ReasonKind.NOT_FOUND, part=_expression(node)), scan, node)]


def _causes_below(node: Node, scan: Scan, *, wanted: bool) -> list[str]:
    return [
        cause
        for child in node.children
        if child.holds(scan) is wanted
        for cause in _causes(child, scan, wanted=wanted)
    ]


def _with_note(said: str, scan: Scan, node: Node) -> str:
    note = _note(scan, node)
    return Reason(ReasonKind.WITH_NOTE, reason=said, note=note) if note else said


def _expression(node: Node) -> str:
    return f"{node.place}:{node.expression}" if isinstance(node, Scoped) else node.expression


def _present(node: Node, scan: Scan) -> Iterable[str]:
    return dict.fromkeys(_causes(node, scan, wanted=True)) or (node.expression,)
