"""Judges an article: which rules fire on it, and the words that made them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alerts.rules.intervals import Interval
from alerts.rules.program import CompiledRule, Program
from alerts.rules.scan import Scan
from alerts.rules.snippet import make_snippet
from alerts.rules.tree import Leaf
from core.alerting.matches import Field, Match, Span, SpanKind

MAX_SPANS_PER_LABEL = 200
"""Spans kept of one label, the first ones: a page that repeats a word for megabytes must not
become megabytes of highlights."""


@dataclass(frozen=True, slots=True)
class Present:
    """What is in an article, by name."""

    concepts: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()


def present_in(program: Program, scan: Scan) -> Present:
    """Return the concepts and entities that are in an article."""
    concepts, entities = tuple(program.concepts.items()), program.entities
    return Present(
        concepts=tuple(
            name
            for name, group in map(concepts.__getitem__, program.meant.candidates(scan.positions))
            if group.holds(scan)
        ),
        entities=tuple(
            entity.label
            for entity in map(entities.__getitem__, program.mentions.candidates(scan.positions))
            if entity.holds(scan)
        ),
    )


def fired_rules(program: Program, scan: Scan) -> list[CompiledRule]:
    """Return the rules that are true of an article, in the order of the configuration."""
    source, tags = scan.article.source, scan.source_tags
    rules = program.rules
    return [
        rule
        for rule in (rules[index] for index in program.percolator.candidates(scan.positions))
        if rule.tree.holds(scan) and rule.narrowing.takes(source, tags)
    ]


def match_scan(program: Program, scan: Scan) -> tuple[Match, ...]:
    """Return what fires on the article of `scan`, with its evidence."""
    fired = fired_rules(program, scan)
    if not fired:
        return ()
    entities = mentions(program, scan)
    return tuple(match_of(scan, rule, entities) for rule in fired)


def mentions(program: Program, scan: Scan) -> list[Span]:
    """Return where the entities of a program stand in an article."""
    mentioned = (program.entities[i] for i in program.mentions.candidates(scan.positions))
    return [
        span
        for entity in mentioned
        if (hits := entity.hits(scan))
        for span in leaf_spans(scan, entity, hits)
    ]


def match_of(scan: Scan, rule: CompiledRule, entities: Sequence[Span]) -> Match:
    """Return the evidence of a rule that is true of an article, with the entities in it."""
    hits: dict[Leaf, set[Interval]] = {}
    for leaf, found in rule.tree.evidence(scan):
        hits.setdefault(leaf, set()).update(found)
    terms = {
        span
        for leaf, found in hits.items()
        if leaf.kind is SpanKind.TERM
        for span in leaf_spans(scan, leaf, sorted(found))
    }
    # A rule that names entities alone has them as its evidence.
    named = {label for leaf in hits if leaf.kind is SpanKind.ENTITY for label in leaf.labels}
    spans = sorted({*terms, *entities}, key=_reading_order)
    return Match(
        rule_id=rule.id,
        rule_title=rule.title,
        level=rule.level,
        spans=tuple(spans),
        snippet=make_snippet(
            scan.article.text, [*terms, *(span for span in entities if span.label in named)], spans
        ),
    )


def leaf_spans(scan: Scan, leaf: Leaf, hits: Iterable[Interval]) -> list[Span]:
    """Return hits of a leaf as spans, longest first where they overlap."""
    kept: list[Interval] = []
    for first, last in sorted(hits, key=lambda found: (found[0], -found[1])):
        if not kept or first > kept[-1][1]:
            kept.append((first, last))
            if len(kept) == MAX_SPANS_PER_LABEL:
                break
    return _spans(scan, leaf, kept)


def _spans(scan: Scan, leaf: Leaf, hits: Sequence[Interval]) -> list[Span]:
    places = (scan.occurrence(leaf.number, interval) for interval in hits)
    return [Span(place.field, place.start, place.end, leaf.label, leaf.kind) for place in places]


def _reading_order(span: Span) -> tuple[bool, int, int, str, str]:
    return (span.field is Field.TEXT, span.start, span.end, span.kind, span.label)
