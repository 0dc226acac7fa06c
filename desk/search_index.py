"""The index of words, made anew on request."""

from __future__ import annotations

from alerts.rules.indexing import FOLDING
from core.searching import SearchLag
from scheduler.running_config import RunningConfig
from scheduler.search_indexing import SearchIndexing
from storage import Store


def reindex(store: Store, live: RunningConfig) -> int:
    """Forget the index of words and make it anew; return how many versions were looked at.

    A daemon may run meanwhile: whoever is quicker takes the next batch.
    """
    store.clear_index(FOLDING)
    SearchIndexing(store).catch_up(live.rules, live.config)
    return lag(store).indexed_up_to


def lag(store: Store) -> SearchLag:
    """Return how far the index is behind what is stored."""
    return store.search_lag(FOLDING)
