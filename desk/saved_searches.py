"""Saved searches with what is new in each since somebody looked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from core.config.sections.searches import SearchConfig
from core.plain_text import one_line
from desk.context import Desk
from desk.search_answers import Count

BUDGET = 0.3
"""Seconds for counting on one page; those that come later are counted when it is shown again."""
_KEPT = 60.0
"""Seconds for which a count is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSearch:
    """A saved search in a list."""

    name: str
    title: str
    new: Count | None
    """What was fetched since; None where that was not counted."""


def saved_searches(
    desk: Desk, person: str, *, budget: float = BUDGET
) -> tuple[tuple[SavedSearch, ...], datetime | None]:
    """Return the saved searches, and since when what is new counts; None when nobody knows."""
    since = desk.store.person(person).looked_at
    ends = monotonic() + budget
    found = []
    for saved in desk.search.saved():
        counted = None
        if since is not None and monotonic() < ends:
            counted = _counted(desk, saved, since)
        title = one_line(saved.title or saved.name)
        found.append(SavedSearch(name=saved.name, title=title, new=counted))
    return tuple(found), since


def _counted(desk: Desk, saved: SearchConfig, since: datetime) -> Count:
    key = ("saved search", saved.name, saved.query, since)
    return desk.remembered.get(key, _KEPT, lambda: desk.search.count_since(saved.name, since))
