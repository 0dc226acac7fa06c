"""Reduces an article to the leaves it holds, then judges the rules those leaves wake."""

from __future__ import annotations

from dataclasses import dataclass

from alerts.rules.lexicon import Occurrence, WordHits
from alerts.rules.program import CompiledRule, Program, contributing, holds
from alerts.rules.snippet import make_snippet
from core.alerting import Field, Match, Span, SpanKind
from core.articles import ArticleData

MAX_SPANS_PER_LABEL = 200
"""Spans kept of one label, the first ones: a page that repeats a word for megabytes must not
become megabytes of highlights."""


@dataclass(frozen=True, slots=True)
class Findings:
    """The leaves an article holds, and where."""

    stretches: dict[int, list[tuple[int, int]]]
    """By leaf: positions of the first and last word of each occurrence."""
    words: WordHits


def find_leaves(program: Program, article: ArticleData) -> Findings:
    """Find every term, concept and entity of `program` in the article."""
    words = program.lexicon.scan(article)
    stretches: dict[int, list[tuple[int, int]]] = {}
    for first, positions in words.positions.items():
        for term in program.terms.get(first, ()):
            length = len(term.patterns)
            if length == 1:
                found = [(position, position) for position in positions]
            else:
                found = _phrase(term.patterns, positions, words)
            if found:
                for leaf in term.leaves:
                    stretches.setdefault(leaf, []).extend(found)
    return Findings(stretches, words)


def _phrase(
    patterns: tuple[int, ...], positions: list[int], words: WordHits
) -> list[tuple[int, int]]:
    """Return where every pattern is satisfied by the word right after its predecessor's."""
    starts = set(positions)
    for distance, pattern in enumerate(patterns[1:], start=1):
        following = words.positions.get(pattern)
        if following is None:
            return []
        starts &= {position - distance for position in following}
        if not starts:
            return []
    last = len(patterns) - 1
    return [(start, start + last) for start in sorted(starts)]


def fired_rules(program: Program, findings: Findings, source: str) -> tuple[CompiledRule, ...]:
    """Return the rules that are true of an article, in the order of the configuration."""
    woken = {rule for leaf in findings.stretches for rule in program.woken_by.get(leaf, ())}
    tags = program.source_tags.get(source, frozenset())
    rules = (program.rules[index] for index in sorted(woken))
    return tuple(
        rule
        for rule in rules
        if rule.narrowing.takes(source, tags) and holds(rule.tree, findings.stretches)
    )


def match_article(program: Program, article: ArticleData) -> tuple[Match, ...]:
    """Return what fires on the article, with its evidence."""
    findings = find_leaves(program, article)
    fired = fired_rules(program, findings, article.source)
    if not fired:
        return ()
    entities = [
        span
        for leaf in findings.stretches
        if program.leaves[leaf].kind is SpanKind.ENTITY
        for span in leaf_spans(program, findings, leaf)
    ]
    return tuple(_match(program, findings, rule, entities, article) for rule in fired)


def _match(
    program: Program,
    findings: Findings,
    rule: CompiledRule,
    entities: list[Span],
    article: ArticleData,
) -> Match:
    leaves = dict.fromkeys(contributing(rule.tree, findings.stretches))
    terms = [
        span
        for leaf in leaves
        if program.leaves[leaf].kind is SpanKind.TERM
        for span in leaf_spans(program, findings, leaf)
    ]
    # A rule that names entities alone has them as its evidence.
    named = {program.leaves[leaf].label for leaf in leaves}
    evidence = terms + [span for span in entities if span.label in named]
    return Match(
        rule_id=rule.id,
        rule_title=rule.title,
        level=rule.level,
        spans=tuple(sorted([*terms, *entities], key=_reading_order)),
        snippet=make_snippet(article.text, evidence, [*terms, *entities]),
    )


def leaf_spans(program: Program, findings: Findings, leaf: int) -> list[Span]:
    """Return where a leaf was found, longest spelling first where spellings overlap."""
    kept: list[tuple[int, int]] = []
    for first, last in sorted(
        findings.stretches.get(leaf, ()), key=lambda found: (found[0], -found[1])
    ):
        if not kept or first > kept[-1][1]:
            kept.append((first, last))
    label, kind = program.leaves[leaf].label, program.leaves[leaf].kind
    places = findings.words.places
    return [
        _span(places[first], places[last], label, kind)
        for first, last in kept[:MAX_SPANS_PER_LABEL]
    ]


def _span(first: Occurrence, last: Occurrence, label: str, kind: SpanKind) -> Span:
    return Span(first.field, first.start, last.end, label, kind)


def _reading_order(span: Span) -> tuple[bool, int, int, str, str]:
    return (span.field is Field.TEXT, span.start, span.end, span.kind, span.label)
