"""Follows what is stored with the index of words, batch by batch, whoever else looks at the index.

Each batch is one transaction of the index, which says itself up to where it goes: a process that
is killed has done a batch or has not.
"""

from __future__ import annotations

import structlog

from alerts.rules import RuleSet
from alerts.rules.indexing import FOLDING, WordFolder, indexed_version, marks_of
from alerts.rules.matcher import Present
from alerts.rules.meanings import Meanings
from core.articles import Article
from core.config.watch import WatchConfig
from storage import Store

log = structlog.get_logger(__name__)

BATCH = 200
"""Versions of a transaction: about 0.3 s of work (`make bench-search`)."""


class SearchIndexing:
    """Brings versions into the index of words. For one thread."""

    def __init__(self, store: Store, batch: int = BATCH) -> None:
        """Take an opened store; `batch` versions go into a transaction."""
        self._store = store
        self._batch = batch
        self._folder = WordFolder()
        self._rules: RuleSet | None = None
        self._meanings: Meanings | None = None

    def follow(self, rules: RuleSet, config: WatchConfig) -> int:
        """Index one batch of what waits; return how many versions were looked at.

        `rules` say what is noted of each beside its words; they are those of `config`.
        Raises StorageError; then the batch waits on.
        """
        meanings = self._meanings_of(rules, config)
        batch = self._store.versions_to_index(FOLDING, self._batch)
        if not batch.articles and batch.up_to <= batch.after:
            return 0
        items = []
        whole = True
        for article in batch.articles:
            present = self._present(rules, article)
            whole &= present is not None
            marks = marks_of(article, present or Present(), meanings)
            items.append(indexed_version(article, self._folder, marks))
        # What rules broke down on was not looked through for anything, so nothing is claimed.
        self._store.index_versions(batch, items, meanings.all if whole else frozenset())
        return max(len(batch.articles), batch.up_to - batch.after)

    def catch_up(self, rules: RuleSet, config: WatchConfig) -> int:
        """Index everything that waits, and put the index in order; return how many there were."""
        done = 0
        while batch := self.follow(rules, config):
            done += batch
        while self._store.tend_index():
            pass
        return done

    def _meanings_of(self, rules: RuleSet, config: WatchConfig) -> Meanings:
        if self._meanings is None or self._rules is not rules:
            self._rules, self._meanings = rules, Meanings(config, FOLDING)
        return self._meanings

    def _present(self, rules: RuleSet, article: Article) -> Present | None:
        try:
            return rules.present(article.data, article.first_seen_at)
        except Exception as error:
            log.warning("rules broke down on a version that is indexed", error=str(error))
            return None
