"""Who hears of a match. Pure: a match, its article and the routes in, receivers' names out."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from core.alerting import Match
from core.articles import Article
from core.config.models import RouteMatch, WatchConfig


def receivers_for(match: Match, article: Article, config: WatchConfig) -> tuple[str, ...]:
    """Return the receivers of `match`: every route that applies is followed, each receiver once.

    Without any route everybody hears everything. With routes of which none applies, nobody does;
    the match is kept all the same.
    """
    if not config.routes:
        return tuple(receiver.name for receiver in config.receivers)
    chosen = dict.fromkeys(
        name
        for route in config.routes
        if _applies(route.when, match, article, config)
        for name in route.to
    )
    return tuple(chosen)


def _applies(when: RouteMatch, match: Match, article: Article, config: WatchConfig) -> bool:
    """Tell whether every condition that the route gives holds."""
    data = article.data
    return (
        (not when.level or match.level in when.level)
        and (not when.rules or _like(match.rule_id, when.rules))
        and (not when.sources or _like(data.source, when.sources))
        and (not when.languages or data.language in when.languages)
        and (not when.tags or not _tags(data.source, config).isdisjoint(when.tags))
    )


def _like(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _tags(source: str, config: WatchConfig) -> frozenset[str]:
    """Return the tags of a source; a source that left the configuration has none."""
    return frozenset(tag for known in config.sources if known.name == source for tag in known.tags)
