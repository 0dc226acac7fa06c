"""Which versions are hidden by a later one of their article, and which of them were edited out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from core.articles import Article
from core.searching import VersionFound
from storage import Store

_AT_ONCE = 10
"""Later versions that are read before the clock is looked at: an article may have thousands."""


@dataclass(frozen=True, slots=True)
class Later:
    """What later versions of an article say about one that is meant."""

    still_there: bool
    """Whether the latest is meant as well."""
    hides: bool
    """Whether one of them stands for the article."""


@dataclass(slots=True)
class LaterVersions:
    """Looks at the versions after those of one page, as long as there is time."""

    store: Store
    fits: Callable[[Article], bool]
    holds: Callable[[Article], bool]
    is_over: Callable[[], bool]
    up_to: int
    """Id of the last version that the pages can show."""
    _meant: set[int] = field(default_factory=set)
    """Articles of which a version was looked at and is meant: it hides all that come after it."""

    def of(self, found: VersionFound, *, hidden: bool, first: bool) -> Later | None:
        """Return what is said of a version that is meant; None where time does not suffice.

        `hidden` says whether it matters if it is hidden. The `first` version of a page is decided
        in any case, so that the next page gets farther: rather shown twice than not at all.
        """
        article = found.article
        known = article.id in self._meant
        if hidden and known:
            return Later(still_there=False, hides=True)
        if article.version == found.latest:
            later = Later(still_there=True, hides=False)
        else:
            latest = self.store.numbered_versions(article, (found.latest,))
            there = any(map(self.holds, latest))
            hides = hidden and (any(map(self._hides, latest)) or self._any_hides(found, first))
            if hides is None:
                return None
            later = Later(there, hides)
        self._meant.add(article.id)
        return later

    def _any_hides(self, found: VersionFound, first: bool) -> bool | None:
        """Tell whether one between a version and the latest hides it; None for want of time."""
        article = found.article
        numbers = range(article.version + 1, found.latest)
        for start in range(0, len(numbers), _AT_ONCE):
            if start and self.is_over():
                return False if first else None
            some = self.store.numbered_versions(article, numbers[start : start + _AT_ONCE])
            if any(map(self._hides, some)):
                return True
        return False

    def _hides(self, later: Article) -> bool:
        return later.version_id <= self.up_to and self.fits(later) and self.holds(later)
