"""All about one article: its text with the hits of each rule, versions, and the way it came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from alerts.rules import ExplainedNode, RuleExplanation
from core.alerting.matches import Match
from core.articles import Article, Evidence
from core.plain_text import one_line
from desk import articles
from desk.addresses import history_of
from desk.articles import Difference, difference
from desk.context import Desk
from desk.marked_text import Paragraph, left_out, marked_text
from storage import Store, UrlHistory

__all__ = ["ArticleSheet", "NearMiss", "RuleExplanation", "UrlHistory", "sheet"]

MOST_DIFFERENCES = 10
MOST_NEAR = 8


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A rule of which one part alone is missing."""

    rule: RuleExplanation
    missing: str
    """That part, as the rule wrote it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleSheet:
    """All about one article."""

    article: Article
    outlet: str
    case: int
    """The story that it belongs to, or itself."""
    has_alerts: bool
    paragraphs: tuple[Paragraph, ...]
    text_left: int
    """Characters of the text that are not among them."""
    versions: tuple[Article, ...]
    differences: tuple[Difference, ...]
    """Between each version and the one before, the latest first."""
    evidence: Evidence | None
    fired: tuple[RuleExplanation, ...]
    near: tuple[NearMiss, ...]
    rules: int
    """How many rules there are."""
    history: UrlHistory
    also_listed_by: tuple[str, ...] = ()
    """Sources that announced it too."""


def sheet(
    desk: Desk, article_id: int, version: int | None = None, *, only: str | None = None
) -> ArticleSheet:
    """Return all about an article in one version, with the hits of one rule or of all.

    Raises NotThereError without such an article or version.
    """
    store, running = desk.store, desk.running()
    known = articles.sheet(store, article_id, version)
    article = known.article
    matches = [match for match in hits_of(store, article) if only in (None, match.rule_id)]
    explained = running.rules.explain(article.data, article.first_seen_at)
    numbers = [found.version for found in known.versions][-MOST_DIFFERENCES - 1 :]
    return ArticleSheet(
        article=article,
        outlet=one_line(running.outlet_of(article.data.source)),
        case=known.story.id if known.story else article_id,
        has_alerts=bool(store.alert_counts([article_id]).get(article_id)),
        paragraphs=marked_text(article.data, matches),
        text_left=left_out(article.data),
        versions=known.versions,
        differences=tuple(
            difference(store, article_id, old, new) for old, new in pairwise(numbers)
        )[::-1],
        evidence=known.evidence,
        fired=tuple(rule for rule in explained if rule.fired),
        near=near_misses(explained)[:MOST_NEAR],
        rules=len(explained),
        history=history_of(store, article.data.url),
        also_listed_by=known.also_listed_by,
    )


def hits_of(store: Store, article: Article) -> tuple[Match, ...]:
    """Return what rules found in a version, or in an earlier one that said the same.

    A page that was taken down is a version of its own, and nothing is judged in it again.
    """
    known = store.matches(article.id)
    for number in sorted({number for number, _ in known if number <= article.version})[::-1]:
        earlier = article if number == article.version else store.article(article.id, number)
        if earlier is not None and earlier.data.text == article.data.text:
            return tuple(match for other, match in known if other == number)
    return ()


def near_misses(explained: Sequence[RuleExplanation]) -> tuple[NearMiss, ...]:
    """Return the rules that look at the source, and of which one part of several is missing."""
    found = []
    for rule in explained:
        if rule.fired or not rule.source_taken:
            continue
        parts = _parts(rule.root)
        missing = [part for part in parts if not part.holds]
        if len(parts) > 1 and len(missing) == 1:
            found.append(NearMiss(rule, missing[0].expression))
    return tuple(found)


def _parts(node: ExplainedNode) -> tuple[ExplainedNode, ...]:
    """Return what must all hold: the children of a node that fails with some of them."""
    return node.children if any(child.holds for child in node.children) else ()
