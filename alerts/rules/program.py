"""A rule set ready to run: the lexicon, rule trees, and what can wake which rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fnmatch import fnmatchcase

from alerts.rules.leaves import Group
from alerts.rules.lexicon import Lexicon
from alerts.rules.percolator import Percolator
from alerts.rules.scan import Scan
from alerts.rules.tree import Filing, Node, Weigh
from core.alerting.matches import Level
from core.articles import ArticleData


@dataclass(frozen=True, slots=True)
class SourceNarrowing:
    """The sources a rule is narrowed to: every condition that is given must hold."""

    names: tuple[str, ...] = ()
    tags: frozenset[str] = frozenset()

    def takes(self, source: str, tags: frozenset[str]) -> bool:
        """Tell whether articles of `source`, which carries `tags`, are looked at."""
        named = not self.names or any(fnmatchcase(source, pattern) for pattern in self.names)
        return named and (not self.tags or not self.tags.isdisjoint(tags))


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledRule:
    """A rule, ready to run."""

    id: str
    title: str
    level: Level
    tree: Node
    narrowing: SourceNarrowing


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """Everything that matching needs."""

    lexicon: Lexicon
    rules: tuple[CompiledRule, ...]
    percolator: Percolator
    """Of `rules`."""
    concepts: Mapping[str, Group]
    entities: tuple[Group, ...]
    mentions: Percolator
    """Of `entities`."""
    meant: Percolator
    """Of `concepts`, in their order."""
    families: Mapping[str, Group]
    """What `@name` asks for, by name."""
    words: int
    """How many numbers of word patterns are taken."""
    leaves: int
    """How many numbers of leaves are taken."""
    source_tags: Mapping[str, frozenset[str]]

    def refiled(self, weigh: Weigh) -> Program:
        """Return the same program with its rules filed by other weights of their clauses."""
        filing = Filing(weigh)
        clauses = (filing.clauses(rule.tree) for rule in self.rules)
        return replace(self, percolator=Percolator(clauses, filing.weigh))

    def scan(self, article: ArticleData, now: datetime | None) -> Scan:
        """Look up every word of the article."""
        tags = self.source_tags.get(article.source, frozenset())
        return Scan(self.lexicon, article, now, tags)
