"""An address as a person gives it, and what is known under it."""

from __future__ import annotations

from typing import Protocol

from core.articles import Article
from core.url_parts import keys_of
from core.urls import canonical_url
from storage import Store, UrlHistory


class ByAddress(Protocol):
    """Finds articles by the keys of their addresses."""

    def article_by_url(self, key: str) -> Article | None:
        """Return the article of a key."""
        ...


def article_at(store: ByAddress, url: str) -> Article | None:
    """Return the article at an address. Raises UrlError when it is not a web address."""
    found = (store.article_by_url(key) for key in _keys(url))
    return next((article for article in found if article is not None), None)


def history_of(store: Store, url: str) -> UrlHistory:
    """Return what is known of an address at every stage. Raises as `article_at` does."""
    histories = [store.url_history(key) for key in _keys(url)]
    return next((each for each in histories if each.known), histories[-1])


def _keys(url: str) -> list[str]:
    """Return the keys that an address may be known by, the usual one last.

    Where a part that keys leave out names an article, its key keeps that part.
    """
    return keys_of(url, canonical_url(url))[::-1]
