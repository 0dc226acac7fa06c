"""Old is not news: what was old when its source first showed it is matched and told to nobody.

A new source shows what it published for years, an outlet lists its archive anew. What was published
while nobody could look, since we were down or the outlet was, is old to nobody: it was never shown.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

from core.articles import Article, FirstSight, Untold
from core.config.watch import WatchConfig

SightOf = Callable[[int], FirstSight | None]
"""Returns when an article's source first showed it; None for one that came by no poll."""

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
"""Before it no outlet published in the web: an earlier date is that of a clock that was not set, or
of a machine that counts from 1970, and says nothing."""


class OldNews:
    """What a configuration says of ages, asked about articles."""

    def __init__(self, config: WatchConfig, first_sight: SightOf) -> None:
        self._everywhere = config.crawl.max_age
        self._of_source = {
            source.name: source.max_age for source in config.sources if source.max_age is not None
        }
        self._first_sight = first_sight

    def untold(self, article: Article) -> Untold | None:
        """Return why nobody is told of an article that is published; None if everybody is."""
        longest = self._of_source.get(article.data.source, self._everywhere)
        if not is_old(article, FirstSight(article.seen_at, None), longest):
            return None  # nor was it at its first sight, which came before it was stored
        sight = self._first_sight(article.id)
        if sight is not None and not is_old(article, sight, longest):
            return None
        return Untold.OLD


def is_old(article: Article, sight: FirstSight, longest: timedelta) -> bool:
    """Tell whether an article was older than `longest` when its source first showed it.

    Its age is what it was when the source was last read without it: had it been there then, it
    would not be new now. An article without a date, and one whose date is a guess, is not old; of a
    day without a time, the end counts.
    """
    published = article.data.published_at
    if published is None or article.data.date_is_guess or published < EARLIEST:
        return False
    if published.time() == time():
        published += timedelta(days=1)
    looked = sight.at if sight.read_before is None else min(sight.read_before, sight.at)
    return looked - published > longest
