"""Entries whose addresses change at every poll are known again by what stays of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from core.sources import KnownEntry, SourceState
from crawler.decide.changing_parts import FEWEST, Parts, Seen, folded, learn, told_by_fold
from crawler.decide.selection import Keyed
from storage import Store

log = structlog.get_logger(__name__)

_LOOKED_BACK = timedelta(days=3)
_HALF = 0.5


def fold(
    store: Store,
    state: SourceState,
    keyed: Sequence[Keyed],
    known: dict[str, KnownEntry],
    now: datetime,
) -> tuple[list[Keyed], dict[str, KnownEntry]]:
    """Return entries with the keys under which their articles are known, and what is known.

    Learns what changes, when half of what a source announces is new at once. Runs in a thread.
    """
    parts: Parts = frozenset(state.changing_parts)
    document = [Seen(key, entry.title, entry.published_at) for entry, key in keyed]
    if not parts:
        new = sum(seen.key not in known for seen in document)
        if state.last_new_at is None or new < max(FEWEST, _HALF * len(document)):
            return list(keyed), known
        lately = [
            Seen(seen.key, seen.title, seen.published_at, seen.article_id)
            for seen in store.announced_lately(state.name, now - _LOOKED_BACK)
        ]
        parts = learn(document, set(known), lately)
        if not parts:
            return list(keyed), known
        log.warning("addresses change at every poll", source=state.name, parts=sorted(parts))
        first: dict[str, str] = {}
        for seen in lately:
            first.setdefault(folded(seen.key, parts), seen.key)
        store.keep_folded(state.name, first)
        store.keep_changing_parts(state.name, "\n".join(sorted(parts)))
    new_keys = [seen.key for seen in document if seen.key not in known]
    if not new_keys:
        return list(keyed), known
    rests = store.folded_keys(state.name, [folded(key, parts) for key in new_keys])
    of_rest = store.known_entries(list(rests.values()))
    before = {
        rest: Seen(key, of_rest[key].title, of_rest[key].published_at)
        for rest, key in rests.items()
        if key in of_rest
    }
    told = told_by_fold([seen for seen in document if seen.key not in known], parts, before)
    store.keep_folded(state.name, {folded(key, parts): key for key in new_keys if key not in told})
    return [(entry, told.get(key, key)) for entry, key in keyed], {**known, **of_rest}


def known_by_fold(store: Store, state: SourceState, keys: Sequence[str]) -> bool:
    """Tell whether any of these keys was announced before, but for what changes at every poll."""
    parts = frozenset(state.changing_parts)
    return bool(parts and store.folded_keys(state.name, [folded(key, parts) for key in keys]))
