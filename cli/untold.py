"""What is said of articles that were not read, or that nobody is told of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.articles import Article

if TYPE_CHECKING:
    from cli.screen import Screen

FROM_THE_FEED = "from the feed only"
"""The mark of an article whose page could not be read."""


def told_to_nobody(article: Article, screen: Screen) -> str:
    """Say why nobody is told of an article, which has a date then."""
    published = article.data.published_at
    when = f" {screen.when(published)}" if published else ""
    return f"nobody: old when it was first seen, published{when}"
